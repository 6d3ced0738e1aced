"""A title finds its scan however it is written, as it stands in the document and as it is read on the screen."""

from __future__ import annotations

import pytest

from scantui.cli.arguments import filter_terms_as_arguments
from scantui.cli.commands import parser_of
from scantui.exceptions import FilterSyntaxError
from scantui.filters import ScanFilter, explain
from scantui.filters.grammar import quoted
from scantui.models import ScanState, ScanSummary
from scantui.text import ELLIPSIS, as_read, printable
from scantui.titles import row_name
from tests.board_rows import board_of, key_of
from tests.test_filters import meaning, passes, scan
from tests.titles import ODD_TITLES, as_published, real_titles

TITLES = [*ODD_TITLES, *real_titles(), *map(as_published, real_titles())]


def pasted(title: str, row: ScanSummary) -> list[str]:
    """How a title comes into the filter bar: from the document, from the screen, cut there, and in a mail."""
    shown = printable(row_name(row))
    # Cut within a quotation, it is an error that names the quotation mark.
    is_cut = len(shown) > 30 and shown[:30].count('"') % 2 == 0
    cut = f"{shown[:30]}{ELLIPSIS}" if is_cut else shown
    # As a narrow table cuts it in the middle, at any place.
    in_middle = [f"{shown[:14]}{ELLIPSIS}{shown[end:]}" for end in (-9, -8)] if is_cut else []
    return [title, printable(title), shown, cut, *in_middle, f"  {title}\t", " ".join(title.split())]


def test_a_real_title_finds_its_scan_however_it_is_pasted() -> None:
    missed = []
    for title in real_titles():
        for published in (title, as_published(title)):
            row = scan(title=published, name=title.split()[0])
            quoted_ways = [quoted(published), quoted(printable(row_name(row))), f"\u201c{published}\u201d"]
            missed += [text for text in (*pasted(title, row), published, *quoted_ways) if not passes(text, row)]
    assert missed == []


def test_an_odd_title_finds_its_scan_or_it_is_shown_how_it_was_read() -> None:
    answers = {}
    for title in ODD_TITLES:
        row = scan(title=title, name=title.split()[0])
        for text in (title, printable(title), printable(row_name(row))):
            try:
                if not passes(text, row):
                    answers[text] = explain(text)
            except FilterSyntaxError as error:
                answers[text] = str(error)
    assert answers == {
        "-": "a sign needs something to exclude: write !name=ct or !samx, or the sign in quotation marks",
        "-5°C": 'not text "5°C"; -5°C excludes "5°C": quote it to find it, "-5°C"',
        "fast! !slow": 'text "fast!", not text "slow"',
        "no: beam": 'number= needs a value; a text goes between quotation marks: "no:"',
    }


def test_the_board_shows_the_scan_of_each_title() -> None:
    rows = {}
    for index, title in enumerate(real_titles()):
        row = scan(title=as_published(title), name=title.split()[0], number=index)
        rows[title] = row.replaced(key=key_of(index))
    board = board_of(*rows.values())
    for title, row in rows.items():
        board.set_filter(ScanFilter.parse(title))
        assert board.is_shown(row.key), title


def test_words_on_a_command_line_are_the_title_that_they_make() -> None:
    for title in real_titles():
        arguments = filter_terms_as_arguments(title.split())
        assert parser_of("search").parse_args(arguments).filter == arguments, "none is an option"
        text = " ".join(arguments)
        assert passes(text, scan(title=as_published(title), name=title.split()[0])), title


def test_every_title_finds_its_scan_in_quotation_marks_and_as_a_field() -> None:
    for title in TITLES:
        row = scan(title=title, name=title.split()[0])
        for read in (title, printable(title), printable(row_name(row))):
            assert passes(quoted(read), row), read
            assert passes(f"title={quoted(read)}", row), read


def test_a_title_finds_no_more_than_it_shows() -> None:
    some = list({as_read(title): title for title in [*ODD_TITLES, *real_titles()[::5]]}.values())
    filters = [ScanFilter.parse(f"title={quoted(title)}") for title in some]
    for title in some[:: len(some) // 60]:
        found = {other.text for other in filters if other.matches(scan(title=title))}
        assert len(found) == 1, title


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
