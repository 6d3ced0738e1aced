"""What VirtualTable promises: lines from the model, repaints of what is seen, a cursor that stays on its row."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import pytest
from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import App, ComposeResult
from textual.coordinate import Coordinate
from textual.widgets import DataTable
from textual.widgets.data_table import (
    CellDoesNotExist,
    ColumnDoesNotExist,
    ColumnKey,
    DuplicateKey,
    RowDoesNotExist,
    RowKey,
)

from scantui.exceptions import UsageError
from scantui.tui.widgets.virtual_table import LINES_KEPT, Cell, VirtualTable

COLUMNS = [("key", "Key", 8), ("title", "Title", 12), ("note", "Note", 10)]


class SortedModel:
    """Keys in alphabetical order; counts the rows that were asked for."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = sorted(keys)
        self.titles: dict[str, Cell] = {}
        self.asked: list[str] = []

    def __len__(self) -> int:
        return len(self.keys)

    def key_at(self, index: int) -> str:
        return self.keys[index]

    def index_of(self, key: str) -> int:
        index = bisect_left(self.keys, key)
        if self.keys[index : index + 1] != [key]:
            raise KeyError(key)
        return index

    def cells_at(self, index: int) -> Sequence[Cell]:
        key = self.keys[index]
        self.asked.append(key)
        return [key, self.titles.get(key, f"title {key}"), "note"]


def numbered(count: int) -> SortedModel:
    return SortedModel([f"k{number:05}" for number in range(count)])


class TableApp(App[None]):
    def __init__(self, model: SortedModel, columns: Sequence[tuple[str, str, int]] = COLUMNS, fixed: int = 0) -> None:
        super().__init__()
        self.model = model
        self.table_columns = columns
        self.table = VirtualTable(model, fixed_columns=fixed)
        self.highlighted: list[str | None] = []
        self.selected: list[str | None] = []
        self.headers: list[str | None] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        for key, label, width in self.table_columns:
            self.table.add_column(label, key=key, width=width)

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        self.highlighted.append(event.row_key.value)

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        self.selected.append(event.row_key.value)

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        self.headers.append(event.column_key.value)


def lines(table: VirtualTable) -> list[str]:
    """What is seen, by rendering every line of the widget anew."""
    return [table.render_line(y).text for y in range(table.scrollable_content_region.height)]


def keys_seen(table: VirtualTable) -> list[str]:
    return [line.split()[0] for line in lines(table)[1:] if line.strip()]


def cursor_line(table: VirtualTable) -> int:
    return table.cursor_row - table.scroll_offset.y


