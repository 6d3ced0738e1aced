"""The filter bar's text: terms that a scan must match, and the keyword arguments of a search that they amount to; pure.

Rule: one grammar, one meaning. `matches` decides for every scan, wherever it came from; the search only proposes.

    name=ascan*  number=12  session=demo    a field of the identity; `*` at either end stands for any text
    state=run                               the word in the first column, or CREATED, PREPARED, ...
    name=ascan,dscan  name=a|b              any of several; so does the same field twice
    !name=ct  -name=ct  name!=ct  !samx     not
    samx  "samx 0 1"                        a word, or a text, anywhere in name, title, dataset and so on
    name="a* b"                             quoted: literal, blanks and stars included
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from scantui.exceptions import FilterSyntaxError, SearchFieldError
from scantui.matching import FIELDS, NUMBER_FIELDS, Pattern, exact, parse_pattern, unknown_field
from scantui.models import ScanState, ScanSummary
from scantui.words import STATE_WORDS, state_word

STATE_FIELD = "state"
FILTER_FIELDS = (*FIELDS, STATE_FIELD)
_ALIASES = {"no": "number", "st": STATE_FIELD, "policy": "data_policy"}

_TERM = re.compile(
    r"""(?P<not>[!-])?
        (?:(?P<field>[^\s="!<>]+)(?P<unequal>!)?=)?
        (?P<value>(?:"[^"]*"|[^\s"])*)""",
    re.VERBOSE,
)
_COMPARISON = re.compile(r"(\w+)(<=|>=|<|>)")
_ALTERNATIVE = re.compile(r'(?:"[^"]*"|[^,|"])+')


class _Word(NamedTuple):
    """A text to be found anywhere; smart case: it minds the case only if it has a capital letter."""

    text: str

    def is_in(self, scan: ScanSummary) -> bool:
        haystack = _haystack(scan)
        return self.text in (haystack if self.text != self.text.lower() else haystack.lower())


class _Term(NamedTuple):
    """One condition: any of its alternatives holds, or with `negated` none of them."""

    field: str
    alternatives: tuple[Pattern | _Word | str, ...]
    arguments: tuple[str | int | float, ...]
    negated: bool

    def matches(self, scan: ScanSummary, word: str) -> bool:
        return any(self._holds(alternative, scan, word) for alternative in self.alternatives) is not self.negated

    def _holds(self, alternative: Pattern | _Word | str, scan: ScanSummary, word: str) -> bool:
        if isinstance(alternative, _Word):
            return alternative.is_in(scan)
        if isinstance(alternative, str):
            return alternative in (word, scan.state.name if scan.state is not None else "")
        return scan.identity is not None and alternative.matches(getattr(scan.identity, self.field))


class ScanFilter(msgspec.Struct, frozen=True):
    """A filter that was understood: `text` as typed, and what a scan must be to pass it."""

    text: str = ""
    terms: tuple[_Term, ...] = ()

    @classmethod
    def parse(cls, text: str) -> ScanFilter:
        """Read the text of the filter bar; FilterSyntaxError says what is wrong at which column."""
        positive: dict[str, _Term] = {}
        others: list[_Term] = []
        for position, match in _terms(text):
            term = _parse_term(match, position)
            if not term.field or term.negated:
                others.append(term)
            elif term.field in positive:
                known = positive[term.field]
                positive[term.field] = known._replace(
                    alternatives=known.alternatives + term.alternatives, arguments=known.arguments + term.arguments
                )
            else:
                positive[term.field] = term
        return cls(text, (*positive.values(), *others))

    def matches(self, scan: ScanSummary, word: str = "") -> bool:
        """Whether a scan passes, under the `word` for its state if it is not what its document says.

        The empty filter lets all pass.
        """
        word = word or state_word(scan)
        return all(term.matches(scan, word) for term in self.terms)

    @property
    def search_arguments(self) -> dict[str, str | int | float]:
        """The keyword arguments with which a search of the store finds every scan that passes, and maybe more."""
        return {
            term.field: term.arguments[0]
            for term in self.terms
            if term.field in FIELDS and not term.negated and len(term.arguments) == 1
        }


def _terms(text: str) -> list[tuple[int, re.Match[str]]]:
    found = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        match = _TERM.match(text, position)
        if match is None or match.end() == position or (match.end() < len(text) and not text[match.end()].isspace()):
            stop = match.end() if match else position
            if text.find('"', stop) >= 0:
                raise FilterSyntaxError("a quotation mark has no partner", text.index('"', stop) + 1)
            raise FilterSyntaxError(f"{text[stop]!r} cannot stand here", stop + 1)
        found.append((position, match))
        position = match.end()
    return found


def _parse_term(match: re.Match[str], position: int) -> _Term:
    negated = (match["not"] is None) is not (match["unequal"] is None)
    field = (match["field"] or "").lower()
    field = _ALIASES.get(field, field)
    value_column = match.start("value") + 1
    if field and field not in FILTER_FIELDS:
        raise FilterSyntaxError(unknown_field(field, FILTER_FIELDS), match.start("field") + 1)
    if not match["value"]:
        what = f"{field}= needs a value" if field else f"{match['not']} needs something to exclude"
        raise FilterSyntaxError(what, value_column)
    if not field:
        compared = _COMPARISON.match(match["value"])
        if compared and compared[1].lower() in (*FILTER_FIELDS, *_ALIASES):
            raise FilterSyntaxError("a field is compared with = or != only", value_column + compared.start(2))
        return _Term("", (_Word(_unquoted(match["value"])),), (), negated)
    parts = list(_ALTERNATIVE.finditer(match["value"]))
    if not parts:
        raise FilterSyntaxError(f"{field}= needs a value", value_column)
    read = (_alternative(field, part[0], value_column + part.start()) for part in parts)
    alternatives, arguments = zip(*read, strict=True)
    return _Term(field, alternatives, arguments, negated)


def _alternative(field: str, part: str, column: int) -> tuple[Pattern | str, str | int | float]:
    if field == STATE_FIELD:
        word = _unquoted(part).upper()
        if word not in STATE_WORDS and word not in ScanState.__members__:
            known = ", ".join(word.lower() for word in STATE_WORDS)
            raise FilterSyntaxError(f"there is no state {part!r}: give one of {known}", column)
        return word, word
    argument: str | int | float = exact(_unquoted(part)) if '"' in part else part
    if field in NUMBER_FIELDS:
        argument = _number(field, part, column)
    try:
        return parse_pattern(field, argument), argument
    except SearchFieldError as error:
        raise FilterSyntaxError(str(error), column) from None


def _number(field: str, part: str, column: int) -> int | float:
    for kind in (int, float):
        try:
            return kind(_unquoted(part))
        except ValueError:
            continue
    raise FilterSyntaxError(f"{field} takes a number, not {part!r}", column)


def _unquoted(text: str) -> str:
    return text.replace('"', "")


def _haystack(scan: ScanSummary) -> str:
    """Everything of a scan that a word may be found in; no word goes across two of its texts."""
    identity = scan.identity
    of_identity = (
        ()
        if identity is None
        else (identity.name, identity.session, identity.proposal, identity.collection, identity.dataset, identity.path)
    )
    texts = (*of_identity, scan.title, scan.user_name, scan.problem, str(identity.number) if identity else "", scan.key)
    return "\0".join(filter(None, texts))
