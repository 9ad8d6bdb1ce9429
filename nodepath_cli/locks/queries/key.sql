-- Whatever stands in a row's place.
SELECT {columns}
FROM {table}
WHERE {prospect} = :prospect AND {device} = :device
