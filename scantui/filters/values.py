"""The values of a condition as other tools write them: lists in brackets, ranges, other quotation marks; pure.

Rule: what comes out is a value as scantui itself writes it.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from scantui.exceptions import FilterSyntaxError
from scantui.filters.days import moment_at
from scantui.filters.grammar import (
    ALL_NUMBER_FIELDS,
    ALL_TEXT_FIELDS,
    BOUND_FIELDS,
    KNOWN,
    OPERATORS,
    QUOTED,
    SPAN_FIELDS,
    VALUE,
    quoted,
    quoted_if_needed,
    unquoted,
)

# Where no other field follows.
NO_FIELD = rf"(?![!-]?[^\W\d][\w.-]*(?:{OPERATORS}|[:~]))"
NUMBER = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?(?:[smhdwy\d.]*[smhdwy])?"
_BETWEEN = re.compile(
    rf"(?i)({NUMBER})(?:\s+(?:and|to|-)\s+|\s*(?:\.{{2,3}}|…|\u2013|\u2014|,|-|:)\s*)({NUMBER})(?![^\s,;|&)])"
)
_SPAN_OF_NUMBERS = re.compile(
    rf"(?i)({NUMBER})(?:\s+(?:to|-|\u2013|\u2014)\s+|\.\.\.|…|\u2013|\u2014|-|:)({NUMBER})(?![^\s,;|&)])"
)
_OTHER_QUOTES = re.compile(
    r"""(?:'([^']*)'|`([^`]*)`|[\u201c\u201d\u201e]([^\u201c\u201d]*)[\u201c\u201d]|[\u2018\u2019]([^\u2018\u2019]*)[\u2018\u2019]|«([^»]*)»)(?![^\s,;|&)\]}])"""
)
_LIST = re.compile(rf"[(\[{{](\(?(?:{QUOTED}|[^\"()\[\]{{}}])*)[)\]}}](?![^\s,;|&)])")
_RANGE = re.compile(r"(?i)(\S+?)(?:\s+to\s+|\s*,\s*|\s+)(\S+)")
_SEPARATOR = r"\s*(?:[,;|]|\bor\b)\s*|\s+"
# A term ends where the next begins, also without a blank between them.
_NEXT_TERM = re.compile(rf"(?i)(?:[,;]|&&?|\|\|?)\s*(?=[!-]?([\"'`]?)(?:{KNOWN})\1\s*(?:{OPERATORS}|[:~])|[<>≤≥]=?\d)")
_MORE = re.compile(rf"(?i),\s+{NO_FIELD}(?!(?:{KNOWN})\s+(?:is|in|like|contains)\b)(?=[^\s,;])")
_LONG_UNIT = r"(\d+(?:\.\d+)?)\s*(seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|years?|yrs?|[smhdwy])\b"
# As the column DUR shows it.
_CLOCK_SPAN = r"(\d+:)?(\d+):(\d\d)"
_AND = r"\s*\.\.\.?\s*|\s*[-\u2013]\s*|\s+(?:to|and)\s+"
_CLOCK_SPANS = re.compile(rf"{_CLOCK_SPAN}(?:(?:{_AND}){_CLOCK_SPAN})?(?![^\s,;|&)])")
_NOW = re.compile(r"(?i)now(?![^\s,;|&)])")
_LONG_SPAN = re.compile(rf"(?i){_LONG_UNIT}(?:(?:\s*|\s+and\s+){_LONG_UNIT})*(?:\s+ago\b)?(?![^\s,;|&)])")
_VALUE = re.compile(VALUE)
_QUOTATION = re.compile(rf"{QUOTED}(?![^\s,;|&)])")
_LONGEST_HEAD = 40
_OPEN_ENDS = ("*", "-inf", "+inf", "inf", "")


class Value(NamedTuple):
    """A value as scantui writes it, and where it ends; `surprises` if it stood there in another way."""

    text: str
    end: int
    surprises: bool = False


