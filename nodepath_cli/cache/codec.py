"""Frozen records as JSON and back, driven by the records' own fields: a new field needs no change here.

The text says of every record which class it is of. Reading makes nodepath's own records and enumerations
and nothing else, so that a text from elsewhere can at worst be wrong data, never code.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import Enum
from importlib import import_module
from typing import Any

from msgspec import Struct

_PACKAGE = "nodepath_cli."
_TUPLE, _LIST, _FROZENSET, _SET, _DICT, _RECORD, _MEMBER = range(7)
"""What a JSON list stands for, its first item."""
_PLAIN = frozenset({str, int, bool, float, type(None)})
"""What JSON has itself."""


class CodecError(ValueError):
    """A value that cannot be written, or a text that is no written value."""


def dumps(value: object) -> bytes:
    """Return a value as UTF-8 text. Raises CodecError for what is no record, number, text, or collection of such."""
    writer = _Writer()
    try:
        body = writer.written(value)
        return json.dumps([writer.classes, body], ensure_ascii=True, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise CodecError(str(error)) from None


def loads(data: bytes) -> object:
    """Return the value that `dumps` wrote. Raises CodecError for any other text."""
    try:
        classes, body = json.loads(data)
        return _Reader([_class(*each) for each in classes]).read(body)
    except CodecError:
        raise
    except (TypeError, ValueError, KeyError, IndexError, AttributeError, ImportError, RecursionError) as error:
        raise CodecError(str(error)) from None


class _Writer:
    def __init__(self) -> None:
        self.classes: list[tuple[str, str, tuple[str, ...]]] = []
        self._numbers: dict[type, int] = {}
        self._names: dict[type, tuple[str, ...]] = {}

    def written(self, value: Any) -> Any:
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is tuple or kind is list:
            return [_TUPLE if kind is tuple else _LIST, *self._each(value)]
        if kind is dict:
            return [_DICT, *([self.written(key), self.written(each)] for key, each in value.items())]
        if kind is frozenset or kind is set:
            members = sorted(map(self.written, value), key=repr)
            return [_FROZENSET if kind is frozenset else _SET, *members]
        if isinstance(value, Enum):
            return [_MEMBER, self._number(kind), value.value]
        if isinstance(value, Struct):
            number = self._number(kind)
            return [_RECORD, number, *self._each(map(value.__getattribute__, self._names[kind]))]
        raise CodecError(f"a {kind.__name__} cannot be written")

    def _each(self, values: Iterable[Any]) -> list[Any]:
        # Most fields are plain: those are told without a call.
        return [each if type(each) in _PLAIN else self.written(each) for each in values]

    def _number(self, kind: type) -> int:
        number = self._numbers.get(kind)
        if number is None:
            names = kind.__struct_fields__ if issubclass(kind, Struct) else ()
            _class(kind.__module__, kind.__qualname__, names)
            number = self._numbers[kind] = len(self.classes)
            self._names[kind] = names
            self.classes.append((kind.__module__, kind.__qualname__, names))
        return number


class _Reader:
    def __init__(self, classes: list[tuple[type, tuple[str, ...]]]) -> None:
        self._classes = classes

    def read(self, body: Any) -> Any:
        if type(body) is not list:
            return body
        kind = body[0]
        if kind == _RECORD:
            cls, names = self._classes[body[1]]
            return cls(**dict(zip(names, map(self.read, body[2:]), strict=True)))
        if kind == _MEMBER:
            return self._classes[body[1]][0](body[2])
        if kind == _DICT:
            return {self.read(key): self.read(each) for key, each in body[1:]}
        if kind in _COLLECTIONS:
            return _COLLECTIONS[kind](map(self.read, body[1:]))
        raise CodecError(f"no kind of value {kind!r}")


_COLLECTIONS: dict[int, Any] = {_TUPLE: tuple, _LIST: list, _FROZENSET: frozenset, _SET: set}


def _class(module: str, name: str, names: list[str] | tuple[str, ...]) -> tuple[type, tuple[str, ...]]:
    """Return a class by its name, where it is a record or an enumeration of nodepath's own with these fields."""
    if not (isinstance(module, str) and module.startswith(_PACKAGE)):
        raise CodecError(f"{module}.{name} is none of nodepath's records")
    found = getattr(import_module(module), name)
    if isinstance(found, type) and found.__module__ == module:
        own = found.__struct_fields__ if issubclass(found, Struct) else ()
        if own == tuple(names) and issubclass(found, (Struct, Enum)):
            return found, tuple(names)
    raise CodecError(f"{module}.{name} is none of nodepath's records")
