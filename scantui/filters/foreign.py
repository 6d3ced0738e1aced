"""A condition on a field as other tools write it: `name is ct`, `@name:{ct}`, `number between 5 and 9`; pure.

Rule: what comes out is a term of scantui's own; what can mean several things is an error that names the right form.
"""

from __future__ import annotations

import re

from scantui.exceptions import FilterSyntaxError
from scantui.filters.grammar import (
    ALL_NUMBER_FIELDS,
    GROUP_FIELD,
    KNOWN,
    OPERATORS,
    SIGNS,
    SPAN_FIELDS,
    STATE_FIELD,
    VERDICT_FIELD,
    Spelled,
    full_name,
    unquoted,
)
from scantui.filters.values import NO_FIELD, NUMBER, Value, pattern_of, value_at

_SIGNS = rf"[*^$]=|[!=<>:/]*~[=*]?|[≠≤≥]|:=|/=|:\s?(?:<=|>=|!=|=|<|>)|{OPERATORS}"
# Behind the operator blanks, unless another field follows them.
_FIELD = rf"(?P<sign>[!+-])?@?\$?\.?(?:(?:scan|row|id|info)\.)*(?P<mark>[\"'`]?)(?P<field>{KNOWN})(?P=mark)"
_HEAD = re.compile(rf"(?i){_FIELD}(?:\s*(?P<operator>{_SIGNS})(?:\s+{NO_FIELD}(?=[^\s=~<>]))?|(?P<colon>\s:(?=\s)|:))")
_HEAD_IN_TEXT = re.compile(rf"(?i)(?<![^\s(!]){_FIELD}(?:\s*(?:{_SIGNS})|:)")
_BLANK = re.compile(rf"(?i)\s+{NO_FIELD}(?=\S)")
# What begins titles too.
_NO_HEADS = ("is", "no")
# What stands between a field and its value in words; each with the form that it has here.
_IN_WORDS = {
    r"(?:is\s+)?not\s+i?like": "!=%",
    r"(?:is\s+)?not\s+(?:in|one\s+of|any\s+of)": "!=()",
    r"(?:is\s+)?not\s+between": "!=..",
    r"(?:does\s+not|doesn't|not)\s+contains?": "!=*_*",
    r"(?:is\s+)?(?:in|one\s+of|any\s+of)": "=()",
    r"(?:is\s+)?between": "=..",
    r"(?:is\s+)?(?:greater|more|larger|longer|older)\s+than|gt|above|over": ">",
    r"(?:is\s+)?(?:less|smaller|fewer|shorter|younger)\s+than|lt|below|under": "<",
    r"gte?|at\s+least|ge": ">=",
    r"lte?|at\s+most|le": "<=",
    r"is\s+not|isn't|not\s+equals?|ne|neq": "!=",
    r"(?:is\s+)?equal\s+to|equals?|eq|is": "=",
    r"contains?|includes?|has": "=*_*",
    r"(?:starts?|begins?)\s*with": "=_*",
    r"ends?\s*with": "=*_",
    r"i?like": "=%",
    r"(?:not\s+)?(?:matches|match|regexp?|rlike|glob)": "=~",
}
_ANY_WORDS = "|".join(f"(?P<w{index}>{words})" for index, words in enumerate(_IN_WORDS))
_WORDED = re.compile(rf"(?i){_FIELD}\s+-?(?:{_ANY_WORDS})(?:\s+|(?=[(\[{{]))")
_FORMS = list(_IN_WORDS.values())
_TURNED = re.compile(
    rf"(?i)(?P<low>{NUMBER})\s*(?P<first><=?|>=?)\s*(?P<field>{KNOWN})"
    rf"(?:\s*(?P<second><=?|>=?)\s*(?P<high>{NUMBER}))?(?!\S)"
)
# A part of a text, as style sheets ask for it.
_PARTS = {"*=": "=*_*", "^=": "=_*", "$=": "=*_"}
_NOTHING = ("null", "empty", "unset")


def term_at(text: str, position: int, *, among_words: bool) -> tuple[Spelled, int] | None:
    """The term with a known field that begins there, and where it ends; None where none does.

    `among_words` is whether a plain word stands before it, when `name is ct` is no condition but a part of a title.
    """
    head = _HEAD.match(text, position)
    if head and not (_is_apart(head) and (among_words or head["field"].lower() in _NO_HEADS)):
        return _with_sign(text, head, may_have_blank=not among_words)
    worded = None if among_words else _WORDED.match(text, position)
    return _in_words(text, worded) if worded and worded["field"].lower() not in _NO_HEADS else None


