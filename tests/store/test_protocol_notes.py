"""The protocol notes have each section that a docstring cites, and are shipped beside the code."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import scantui

CITED = re.compile(r"protocol, sections? ([\d, and]+)")


def test_every_section_that_is_cited_is_there() -> None:
    notes = (files("scantui.store") / "PROTOCOL.md").read_text()
    sections = set(re.findall(r"^## (\d+)\.", notes, re.MULTILINE))
    sources = [path.read_text() for path in Path(scantui.__file__).parent.rglob("*.py")]
    cited = {number for source in sources for found in CITED.findall(source) for number in re.findall(r"\d+", found)}
    assert {"1", "5", "9"} <= cited
    assert cited <= sections
