"""From statements and a schema to findings."""
