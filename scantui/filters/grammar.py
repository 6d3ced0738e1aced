"""How a filter is spelled: fields, signs, comparisons, alternatives and quotation marks, whatever they mean.

Rule: all code that takes a filter's text apart or puts one together uses these functions, so that quoting is the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from scantui.matching import EXTRA_FIELDS, FIELDS, NUMBER_FIELDS, TEXT_FIELDS, exact

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
    "status": STATE_FIELD,
    "policy": "data_policy",
    "user_name": "user",
    "points": "npoints",
    "dur": "duration",
}

KNOWN = "|".join(sorted((*FILTER_FIELDS, *ALIASES), key=len, reverse=True))
OPERATORS = "!=+|<>|<=|>=|=+|[<>]"
HEAD = rf"""(?P<sign>[!-])?(?:(?P<field>[^\s="!<>]+)(?P<operator>{OPERATORS}))?"""
QUOTED = r'"(?:[^"]|"")*"'
VALUE = rf'(?P<value>(?:{QUOTED}|[^\s"])*)'
_ALTERNATIVE = rf'(?:{QUOTED}|[^,|"])+'
_QUOTATION = rf'({QUOTED})|"'
# Stars outside the quotation marks are wildcards, if there are none at the ends inside.
_STARRED = r'(?=\*|.*\*\Z)(\*?)("(?!\*)(?:[^"]|"")+(?<!\*)")(\*?)'
_NEEDS_QUOTES = r"""\A\Z|\A[*=~<>'`\u2018\u201c\u201e\u00ab({\[]|[*)]\Z|[\s",|;&]"""


AND = ("and", "AND", "&&", "&")
OR = ("or", "OR", "||", "|")
NOT = ("not", "NOT", "\u00ac", "!")
OPENING, CLOSING = "(", ")"
PAUSES = (";", ",")
SIGNS = frozenset((*AND, *OR, *NOT, *PAUSES, OPENING, CLOSING))
"""Words that join terms, if they stand between some."""


class Link(Enum):
    """How a term goes with the one before it."""

    BESIDE = " "
    """Both must hold; values of one field are any of several."""
    AND = " and "
    """Both must hold, also of one field."""
    OR = " or "
    """One of them must hold; this binds before all others."""


class Spelled(NamedTuple):
    """One term of a filter's text; `field` and `operator` are empty for a word, columns count from 1.

    `written` is the term letter by letter. Operators of other tools become those of scantui, except `~`,
    for which there is none. `surprises` marks a term that does not stand in the text as it was read.
    """

    negated: bool
    field: str
    operator: str
    value: str
    column: int
    field_column: int
    value_column: int
    written: str
    link: Link = Link.BESIDE
    surprises: bool = False

    @property
    def text(self) -> str:
        """The one spelling of all that mean the same: the field's full name, `!` for not."""
        return f"{'!' if self.negated else ''}{self.field}{self.operator}{self.value}"

    @property
    def is_value(self) -> bool:
        """Whether it is one of the values that its field may have."""
        takes_several = bool(self.field) and self.field not in BOUND_FIELDS
        return takes_several and self.operator == "=" and not self.negated

    def alternatives(self) -> Iterator[tuple[str, int]]:
        """Each of the values between `,` or `|`, as it is written, with its column."""
        last_column = self.column + len(self.written)
        for part in re.finditer(_ALTERNATIVE, self.value):
            yield part[0], min(self.value_column + part.start(), last_column)


def joined(terms: Iterable[Spelled]) -> str:
    """The terms as one text, with what joins them."""
    return "".join(f"{term.link.value}{term.text}" for term in terms).removeprefix(" ")


def full_name(field: str) -> str:
    field = field.lower()
    return ALIASES.get(field, field)


def is_quoted(part: str) -> bool:
    return '"' in part


def pattern_in(part: str) -> str:
    """A value as a pattern: quoted it is literal, but for stars outside the quotation marks."""
    whole = re.fullmatch(_STARRED, part)
    if whole:
        return f"{whole[1]}{unquoted(whole[2])}{whole[3]}"
    return exact(unquoted(part)) if is_quoted(part) else part


def unquoted(text: str) -> str:
    """The content of a quoted text; a quotation mark without a partner is left out."""
    return re.sub(_QUOTATION, lambda mark: (mark[1] or '""')[1:-1].replace('""', '"'), text)


def quoted_if_needed(value: str) -> str:
    """How a value is written behind `field=` so that it stands for itself and for nothing else."""
    return quoted(value) if re.search(_NEEDS_QUOTES, value) else value


def quoted(value: str) -> str:
    """How a text is written that is searched for letter by letter."""
    return '"' + value.replace('"', '""') + '"'
