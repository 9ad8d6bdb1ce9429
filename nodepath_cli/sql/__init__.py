"""The only part that knows the SQL parser: prepare, parse, resolve, and replay DDL."""