def turned_at(text: str, position: int) -> tuple[list[Spelled], int] | None:
    """The terms of a comparison whose number comes first, as `5<number<9`, and where it ends."""
    match = _TURNED.match(text, position)
    if match is None or full_name(match["field"]) not in (*ALL_NUMBER_FIELDS, *SPAN_FIELDS):
        return None
    turned = match["first"].translate(str.maketrans("<>", "><"))
    ends = [(turned, match["low"]), *([(match["second"], match["high"])] if match["second"] else [])]
    column = position + 1
    return [
        Spelled(*(False, full_name(match["field"]), operator, number, column, column, column, match[0]), surprises=True)
        for operator, number in ends
    ], match.end()


def begins_term(text: str, *, at_once: bool = False) -> bool:
    """Whether a condition on a field begins in the text, or only `at_once` where it begins."""
    return bool(_HEAD.match(text) if at_once else _HEAD_IN_TEXT.search(text))


def _is_apart(head: re.Match[str]) -> bool:
    """Whether blanks surround the colon, as in many titles: `state : run`."""
    return (head["colon"] or ":")[0] != ":"


def _with_sign(text: str, head: re.Match[str], *, may_have_blank: bool) -> tuple[Spelled, int]:
    operator = re.sub(r"\s", "", head["operator"] or head["colon"])
    field, start = full_name(head["field"]), head.end()
    if head["colon"] and may_have_blank and head["field"].lower() not in _NO_HEADS:
        blank = _BLANK.match(text, start)
        start = blank.end() if blank and value_at(text, blank.end(), field, "=").text not in SIGNS else start
    value = value_at(text, start, field, "=")
    if operator in _PARTS and value.text:
        part = pattern_of(field, unquoted(value.text), _PARTS[operator], head.end("field") + 1)
        value = value._replace(text=part, surprises=True)
    negated = operator.lstrip(":").startswith(("!", "<>", "≠", "/="))
    is_prefixed = head.start("field") > head.start() + len(head["sign"] or "")
    value = value._replace(surprises=value.surprises or is_prefixed)
    return _spelled(text, head, field, negated, _meaning(operator), start, value)


def _in_words(text: str, head: re.Match[str]) -> tuple[Spelled, int] | None:
    form = next(form for index, form in enumerate(_FORMS) if head[f"w{index}"] is not None)
    field = full_name(head["field"])
    negated, form = form.startswith("!"), form.removeprefix("!")
    value = value_at(text, head.end(), field, form)
    is_text = field not in (*ALL_NUMBER_FIELDS, *SPAN_FIELDS)
    # `path in beam` begins a title, `state in run` does not.
    is_one = not value.surprises and "," not in value.text and field not in (STATE_FIELD, GROUP_FIELD)
    if not value.text or value.text in SIGNS or (is_text and (form[0] in "<>" or (form == "=()" and is_one))):
        return None
    if form == "=" and is_text and value.text.lower() in _NOTHING and field != VERDICT_FIELD:
        value, negated = value._replace(text="*"), not negated
    if form == "=..":
        if is_text or ".." not in value.text:
            says = f"a range has two numbers: write {field}=5..9"
            raise FilterSyntaxError(f"{field} is a text and has no ranges" if is_text else says, head.end("field") + 1)
    elif form not in ("=", "=()", "=~") and form[0] == "=":
        value = value._replace(text=pattern_of(field, unquoted(value.text), form, head.end("field") + 1))
    operator = "~" if form == "=~" else form[:1] if form[0] == "=" else form
    return _spelled(text, head, field, negated, operator, head.end(), value._replace(surprises=True))


def _spelled(
    text: str, head: re.Match[str], field: str, negated: bool, operator: str, value_start: int, value: Value
) -> tuple[Spelled, int]:
    is_signed = head["sign"] in ("!", "-")
    found = Spelled(
        negated=is_signed is not negated,
        field=field,
        operator=operator,
        value=value.text,
        column=head.start() + 1,
        field_column=head.start("field") + 1,
        value_column=value_start + 1,
        written=text[head.start() : value.end],
        surprises=value.surprises,
    )
    return found, value.end


def _meaning(operator: str) -> str:
    """Our operator with the same meaning; `~` for every operator that contains one."""
    if "~" in operator:
        return "~"
    operator = operator.replace("≤", "<=").replace("≥", ">=").lstrip(":")
    return operator if operator in ("<", ">", "<=", ">=") else "="