class TestRendering:
    async def test_header_and_rows(self) -> None:
        app = TableApp(numbered(3))
        async with app.run_test(size=(40, 6)):
            seen = lines(app.table)
            assert [line.rstrip() for line in seen] == [
                " Key       Title         Note",
                " k00000    title k00000  note",
                " k00001    title k00001  note",
                " k00002    title k00002  note",
                "",
                "",
            ]
            assert {len(line) for line in seen} == {40}

    async def test_header_stays_when_scrolled(self) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(40, 6)) as pilot:
            await pilot.press("ctrl+end")
            assert lines(app.table)[0].split() == ["Key", "Title", "Note"]
            assert keys_seen(app.table) == [f"k{number:05}" for number in range(95, 100)]

    async def test_wide_characters_are_cut_and_padded_by_columns(self) -> None:
        model = numbered(4)
        model.titles = {
            "k00000": "日本語",
            "k00001": "日本語日本語日本語",
            "k00002": Text("a日本語日本語日本語"),
            "k00003": "x" * 40,
        }
        app = TableApp(model)
        async with app.run_test(size=(40, 6)):
            seen = lines(app.table)
            assert [cell_len(line) for line in seen] == [40] * 6
            for line in seen[1:5]:
                assert cell_len(line[: line.index("note")]) == 25
            assert [line.split()[1] for line in seen[1:5]] == ["日本語", "日本語日本…", "a日本語日本…", "x" * 11 + "…"]

    async def test_markup_is_shown_literally(self) -> None:
        model = numbered(2)
        model.titles = {"k00000": "[red]x", "k00001": "[/]"}
        app = TableApp(model, [("key", "[b]K", 8), ("title", "[/]", 12)])
        async with app.run_test(size=(40, 6)):
            assert [line.split() for line in lines(app.table)[:3]] == [
                ["[b]K", "[/]"],
                ["k00000", "[red]x"],
                ["k00001", "[/]"],
            ]

    async def test_control_characters_never_pass(self) -> None:
        hostile = "\x1b]0;t\x07\x00\x9b\n\u202e"
        model = numbered(2)
        model.titles = {"k00000": hostile, "k00001": Text(hostile, style="red")}
        app = TableApp(model, [("key", f"{hostile}", 8), ("title", "Title", 12)])
        async with app.run_test(size=(40, 6)):
            assert all(line.isprintable() and cell_len(line) == 40 for line in lines(app.table))

    async def test_text_is_aligned_and_keeps_its_colour_but_under_the_cursor(self) -> None:
        model = numbered(2)
        model.titles = {key: Text("7", style="#ff0000", justify="right") for key in model.keys}
        app = TableApp(model)
        async with app.run_test(size=(40, 6)):
            colours = []
            for y in (1, 2):
                strip = app.table.render_line(y)
                assert strip.text.index("7") == 22
                colours += [segment.style.color.triplet for segment in strip if "7" in segment.text]  # type: ignore[union-attr]
            assert colours[1] == (255, 0, 0) != colours[0]

    async def test_cursor_row_differs_from_the_others(self) -> None:
        app = TableApp(numbered(3))
        async with app.run_test(size=(40, 6)):
            first, second = (next(iter(app.table.render_line(y))).style for y in (1, 2))
            assert first != second

    async def test_fixed_columns_stay_when_scrolled_sideways(self) -> None:
        wide = [("key", "Key", 8), ("title", "Title", 12), ("note", "Note", 30)]
        app = TableApp(numbered(3), wide, fixed=1)
        async with app.run_test(size=(30, 8)) as pilot:
            await pilot.press(*["right"] * 4)
            await pilot.pause()
            assert app.table.scroll_offset.x == 4
            assert lines(app.table)[1] == " k00000   " + " title k00000  note".ljust(60)[4:24]
            await pilot.press("end")
            assert lines(app.table)[1].startswith(" k00000 ")
            await pilot.press("home")
            assert app.table.scroll_offset.x == 0

    async def test_half_a_wide_character_at_the_edge_is_a_blank(self) -> None:
        model = numbered(1)
        model.titles = {"k00000": "日本語日本"}
        app = TableApp(model, [("key", "Key", 8), ("title", "Title", 12), ("note", "Note", 40)])
        async with app.run_test(size=(30, 8)):
            for x in range(9, 20):
                app.table.scroll_to(x=x, animate=False)
                assert cell_len(lines(app.table)[1]) == 30

    async def test_resize_fills_the_new_width_and_keeps_the_cursor_in_view(self) -> None:
        app = TableApp(numbered(50))
        async with app.run_test(size=(40, 20)) as pilot:
            app.table.go_to("k00018")
            await pilot.resize_terminal(60, 8)
            await pilot.pause()
            assert {len(line) for line in lines(app.table)} == {60}
            assert "k00018" in keys_seen(app.table)

    async def test_a_row_with_too_few_or_too_many_cells(self) -> None:
        app = TableApp(numbered(1), [("a", "A", 8)])
        async with app.run_test(size=(40, 6)):
            assert lines(app.table)[1].split() == ["k00000"]
            app.table.set_columns([(str(number), str(number), 5) for number in range(5)])
            assert lines(app.table)[1].split() == ["k000…", "titl…", "note"]
            assert app.table.get_row("k00000") == ["k00000", "title k00000", "note", "", ""]


