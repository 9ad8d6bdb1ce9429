"""Migrations checked without a database (`nodepath db lint`): read, replayed step by step, and given to the rules."""
