-- Is this a table whose rows take a while to look at?
SELECT 1 FROM {table} LIMIT 1 OFFSET 20000