class TestRepainting:
    @pytest.mark.parametrize("count", [50, 50_000])
    async def test_the_first_frame_asks_only_for_what_is_seen(self, count: int) -> None:
        app = TableApp(numbered(count))
        async with app.run_test(size=(60, 12)) as pilot:
            await pilot.pause()
            assert set(app.model.asked) == set(app.model.keys[:11])
            assert len(app.model.asked) <= 4 * 11

    @pytest.mark.parametrize("count", [50, 50_000])
    async def test_a_change_repaints_its_line(self, count: int) -> None:
        app = TableApp(numbered(count))
        async with app.run_test(size=(60, 12)) as pilot:
            await pilot.pause()
            app.model.asked.clear()
            app.model.titles["k00003"] = "other"
            app.table.refresh_row("k00003")
            await pilot.pause()
            assert app.model.asked == ["k00003"]
            assert "other" in lines(app.table)[4]

    async def test_a_row_out_of_view_or_unknown_repaints_nothing(self) -> None:
        app = TableApp(numbered(50_000))
        async with app.run_test(size=(60, 12)) as pilot:
            await pilot.pause()
            app.model.asked.clear()
            app.table.refresh_row("k40000").refresh_row("nowhere").refresh_row(RowKey("k30000"))
            await pilot.pause()
            assert app.model.asked == []

    async def test_a_row_changed_out_of_view_is_right_when_it_comes_into_view(self) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(60, 12)) as pilot:
            app.table.follow_end()
            await pilot.pause()
            app.table.go_to("k00000")
            app.model.titles["k00099"] = "other"
            app.table.refresh_row("k00099")
            app.table.follow_end()
            await pilot.pause()
            assert "other" in lines(app.table)[-1]

    @pytest.mark.parametrize("count", [50, 50_000])
    async def test_rows_that_come_out_of_view_repaint_nothing(self, count: int) -> None:
        app = TableApp(numbered(count))
        async with app.run_test(size=(60, 12)) as pilot:
            app.table.go_to("k00030")
            await pilot.pause()
            app.model.asked.clear()
            app.model.keys[:0] = ["a1", "a2", "a3"]
            app.model.keys.append("z")
            seen = app.table.scroll_offset.y
            app.table.rows_changed()
            await pilot.pause()
            assert app.model.asked == []
            assert app.table.scroll_offset.y == seen + 3

    async def test_a_row_appended_in_view_repaints_its_line(self) -> None:
        app = TableApp(numbered(3))
        async with app.run_test(size=(60, 12)) as pilot:
            await pilot.pause()
            app.model.asked.clear()
            app.model.keys.append("z")
            app.table.rows_changed()
            await pilot.pause()
            assert app.model.asked == ["z"]

    async def test_rows_that_come_lay_out_nothing(self) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(60, 12)) as pilot:
            await pilot.pause()
            before = app.table._layout_updates, app.screen._layout_updates
            app.model.keys.append("z")
            app.table.rows_changed()
            app.table.follow_end()
            await pilot.pause()
            assert (app.table._layout_updates, app.screen._layout_updates) == before
            assert app.table.virtual_size.height == 102

    async def test_moving_the_cursor_repaints_two_lines_and_none_twice(self) -> None:
        app = TableApp(numbered(50_000))
        async with app.run_test(size=(60, 12)) as pilot:
            await pilot.pause()
            app.model.asked.clear()
            await pilot.press("down")
            assert sorted(app.model.asked) == ["k00000", "k00001"]
            await pilot.press("up", "down", "up", "down")
            assert sorted(app.model.asked) == ["k00000", "k00001"]

    async def test_following_asks_for_the_new_row_only(self) -> None:
        app = TableApp(numbered(50_000))
        async with app.run_test(size=(60, 12)) as pilot:
            app.table.follow_end()
            await pilot.pause()
            app.model.asked.clear()
            app.model.keys.append("z")
            app.table.follow_end()
            await pilot.pause()
            assert sorted(app.model.asked) == ["k49999", "z"]

    async def test_kept_lines_are_bounded(self) -> None:
        app = TableApp(numbered(2_000))
        async with app.run_test(size=(60, 12)) as pilot:
            for index in range(0, 2_000, 40):
                app.table.go_to(f"k{index:05}")
                await pilot.pause()
            assert len(app.table._lines) <= LINES_KEPT


