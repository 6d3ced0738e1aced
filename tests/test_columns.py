"""How columns share the width of a terminal: a wider one never shows less."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.columns import COLUMNS, RowColumn, bar_room, columns_in, widths_for
from scantui.fitting import GAP, Lengths, cut_to, width_of
from scantui.text import ELLIPSIS, printable

Table = dict[str, list[str]]
WIDTHS = range(20, 301)


def lengths_of(table: Table) -> dict[str, Lengths]:
    lengths: dict[str, Lengths] = {}
    for key, texts in table.items():
        lengths[key] = Lengths()
        for text in texts:
            lengths[key].add(text)
    return lengths


def generated(seed: int) -> Table:
    """A table of a beamline as it could be, from a few rows with short texts to long ones of all kinds."""
    draw = random.Random(seed)  # noqa: S311 - a table for a test
    rows, longest = draw.choice((1, 3, 12)), draw.choice((3, 12, 40, 120))
    letters = "abcdefgh_0123456789" if draw.random() < 0.8 else "日本語_éü0123"

    def text() -> str:
        return "".join(draw.choices(letters, k=draw.randint(0, longest)))

    table = {column.key: [text() for _ in range(rows)] for column in COLUMNS}
    table["state"] = draw.choices(("DONE", "STALL", "RUN"), k=rows)
    table["number"] = [str(draw.randint(1, 10 ** draw.randint(1, 6))) for _ in range(rows)]
    table["progress"] = draw.choices(("", "61% 1:12 left", "12% quiet 9m", "5/7 scans, 1 FAIL, 2:51 left"), k=rows)
    table["path"] = [f"/data/visitor/{each}/sample_{row:04}.h5" for row, each in enumerate(table["path"])]
    return table


def shown(column: RowColumn, text: str, width: int) -> int:
    """How much of a text a column shows."""
    cut = cut_to(text, width, column.cut)
    assert width_of(cut) <= width
    return width_of(text) + 1 if cut == text else width_of(cut.replace(ELLIPSIS, ""))


def layouts(table: Table, widths: Sequence[int] = WIDTHS) -> Iterator[tuple[int, dict[str, int]]]:
    lengths = lengths_of(table)
    columns = columns_in("age")
    for width in widths:
        yield width, widths_for(columns, width, lengths)


@pytest.mark.parametrize("seed", range(100))
def test_a_wider_terminal_never_shows_less_of_any_column(seed: int) -> None:
    table = generated(seed)
    columns = {column.key: column for column in columns_in("age")}
    before: dict[str, list[int]] = {}
    narrower: dict[str, int] = {}
    for width, widths in layouts(table):
        assert sum(widths.values()) + GAP * len(widths) <= max(width, 19 + GAP * 3)
        assert narrower.keys() <= widths.keys(), width
        assert all(widths[key] >= cells for key, cells in narrower.items()), width
        now = {key: [shown(columns[key], text, cells) for text in table[key]] for key, cells in widths.items()}
        for key, amounts in before.items():
            assert all(less <= more for less, more in zip(amounts, now[key], strict=True)), (width, key)
        before, narrower = now, widths


@pytest.mark.parametrize("seed", range(0, 100, 10))
def test_from_80_columns_on_the_end_of_the_dataset_is_seen(seed: int) -> None:
    table = generated(seed)
    for width, widths in layouts(table, range(80, 301)):
        for text in filter(None, table["dataset"]):
            assert cut_to(text, widths["dataset"], "middle").endswith(text[-3:]), width


def test_a_number_is_never_cut() -> None:
    table = generated(1) | {"number": ["7", "1234567"]}
    for width, widths in layouts(table, range(26, 301)):
        assert widths["number"] >= 7, width


def test_a_wide_terminal_has_a_bar_beside_the_progress() -> None:
    table = generated(2) | {"progress": ["61% 1:12 left"]}
    columns, lengths = columns_in("age"), lengths_of(table)
    assert bar_room(columns, widths_for(columns, 60, lengths), lengths) == 0
    assert bar_room(columns, widths_for(columns, 5000, lengths), lengths) == 8


def test_chosen_columns_are_shown_at_any_width() -> None:
    lengths = lengths_of(generated(3))
    for width in WIDTHS:
        assert list(widths_for(columns_in("utc"), width, lengths, ["progress", "age"])) == ["age", "progress"]


@pytest.mark.parametrize(
    ("text", "width", "cut", "left"),
    [
        ("battery_A4_0031", 12, "middle", "bat…_A4_0031"),
        ("battery_A4_0031", 15, "middle", "battery_A4_0031"),
        ("/data/visitor/sample_0003.h5", 15, "left", "…ample_0003.h5"[:1] + "sample_0003.h5"[-14:]),
        ("61% 1:12 left", 12, "last parts", "61%"),
        ("5/7 scans, 1 FAIL, 2:51 left", 28, "last parts", "5/7 scans, 1 FAIL, 2:51 left"),
        ("5/7 scans, 1 FAIL, 2:51 left", 27, "last parts", "5/7, 1 FAIL, 2:51 left"),
        ("5/7 scans, 1 FAIL, 2:51 left", 21, "last parts", "5/7, 1 FAIL"),
        ("5/7 scans, 1 FAIL, 2:51 left", 10, "last parts", "5/7"),
        ("1234567", 4, "left", "…567"),
        ("日本語_0031", 6, "middle", "…0031"),
        ("abc", 0, "middle", ""),
    ],
)
def test_what_differs_is_not_cut(text: str, width: int, cut: str, left: str) -> None:
    assert cut_to(text, width, cut) == left  # type: ignore[arg-type]


@given(st.text(max_size=40), st.integers(0, 45), st.sampled_from(["middle", "left", "last parts"]))
def test_a_cut_text_has_room(text: str, width: int, cut: str) -> None:
    assert width_of(cut_to(printable(text), width, cut)) <= width  # type: ignore[arg-type]


def test_notes_have_a_column_where_there_are_any_and_room() -> None:
    lengths = {"name": Lengths(), "note": Lengths()}
    for text in ("", "BAD wrong filter"):
        lengths["note"].add(text)
        shown = {width: widths_for(columns_in("age"), width, lengths) for width in (40, 200)}
        assert [("note" in widths) for widths in shown.values()] == [False, bool(text)]
