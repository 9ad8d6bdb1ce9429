-- One table at a glance. The OFFSET keeps SQLite from putting the age in for each mention of it.
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
        substr({raw}, 11, 1) <> ' ' OR (length({raw}) <> 19 AND {zone} <> '') AS is_rfc3339,
        length({raw}) = 46 AS is_token
    FROM {table}
    LIMIT -1 OFFSET 0
) AS ages
