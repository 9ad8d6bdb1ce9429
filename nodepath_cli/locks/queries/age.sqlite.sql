-- An expression: how old a row is, in seconds by the clock, NULL where its text is no time, and for a released row. It
-- is `timestamps.py` in SQL, so that rows need not be fetched to be counted. SQLite's zone is UTC. It takes 31 February
-- for 2 March, so that the date is written again and compared.
CASE WHEN {raw} GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9][ T][0-2][0-9]:[0-5][0-9]:[0-5][0-9]*'
    AND substr({raw}, 1, 4) <> '0000' AND substr({raw}, 12, 2) <= '23'
    AND date(substr({raw}, 1, 10), '+0 days') = substr({raw}, 1, 10)
    AND (length({raw}) = 19 OR (
        (substr({raw}, 20, 1) <> '.' OR (substr({raw}, 21, 1) GLOB '[0-9]' AND {raw} NOT LIKE '%.%.%'))
        AND ({zone} IN ('', 'Z', 'z') OR {zone} GLOB '[-+][01][0-9]:[0-5][0-9]' OR {zone} GLOB '[-+]2[0-3]:[0-5][0-9]')))
THEN (julianday(:now_utc) - julianday(substr({raw}, 1, 19))) * 86400.0 + CASE
        WHEN length({raw}) = 19 THEN 0
        ELSE CASE WHEN substr({raw}, 20, 1) = '.' THEN 0 - ('0' || substr({raw}, 20, 7)) ELSE 0 END + 60 * CASE
            WHEN {zone} IN ('Z', 'z') THEN 0
            WHEN {zone} <> '' THEN
                CASE WHEN {zone} LIKE '-%' THEN -1 ELSE 1 END * (substr({zone}, 2, 2) * 60 + substr({zone}, 5, 2))
            WHEN length({raw}) = 46 AND substr({raw}, 27, 4) BETWEEN '4100' AND '5900' THEN substr({raw}, 27, 4) - 5000
            ELSE 0
        END
    END
END
