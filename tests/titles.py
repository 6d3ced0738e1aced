"""Titles of real scans, from public files, and odd ones that people and other programs write."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_REAL = Path(__file__).parent / "data" / "titles.txt"
_NUMBER = re.compile(r"(?<![\w.+-])-?\d+(?:\.\d{1,5})?(?![\w.])")
ODD_TITLES = (
    "align -- rough", "sample 3 -> sample 4", "Au foil, 300 K", "T = 25 C, p = 1e-3 mbar", "after beam dump!", "a & b",
    "ascan samx -1 1", "dark / flat", "100% beam", "~ 12 keV", "#3 again", "(test)", "test (old) [2]", "don't use",
    "time: 12:30", "Sample user: somebody", "x^2 + y^2", "z*2", "*** start ***", "rock and roll", "not good",
    "beam on or off", "µ-beam", "20\u00a0keV", "caf\u00e9", "cafe\u0301", "Å\u212b\u0041\u030a", "a|b", "a,b", "-",
    "--", "->", "no beam", "no: beam", "is it ok?", "point 5/10", "C:\\data\\x.dat", "file /data/visitor/hc1234/x.h5",
    "¡hola!", "f(x, y", "x) y", "line\nbreak", "tab\there", "100°C", "-5°C", "-.5 mm", "a -1.5e-3 b", "{'a': 1}",
    "ascan samx 0.15000000000000002 -7.900000000 20 0.1", "scan a and b", "test (old or new)", "'a b' again", "+x now",
    "fly(motor='rot', speed=3)", "grid_scan([mca:roi_1], m1 y, -0.5, 1e-05, 5, snake_axes=True)", "x; y",
    "beam | no beam",
    "\uff53\uff41\uff4d\uff58 (\uff11)", "a\u200db", "stra\u00dfe",
    "\u0130stanbul \u0131", "\ufb01eld", "x y ", "20\u2009keV",
    "fast! !slow", "a != b", "θ\u20132θ", "1.000 mm", "\u22121 mm", "300 \u212a", "5 \u2126",
)  # fmt: skip


@cache
def real_titles() -> tuple[str, ...]:
    """The commands that stand in public files of SPEC, BLISS, sardana and others, letter by letter."""
    return tuple(line for line in _REAL.read_text(encoding="utf-8").splitlines() if not line.startswith("#"))


def as_published(title: str) -> str:
    """The title with its numbers as BLISS writes positions: 0.00000."""
    return _NUMBER.sub(lambda number: f"{float(number[0]):.5f}", title)
