"""Records go to another process and come back the same, but for what that process has itself."""

from __future__ import annotations

from msgspec import Struct

from nodepath_cli.packing import Packing


class Place(Struct, frozen=True):
    """A record with a default."""

    path: str
    line: int = 0


class Only(Struct, frozen=True):
    """A record with one field."""

    place: Place


class Nothing(Struct, frozen=True):
    """A record without fields."""


class Pair(Struct, frozen=True):
    """A record of anything."""

    left: object
    right: object


class Home:
    """An object that is not told, but found again by its name."""

    def __init__(self, name: str | None) -> None:
        self.name = name


PLAIN = Packing(Home, lambda home: home.name, {}.__getitem__)


def test_records_of_every_kind_come_back_the_same() -> None:
    value = {"a": [Place("x.go", 3), Only(Place("y.go"))], "b": Pair(Nothing(), (1, None, "\udc80"))}
    found = PLAIN.unpacked(PLAIN.packed(value))
    assert found == value
    assert type(found["b"]) is Pair


def test_what_is_one_object_stays_one() -> None:
    place = Place("x.go", 3)
    found = PLAIN.unpacked(PLAIN.packed([place, Only(place)]))
    assert found[0] is found[1].place


def test_what_both_processes_have_is_found_there() -> None:
    known = {name: Home(name) for name in ("a", "b")}
    packing = Packing(Home, lambda home: home.name, known.__getitem__)
    found = packing.unpacked(packing.packed([Pair(known["b"], known["a"]), known["b"]]))
    assert found[0].left is known["b"] is found[1]
    assert found[0].right is known["a"]


def test_what_only_one_has_is_told_like_the_rest() -> None:
    packing = Packing(Home, lambda home: home.name, {}.__getitem__)
    found = packing.unpacked(packing.packed(Home(None)))
    assert isinstance(found, Home)
    assert found.name is None
