"""DDL as the servers understand it: its grammar, and what each statement makes of a table."""
