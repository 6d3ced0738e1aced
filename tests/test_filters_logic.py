"""Terms joined by `and`, `or`, `not` and parentheses mean what logic says, and edits keep them together."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scantui.filters import with_or_without, with_value, without_value
from scantui.models import ScanState, ScanSummary
from tests.test_filters import passes, scan

_ATOMS: dict[str, Callable[[ScanSummary], bool]] = {
    "name=ct": lambda row: row.identity is not None and row.identity.name == "ct",
    "number>5": lambda row: row.identity is not None and row.identity.number > 5,
    "state=run": lambda row: row.state is ScanState.STARTED,
    "session=s*": lambda row: row.identity is not None and (row.identity.session or "").startswith("s"),
    '"samx"': lambda row: "samx" in (row.title or ""),
}
_expressions = st.recursive(
    st.sampled_from(sorted(_ATOMS)),
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.just("and"), inner, inner),
        st.tuples(st.just("or"), inner, inner),
    ),
    max_leaves=5,
)
_rows = st.builds(
    scan,
    state=st.sampled_from(ScanState),
    name=st.sampled_from(["ct", "ascan"]),
    number=st.sampled_from([4, 6]),
    session=st.sampled_from(["s1", "t1"]),
    title=st.sampled_from(["ascan samx", "x"]),
)
_Expression = str | tuple[str, ...]


def _written(expression: _Expression) -> str:
    if isinstance(expression, str):
        return expression
    operator, *operands = expression
    inner = [_written(operand) for operand in operands]
    # `not` and a word may be a title.
    return f"NOT ({inner[0]} or {inner[0]})" if operator == "not" else f"({inner[0]} {operator} {inner[1]})"


def _holds(expression: _Expression, row: ScanSummary) -> bool:
    if isinstance(expression, str):
        return _ATOMS[expression](row)
    operator, *operands = expression
    values = [_holds(operand, row) for operand in operands]
    return not values[0] if operator == "not" else (all if operator == "and" else any)(values)


@given(_expressions, _rows)
@example(("not", ("not", ("and", '"samx"', "name=ct"))), scan(name="ct", title="ascan samx"))
def test_an_expression_means_what_logic_says(expression: _Expression, row: ScanSummary) -> None:
    assert passes(_written(expression), row) is _holds(expression, row)


@pytest.mark.parametrize(
    ("edited", "expected"),
    [
        (with_or_without("name=a or state=run samx", "is=open"), "name=a or state=run samx is=open"),
        (with_or_without("name=a or state=run is=open", "is=open"), "name=a or state=run"),
        (with_value("name=a or state=run samx", "name", "b"), "name=b samx"),
        (with_value("name=a* and name=*b samx", "name", "c"), "name=c samx"),
        (without_value("name=a or state=run", "name", "b"), "name=a or state=run !name=b"),
    ],
)
def test_an_edit_keeps_what_is_joined_together(edited: str, expected: str) -> None:
    assert edited == expected


@pytest.mark.parametrize(
    "title",
    ["scan a and b", "rock or roll", "beam on | off", "test (old or new)", "don't use 'x'", "a|b", "+x now", "x; y"],
)
def test_a_title_that_looks_like_an_expression_finds_its_scan(title: str) -> None:
    assert passes(title, title=title)
    assert passes(f'"{title}"', title=title)
