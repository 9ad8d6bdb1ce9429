"""nodepath: proves before the deploy that every raw SQL query in your code runs against the schema that will be there."""

__version__ = "0.1.0"
