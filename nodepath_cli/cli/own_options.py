"""Options that only some commands have, as keys of the configuration file: every long option is a key of its name."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

from nodepath_cli.config_file import COMMAND_KEYS, own_values
from nodepath_cli.errors import ConfigError


class Configured(TyperCommand):
    """A command whose own options take their values from the configuration file where they are not given."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command. Raises ConfigError for a value that the option does not take."""
        own = {name: each for each in self.params if each.name for name in _keys(each)}
        if own and not ctx.params.get("no_config"):
            path, values = own_values(ctx.params.get("config"))
            for name, value in values.items():
                source = ctx.get_parameter_source(own[name].name) if name in own else None
                if source is not None and source.name == "DEFAULT":
                    ctx.params[own[name].name] = _read(own[name], value, name, path, ctx)
        return super().invoke(ctx)


def _keys(parameter: Any) -> list[str]:
    names = (each.removeprefix("--") for each in parameter.opts if each.startswith("--"))
    return [name for name in names if name in COMMAND_KEYS]


def _read(parameter: Any, value: object, name: str, path: str, ctx: Any) -> object:
    """Return a value as the command line would give it."""
    flag = bool(getattr(parameter, "is_flag", False))
    several = isinstance(value, list)
    items = value if isinstance(value, list) else [value]
    fits = all(isinstance(each, bool) if flag else type(each) in (str, int, float) for each in items)
    if not fits or (several and not parameter.multiple):
        expected = "true or false" if flag else "a list of texts" if parameter.multiple else "a text or a number"
        raise ConfigError(f"{path}: {name}: {value!r} is not {expected}", f"correct {name} in {path}")
    texts = [each if flag else str(each) for each in items]
    try:
        return parameter.type_cast_value(ctx, texts if parameter.multiple else texts[0])
    except Exception as error:
        why = " ".join(str(getattr(error, "message", error)).split())
        raise ConfigError(f"{path}: {name}: {why}", f"correct {name} in {path}") from None
