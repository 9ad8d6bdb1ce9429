-- SQLite has the clock of the machine that it runs on, in UTC, to the millisecond.
SELECT strftime('%Y-%m-%d %H:%M:%f', 'now') AS now_text, 0 AS zone_minutes
