"""Identifiers with a proven replacement, rewritten where their statement is right as a whole afterwards.

```
rewrite.py  a statement and what it becomes  ->  shared.py  letters that other statements use, too
                                                 check.py   the audit of the fixed files, in memory
                                                 write.py   the files, each at once
```
"""
