-- Whether the plugin METADATA_LOCK_INFO runs. MariaDB.
SELECT COUNT(*)
FROM information_schema.plugins
WHERE plugin_name = 'METADATA_LOCK_INFO' AND plugin_status = 'ACTIVE'
