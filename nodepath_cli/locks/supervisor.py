"""The process between `nodepath locks run` and its command: it starts the command in a process group of its own, and
kills the whole group when the holder of the lock is gone.

It runs as a script of its own (`python -I -S supervisor.py CONTROL STATUS`), so that it is small, has no connection to
any database, and is not among the processes that go by the holder's command line. CONTROL is a pipe of which the holder
has the only writing end: one line of JSON with the command, then a byte for each signal that the group is to get. The
end of CONTROL means that the holder is dead. STATUS is where it answers, in lines of JSON.
"""

import contextlib
import json
import os
import select
import signal
import sys
from collections.abc import Callable

FORWARDED = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)
"""The signals that the holder hands on."""
_PR_SET_PDEATHSIG = 1
_TERMINAL = (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)


def main(control: int, status: int) -> int:
    """Run the command that CONTROL names."""
    for each in (control, status):
        os.set_inheritable(each, False)
    ignored = [each for each in FORWARDED if signal.getsignal(each) == signal.SIG_IGN]
    for each in {*FORWARDED, *_TERMINAL}:
        # It has to outlive the command; what a terminal sends to everybody is not for it.
        signal.signal(each, signal.SIG_IGN)
    line = b""
    while not line.endswith(b"\n"):
        byte = os.read(control, 1)
        if not byte:
            return 0
        line += byte
    order = json.loads(line)
    terminal = _terminal(order["group"])
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    error_read, error_write = os.pipe()
    child = os.fork()
    if child == 0:
        _become(order["command"], error_write, terminal, ignored)
    os.close(error_write)
    # Both set the group, so that it is there before anything else is done to it.
    _quietly(os.setpgid, child, child)
    answer = {"started": child}
    failed = os.read(error_read, 16)
    if failed:
        answer = {"errno": int(failed)}
    _tell(status, answer)
    _watch(control, status, wake_read, child)
    if terminal is not None:
        _quietly(os.tcsetpgrp, terminal, order["group"])
    return 0


def _watch(control: int, status: int, wake: int, child: int) -> None:
    """Hand signals on until the command has ended, or kill its group when the holder is gone."""
    while True:
        ready, _, _ = select.select([control, wake], [], [])
        if wake in ready:
            os.read(wake, 512)
            ended = _reaped(child)
            if ended is not None:
                _tell(status, {"exit": ended})
                return
        if control in ready:
            numbers = os.read(control, 64)
            if not numbers:
                _quietly(os.killpg, child, signal.SIGKILL)
                _quietly(os.waitpid, child, 0)
                return
            for number in numbers:
                _quietly(os.killpg, child, number)


def _reaped(child: int) -> int | None:
    """Return the command's exit code once it has ended, 128 and the signal's number where one ended it."""
    while True:
        found, raw = os.waitpid(child, os.WNOHANG | os.WUNTRACED)
        if found == 0:
            return None
        if os.WIFSTOPPED(raw):
            if os.WSTOPSIG(raw) == signal.SIGTSTP:
                # Ctrl-Z: the lock goes on being renewed, and nobody could type `fg` for the holder.
                _quietly(os.killpg, child, signal.SIGCONT)
            continue
        return 128 + os.WTERMSIG(raw) if os.WIFSIGNALED(raw) else os.WEXITSTATUS(raw)


def _become(command: list[str], error: int, terminal: int | None, ignored: list[signal.Signals]) -> None:
    """Turn this process into the command. What went wrong goes to `error`, which is closed where nothing did."""
    try:
        os.setpgid(0, 0)
        if terminal is not None:
            _quietly(os.tcsetpgrp, terminal, os.getpid())
        _quietly(_die_with_parent)
        for each in {*FORWARDED, *_TERMINAL, signal.SIGCHLD, signal.SIGPIPE}:
            signal.signal(each, signal.SIG_IGN if each in ignored else signal.SIG_DFL)
        os.execvp(command[0], command)
    except OSError as problem:
        os.write(error, b"%d" % (problem.errno or 0))
    finally:
        os._exit(127)


def _die_with_parent() -> None:
    """Where Linux can do it, the command dies with this process, too, should both be killed at once."""
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))


def _terminal(group: int) -> int | None:
    """Return the standard input where it is a terminal on which the holder is in the foreground."""
    try:
        return 0 if os.isatty(0) and os.tcgetpgrp(0) == group else None
    except OSError:
        return None


def _tell(status: int, what: dict[str, int]) -> None:
    _quietly(os.write, status, json.dumps(what).encode() + b"\n")


def _quietly(call: Callable[..., object], *arguments: object) -> None:
    """Do something to a process or a terminal that may be gone."""
    with contextlib.suppress(OSError, AttributeError, ImportError):
        call(*arguments)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
