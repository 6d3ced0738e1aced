"""The virtual table: its cursor, and its view while rows come and go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual import events
from textual.widgets.data_table import (
    RowDoesNotExist,
)

from tests.tui.tables import SortedModel, TableApp, cursor_line, keys_seen, lines, numbered


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
            reported = len(app.highlighted)
            app.table.rows_changed()
            await pilot.pause()
            assert (app.table.cursor_row, app.table.cursor_key) == (index, key)
            assert app.highlighted[reported:] == ([] if stays and key == "k00030" else [key])
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

    async def test_the_first_row_is_reported_once(self) -> None:
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

    async def test_the_model_may_shrink_before_the_table_is_notified(self) -> None:
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
