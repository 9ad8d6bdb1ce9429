-- Compare and delete: a lock that was renewed since it was shown has another text, and stays.
DELETE FROM {table}
WHERE {prospect} = :prospect AND {device} = :device AND {raw} IS :seen