class TestWhatIsPainted:
    """The widget keeps painted lines until it is told to repaint them: after any changes none may be out of date."""

    @pytest.mark.parametrize("seed", range(6))
    async def test_it_is_what_the_model_says(self, seed: int) -> None:
        chance = Random(seed)  # noqa: S311 - no secret
        app = TableApp(numbered(chance.choice([0, 3, 8, 60])), fixed=seed % 2)
        model, table = app.model, app.table

        def change_rows() -> None:
            for _ in range(chance.randrange(4)):
                insort(model.keys, f"k{chance.randrange(60):05}{chance.randrange(10**9)}")
            for _ in range(chance.randrange(4)):
                if model.keys:
                    model.keys.pop(chance.randrange(len(model.keys)))
            if chance.random() < 0.1:
                del model.keys[chance.randrange(len(model.keys) + 1) :]
            if chance.random() < 0.8:
                table.rows_changed()

        def change_cells() -> None:
            if model.keys:
                key = chance.choice(model.keys)
                model.titles[key] = f"t{chance.randrange(1000)}"
                table.refresh_row(key)

        def go() -> None:
            table.go_to(chance.choice(model.keys)) if model.keys else table.follow_end()

        def press() -> None:
            getattr(table, f"action_{chance.choice(['cursor_up', 'cursor_down', 'page_up', 'page_down'])}")()

        def scroll() -> None:
            table.scroll_to(y=chance.randrange(60), animate=False)

        async with app.run_test(size=(50, 11)) as pilot:
            for step in range(40):
                for _ in range(chance.randrange(1, 4)):
                    chance.choice([change_rows, change_rows, change_cells, go, press, scroll, table.follow_end])()
                if step % 10 == 9:
                    await pilot.resize_terminal(chance.choice([25, 50]), chance.choice([5, 11, 16]))
                table.rows_changed()
                await pilot.pause()
                height = table.scrollable_content_region.height
                painted = table.render_lines(table.size.region)[:height]
                assert [strip.text for strip in painted] == lines(table)
                cursor_colour = table.get_component_styles("datatable--cursor").rich_style.bgcolor
                highlighted = [
                    y
                    for y, strip in enumerate(painted)
                    if any(s.style and s.style.bgcolor == cursor_colour for s in strip)
                ]
                in_view = bool(model.keys) and cursor_line(table) in range(height - 1)
                assert highlighted == ([cursor_line(table) + 1] if in_view else [])
                assert table.cursor_key == (model.keys[table.cursor_row] if model.keys else None)


