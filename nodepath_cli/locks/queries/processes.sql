-- Every connection that this account may see. MySQL 5.7 and 8, MariaDB.
SELECT id, user, host, db, command, state, info, time
FROM information_schema.processlist
