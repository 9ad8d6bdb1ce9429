"""The tables that a statement is checked against, and the sources that they are read from."""
