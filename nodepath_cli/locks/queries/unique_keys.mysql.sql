-- The unique keys of a table: without one on exactly (id_prospect, id_device), INSERT lets everybody in.
SELECT INDEX_NAME, COLUMN_NAME, SUB_PART
FROM information_schema.STATISTICS
WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = :name AND NON_UNIQUE = 0
ORDER BY INDEX_NAME, SEQ_IN_INDEX