class TestCursor:
    async def test_keys_move_within_the_model(self) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(40, 11)) as pilot:
            places = []
            for key in ("down", "down", "up", "pagedown", "pagedown", "pageup", "ctrl+end", "down", "ctrl+home", "up"):
                await pilot.press(key)
                places.append(app.table.cursor_row)
                assert app.table.cursor_key in keys_seen(app.table)
            assert places == [1, 2, 1, 11, 21, 11, 99, 99, 0, 0]
            assert app.highlighted[-1] == "k00000"
            await pilot.press("enter")
            assert app.selected == ["k00000"]

    @pytest.mark.parametrize(
        ("change", "index", "key"),
        [
            (lambda keys: keys.insert(0, "a"), 31, "k00030"),
            (lambda keys: keys.append("z"), 30, "k00030"),
            (lambda keys: keys.insert(31, "k00030b"), 30, "k00030"),
            (lambda keys: keys.pop(3), 29, "k00030"),
            (lambda keys: keys.pop(30), 30, "k00031"),
            (lambda keys: keys.__delitem__(slice(28, 33)), 28, "k00033"),
            (lambda keys: keys.__delitem__(slice(30, None)), 29, "k00029"),
            (lambda keys: keys.__delitem__(slice(0, 29)), 1, "k00030"),
            (lambda keys: keys.__delitem__(slice(5, None)), 4, "k00004"),
        ],
    )
    async def test_it_stays_on_its_row_or_takes_the_next(
        self, change: Callable[[list[str]], Any], index: int, key: str
    ) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(40, 11)) as pilot:
            app.table.go_to("k00035")
            app.table.go_to("k00030")
            await pilot.pause()
            line, stays = cursor_line(app.table), "k00030" in app.model.keys
            change(app.model.keys)
            told = len(app.highlighted)
            app.table.rows_changed()
            await pilot.pause()
            assert (app.table.cursor_row, app.table.cursor_key) == (index, key)
            assert app.highlighted[told:] == ([] if stays and key == "k00030" else [key])
            if index > 10 and len(app.model) > 40:
                assert cursor_line(app.table) == line
            assert key in keys_seen(app.table)

    async def test_a_view_scrolled_away_from_the_cursor_stays_on_its_rows(self) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(40, 11)) as pilot:
            app.table.scroll_to(y=50, animate=False)
            await pilot.pause()
            seen = keys_seen(app.table)
            app.model.keys[20:20] = ["k00019b", "k00019c"]
            app.table.rows_changed()
            await pilot.pause()
            assert keys_seen(app.table) == seen
            assert app.table.cursor_key == "k00000"

    async def test_a_key_acts_on_the_row_that_is_seen_under_the_cursor(self) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(40, 11)) as pilot:
            app.table.go_to("k00005")
            app.model.keys[:0] = ["a", "b"]
            await pilot.press("enter", "down", "enter")
            assert app.selected == ["k00005", "k00006"]

    async def test_sorting_the_model_anew_keeps_cursor_and_line(self) -> None:
        class Unsorted(SortedModel):
            def index_of(self, key: str) -> int:
                try:
                    return self.keys.index(key)
                except ValueError:
                    raise KeyError(key) from None

        model = Unsorted([f"k{number:05}" for number in range(100)])
        app = TableApp(model)
        async with app.run_test(size=(40, 11)) as pilot:
            app.table.go_to("k00030")
            await pilot.pause()
            line = cursor_line(app.table)
            model.keys.reverse()
            app.table.rows_changed()
            await pilot.pause()
            assert (app.table.cursor_key, app.table.cursor_row, cursor_line(app.table)) == ("k00030", 69, line)

    async def test_following_the_end(self) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(40, 11)) as pilot:
            ends = [app.table.at_end]
            app.table.follow_end()
            ends.append(app.table.at_end)
            app.model.keys.extend(["y", "z"])
            ends.append(app.table.at_end)
            app.table.rows_changed()
            ends.append(app.table.at_end)
            app.table.follow_end()
            await pilot.pause()
            ends.append(app.table.at_end)
            assert keys_seen(app.table)[-1] == app.table.cursor_key == "z"
            app.table.scroll_to(y=0, animate=False)
            ends.append(app.table.at_end)
            assert ends == [False, True, True, False, True, False]

    async def test_keys_in_view_are_the_rows_that_are_seen(self) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(40, 11)) as pilot:
            app.table.go_to("k00050")
            await pilot.pause()
            seen = app.table.keys_in_view
            assert list(seen) == keys_seen(app.table) == [f"k{number:05}" for number in range(41, 51)]
            del app.model.keys[3:]
            assert app.table.keys_in_view == seen
            app.table.rows_changed()
            assert list(app.table.keys_in_view) == app.model.keys
            assert len(seen) == 10

    async def test_following_before_the_first_frame(self) -> None:
        class Following(TableApp):
            def on_mount(self) -> None:
                self.table.follow_end()

        app = Following(numbered(100))
        async with app.run_test(size=(40, 11)) as pilot:
            await pilot.pause()
            assert app.table.at_end
            assert keys_seen(app.table)[-1] == "k00099"

    async def test_the_first_row_is_told_once(self) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(40, 11)) as pilot:
            await pilot.pause()
            assert app.highlighted == ["k00000"]

    async def test_going_to_a_row_that_is_not_shown(self) -> None:
        app = TableApp(numbered(3))
        async with app.run_test(size=(40, 11)):
            with pytest.raises(RowDoesNotExist):
                app.table.go_to("nowhere")
            assert app.table.cursor_key == "k00000"

    async def test_mouse(self) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(40, 11)) as pilot:
            await pilot.click(app.table, offset=(5, 4))
            assert (app.table.cursor_key, app.selected) == ("k00003", [])
            await pilot.click(app.table, offset=(30, 4))
            assert app.selected == ["k00003"]
            await pilot.click(app.table, offset=(12, 0))
            assert app.headers == ["title"]
            app.table.post_message(events.MouseScrollDown(app.table, 5, 5, 0, 1, 0, False, False, False))
            await pilot.pause()
            assert app.table.scroll_offset.y > 0
            assert app.table.cursor_key == "k00003"


