-- An expression: how old a row is, in seconds by the server's clock, NULL where its text is no time, and for a released
-- row. It is `timestamps.py` in SQL, so that rows need not be fetched to be counted. :now_here is the time in the
-- connection's zone, :now_utc the same in UTC. A text that names a zone is compared with UTC; a token names it in the
-- four digits behind the microseconds. The first branch is for the most frequent text, and takes half the time.
CASE
    WHEN CHAR_LENGTH({raw}) = 19 THEN
        IF({raw} REGEXP '^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}$' AND ORD(SUBSTRING({raw}, 11)) IN (32, 84),
            TIMESTAMPDIFF(MICROSECOND, CAST({raw} AS DATETIME), :now_here) / 1000000, NULL)
    WHEN {raw} REGEXP '^([1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?$'
        AND ORD(SUBSTRING({raw}, 11)) IN (32, 84) AND INSTR({raw}, CHAR(10)) = 0
    THEN COALESCE(
            TIMESTAMPDIFF(MICROSECOND, CAST(LEFT({raw}, 19) AS DATETIME), :now_utc) / 1000000 + 60 * CASE
                WHEN CHAR_LENGTH({raw}) = 46 AND ORD(SUBSTRING({raw}, -6)) BETWEEN 48 AND 57
                    AND SUBSTRING({raw}, 27, 4) BETWEEN 4100 AND 5900 THEN SUBSTRING({raw}, 27, 4) - 5000
                WHEN ORD(SUBSTRING({raw}, -6)) = 43 THEN SUBSTRING({raw}, -5, 2) * 60 + RIGHT({raw}, 2)
                WHEN ORD(SUBSTRING({raw}, -6)) = 45 THEN 0 - SUBSTRING({raw}, -5, 2) * 60 - RIGHT({raw}, 2)
                WHEN RIGHT({raw}, 1) = 'Z' THEN 0
            END,
            TIMESTAMPDIFF(MICROSECOND, CAST(LEFT({raw}, 19) AS DATETIME), :now_here) / 1000000)
        - IF(ORD(SUBSTRING({raw}, 20)) = 46, CAST(CONCAT('0', SUBSTRING({raw}, 20, 7)) AS DECIMAL(7, 6)), 0)
END
