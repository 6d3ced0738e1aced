"""A text is understood, or an error says what is wrong at which column and what to write."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scantui.exceptions import FilterSyntaxError
from scantui.filters import FILTER_FIELDS, ScanFilter, explain
from tests.test_filters import PROBLEM, meaning, scan


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("nmae=ct", 1, "did you mean name?"),
        ("name=ct  sesion=demo", 10, "did you mean session?"),
        ("!stat=run", 2, "did you mean state?"),
        ("zzz=1", 1, "known fields are name, number"),
        ("name=", 6, "name= needs a value"),
        ("ct no=", 7, "number= needs a value"),
        ("name=,|", 6, "name= needs a value"),
        ("!", 2, "needs something to exclude"),
        ("name=ct - state=run", 10, "needs something to exclude"),
        ("number>", 8, "number> needs a value"),
        ("nunber>40", 1, "did you mean number?"),
        ("a->b", 1, "a text goes between quotation marks"),
        ("point>40", 1, "did you mean npoints?"),
        ("usr=me", 1, "did you mean user?"),
        ("number=ct", 8, "number takes a number, not 'ct'"),
        ("number=1,2x", 10, "number takes a number, not '2x'"),
        ("number=1e999", 8, "finite"),
        ("number=nan", 8, "finite"),
        ("number=..", 8, "a range needs an end: write number=42, number=40..60"),
        ("number=40..x", 12, "number takes a number, not 'x'"),
        ("number=x..40", 8, "number takes a number, not 'x'"),
        ("number=1,60..40", 10, "lower end: write number=40..60"),
        ("number=nan..", 8, "finite"),
        ("number>40..60", 8, "number takes a number, not '40..60'"),
        ("number>40,50", 8, "number takes a number, not '40,50'"),
        ("number=>40", 8, "write number=42, number=40..60 or number>40"),
        ("npoints<few", 9, "write npoints=100"),
        ("name>asc", 5, "name is a text, and > compares numbers: write name=asc"),
        ("ct title<=b", 9, "title is a text, and <= compares numbers: write title=b"),
        ("state>run", 6, "write state=run"),
        ("is<open", 3, "write is=open"),
        ("is=opne", 4, "unknown group 'opne': did you mean open?"),
        ("is=x", 4, "give one of open, closed, problem"),
        ("age<2", 5, "with its unit, not '2': write age<2h"),
        ("age=2h..1h", 5, "write age=1h..2h"),
        ("age=..", 5, "write age<2h"),
        ("duration>2x", 10, "write duration<30s"),
        ("duration>h", 10, "duration takes a span of time"),
        ("since>22:00", 6, "since needs no comparison sign: write since=22:00"),
        ("since=10m,20m", 11, "since takes one time only"),
        ("since=25:00", 7, "'25:00' is not a valid time: write 22:00"),
        ("name=ct redis://u:pw@h", 9, "a URL with a password names a server"),
        ("since=22", 7, "'22' is not a valid time"),
        ("since=05/06/2026", 7, "this can be two days: write 2026-06-05 or 2026-05-06"),
        ("since=20:00..22:00", 7, "since takes one time only: write since=20:00 before=22:00"),
        ("since=tonight", 7, "'tonight' is not a valid time: write 22:00"),
        ("before=2026-02-30", 8, "'2026-02-30' is not a valid time"),
        ("before=2026-W47", 8, "is not a valid time"),
        ("state=idle", 7, "unknown state 'idle'"),
        ("state=run,bda", 11, "unknown state 'bda': did you mean bad?"),
        ("state=startd", 7, "did you mean started?"),
        ("!state=*", 8, "give one of new, prep, run"),
        ('"samx', 1, "quotation mark"),
        ('name="a b', 6, "quotation mark"),
        ('name=ascan"', 11, "quotation mark"),
        ('"a b" name="c"d"', 16, "quotation mark"),
        ('name="""', 8, "quotation mark"),
        ("(name=ct", 1, 'missing ")"'),
        ("ct name=a)", 10, 'missing "("'),
    ],
)
def test_an_error_shows_what_is_wrong_at_which_column(text: str, column: int, says: str) -> None:
    with pytest.raises(FilterSyntaxError) as raised:
        ScanFilter.parse(text)
    assert raised.value.column == column
    assert says in str(raised.value)


