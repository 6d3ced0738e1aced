"""The rule above the scans of a dataset: its name, how many scans it has, and how many of them are problems; pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from rich.text import Text

from scantui.fitting import cut_to
from scantui.text import printable
from scantui.tui.looks import style_name
from scantui.words import counted

if TYPE_CHECKING:
    from scantui.board.datasets import Dataset, DatasetCounts
    from scantui.board.glance import Glance

_EDGE, _LINE = "── ", "─"
_LEAST_NAME, _LEAST_LINE = 12, 2


def dataset_rule(dataset: Dataset, glance: Glance, width: int) -> Text:
    """The rule, as wide as the table; where it is narrow the name keeps its end, and the counts leave first."""
    return _rule(_name(dataset, glance), glance.counts_of(dataset), width)


@lru_cache(maxsize=64)
def _rule(name: str, counts: DatasetCounts, width: int) -> Text:
    quiet = style_name("quiet")
    # Not all of them failed: a silent scan may go on, and an aborted one was stopped on purpose.
    problems = f" · {counted(counts.problems, 'problem')}" if counts.problems else ""
    scans = counted(counts.scans, "scan")
    end = len(f" {scans}{problems} {_EDGE.strip()}")
    if width - end < len(_EDGE) + _LEAST_NAME + _LEAST_LINE + 1:
        end = 0
    name = cut_to(name, max(1, width - len(_EDGE) - 1 - _LEAST_LINE - end), "left")
    rule = Text(no_wrap=True, end="").append(_EDGE, quiet).append(name).append(" ")
    rule.append(_LINE * max(0, width - rule.cell_len - end), quiet)
    if end:
        rule.append(f" {scans}", quiet).append(problems, style_name("wrong")).append(f" {_EDGE.strip()}", quiet)
    return rule


def _name(dataset: Dataset, glance: Glance) -> str:
    """The dataset, and before it what it needs to be known by: the collection, and the proposal among several."""
    if not dataset.name:
        return printable(f"{dataset.session} (no dataset)".strip())
    above = [dataset.proposal] if glance.common("proposal") is None else []
    if not dataset.name.startswith(dataset.collection):
        above.append(dataset.collection)
    return printable(" / ".join(filter(None, (*above, dataset.name))))
