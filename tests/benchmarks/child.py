"""A part of a benchmark in a process of its own, its result printed as JSON."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from typing import Any


def in_child(module: str, function: str, *arguments: object) -> Any:
    """What a function of a module of these benchmarks returns, run in another process."""
    words = [sys.executable, "-m", "tests.benchmarks.child", module, function, json.dumps(arguments)]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    module, function, arguments = sys.argv[1:]
    run = getattr(importlib.import_module(f"tests.benchmarks.{module}"), function)
    print(json.dumps(run(*json.loads(arguments))))


if __name__ == "__main__":
    main()
