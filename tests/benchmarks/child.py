"""A part of a benchmark in a process of its own, with either parser of replies, its result printed as JSON."""

from __future__ import annotations

import importlib
import importlib.util
import json
import subprocess
import sys
from typing import Any

OWN = "without hiredis"
FAST = "hiredis"


def parsers() -> list[str]:
    """What is installed to read replies with."""
    return [OWN, FAST] if importlib.util.find_spec("hiredis") else [OWN]


def in_child(module: str, function: str, *arguments: object, parser: str = OWN) -> Any:
    """What a function of a module of these benchmarks returns, run with a parser of replies."""
    words = [sys.executable, "-m", "tests.benchmarks.child", parser, module, function, json.dumps(arguments)]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser, module, function, arguments = sys.argv[1:]
    if parser == OWN:
        sys.modules["hiredis"] = None  # type: ignore[assignment]  # the client library looks for it when imported
    run = getattr(importlib.import_module(f"tests.benchmarks.{module}"), function)
    print(json.dumps(run(*json.loads(arguments))))


if __name__ == "__main__":
    main()