# What an expression of scantui or of another tool is made of.
PIECES = (
    *("and", "or", "not", "AND", "OR", "NOT", "&&", "||", "|", "&", "!", "-", "+", ",", ";", "(", ")", "!(", "[", "]"),
    *("name=ct", "name is", "name in", "in (a, b)", "between 1 and 2", "number", "like", "'a%'", "contains", "@name:"),
    *("{a}", "[1 TO 2]", "1..2", "1-2", "5<number<9", "<9", "state=run", "fail", "samx", "'a b'", "\u201ca b\u201d"),
    *("count(['x'], n=1)", "a|b", "name=a, b", "name=a&state=run", '*"a b"*', "null", "is", "name: ct", ".name"),
)
few_letters = st.text("aAb*1 ,|\"=!-.é\0\\'", max_size=5)
nasty = st.one_of(
    st.text(),
    st.text("name=*\"'!-,|<>\\ \t\x1c\u2028\ud800é1", max_size=30),
    st.lists(st.sampled_from(PIECES) | few_letters).map(" ".join),
    st.lists(st.sampled_from(PIECES) | few_letters).map("".join),
    st.lists(
        st.builds(
            "{}{}{}{}".format,
            st.sampled_from(["", "!", "-"]),
            st.sampled_from([*FILTER_FIELDS, "no", "x", ""]),
            st.sampled_from(["=", "", "<", "==", "!=", ">=", ">"]),
            few_letters | st.text('0123456789.:-smhdTZ+"', max_size=20) | st.text(),
        )
    ).map(" ".join),
)


@given(nasty)
@example("number=" + "9" * 5000)
@example("number=" + "9" * 400)
@example("number=\ud800")
@example("name=\ud800 \ud800 !\ud800=\ud800")
@example('"' * 10001)
@example("!" * 10000)
@example("name=a," * 2000)
@example("(" * 5000 + "name=a or b" + ")" * 5000)
@example("( " * 3000)
@example("(name=a and state=run) or " * 12 + "name=b")
@example("name=ct&" * 2000)
@example("'a' " * 3000)
@example("since=9999-12-31T23:59-23:59 age<999999999d")
@example("since=0001-01-01 before=0001-01-01T00:00+23:59")
@example("number=" + "9" * 400 + "..")
def test_a_text_is_understood_or_refused_with_a_column(text: str) -> None:
    try:
        understood = ScanFilter.parse(text)
    except FilterSyntaxError as error:
        assert 1 <= error.column <= len(text) + 1
        assert str(error)
    else:
        assert meaning(understood.text) == (understood.text, understood.terms), (
            "its own spelling means the same, and stays"
        )
        for row in (scan(), PROBLEM):
            assert understood.matches(row) in (True, False)
            assert understood.matches(row, "STALL", 1_700_000_000_000) in (True, False)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("  NAME=ct \t no=4 ", "name=ct number=4"),
        ("\ufeffname=ct\r\n", "name=ct"),
        ("-name=ct name!=b !samx -samy", "!name=ct !name=b !samx !samy"),
        ("!name!=ct points>3", "name=ct npoints>3"),
        ('title="a  b" "c  d"', 'title="a  b" "c  d"'),
        ("name=a name=b", "name=a name=b"),
    ],
)
def test_a_filter_is_spelled_in_one_way(text: str, spelled: str) -> None:
    assert ScanFilter.parse(text).text == spelled


@pytest.mark.parametrize("text", ["name=a*", "name=a*c", "name=*", "path=*/", "title=*,b", "parent=**"])
def test_what_is_on_the_way_to_a_longer_pattern_is_no_error(text: str) -> None:
    ScanFilter.parse(text)


LOGINS = ("u:secret@host", ":secret@id11", "ct u:secret@id11.esrf.fr", "!u:secret@10.0.0.1", "x or u:secret@h:1/2")


@pytest.mark.parametrize("text", LOGINS)
def test_a_login_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(FilterSyntaxError, match="a login names a server") as raised:
        ScanFilter.parse(text)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("text", ['"u:b@host"', "samx:0.1@2", "a:b@", "12:30 @home", "name=a:b@c", "a@b:c"])
def test_a_text_with_a_colon_and_an_at_sign_is_no_login(text: str) -> None:
    assert ScanFilter.parse(text).terms


@pytest.mark.parametrize(
    ("text", "says"), [("after=22:00", "write since=22:00"), ("until=22:00", "write before=22:00")]
)
def test_a_bound_by_another_name_is_answered_with_its_own(text: str, says: str) -> None:
    with pytest.raises(FilterSyntaxError, match=says):
        ScanFilter.parse(text)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("failed", "state=failed finds the state"),
        ("running x", "state=running finds the state"),
        ("Healthz", '"healthz" finds both'),
        ('name=ct "CeO2 Kapton"', '"ceo2 kapton" finds both'),
        ('title="20 keV*"', 'title="20 keV"* has it stand for any'),
        ('title="*x,y"', 'title=*"x,y" has it stand for any'),
    ],
)
def test_what_a_hint_proposes_means_what_it_says(text: str, says: str) -> None:
    assert says in explain(text)
    proposed = says.partition(" has ")[0].partition(" finds ")[0]
    assert ScanFilter.parse(proposed).text == proposed
