-- Metadata locks that are held, by the plugin METADATA_LOCK_INFO. MariaDB.
SELECT thread_id, lock_type, table_schema, table_name, lock_mode, 0
FROM information_schema.metadata_lock_info
