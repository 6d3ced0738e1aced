"""The quick ways to run scantui give what a fresh interpreter gives."""

from __future__ import annotations

import os
import signal

import pytest

from tests.cli.processes import home_of_nobody
from tests.programs import Scantui, fresh_scantui, run_apart, run_here, start


@pytest.mark.parametrize("arguments", [("--version",), ("search", "--help"), ("search", "nam=x"), ("--demo",)])
def test_a_call_and_a_forked_process_write_and_end_as_a_fresh_one(arguments: tuple[str, ...]) -> None:
    environment = home_of_nobody()
    fresh = run_apart(fresh_scantui(*arguments), environment)
    assert run_apart(Scantui(arguments), environment) == fresh
    assert run_here(*arguments, environment=environment) == fresh


def test_a_process_that_stops_and_is_killed_is_reported_so() -> None:
    with open(os.devnull, "w") as nothing:  # noqa: PTH123 - it has no path of its own
        program = start(["sleep", "60"], dict(os.environ), stdout=nothing.fileno(), stderr=nothing.fileno())
    assert program.poll() is None
    program.send_signal(signal.SIGSTOP)
    while not program.has_stopped():
        assert program.poll() is None
    program.kill()
    assert program.returncode == -signal.SIGKILL
