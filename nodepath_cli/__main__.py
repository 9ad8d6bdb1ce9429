"""The entrance: `nodepath` and `python -m nodepath_cli`.

Nothing is imported here at module level but what Python itself has loaded, so that `--version` is answered at once.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

EXIT_USAGE = 2
EXIT_INTERRUPTED = 130
"""128 and the signal's number, as shells have it: SIGINT."""
EXIT_BROKEN_PIPE = 141
"""The same for SIGPIPE: whoever read the output has gone, so no verdict was delivered."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code; every error ends here, in one line, without a traceback."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments == ["--version"]:
            from nodepath_cli import __version__

            sys.stdout.write(f"nodepath {__version__}\n")
            code = 0
        else:
            code = _command(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_stdout()
        return EXIT_BROKEN_PIPE
    except KeyboardInterrupt:
        sys.stderr.write("error: interrupted. Next: run it again.\n")
        return EXIT_INTERRUPTED
    except Exception as error:
        return _unexpected(error, arguments)
    return code


def run() -> None:
    """Run as the console script: `main`, then exit.

    Python's search for unreachable cycles takes a tenth of a short run's time (measured): among the thousands of
    objects that imports make, which all stay.
    """
    gc.set_threshold(1_000_000, 20, 50)
    if sys.stderr is None:
        # Closed by the caller (`2>&-`): what is to be said there is not wanted.
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - for as long as it runs
    if sys.stdout is None:
        sys.stderr.write("error: there is no standard output. Next: do not close it (>&-).\n")
        sys.exit(EXIT_USAGE)
    _end(main())


def _end(code: int) -> None:
    """Exit. Where nothing stands against it, Python is not taken apart first: that takes longer the more was read."""
    import atexit

    gc.freeze()
    gc.disable()
    threading = sys.modules.get("threading")
    if threading is None or threading.active_count() == 1:
        # What was to be done at the end is done all the same.
        atexit._run_exitfuncs()
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (OSError, ValueError):
            sys.exit(code)
        os._exit(code)
    sys.exit(code)


def _command(arguments: list[str]) -> int:
    """Run a command. Typer's own error handling is left out: it would answer a wrong option in its own words."""
    from typer import Abort, Exit
    from typer.main import get_command

    from nodepath_cli.cli import app
    from nodepath_cli.cli.failure import fail, usage_error
    from nodepath_cli.errors import NodepathError

    # What the terminal's encoding cannot show becomes an escape; it must not end the run.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        with get_command(app).make_context("nodepath", arguments or ["--help"]) as context:
            context.command.invoke(context)
        return 0
    except Exit as stop:
        return stop.exit_code
    except Abort:
        raise KeyboardInterrupt from None
    except NodepathError as error:
        return fail(error, arguments)
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:
        usage = usage_error(error, arguments)
        if usage is None:
            raise
        return fail(usage, arguments)


def _unexpected(error: Exception, arguments: Sequence[str]) -> int:
    """End on a fault of nodepath's own, or on a stream that cannot be written (a full disk)."""
    from nodepath_cli.cli.failure import fail, internal_error, trail, verbose
    from nodepath_cli.errors import UsageError

    if isinstance(error, OSError) and error.filename is None and error.strerror:
        _drop_stdout()
        sys.stderr.write(UsageError(f"the output cannot be written: {error.strerror}", "make room").line() + "\n")
        return UsageError.exit_code
    if verbose(arguments):
        sys.stderr.write("".join(f"{line}\n" for line in trail(error)))
    return fail(internal_error(error), [each for each in arguments if each not in ("-v", "--verbose")])


def _drop_stdout() -> None:
    """Let the interpreter flush into nothing when it ends, instead of complaining of the closed pipe."""
    import contextlib

    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    run()
