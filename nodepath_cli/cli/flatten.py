"""Options in one place: a command takes a dataclass, Typer sees its fields."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import wraps
from typing import Any, get_type_hints

_MARK = "takes_dataclasses"


def flattened(command: Callable[..., None]) -> Callable[..., None]:
    """Mark a command as one that takes dataclasses. `flat` makes what Typer reads, once the command is called for:
    doing that for all commands of a group takes longer than some of them run."""
    command.__dict__[_MARK] = True
    return command


def flat(command: Callable[..., None]) -> Callable[..., None]:
    """Return a marked command with every parameter that is a dataclass replaced by the dataclass's fields.

    The fields carry their Typer option in an `Annotated` type, as parameters do, and need a default.
    """
    if _MARK not in command.__dict__:
        return command
    hints = get_type_hints(command, include_extras=True)
    signature = inspect.signature(command)
    groups = {name: hints[name] for name in signature.parameters if is_dataclass(hints[name])}
    parameters: list[inspect.Parameter] = []
    for name, parameter in signature.parameters.items():
        if name in groups:
            parameters.extend(_parameters(groups[name]))
        else:
            parameters.append(parameter.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY))

    @wraps(command)
    def run(**values: Any) -> None:
        built = {
            name: group(**{field.name: values.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        command(**values, **built)

    run.__dict__["__signature__"] = signature.replace(parameters=parameters, return_annotation=None)
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _parameters(group: Any) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [
        inspect.Parameter(
            field.name, inspect.Parameter.KEYWORD_ONLY, default=field.default, annotation=hints[field.name]
        )
        for field in fields(group)
    ]
