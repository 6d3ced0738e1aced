"""What the cursor stands in is completed, and every candidate can be read."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.filters import FILTER_FIELDS, Completion, ScanFilter, complete

SEEN = {
    "name": ["ascan", "amesh", "loop scan", "Ascan", "a*", 'say "hi"', "dscan", "ascan", ""],
    "number": ["42", "41", "420", "x", "4 2"],
    "title": ["ascan samx 0 1"],
    "npoints": ["100"],
}
LITTLE = {"state": "run", "is": "open", "age": "2h", "duration": "2h", "since": "10m", "before": "22:00"}


def seen(field: str) -> Iterable[str]:
    return SEEN.get(field, ())


def completed(marked: str) -> list[str]:
    """The texts that come of each candidate; `^` marks the cursor."""
    cursor = marked.index("^")
    text = marked.replace("^", "")
    completion = complete(text, cursor, seen)
    return [text[: completion.start] + candidate + text[completion.end :] for candidate in completion.candidates]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("na^", ["name="]),
        ("NA^", ["name="]),
        ("samx !se^", ["samx !session=", "samx !server="]),
        ("-st^", ["-state="]),
        ("poi^", ["npoints="]),
        ("d^", ["data_policy=", "dataset=", "duration<"]),
        ("ag^", ["age<"]),
        ("na^me=ascan", ["name=ascan"]),
        ("na^ samx", ["name= samx"]),
        ("na^m!=a samx", ["name=a samx"]),
        ("name=ct and (na^", ["name=ct and (name="]),
        ("!(-na^", ["!(-name="]),
        ("xyz^", []),
        ('"na^', []),
    ],
)
def test_names_of_fields_come_with_what_stands_behind_them(marked: str, expected: list[str]) -> None:
    assert completed(marked) == expected


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("name=as^", ["name=ascan", "name=Ascan"]),
        ("name=AM^", ["name=amesh"]),
        ("!name=lo^ samx", ['!name="loop scan" samx']),
        ('name="lo^', ['name="loop scan"']),
        ('name="lo^" samx', ['name="loop scan" samx']),
        ('name="loop s^c" samx', ['name="loop scan" samx']),
        ("name=a*^", ['name="a*"']),
        ('name="say ""^', ['name="say ""hi"""']),
        ("name=ct,am^", ["name=ct,amesh"]),
        ('name="a,b"|d^,x', ['name="a,b"|dscan,x']),
        ("name=am^x,y", ["name=amesh,y"]),
        ("no=4^", ["no=42", "no=41", "no=420"]),
        ("number>42^", ["number>42", "number>420"]),
        ("name>a^", []),
        ("points=^", ["points=100"]),
        ("state=s^", ["state=stall", "state=stop", "state=started", "state=stopped"]),
        ("st!=RU^", ["st!=run"]),
        ("state=run,f^", ["state=run,fail"]),
        ("is=^", ["is=open", "is=closed", "is=problem"]),
        ("age<^", []),
        ("nmae=a^", []),
    ],
)
def test_values_are_those_that_were_seen_most_frequent_first(marked: str, expected: list[str]) -> None:
    assert completed(marked) == expected


def test_an_empty_bar_offers_every_field_and_an_empty_value_every_value_once() -> None:
    assert [text.rstrip("=<") for text in completed("^")] == list(FILTER_FIELDS)
    assert completed("name=^") == [
        "name=ascan",
        "name=amesh",
        'name="loop scan"',
        "name=Ascan",
        'name="a*"',
        'name="say ""hi"""',
        "name=dscan",
        'name=""',
    ]


def test_at_most_twenty_are_offered_and_no_more_are_looked_for() -> None:
    names = (f"scan{number}" for number in range(1000))
    assert complete("name=", 5, lambda _: names).candidates[-1] == "scan19"
    assert next(names) == "scan20"


texts = st.lists(
    st.sampled_from(["name=", "ct", " ", "samx", '"', '""', ",", "|", "!", "number>", "state=", "*", "a b", "is=", "<"])
).map("".join)
any_value = st.text() | st.text('aA *",|=!<>-\t\n', max_size=6)


@given(texts | st.text(), st.integers(-2, 40))
def test_any_text_has_a_completion_around_its_cursor(text: str, cursor: int) -> None:
    completion = complete(text, cursor, seen)
    assert isinstance(completion, Completion)
    assert 0 <= completion.start <= max(0, min(cursor, len(text))) <= completion.end <= len(text)
    assert len(completion.candidates) <= 30


@given(
    st.sampled_from(["", "samx ", '!name="a b" ', "name=a,b "]),
    st.sampled_from([*FILTER_FIELDS, "no", "st"]),
    st.sampled_from(["=", "!=", ">"]),
    st.sampled_from(["", "a,", '"x y"|']),
    st.lists(any_value),
    st.data(),
)
def test_every_candidate_can_be_read(
    before: str, field: str, operator: str, others: str, values: list[str], data: st.DataObject
) -> None:
    others = others if field in ("name", "title", "path") and operator != ">" else ""
    beginning = data.draw(st.sampled_from(["", *(value[:1] for value in values if value[:1].isalnum())]))
    text = f"{before}{field}{operator}{others}{beginning}"
    completion = complete(text, len(text), lambda _: values)
    for candidate in completion.candidates:
        ScanFilter.parse(text[: completion.start] + candidate + text[completion.end :])
    if field == "name" and operator == "=":
        assert len(completion.candidates) == min(
            20, len({value for value in values if value.lower().startswith(beginning.lower())})
        )


@given(st.sampled_from(["", "samx ", "!name=a "]), st.sampled_from(FILTER_FIELDS), st.data())
def test_every_field_is_completed_and_can_be_read_with_a_value(before: str, field: str, data: st.DataObject) -> None:
    typed = field[: data.draw(st.integers(0, len(field)))]
    completion = complete(before + typed, len(before + typed), seen)
    assert any(candidate.startswith(field) for candidate in completion.candidates)
    for candidate in completion.candidates:
        ScanFilter.parse(before + candidate + LITTLE.get(candidate[:-1], "4"))
