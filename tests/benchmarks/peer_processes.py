"""Tasks of the library and of blissdata in processes of their own: each a line of JSON, answered with its figures."""

from __future__ import annotations

import atexit
import json
import subprocess
from functools import cache
from pathlib import Path
from typing import IO, Any

from tests.benchmarks.installed import python_command
from tests.interop.peer import blissdata_python

_PEERS = Path(__file__).with_name("peers")


def blissdata_times(task: str, *arguments: object) -> Any:
    """What a task takes blissdata, in its own environment."""
    return _asked(str(blissdata_python()), "blissdata_times", task, arguments)


def library_times(task: str, *arguments: object) -> Any:
    """What a task takes the library as the README installs it."""
    return _asked(python_command(), "library_times", task, arguments)


def _asked(python: str, script: str, task: str, arguments: tuple[object, ...]) -> Any:
    asked, answers = _process(python, script)
    asked.write(json.dumps([task, arguments]) + "\n")
    asked.flush()
    answer = answers.readline()
    if not answer:
        raise RuntimeError(f"{script} failed at {task}: its error is above")
    return json.loads(answer)


@cache
def _process(python: str, script: str) -> tuple[IO[str], IO[str]]:
    words = [python, "-I", str(_PEERS / f"{script}.py")]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    # It ends by itself when its input does.
    atexit.register(process.communicate)
    assert process.stdin is not None and process.stdout is not None
    return process.stdin, process.stdout
