-- Every row, as it is read.
SELECT {prospect} AS prospect, {device} AS device, {raw} AS raw_text
FROM {table}
WHERE {where}
ORDER BY {order}
