"""The terms of a filter's text and the parentheses around them, each by itself; pure.

Rule: the parentheses and quotation marks of a title are text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scantui.exceptions import FilterSyntaxError
from scantui.filters.foreign import begins_term, term_at, turned_at
from scantui.filters.grammar import CLOSING, HEAD, OPENING, SIGNS, VALUE, Spelled, full_name, is_quoted, quoted
from scantui.filters.logic import Token
from scantui.filters.values import quotation_at, separator_at
from scantui.text import ELLIPSIS

_NAME = re.compile(r"[^\W\d][\w.-]*")
_CALL = re.compile(rf"[\w{ELLIPSIS}][(\[{{]")
_QUOTED_WHOLE = re.compile(r'[!-]?"(?:[^"]|"")*"')
_TERM = re.compile(HEAD + VALUE)
_BARS = re.compile(r"(?P<sign>[!-])?(?P<words>[\w.]+(?:\|[\w.-]+)+)(?!\S)")
_BETWEEN_BARS = re.compile(r"[^|]+")
_REQUIRED = re.compile(r"\+([^\W\d][\w.-]*)(?!\S)")
_JOINS = re.compile(r"(?:\S.*)?(?:(?<!\S)(?:and|or|AND|OR)(?!\S)|&&|\|\|?).*\S", re.DOTALL)
# As Prometheus and Loki, jq and JMESPath write a condition.
_WRAPPED = [
    re.compile(rf"(?s)\s*{opening}(?P<content>{inside}*){closing}\s*")
    for opening, inside, closing in (
        (r"\w*\{", r"[^{}]", r"\}"),
        (r"(?:\.\w*\[\]\s*\|\s*)?select\s*\(", r"[^()]", r"\)"),
        (r"\w*\[\?", r"[^\[\]]", r"\]"),
    )
]
# The line with which SPEC begins a scan in a file.
_SPEC_HEAD = re.compile(r"\s*#S\s+(\d{1,18})(?!\S)")
_DEEPEST = 10
_LONGEST_EXAMPLE = 60


def tokens_in(text: str) -> list[Token]:
    """The terms and parentheses of a text; FilterSyntaxError for a mark without a partner."""
    headed = _SPEC_HEAD.match(text)
    if headed:
        number = _word(text, *headed.span())._replace(field="number", operator="=", value=headed[1], surprises=True)
        return [Token(number), *_tokens(text, headed.end(), _partners(text), 0)]
    bare = _unwrapped(text)
    tokens = _tokens(bare, 0, _partners(bare), 0)
    if bare == text:
        return tokens
    return [token._replace(term=token.term._replace(surprises=True)) for token in tokens]


def _unwrapped(text: str) -> str:
    """The conditions in `{name="ct"}` and `.[] | select(.name == "ct")`, with blanks in place of the rest."""
    wrapped = next(filter(None, (form.fullmatch(text) for form in _WRAPPED)), None)
    if wrapped is None or not begins_term(wrapped["content"].lstrip(), at_once=True):
        return text
    return " " * wrapped.start("content") + wrapped["content"]


def is_name(field: str) -> bool:
    """Whether this may be the name of a field."""
    return bool(_NAME.fullmatch(field))


def is_quotation(written: str) -> bool:
    """Whether a term is a text in quotation marks, maybe with a sign."""
    return bool(_QUOTED_WHOLE.fullmatch(written))


def literal(term: Spelled, *, in_quotes: bool = False) -> Spelled:
    """A term as the text that stands there; in quotation marks where it would be something else by itself."""
    written = term.written
    if in_quotes or is_quoted(written) or written[0] in "!-" or is_name(term.field):
        written = quoted(written)
    return term._replace(negated=False, field="", operator="", value=written, written=written, value_column=term.column)


def _tokens(text: str, position: int, partners: dict[int, int], level: int) -> list[Token]:
    """The terms and parentheses of a text, each by itself."""
    found: list[Token] = []
    depth = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        if depth == 0:
            read = _expression(text, position, partners, level) or _known(text, position, found)
            if read:
                found += read[0]
                position = read[1]
                continue
        term, stop = _raw(text, position)
        is_text = not is_quotation(term.written)
        if is_text and (depth or _is_call(term)):
            # Between the brackets of a call all is text, as in count(detectors=['x'], num=1).
            within = depth > 0
            depth = max(0, depth + sum(map(term.written.count, "([{")) - sum(map(term.written.count, ")]}")))
            # A row may cut it anywhere.
            parts = [term._replace(written=part) for part in term.written.split(ELLIPSIS) if part]
            found += [Token(literal(part, in_quotes=within or depth > 0)) for part in parts]
        else:
            found.append(Token(term))
        position = stop
    return found


def _expression(text: str, position: int, partners: dict[int, int], level: int) -> tuple[list[Token], int] | None:
    """What stands between parentheses that group terms; None for those of a title."""
    is_denied = text.startswith(("!(", "-("), position)
    start = position + is_denied
    end = partners.get(start, -1)
    content = text[start + 1 : end]
    if end < 0 or level >= _DEEPEST or not (begins_term(content) or _JOINS.fullmatch(content.strip())):
        if begins_term(text[start + 1 : start + 60], at_once=True) and text[start] == OPENING:
            raise FilterSyntaxError('missing ")": quote a text with a parenthesis', start + 1)
        return None
    inner = _tokens(text[:end], start + 1, partners, level + 1)
    sign = [Token(_word(text, position, start), "not")] if is_denied else []
    mark = _word(text, start, start + 1)
    return [*sign, Token(mark, OPENING), *inner, Token(mark, CLOSING)] if inner else [], end + 1


def _known(text: str, position: int, before: Sequence[Token]) -> tuple[list[Token], int] | None:
    """A condition on a field, as scantui or as another tool writes it, or a text in other quotation marks."""
    separator = separator_at(text, position)
    if separator:
        word = "or" if separator[0].startswith("|") else "and"
        return [Token(_word(text, position, separator.end())._replace(value=word))], separator.end()
    last = before[-1] if before else None
    among_words = last is not None and not (last.sign or last.term.field or last.term.value in SIGNS)
    known = term_at(text, position, among_words=among_words)
    if known:
        term, stop = known
        if not _ends_at(text, stop):
            raise _unbalanced(text, stop)
        if term.value.endswith(CLOSING) and OPENING not in term.value:
            raise FilterSyntaxError('missing "(": quote a text with a parenthesis', stop)
        return [Token(term)], stop
    turned = turned_at(text, position)
    if turned:
        return [Token(term) for term in turned[0]], turned[1]
    bars = _BARS.match(text, position)
    if bars:
        return _any_of(text, bars), bars.end()
    if text[position] == "+" and (required := _REQUIRED.match(text, position)):
        return [Token(_word(text, *required.span())._replace(value=required[1], surprises=True))], required.end()
    sign = text[position] if text[position] in "!-" else ""
    other = quotation_at(text, position + len(sign))
    if other and other[0].strip():
        term = _word(text, position, other[1])._replace(value=quoted(other[0]), negated=bool(sign), surprises=True)
        return [Token(term)], other[1]
    return None


def _any_of(text: str, bars: re.Match[str]) -> list[Token]:
    """The words between bars, as alternatives."""
    mark = _word(text, *bars.span())
    words = [Token(_word(text, *each.span())) for each in _BETWEEN_BARS.finditer(text, *bars.span("words"))]
    joined = [token for word in words for token in (Token(mark, "|"), word)][1:]
    return [Token(mark, "not"), Token(mark, OPENING), *joined, Token(mark, CLOSING)] if bars["sign"] else joined


def _raw(text: str, position: int) -> tuple[Spelled, int]:
    """A word, or a term with a field that scans do not have."""
    match = _TERM.match(text, position)
    stop = match.end() if match else position
    if match is None or not _ends_at(text, stop):
        raise _unbalanced(text, stop)
    operator = match["operator"] or ""
    term = _word(text, position, stop)._replace(
        negated=(match["sign"] is not None) is not operator.startswith(("!", "<>")),
        field=full_name(match["field"] or ""),
        operator=operator if operator in ("", "<", ">", "<=", ">=") else "=",
        value=match["value"],
        field_column=match.start("field") + 1,
        value_column=match.start("value") + 1,
    )
    return term, stop


def _ends_at(text: str, stop: int) -> bool:
    return stop >= len(text) or text[stop].isspace() or separator_at(text, stop) is not None


def _unbalanced(text: str, stop: int) -> FilterSyntaxError:
    whole = text.strip()
    # One that begins a text was meant to, and a term beside it is no part of the text.
    is_text = stop > 0 and text[stop - 1].isalnum() and len(whole) <= _LONGEST_EXAMPLE and not begins_term(whole)
    example = quoted(whole) if is_text else '"5"" pipe"'
    return FilterSyntaxError(f"missing the second quotation mark: write {example} for a text with one", stop + 1)


def _word(text: str, start: int, stop: int) -> Spelled:
    column = start + 1
    return Spelled(False, "", "", text[start:stop], column, column, column, text[start:stop])


def _is_call(term: Spelled) -> bool:
    return not (term.field and is_name(term.field)) and bool(_CALL.search(term.written))


def _partners(text: str) -> dict[int, int]:
    """For each parenthesis its partner, outside quotation marks."""
    partners: dict[int, int] = {}
    opened: list[int] = []
    in_quotes = False
    for index, character in enumerate(text):
        if character == '"':
            in_quotes = not in_quotes
        elif character == OPENING and not in_quotes:
            opened.append(index)
        elif character == CLOSING and not in_quotes and opened:
            partners[opened.pop()] = index
    return partners
