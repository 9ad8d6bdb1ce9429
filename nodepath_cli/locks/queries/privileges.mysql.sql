-- What the account itself may do on the whole database; what a role grants is not among it. The name is everything
-- before the last @.
SELECT PRIVILEGE_TYPE
FROM information_schema.USER_PRIVILEGES
WHERE GRANTEE = CONCAT('''', REVERSE(SUBSTRING(REVERSE(CURRENT_USER()), INSTR(REVERSE(CURRENT_USER()), '@') + 1)),
    '''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')
UNION
SELECT PRIVILEGE_TYPE
FROM information_schema.SCHEMA_PRIVILEGES
WHERE DATABASE() LIKE TABLE_SCHEMA
    AND GRANTEE = CONCAT('''', REVERSE(SUBSTRING(REVERSE(CURRENT_USER()), INSTR(REVERSE(CURRENT_USER()), '@') + 1)),
        '''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')
