"""Which goes first, code or migration: the statements of the code against the schema before, between and after every
pending migration.

```
pending.py  which migrations are pending   ->  states.py  the schema after each of their statements
code.py     the code now, or at a Git ref  ->  across.py  what every statement says in each state
                                               changes.py NP201 to NP203    verdict.py  the order
```
"""
