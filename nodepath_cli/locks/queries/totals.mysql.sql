-- One table at a glance. The LIMIT keeps the server from putting the age in for each mention of it.
SELECT COUNT(*),
    MAX(CASE WHEN age >= -5 THEN age END),
    COALESCE(SUM(age > 30), 0),
    COALESCE(SUM(age > 300), 0),
    COALESCE(SUM(age < -5), 0),
    COALESCE(SUM(age IS NULL AND NOT is_released), 0),
    COALESCE(SUM(age > :lease), 0),
    COALESCE(SUM(age IS NULL AND is_released), 0),
    COALESCE(SUM(age IS NOT NULL AND NOT is_rfc3339), 0),
    COALESCE(SUM(age IS NOT NULL AND is_rfc3339), 0),
    COALESCE(SUM(age IS NOT NULL AND NOT is_rfc3339 AND is_token), 0)
FROM (
    SELECT {age} AS age,
        {raw} IS NULL OR ({raw} LIKE '% released' AND {age_before} IS NOT NULL) AS is_released,
        ORD(SUBSTRING({raw}, 11)) <> 32 OR ORD(SUBSTRING({raw}, -6)) IN (43, 45) OR ORD(RIGHT({raw}, 1)) IN (90, 122) AS is_rfc3339,
        CHAR_LENGTH({raw}) = 46 AS is_token
    FROM {table}
    LIMIT 18446744073709551615
) AS ages
