"""Text from outside as a cell of a CSV file, as Markdown and as HTML; pure.

Rule: every text passes through `printable` here, and none can act as a formula, as markup or as a tag.
"""

from __future__ import annotations

import html
import re
from typing import TypeAlias

from scantui.text import printable

Value: TypeAlias = str | int | float | None

# With these a spreadsheet would take a text for a formula.
_FORMULA_STARTS = (*"=+-@\t\r", *"\uff1d\uff0b\uff0d\uff20")
_FORMULA_BEHIND_SEMICOLON = re.compile(r"(;[\s'\"]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])")
# What Markdown, or those who show it, take for markup, a link, a formula, or a person or an issue to be linked.
_MARKUP = re.compile(r"[\\`|*~<>\[\]&$@#!]|(?<![^\W_])_|_(?![^\W_])|:(?=[a-z/+])|(?<=www)\.", re.IGNORECASE)


def csv_cell(value: Value) -> Value:
    """A value as a cell that no spreadsheet takes for a formula; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    # Where the comma is the decimal point, spreadsheets begin a cell behind each semicolon.
    text = _FORMULA_BEHIND_SEMICOLON.sub(r"\1'", printable(value))
    # What was cut off or replaced at the start does not matter: neither form may begin like a formula.
    starts_formula = value.lstrip().startswith(_FORMULA_STARTS) or text.lstrip().startswith(_FORMULA_STARTS)
    return f"'{text}" if starts_formula or value.startswith(_FORMULA_STARTS) else text


def markdown_text(text: str) -> str:
    """A text that Markdown shows as it is: what it would obey is escaped."""
    return _MARKUP.sub(r"\\\g<0>", printable(text))


def html_text(text: str) -> str:
    """A text that a browser shows as it is, between tags and within a quoted attribute."""
    return html.escape(printable(text))