class TestEmptyAndShrinking:
    async def test_an_empty_model(self) -> None:
        app = TableApp(numbered(0))
        async with app.run_test(size=(40, 6)) as pilot:
            await pilot.press("down", "up", "pagedown", "pageup", "ctrl+end", "ctrl+home", "enter", "left", "right")
            await pilot.click(app.table, offset=(5, 3))
            app.table.follow_end()
            assert [line.strip() for line in lines(app.table)[1:]] == [""] * 5
            assert (app.table.cursor_key, app.table.at_end, app.table.cursor_coordinate) == (None, True, (0, 0))
            assert app.highlighted == app.selected == []
            app.model.keys.append("a")
            app.table.rows_changed()
            await pilot.pause()
            assert app.highlighted == ["a"]
            assert keys_seen(app.table) == ["a"]

    async def test_no_columns(self) -> None:
        app = TableApp(numbered(5), [])
        async with app.run_test(size=(40, 6)) as pilot:
            await pilot.press("down")
            assert {line.strip() for line in lines(app.table)} == {""}

    async def test_the_model_may_shrink_before_the_table_is_told(self) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(40, 6)) as pilot:
            app.table.follow_end()
            await pilot.pause()
            del app.model.keys[2:]
            app.table.refresh()
            assert len(lines(app.table)) == 6
            await pilot.pause()
            app.model.keys.clear()
            await pilot.press("down", "enter")
            app.table.rows_changed()
            await pilot.pause()
            assert (app.table.cursor_key, app.table.row_count, app.table.scroll_offset.y) == (None, 0, 0)
            assert {line.strip() for line in lines(app.table)[1:]} == {""}
            assert app.selected == []

    async def test_the_scroll_bar_comes_and_goes_with_the_rows(self) -> None:
        app = TableApp(numbered(3))
        async with app.run_test(size=(40, 8)) as pilot:
            shown = [app.table.show_vertical_scrollbar]
            for keys in ([f"k{number:05}" for number in range(20)], ["k00000"]):
                app.model.keys[:] = keys
                app.table.rows_changed()
                await pilot.pause()
                shown.append(app.table.show_vertical_scrollbar)
            assert shown == [False, True, False]

    async def test_the_thumb_follows(self) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(40, 11)) as pilot:
            await pilot.press("ctrl+end")
            bar = app.table.vertical_scrollbar
            assert (bar.position, bar.window_virtual_size) == (app.table.max_scroll_y, 101)
            del app.model.keys[50:]
            app.table.rows_changed()
            assert (bar.position, bar.window_virtual_size) == (app.table.max_scroll_y, 51)


