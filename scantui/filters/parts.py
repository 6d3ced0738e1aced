"""The values of a term with a field, each with its column."""

from __future__ import annotations

from scantui.exceptions import FilterSyntaxError
from scantui.filters.days import moment_at
from scantui.filters.grammar import ALL_TEXT_FIELDS, FILTER_FIELDS, Spelled, quoted, quoted_if_needed, unquoted
from scantui.filters.moments import read_moment
from scantui.matching import unknown_field

_TIMES = "write since=22:00 or before=22:00, since=today, age<2h"
# The time of creation, by operator where the name alone does not say which end it is.
_CREATED = (
    *("created", "time", "date", "day", "on", "when", "started", "start", "start_time", "timestamp", "utc", "clock"),
)
_OTHER_NAMES = {
    **dict.fromkeys(_CREATED, _TIMES),
    **dict.fromkeys(("after", "from"), "write since=22:00, or since=today"),
    **dict.fromkeys(("until", "till", "to"), "write before=22:00"),
    "progress": "write is=open for what runs, npoints=100 for the points that are planned",
    **dict.fromkeys(("ended", "end", "end_time", "finished"), "write is=closed, and since=22:00 for its creation"),
    **dict.fromkeys(("result", "outcome", "end_reason", "exit_status"), "write state=fail, state=done or is=problem"),
    **dict.fromkeys(("took", "elapsed", "length"), "did you mean duration?"),
    **dict.fromkeys(("file", "filename", "file_name"), "did you mean path?"),
    **dict.fromkeys(("scan", "id", "scan_nb", "scan_number"), "did you mean number?"),
    **dict.fromkeys(("owner", "author", "username", "who"), "did you mean user?"),
    **dict.fromkeys(
        ("motor", "axis", "counter", "detector", "sample", "command", "text"),
        'a word finds it anywhere: samx, "samx 0 1"',
    ),
}
Part = tuple[str, int]
"""One of several values, as it is written, and its column."""


def parts_of(spelled: Spelled) -> list[Part]:
    """The values of a term with a field; FilterSyntaxError for an unknown field, and where there is no value."""
    if spelled.field not in FILTER_FIELDS:
        if spelled.field in _OTHER_NAMES:
            raise FilterSyntaxError(other_name(spelled.field, spelled.operator, spelled.value), spelled.field_column)
        problem = unknown_field(spelled.field, FILTER_FIELDS)
        what, _, remedy = problem.partition(": ")
        if not remedy.startswith("did"):
            problem = f"{what}; a text goes between quotation marks: {quoted(spelled.written)}; {remedy}"
        raise FilterSyntaxError(problem, spelled.field_column)
    if spelled.operator == "~":
        raise FilterSyntaxError(_instead_of_tilde(spelled), spelled.value_column - 1)
    parts = list(spelled.alternatives())
    if not parts:
        says = f"{spelled.field}{spelled.operator} needs a value"
        if spelled.written.endswith(":"):
            says += f"; a text goes between quotation marks: {quoted(spelled.written)}"
        raise FilterSyntaxError(says, spelled.value_column)
    return parts


def other_name(field: str, operator: str = "", value: str = "") -> str:
    """What to write for a field that has another name here; empty for one that no other program has either."""
    remedy = _OTHER_NAMES.get(field, "")
    if not remedy:
        return ""
    if field in _CREATED:
        moment = moment_at(unquoted(value), 0)
        value = quoted_if_needed(moment.text) if moment and moment.end == len(unquoted(value)) else value
        if read_moment(unquoted(value), None):
            remedy = f"write {'before' if operator.startswith('<') else 'since'}={value}"
    return f"scans have no field {field!r}: {remedy}"


def _instead_of_tilde(spelled: Spelled) -> str:
    """What to write for `field~value`, which asks for a part of a text, or for a pattern of another kind."""
    denied = "!" if spelled.negated else ""
    if spelled.field not in ALL_TEXT_FIELDS:
        return f"{spelled.field} takes no ~: write {denied}{spelled.field}={spelled.value}"
    asked = unquoted(spelled.value).strip("/")
    starts, ends = asked.startswith("^"), asked.endswith("$")
    part = asked.replace(".*", "*").strip("*^$") or "text"
    start, end = "" if starts else "*", "" if ends and not asked.endswith(".*$") else "*"
    says = "for a part of it" if start and end else "for how it begins" if end else "for how it ends" if start else ""
    return f"{spelled.field} takes no ~: write {denied}{spelled.field}={start}{part}{end} {says}".rstrip()
