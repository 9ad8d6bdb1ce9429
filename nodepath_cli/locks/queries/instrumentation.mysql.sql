SHOW GLOBAL VARIABLES LIKE 'performance_schema'