class TestAnswers:
    async def test_they_tell_the_truth_from_the_model(self) -> None:
        app = TableApp(numbered(50_000))
        async with app.run_test(size=(40, 6)):
            table, row = app.table, ["k00007", "title k00007", "note"]
            assert isinstance(table, DataTable)
            assert table.row_count == len(table.rows) == len(table.ordered_rows) == 50_000
            assert "k00007" in table.rows
            assert RowKey("nowhere") not in table.rows
            assert next(iter(table.rows)) == "k00000"
            assert table.rows[RowKey("k00007")].key == table.ordered_rows[7].key == "k00007"
            assert [each.key for each in table.ordered_rows[-2:]] == ["k49998", "k49999"]
            assert table.get_row("k00007") == table.get_row(RowKey("k00007")) == table.get_row_at(7) == row
            assert table.get_cell("k00007", "title") == table.get_cell_at(Coordinate(7, 1)) == "title k00007"
            assert table.get_cell_coordinate("k00007", "note") == (7, 2)
            assert table.get_row_index("k00007") == 7
            assert table.get_row_height(RowKey("k00007")) == 1
            assert table.coordinate_to_cell_key(Coordinate(7, 1)) == (RowKey("k00007"), ColumnKey("title"))
            assert next(iter(table.get_column("title"))) == "title k00000"
            assert [table.is_valid_row_index(index) for index in (-1, 0, 49_999, 50_000)] == [False, True, True, False]
            assert table.is_valid_coordinate(Coordinate(49_999, 2))
            assert not table.is_valid_coordinate(Coordinate(0, 3))
            app.model.keys.clear()
            assert table.row_count == 0
            assert not table.is_valid_row_index(0)

    async def test_what_is_not_there(self) -> None:
        app = TableApp(numbered(3))
        async with app.run_test(size=(40, 6)):
            asked: list[tuple[type[Exception], Callable[[], object]]] = [
                (RowDoesNotExist, lambda: app.table.get_row("nowhere")),
                (RowDoesNotExist, lambda: app.table.get_row_at(3)),
                (RowDoesNotExist, lambda: app.table.get_row_index("nowhere")),
                (CellDoesNotExist, lambda: app.table.get_cell("nowhere", "title")),
                (CellDoesNotExist, lambda: app.table.get_cell("k00000", "nowhere")),
                (CellDoesNotExist, lambda: app.table.get_cell_at(Coordinate(3, 0))),
                (CellDoesNotExist, lambda: app.table.coordinate_to_cell_key(Coordinate(3, 0))),
                (ColumnDoesNotExist, lambda: app.table.remove_column("nowhere")),
                (DuplicateKey, lambda: app.table.add_column("Key", key="key")),
            ]
            for error, ask in asked:
                with pytest.raises(error):
                    ask()

    async def test_what_would_change_rows_behind_the_model_is_refused(self) -> None:
        app = TableApp(numbered(3))
        async with app.run_test(size=(40, 6)):
            table = app.table
            refused: list[Callable[[], object]] = [
                lambda: table.add_row("a", "b", "c", key="x"),
                lambda: table.add_rows([("a", "b", "c")]),
                lambda: table.remove_row("k00000"),
                lambda: table.update_cell("k00000", "title", "x"),
                lambda: table.update_cell_at(Coordinate(0, 0), "x"),
                lambda: table.sort("title"),
                lambda: table.clear(),
                lambda: table.add_column("New", default="x"),
            ]
            for call in refused:
                with pytest.raises(UsageError, match="change the model"):
                    call()
            with pytest.raises(TypeError):
                table.rows[RowKey("x")] = table.ordered_rows[0]
            assert (table.row_count, len(table.columns)) == (3, 3)

    async def test_columns_are_replaced_and_the_cursor_stays(self) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(40, 11)) as pilot:
            app.table.go_to("k00050")
            app.table.set_columns([("title", "Other", 30), ("key", "Long", 30)])
            await pilot.pause()
            assert app.table.cursor_key == "k00050"
            assert "k00050" in keys_seen(app.table)
            assert lines(app.table)[0].split()[0] == "Other"
            assert app.table.virtual_size.width == 64
            assert app.table.show_horizontal_scrollbar
            app.table.remove_column("key")
            app.table.add_columns("A", ("B", "b"))
            await pilot.pause()
            assert lines(app.table)[0].split() == ["Other", "A", "B"]
            assert app.table.get_column_index("b") == 2
