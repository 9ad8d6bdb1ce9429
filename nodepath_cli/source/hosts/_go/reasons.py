"""Reasons of values that callers or other functions may know: who asks for them compares with these."""

from __future__ import annotations

ARGUMENT = "function argument"
"""The reason of a parameter whose callers are not known."""
MAP_KEY = "map key"
"""The reason of a key of a map whose entries are not known: callers may know them."""
MAP_ENTRY, LIST_ELEMENT = "map entry", "element of a list"
"""The reasons of an entry of a map and of an element of a list that are not known."""
GIVEN_ELEMENT = "element of a list that is a function argument"
"""The reason of what a loop over a parameter meets: callers may know the list."""
SET_BY = "set by "
"""What the reason of a part begins with that a function value may have set: callers may know which."""
