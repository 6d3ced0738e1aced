"""How a filter is spelled: fields, signs, comparisons, alternatives and quotation marks, whatever they mean.

Rule: all code that takes a filter's text apart or puts one together uses these functions, so that quoting is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scantui.exceptions import FilterSyntaxError
from scantui.matching import EXTRA_FIELDS, FIELDS, NUMBER_FIELDS, TEXT_FIELDS

STATE_FIELD = "state"
GROUP_FIELD = "is"
VERDICT_FIELD = "verdict"
NOTE_FIELD = "note"
SERVER_FIELD = "server"
ALL_TEXT_FIELDS = (*TEXT_FIELDS, "title", "user", "parent", SERVER_FIELD, *EXTRA_FIELDS, VERDICT_FIELD, NOTE_FIELD)
ALL_NUMBER_FIELDS = (*NUMBER_FIELDS, "npoints")
SPAN_FIELDS = ("age", "duration")
BOUND_FIELDS = ("since", "before")
FILTER_FIELDS = (
    *FIELDS,
    STATE_FIELD,
    GROUP_FIELD,
    *(field for field in (*ALL_TEXT_FIELDS, *ALL_NUMBER_FIELDS) if field not in FIELDS),
    *SPAN_FIELDS,
    *BOUND_FIELDS,
)
ALIASES = {
    "no": "number",
    "st": STATE_FIELD,
    "policy": "data_policy",
    "user_name": "user",
    "points": "npoints",
    "dur": "duration",
}

_OPERATORS = "!=+|<>|<=|>=|=+|[<>]"
HEAD = rf"""(?P<sign>[!-])?(?:(?P<field>[^\s="!<>]+)(?P<operator>{_OPERATORS}))?"""
_KNOWN = "|".join(sorted((*FILTER_FIELDS, *ALIASES), key=len, reverse=True))
# Behind a known field also what other tools write, and blanks, unless another field follows them.
_KNOWN_HEAD = rf"""(?P<sign>[!-])?(?P<field>(?i:{_KNOWN}))
    (?: \s* (?P<operator>[!=<>:]*~=?|{_OPERATORS}) (?:\s+ (?! [!-]? [\w.-]+ (?:{_OPERATORS}|[:~]) ) (?=[^\s=~<>]) )?
      | (?P<colon>:)
    )"""
_QUOTED = r'"(?:[^"]|"")*"'
_VALUE = rf'(?P<value>(?:{_QUOTED}|[^\s"])*)'
_TERM = re.compile(HEAD + _VALUE)
_KNOWN_TERM = re.compile(f"(?x){_KNOWN_HEAD}" + _VALUE.replace(" ", ""))
_ALTERNATIVE = rf'(?:{_QUOTED}|[^,|"])+'
_QUOTATION = rf'({_QUOTED})|"'
_NEEDS_QUOTES = r'\A\Z|\A[*=~<>]|\*\Z|[\s",|]'


class Spelled(NamedTuple):
    """One term of a filter's text; `field` and `operator` are empty for a word, columns count from 1.

    `written` is the term letter by letter. Operators of other tools become those of scantui, except `~`,
    for which there is none.
    """

    negated: bool
    field: str
    operator: str
    value: str
    column: int
    field_column: int
    value_column: int
    written: str

    @property
    def text(self) -> str:
        """The one spelling of all that mean the same: the field's full name, `!` for not."""
        return f"{'!' if self.negated else ''}{self.field}{self.operator}{self.value}"

    def alternatives(self) -> Iterator[tuple[str, int]]:
        """Each of the values between `,` or `|`, as it is written, with its column."""
        for part in re.finditer(_ALTERNATIVE, self.value):
            yield part[0], self.value_column + part.start()


def terms_in(text: str) -> list[Spelled]:
    """The terms of a text, each by itself; FilterSyntaxError for a quotation mark without a partner."""
    found = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        match = _KNOWN_TERM.match(text, position) or _TERM.match(text, position)
        stop = match.end() if match else position
        if match is None or (stop < len(text) and not text[stop].isspace()):
            raise FilterSyntaxError('missing the second quotation mark: write "5"" pipe" for a text with one', stop + 1)
        parts = match.groupdict()
        operator = parts["operator"] or parts.get("colon") or ""
        found.append(
            Spelled(
                negated=(match["sign"] is not None) is not operator.startswith(("!", "<>")),
                field=full_name(match["field"] or ""),
                operator=_meaning(operator),
                value=match["value"],
                column=position + 1,
                field_column=match.start("field") + 1,
                value_column=match.start("value") + 1,
                written=match[0],
            )
        )
        position = stop
    return found


def _meaning(operator: str) -> str:
    """Our operator with the same meaning; `~` for every operator that contains one."""
    if "~" in operator:
        return "~"
    return operator if operator in ("", "<", ">", "<=", ">=") else "="


def full_name(field: str) -> str:
    field = field.lower()
    return ALIASES.get(field, field)


def is_quoted(part: str) -> bool:
    return '"' in part


def unquoted(text: str) -> str:
    """The content of a quoted text; a quotation mark without a partner is left out."""
    return re.sub(_QUOTATION, lambda mark: (mark[1] or '""')[1:-1].replace('""', '"'), text)


def quoted_if_needed(value: str) -> str:
    """How a value is written behind `field=` so that it stands for itself and for nothing else."""
    return quoted(value) if re.search(_NEEDS_QUOTES, value) else value


def quoted(value: str) -> str:
    """How a text is written that is searched for letter by letter."""
    return '"' + value.replace('"', '""') + '"'
