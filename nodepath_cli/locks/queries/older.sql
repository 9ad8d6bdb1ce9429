-- Rows older than so many seconds: neither released, nor future-dated, nor unparseable ones.
SELECT {prospect} AS prospect, {device} AS device, {raw} AS raw_text
FROM {table}
WHERE {where} AND {age} > :seconds
ORDER BY {order}