def value_at(text: str, position: int, field: str, form: str) -> Value:
    """The value of a field behind an operator; `form` is what the operator asks for."""
    is_number = field in (*ALL_NUMBER_FIELDS, *SPAN_FIELDS)
    return (
        (_moment(text, position) if field in BOUND_FIELDS else None)
        or (_clock_span(text, position) if field == "duration" else None)
        or (_just_now(text, position) if field == "age" else None)
        or (_span(text, position) if field in SPAN_FIELDS else None)
        or (_between(text, position, field, form) if is_number else None)
        or _listed(text, position, field, form)
        or _otherwise_quoted(text, position)
        or _plain(text, position)
    )


def plain_moment(text: str) -> str:
    """A day or a time as read_moment takes it, however it was written; other texts as they are.

    FilterSyntaxError for a day that can be two.
    """
    found = _unquoted_moment(text, 0)
    return unquoted(found.text) if found and found.end == len(text) else text


def _moment(text: str, position: int) -> Value | None:
    """A day or a time in another way than scantui writes it, also in quotation marks."""
    quotation = _QUOTATION.match(text, position)
    if quotation:
        content = unquoted(quotation[0])
        found = _unquoted_moment(content, 0)
        is_whole = found is not None and found.end == len(content)
        return found._replace(end=quotation.end(), surprises=found.text != quotation[0]) if found and is_whole else None
    return _unquoted_moment(text, position)


def _unquoted_moment(text: str, position: int) -> Value | None:
    span = _span(text, position)
    if span:
        return span
    found = moment_at(text, position)
    if found is None:
        return None
    written = text[position : found.end]
    if written.lower().replace("t", " ") == found.text.lower().replace("t", " "):
        # Only the blank between a day and its time has to be kept together.
        return Value(quoted_if_needed(written), found.end, surprises=" " in written)
    return Value(quoted_if_needed(found.text), found.end, surprises=True)


def _clock_span(text: str, position: int) -> Value | None:
    """A duration as 0:57 or 1:05:00, or two of them."""
    match = _CLOCK_SPANS.match(text, position)
    if match is None:
        return None
    ends = [_with_units(*match.groups()[start : start + 3]) for start in (0, 3) if match[start + 3]]
    return Value("..".join(ends), match.end(), surprises=True)


def _just_now(text: str, position: int) -> Value | None:
    """The age that the column AGE shows first."""
    match = _NOW.match(text, position)
    return Value("..30s", match.end(), surprises=True) if match else None


def _with_units(hours: str | None, minutes: str, seconds: str) -> str:
    parts = ((hours or "0").rstrip(":"), "h"), (minutes, "m"), (seconds, "s")
    return "".join(f"{int(number)}{unit}" for number, unit in parts if int(number)) or "0s"


def _span(text: str, position: int) -> Value | None:
    """A span of time with units in words, as 2 hours, or with a blank before the unit."""
    match = _LONG_SPAN.match(text, position)
    if match is None or (match[0].isalnum() and len(match[2]) == 1):
        return None
    units = re.findall(rf"(?i){_LONG_UNIT}", match[0])
    return Value("".join(f"{count}{unit[0].lower()}" for count, unit in units), match.end(), surprises=True)


def _between(text: str, position: int, field: str, form: str) -> Value | None:
    """A range, as 5-9, 5:9, 5 to 9, and after `between` 5 and 9 too."""
    match = (_BETWEEN if form == "=.." else _SPAN_OF_NUMBERS).match(text, position)
    if match and field in SPAN_FIELDS and ":" in match[0]:
        return None
    return Value(f"{match[1]}..{match[2]}", match.end(), surprises=True) if match else None


