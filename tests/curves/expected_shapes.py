"""Writes what BLISS gives for the curves of `signals`: python -m tests.curves.expected_shapes PATH/scan_math.py

It needs BLISS's file, numpy and scipy, and runs in an environment of its own; the tests need what it wrote alone.
BLISS leaves the order of equally near slopes to numpy's sorting, which differs between processors: here the first
counts.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import math
import sys
from pathlib import Path
from typing import Any

from tests.curves.signals import signals

EXPECTED = Path(__file__).parent / "expected_shapes.json"


def _loaded(path: str) -> Any:
    spec = importlib.util.spec_from_file_location("scan_math", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _plain(value: Any) -> float | None:
    number = float(value)
    return float(f"{number:.12g}") if math.isfinite(number) else None


def main(path: str) -> None:
    """Write a line for each curve: peak x, y, trough x, y, com, cen, fwhm."""
    numpy: Any = importlib.import_module("numpy")
    logging.disable()
    bliss = _loaded(path)
    sort = numpy.argsort
    numpy.argsort = lambda values: sort(values, kind="stable")
    lines = []
    for _, (x, y) in signals():
        arrays = numpy.array(x), numpy.array(y)
        found = (*bliss.peak2(*arrays), *bliss.trough2(*arrays), bliss.com(*arrays), *bliss.cen(*arrays))
        lines.append(json.dumps([_plain(value) for value in found]))
    EXPECTED.write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main(sys.argv[1])
