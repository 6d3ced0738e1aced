"""What a scan is called on its row, wherever that is shown, sorted, copied, exported or searched; pure.

Rule: a number stands in a title as a person would write it. Who needs all its digits finds them in the document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scantui.models import ScanSummary

# A number with three decimals or more; a mantissa too, but no part of a version, a name, a date or a path.
# It begins with a character of its own, since then the search is several times faster than after a look behind.
_LONG_NUMBER = (
    r"[-0-9](?<![\w.][-0-9])(?:(?<=-)[0-9]{1,20}|(?<!-)[0-9]{0,19})\.[0-9]{3,30}(?=(?:[eE][+-]?[0-9]+)?(?!\.?\w))"
)
# BLISS writes five decimals, which are kept; of smaller numbers as many digits are.
_DECIMALS = 5


def plain_numbers(text: str) -> str:
    """The text with its numbers as a person would write them: 0 for 0.00000, 0.15 for 0.15000000000000002."""
    return _long_number().sub(_plain, text) if "." in text else text


@cache
def _long_number() -> re.Pattern[str]:
    # Compiled for the first title: the first frame of the monitor has none.
    return re.compile(_LONG_NUMBER)


def row_name(row: ScanSummary) -> str:
    """What a scan is called: its title, behind its name where the title begins with another; else its problem.

    A `dscan` has the title `ascan phi …`, and a search finds it by both.
    """
    name = row.numberless.name if row.numberless else row.problem.removeprefix(f"{row.key}: ")
    return called(name, row.title)


def called(name: str, title: str | None) -> str:
    """What a scan with a name and a title is called."""
    return _own_name(name, title) + plain_numbers(title) if title else name


def name_in_sequence(name: str, row: ScanSummary, parent: ScanSummary | None) -> str:
    """What a scan of a sequence is called on its row: behind the number of its parent, of an unknown one behind a ?."""
    if not row.parent:
        return name
    return f"({parent.identity.number if parent and parent.identity else '?'}) {name}"


def row_names(rows: Sequence[ScanSummary]) -> list[str]:
    """What many scans are called, which is faster for all at once."""
    titles = list(dict.fromkeys([row.title or "" for row in rows]))
    plain = plain_numbers("\0".join(titles)).split("\0")
    if len(plain) != len(titles):
        return list(map(row_name, rows))
    read = dict(zip(titles, plain, strict=True))
    return [
        _own_name(identity.name, title) + read[title]
        if (title := row.title) and (identity := row.numberless)
        else row_name(row)
        for row in rows
    ]


def sorting_name(row: ScanSummary) -> str:
    """What rows are sorted by in place of their names: as good, and had for less."""
    if row.numberless is None or not row.title:
        return row_name(row).casefold()
    return f"{_own_name(row.numberless.name, row.title)}{row.title}".casefold()


def _own_name(name: str, title: str) -> str:
    """What stands before a title that begins with another name than its own."""
    return "" if title.startswith(name) or title.casefold().startswith(name.casefold()) else f"{name}: "


def _plain(number: re.Match[str]) -> str:
    return _shortest(number[0])


@lru_cache(maxsize=4096)
def _shortest(number: str) -> str:
    digits = number.removeprefix("-")
    sign = number[: len(number) - len(digits)]
    if len(digits) - digits.index(".") - 1 > _DECIMALS:
        value = Decimal(digits)
        digits = f"{value:.{max(_DECIMALS, _DECIMALS - value.adjusted()) if value else _DECIMALS}f}"
    digits = digits.rstrip("0").rstrip(".")
    return digits if digits.strip("0") == "" else sign + digits