def _listed(text: str, position: int, field: str, form: str) -> Value | None:
    """Several values between brackets, or a range."""
    match = _LIST.match(text, position)
    if match is None:
        return None
    content, opening, closing = match[1].strip(), match[0][0], match[0][-1]
    is_text = field in ALL_TEXT_FIELDS
    between = _RANGE.fullmatch(content)
    is_blank = not is_text and opening == "[" and form == "=" and "," not in content
    is_range = bool(re.search(r"(?i)\s+to\s+", content)) or is_blank
    if between and is_range:
        low, high = between[1], between[2]
        if is_text:
            raise FilterSyntaxError(f"{field} is a text and has no ranges: write {field}=a,b", position + 1)
        if {opening, closing} - {"[", "]"} or low.startswith("("):
            says = f"a range includes its ends: write {field}>{low.lstrip('(')} {field}<{high.lstrip('(')}"
            raise FilterSyntaxError(says, position + 1)
        return Value("..".join("" if end.lower() in _OPEN_ENDS else end for end in (low, high)), match.end(), True)
    items = _items(content)
    # A title may stand in brackets.
    is_list = form == "=()" or not is_text or opening == "{" or len(items) > 1 or text[position - 1] == ":"
    return Value(",".join(items), match.end(), surprises=True) if items and is_list else None


def _items(content: str) -> list[str]:
    """The values of a list, each as it is written here."""
    items, position = [], 0
    while position < len(content):
        separator = re.compile(rf"(?i){_SEPARATOR}").match(content, position)
        if separator and separator.end() > position:
            position = separator.end()
            continue
        other = quotation_at(content, position)
        if other:
            items.append(quoted(other[0]))
            position = other[1]
            continue
        match = re.compile(rf"(?:{QUOTED}|[^\s,;|\"])+").match(content, position)
        if match is None:
            return []
        items.append(match[0])
        position = match.end()
    return items


def _otherwise_quoted(text: str, position: int) -> Value | None:
    """One or several values in other quotation marks."""
    items = []
    end = position
    while other := quotation_at(text, end):
        items.append(quoted(other[0]))
        more = re.compile(r"\s*[,|]\s*(?=['`\u201c\u2018\u201e«])").match(text, other[1])
        end = more.end() if more else other[1]
        if more is None:
            break
    return Value(",".join(items), end, surprises=True) if items else None


def _plain(text: str, position: int) -> Value:
    """A value, or several, as scantui itself writes them; blanks may stand behind a comma."""
    match = _VALUE.match(text, position)
    end = match.end() if match else position
    following = _next_term_in(text, position, end)
    if following and text.count('"', position, following.start()) % 2 == 0:
        end = following.start()
        return Value(text[position:end], end, surprises=True)
    value = text[position:end]
    while value.endswith(",") and (more := _MORE.match(text, end - 1)):
        rest = _VALUE.match(text, more.end())
        end = rest.end() if rest else more.end()
        value = value.rstrip(",") + "," + text[more.end() : end]
    bare = value.rstrip(";")
    return Value(bare or value, end, surprises=bare != text[position:end])


def pattern_of(field: str, value: str, form: str, column: int) -> str:
    """A part of a text, or an SQL pattern, as a value with stars."""
    if field not in ALL_TEXT_FIELDS:
        raise FilterSyntaxError(f"{field} has no patterns: write {field}={value}", column)
    if form == "=%":
        body = value.strip("%*")
        if "%" in body:
            says = f"a wildcard stands at an end only: write {field}={body.partition('%')[0]}*"
            raise FilterSyntaxError(says, column)
        start, end = value[:1] in "%*", value[-1:] in "%*"
    else:
        body = value.strip("*")
        start, end = form.startswith("=*"), form.endswith("*")
    written = quoted_if_needed(body)
    return f"{'*' if start else ''}{written if body else '*'}{'*' if end and body else ''}"


def _next_term_in(text: str, start: int, end: int) -> re.Match[str] | None:
    """What separates a value from a term behind it without a blank, as in `name=ct&state=run`."""
    separator = _NEXT_TERM.search(text, start, end + _LONGEST_HEAD)
    return separator if separator and separator.start() < end else None


def separator_at(text: str, position: int) -> re.Match[str] | None:
    """The same, where it stands."""
    return _NEXT_TERM.match(text, position)


def quotation_at(text: str, position: int) -> tuple[str, int] | None:
    """The content of a quotation in marks that are not scantui's, and where it ends."""
    match = _OTHER_QUOTES.match(text, position)
    return (next(part for part in match.groups() if part is not None), match.end()) if match else None
