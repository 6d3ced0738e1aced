"""What each term of a filter is, by what stands beside it: titles are pasted as they are, other tools spell otherwise.

Rule: what may be a part of a title stays a word, and what can mean one thing only means it; all else is an error that
names the right form. What comes out, written again, means the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scantui.exceptions import FilterSyntaxError
from scantui.filters.grammar import FILTER_FIELDS, Spelled, is_quoted, quoted, terms_in

_NAME = re.compile(r"[^\W\d][\w.-]*")
# A number, an arrow or a dash among words belongs to a title, and is never meant to be excluded.
_SIGN_IN_TEXT = re.compile(r'-(?!(?!\d)\w|")|!=*\Z')
_ARROW = re.compile(r"-[-=>]")
_CALL = re.compile(r"\w[(\[{]")
_QUOTED_WHOLE = re.compile(r'[!-]?"(?:[^"]|"")*"')
_AND, _OR, _NOT = ("and", "AND", "&&", "&"), ("or", "OR", "||"), ("not", "NOT")


def split(text: str) -> list[Spelled]:
    """The terms of a text; FilterSyntaxError for a quotation mark without a partner, and for an `or` of two fields."""
    return list(_joined(_in_context(terms_in(text))))


def _in_context(terms: list[Spelled]) -> list[Spelled]:
    """The terms, those words that only look like something else."""
    read: list[Spelled] = []
    depth = 0
    for index, term in enumerate(terms):
        before = bool(read) and not read[-1].field
        beside = before or (index + 1 < len(terms) and not terms[index + 1].field)
        within = depth > 0
        is_text = not _QUOTED_WHOLE.fullmatch(term.written)
        if is_text and (within or _is_call(term)):
            # Between the brackets of a call all is text, as in count(detectors=['x'], num=1).
            depth = max(0, depth + sum(map(term.written.count, "([{")) - sum(map(term.written.count, ")]}")))
        is_word = is_text and (within or depth or _is_word(term, before, beside))
        read.append(_literal(term, within or depth > 0) if is_word else term)
    return read


def _is_call(term: Spelled) -> bool:
    return not (term.field and _NAME.fullmatch(term.field)) and bool(_CALL.search(term.written))


def _is_word(term: Spelled, before: bool, beside: bool) -> bool:
    """Whether a term is plain text; `before` and `beside` show whether words stand next to it."""
    if term.field:
        return not _NAME.fullmatch(term.field) or (term.written.endswith(":") and before)
    return is_quoted(term.value) or bool((_SIGN_IN_TEXT if beside else _ARROW).match(term.written))


def _literal(term: Spelled, in_call: bool) -> Spelled:
    """A term as the text that stands there; in quotation marks where it would be something else by itself."""
    written = term.written
    if in_call or is_quoted(written) or written[0] in "!-" or _NAME.fullmatch(term.field):
        written = quoted(written)
    return term._replace(negated=False, field="", operator="", value=written, value_column=term.column)


def _joined(terms: list[Spelled]) -> Iterator[Spelled]:
    """The terms without the words that join them or deny the next one."""
    denied = False
    for index, term in enumerate(terms):
        last = terms[index - 1] if index else None
        following = terms[index + 1] if index + 1 < len(terms) else None
        word = "" if term.field or term.negated else term.value
        if word in _AND and last and following:
            continue
        if word in _OR and last and following and (last.field or following.field or word != "or"):
            _require_one_field(last, term, following)
            continue
        if word in _NOT and following and (following.field or word == "NOT"):
            denied = not denied
            continue
        yield term._replace(negated=term.negated is not denied)
        denied = False


def _require_one_field(last: Spelled, term: Spelled, following: Spelled) -> None:
    is_one = last.field == following.field in FILTER_FIELDS and last.operator == following.operator == "="
    if not is_one or last.negated or following.negated:
        says = f"{term.written} joins values of one field: write name=ascan,dscan; in quotation marks it is a text"
        raise FilterSyntaxError(says, term.column)
