"""How a failed command ends: one line on stderr, and with `--format json` one document on stdout."""

from __future__ import annotations

import json
import re
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from nodepath_cli.errors import NodepathError, UsageError
from nodepath_cli.patterns import lazy

WITHOUT_CONFIGURATION = ("demo",)
"""Commands that read no configuration: it does not set their format."""

_PASSWORD = lazy(r"(://[^\s/:@]*:|(?<![^\s'\"(=])[^\s:/@'\"]+:)(?!//)\S+@")
_PATTERN = "USER:PASSWORD@"
"""How a next step writes the form of a URL."""
_PASSWORD_OF_WHOLE = lazy(r"(://[^/:@]*:|^[^:/@]*:)(?!//).*@", re.DOTALL)


def fail(error: NodepathError, arguments: Sequence[str]) -> int:
    """Write the error as these arguments asked for, and return its exit code."""
    shown = masked(error, arguments)
    if _format(arguments) == "json":
        body = {"code": shown.code, "message": " ".join(shown.message.split()), "next": shown.next_step}
        sys.stdout.write(json.dumps({"version": 1, "error": body}, indent=2) + "\n")
        sys.stdout.flush()
    if verbose(arguments):
        sys.stderr.write("".join(f"{line}\n" for line in trail(error)))
    sys.stderr.write(shown.line() + "\n")
    return shown.exit_code


def usage_error(error: Exception, arguments: Sequence[str] = ()) -> UsageError | None:
    """Return what Typer says of wrong arguments as our own error, or None where the exception is something else.

    Typer's exceptions are known by what they can do: the classes have moved between its versions.
    """
    format_message = getattr(error, "format_message", None)
    if format_message is None:
        return None
    message = str(format_message())
    context = getattr(error, "ctx", None)
    known = context.command_path if context is not None else ""
    command = max(known, _named(arguments), key=len)
    if message.startswith("Usage:"):
        message = "a command is missing"
    names = getattr(getattr(context, "command", None), "commands", None)
    if message.startswith("No such command") and names:
        return UsageError(_sentence(message), f"use one of {', '.join(sorted(names))}")
    return UsageError(_sentence(message), f"run `{command} --help`")


def _named(arguments: Sequence[str]) -> str:
    """Return the command that a command line begins with: where an option lacks its argument, Typer does not say."""
    from nodepath_cli.cli import COMMANDS

    return f"nodepath {arguments[0]}" if arguments and arguments[0] in COMMANDS else "nodepath"


def _sentence(message: str) -> str:
    """Return Typer's words as the first half of a line: a question within it would end it twice."""
    return re.sub(r"\. Did you mean (.*)\?$", r" (did you mean \1?)", message[:1].lower() + message[1:])


def internal_error(error: Exception) -> NodepathError:
    """Return an error of nodepath's own as one line. The exception's text stays out: it may hold anything."""
    place = trail(error)[-1:] or ["  unknown place"]
    return UsageError(
        f"nodepath itself failed: {type(error).__name__}{place[0].removeprefix(' ')}",
        "run it again with -v and report these lines",
    )


def trail(error: BaseException) -> list[str]:
    """Return the way through nodepath's own files that led to an error and to what caused it, without any values."""
    lines = []
    seen: BaseException | None = error
    package = Path(__file__).parent.parent
    told: set[int] = set()
    # Causes can lead back to an error that was told already, where one was raised again from what it had caused.
    while seen is not None and id(seen) not in told:
        told.add(id(seen))
        for frame in traceback.extract_tb(seen.__traceback__):
            path = Path(frame.filename)
            if package in path.parents:
                lines.append(f"  at {path.relative_to(package.parent)}:{frame.lineno} in {frame.name}")
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
        if seen is not None:
            lines.append(f"  caused by {type(seen).__name__}")
    return lines


def verbose(arguments: Sequence[str]) -> bool:
    """Say whether `-v` is among the arguments, also where they could not be read as a whole."""
    return any(
        each == "--verbose" or (each[:1] == "-" and each[1:2] != "-" and "v" in each[1:] and each[1:].isalpha())
        for each in _own(arguments)
    )


def masked(error: NodepathError, arguments: Sequence[str]) -> NodepathError:
    """Return an error without the password of a database URL that stood in a wrong place and is now quoted."""
    return type(error)(_masked(error.message, arguments), _masked(error.next_step, arguments))


def _masked(text: str, arguments: Sequence[str]) -> str:
    given = [part for each in arguments for part in (each, each.partition("=")[2]) if "@" in part and ":" in part]
    for each in sorted(given, key=len, reverse=True):
        safe = _PASSWORD_OF_WHOLE.sub(r"\1***@", each)
        for form in (each, repr(each)[1:-1]):
            text = text.replace(form, safe)
    return _PASSWORD.sub(lambda found: found[0] if found[0].endswith(_PATTERN) else found[1] + "***@", text)


def _format(arguments: Sequence[str]) -> str:
    """Return the format that was asked for, by the arguments or else by the configuration."""
    own = _own(arguments)
    given = _option(own, "--format")
    if given is not None or not own or own[0] in WITHOUT_CONFIGURATION or "--no-config" in own:
        return given or ""
    from nodepath_cli.config_file import load_settings

    try:
        return load_settings(config=_option(own, "--config")).format
    except NodepathError:
        return ""


def _own(arguments: Sequence[str]) -> list[str]:
    """Everything behind `--` belongs to another command."""
    own = list(arguments)
    return own[: own.index("--")] if "--" in own else own


def _option(arguments: Sequence[str], name: str) -> str | None:
    found = None
    for number, each in enumerate(arguments):
        if each.startswith(name + "="):
            found = each[len(name) + 1 :]
        elif each == name and number + 1 < len(arguments):
            found = arguments[number + 1]
    return found
