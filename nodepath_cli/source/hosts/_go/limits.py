"""What the evaluation of one function may cost, and how deep it follows calls."""

from __future__ import annotations

STEPS = 60_000
"""Syntax nodes that one function may cost, with everything that it calls. Measured: with 25,000 the boot function of a
public tree with some 170 pieces of DDL was not read to its end, with this number it is."""
PATIENCE = 6_000
"""Steps in which a function may come to no text of SQL that was not known, before the calls in it are followed no more:
what follows is a program that has little to do with SQL. Measured: nine tenths of the steps of slow public trees."""
LITTLE_PATIENCE = 500
"""The same for a function without SQL words and database calls of its own."""
IN_VAIN = 20_000
"""Steps without a new text after which even what a function does itself is followed no more, as where its budget is
spent: loops in loops over lists of settings. Measured: on five public trees and a made one no function comes to a new
text after more than 3,100 of them."""
INHERITED = 8
"""Such a function that another leads to begins with this fraction of the steps which that one has spent in vain.
Measured: a third of all steps of a public tree with 3,000 files, and no statement of 50 trees is lost by it."""
VARIABLES_PER_STEP = 20
"""Copying and joining this many variables at a branch takes about as long as one step."""
COMPARED_PER_STEP = 48
"""Branches of guards that are compared in the time of one step."""
STEPS_PER_FUNCTION = 30
"""What comes with a function beside the steps of its statements, where shares are told what was spent: its parsing and
its summary. Measured with those steps and with the files' lengths: on four public trees they tell the time of a run of
functions by a third, the steps alone by half."""
BYTES_PER_STEP = 200
"""Bytes of a file whose declarations are read in the time of one step."""
MAX_NESTING = 140
"""Nested expressions, blocks and calls that are followed; Python's own stack holds about four times as many."""
MAX_INLINE = 3
"""How deep calls are followed with their arguments bound."""
MAX_TEXT_INLINE = 5
"""The same for functions without SQL words, which only make parts of texts (a quoted name, a list of placeholders)."""
MAX_LIST_INLINE = 8
"""The same where a list of statements is handed on: the call that has it at last sends them, none on the way does."""
