-- Give one's own lock back. Where another has taken it over, this removes nothing.
DELETE FROM {table}
WHERE id_prospect = :prospect AND id_device = :device AND `timestamp` = :seen
