"""From paths to statements: which files are read, and the SQL that stands in them."""
