"""A title finds its scan however it is written, as it stands in the document and as it is read on the screen."""

from __future__ import annotations

import pytest

from scantui.exceptions import FilterSyntaxError
from scantui.filters import ScanFilter, explain
from scantui.filters.grammar import quoted
from scantui.models import ScanState
from scantui.text import printable
from scantui.titles import row_name
from tests.test_filters import meaning, passes, scan
from tests.titles import titles

TITLES = titles(1000)


def test_every_title_finds_its_scan_as_it_is_pasted_or_it_is_said_how_it_was_read() -> None:
    answers = {}
    for title in TITLES:
        row = scan(title=title, name=title.split()[0])
        for pasted in (title, printable(title), printable(row_name(row))):
            try:
                if not passes(pasted, row):
                    answers[pasted] = explain(pasted)
            except FilterSyntaxError as error:
                answers[pasted] = str(error)
    assert answers == {
        "-": "a sign needs something to exclude: write !name=ct or !samx, or the sign in quotation marks",
        "-5°C": 'not text "5°C"; -5°C excludes "5°C": quote it to find it, "-5°C"',
        "fast! !slow": 'text "fast!", not text "slow"',
        "no: beam": 'number= needs a value; a text goes between quotation marks: "no:"',
    }


def test_every_title_finds_its_scan_in_quotation_marks_and_as_a_field() -> None:
    for title in TITLES:
        row = scan(title=title, name=title.split()[0])
        for read in (title, printable(title), printable(row_name(row))):
            assert passes(quoted(read), row), read
            assert passes(f"title={quoted(read)}", row), read


def test_a_title_finds_no_more_than_it_shows() -> None:
    filters = [ScanFilter.parse(f"title={quoted(title)}") for title in TITLES]
    looks: dict[str, set[str]] = {}
    for title in TITLES[:120]:
        looks[title] = {other.text for other in filters if other.matches(scan(title=title))}
    assert sum(len(found) > 1 for found in looks.values()) <= 2, "two spellings of one look, and no others"


# What other tools write


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("state:run", "state=run"),
        ("!name:ct number:8", "!name=ct number=8"),
        ("name==ascan", "name=ascan"),
        ("name = ascan*", "name=ascan*"),
        ("name =ascan state= run", "name=ascan state=run"),
        ("number >= 40 age < 2h", "number>=40 age<2h"),
        ("name <> ct", "!name=ct"),
        ('title:"a b"', 'title="a b"'),
        ("since:22:00", "since=22:00"),
        ("name=a and state=run", "name=a state=run"),
        ("a && b", "a b"),
        ("name=a or name=b", "name=a,b"),
        ("not name=ct", "!name=ct"),
        ("NOT samx", "!samx"),
        ("rock or roll", "rock or roll"),
        ("not good", "not good"),
        ("axis:samx", "axis:samx"),
    ],
)
def test_what_can_mean_one_thing_only_means_it(text: str, spelled: str) -> None:
    assert meaning(text) == meaning(spelled)
    assert ScanFilter.parse(text).text == spelled


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name~asc", "name takes no ~: write name=*asc* for a part of it"),
        ("title=~.*samx.*", "write title=*samx*"),
        ("title !~ /samx/", "write !title=*samx*"),
        ("temp=300", "scans have no field 'temp'; a text goes between quotation marks: \"temp=300\"; known fields"),
        ("nmae:ct temp=3", "scans have no field 'temp'"),
    ],
)
def test_what_can_mean_several_things_is_answered_with_the_right_form(text: str, says: str) -> None:
    with pytest.raises(FilterSyntaxError) as raised:
        ScanFilter.parse(text)
    assert says in str(raised.value)


@pytest.mark.parametrize(("word", "state"), [("fail", ScanState.CLOSED), ("RUN", ScanState.STARTED)])
def test_a_word_finds_the_state_that_stands_in_the_row(word: str, state: ScanState) -> None:
    row = scan(state, end_reason="FAILURE", title="anything")
    assert passes(word, row)
    assert not passes(f"!{word}", row)
    assert not passes(f'"{word}"', row), "in quotation marks it is a text"
    assert passes(word, scan(ScanState.CREATED, title=f"a {word} b"))
    assert not passes(word, scan(ScanState.CREATED, title="anything"))


# How it was read


@pytest.mark.parametrize(
    ("text", "explained"),
    [
        ("samx 0 -1", 'text "samx" "0" "-1"'),
        ("samx name=a,b* !session=x samy", 'text "samx", name is a or b*, session is not x, text "samy"'),
        ("number>4 age=1h..2h", "number above 4, age in 1h..2h"),
        ("-1", 'not text "1"; -1 excludes "1": quote it to find it, "-1"'),
        ("fail", 'state or text "fail"'),
        ("open", 'text "open"; is=open finds states'),
        ("samx*", 'text "samx*"; a star is a star in a text: title=samx* has it stand for any'),
    ],
)
def test_a_filter_shows_how_it_was_read(text: str, explained: str) -> None:
    assert explain(text) == explain(ScanFilter.parse(text).text) == explained


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("dscan phi -1 1 20 0.1", 'dscan phi "-1" 1 20 0.1'),
        ("-1", "!1"),
        ("state=run -1", "state=run !1"),
        ("samx -y", "samx !y"),
        ("count(detectors=['x'], num=1) state=run", """"count(detectors=['x']," "num=1)" state=run"""),
        ("a -> b - c --d", 'a "->" b "-" c "--d"'),
        ('mv("samx",1)', '"mv(""samx"",1)"'),
        ("Sample user: me", 'Sample "user:" me'),
    ],
)
def test_what_stands_among_words_is_a_word(text: str, spelled: str) -> None:
    assert meaning(text) == meaning(spelled)
    assert ScanFilter.parse(text).text == spelled
