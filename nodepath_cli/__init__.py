"""nodepath: proves before the deploy that your raw SQL runs against the schema that will be there."""

__version__ = "0.1.0"
