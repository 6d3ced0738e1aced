"""Imports all of scantui once, and forks a process for each request on the socket that it is given.

A forked process runs and ends as a fresh interpreter does, with terminal, signals and exit code of its own; it only
saves the time of the imports. A request is a line of JSON with three or four descriptors: standard input, output and
error, and a pipe for reports. The reports are lines: the process id, then `stopped` or the exit code.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import io
import json
import os
import pkgutil
import select
import signal
import socket
import sys
import termios
import time
from collections.abc import Sequence
from typing import Any

LARGEST_REQUEST = 1 << 20
# The third-party modules that scantui imports only when it needs them.
LATE_IMPORTS = ("fakeredis", "jsonpath_ng.ext", "lupa", "redis.asyncio", "textual.app", "textual.widgets")


def import_everything() -> None:
    """Import each module of scantui but the one that runs it, and what those import late."""
    import scantui

    for module in pkgutil.walk_packages(scantui.__path__, "scantui."):
        importlib.import_module(module.name)
    for name in LATE_IMPORTS:
        importlib.import_module(name)


def serve(requests: socket.socket) -> int:
    """Fork until the other end closes; in a forked process return the exit code of its program."""
    woken, waker = os.pipe()
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    reports: dict[int, int] = {}
    while True:
        ready, _, _ = select.select([requests.fileno(), woken], [], [])
        if woken in ready:
            os.read(woken, 1024)
            report_changes(reports)
        if requests.fileno() not in ready:
            continue
        message, descriptors, _, _ = socket.recv_fds(requests, LARGEST_REQUEST, 4)
        if not message:
            return 0
        *streams, report = descriptors
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            requests.close()
            for descriptor in (woken, waker, report, *reports.values()):
                os.close(descriptor)
            return become(json.loads(message), streams)
        for descriptor in streams:
            os.close(descriptor)
        reports[pid] = report
        tell(report, pid)


def report_changes(reports: dict[int, int]) -> None:
    """Report each process that has stopped or ended since the last time."""
    while reports:
        pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED)
        if not pid:
            return
        if os.WIFSTOPPED(status):
            tell(reports[pid], "stopped")
        else:
            report = reports.pop(pid)
            tell(report, os.waitstatus_to_exitcode(status))
            os.close(report)


def tell(report: int, word: object) -> None:
    # A test that has ended did not wait for the report.
    with contextlib.suppress(BrokenPipeError):
        os.write(report, f"{word}\n".encode())


def become(request: dict[str, Any], streams: Sequence[int]) -> int:
    """Be the program that the request asks for, and return its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    if os.isatty(0):
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    environment, words = request["environment"], request["words"]
    os.chdir(request["directory"])
    if request["is_command"]:
        for name in ("SIGPIPE", "SIGXFSZ"):  # which Python ignores
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        os.execvpe(words[0], words, environment)  # noqa: S606 - no shell is wanted
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.argv = ["scantui", *words]
    open_streams(environment.get("PYTHONIOENCODING", "utf-8"))
    if request["code"]:
        exec(compile(request["code"], "<test>", "exec"), {"__name__": "__main__"})  # noqa: S102 - a test's own code
    from scantui.__main__ import main

    return main()


def open_streams(encoding: str) -> None:
    """Make the standard streams as a fresh interpreter does."""
    sys.stdin = sys.__stdin__ = _stream(0, "r", encoding, "strict")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _stream(1, "w", encoding, "strict")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _stream(2, "w", encoding, "backslashreplace")  # type: ignore[misc]


def _stream(descriptor: int, mode: str, encoding: str, errors: str) -> io.TextIOWrapper:
    buffering = 1 if descriptor == 2 or os.isatty(descriptor) else -1
    stream = open(descriptor, mode, buffering, encoding, errors, closefd=False)  # noqa: SIM115 - open to the end
    assert isinstance(stream, io.TextIOWrapper)
    return stream


if __name__ == "__main__":
    import_everything()
    gc.freeze()
    sys.exit(serve(socket.socket(fileno=int(sys.argv[1]))))
