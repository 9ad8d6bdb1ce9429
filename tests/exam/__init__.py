"""Examinations on trees that are not part of the repository: run by hand, not collected by pytest.

`python -m tests.exam.public TREE` compares every verdict with a MariaDB's, `python -m tests.exam.mutants TREE` renames
columns in the Go source and counts what is found.
"""
