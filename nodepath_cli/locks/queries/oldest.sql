-- The oldest rows; those without an age, and the released ones, come last.
SELECT {prospect} AS prospect, {device} AS device, {raw} AS raw_text
FROM {table}
WHERE {where}
ORDER BY COALESCE({age}, -1e15) DESC, {order}
LIMIT :most
