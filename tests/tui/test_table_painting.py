"""The lines of the virtual table: what is painted, and what is painted again."""

from __future__ import annotations

from bisect import insort
from random import Random

import pytest
from rich.cells import cell_len
from rich.text import Text
from textual.filter import Monochrome
from textual.widgets.data_table import RowKey

from scantui.tui.widgets.virtual_table import LINES_KEPT
from tests.tui.tables import TableApp, cursor_line, keys_seen, lines, numbered


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

    async def test_other_columns_lay_out_nothing_unless_the_bar_below_comes_or_goes(self) -> None:
        app = TableApp(numbered(100))
        async with app.run_test(size=(40, 12)) as pilot:
            await pilot.pause()
            laid_out: list[object] = []
            app.table.screen.screen_layout_refresh_signal.subscribe(app.table, laid_out.append, immediate=True)
            app.table.set_columns([("key", "Key", 8), ("title", "Title", 16)])
            await pilot.pause()
            assert laid_out == []
            assert "Note" not in lines(app.table)[0]
            app.table.set_columns([("key", "Key", 8), ("title", "Title", 60)])
            await pilot.pause()
            assert len(laid_out) > 0
            assert app.table.show_horizontal_scrollbar

    async def test_the_filters_of_the_app_change_the_looks_of_all_lines(self) -> None:
        app = TableApp(numbered(3))
        async with app.run_test(size=(40, 6)):
            looks = [style for line in app.table.render_lines(app.table.size.region) for _, style, _ in line]
            assert {style.color.triplet is not None for style in looks if style and style.color} == {True}
            app._filters.append(Monochrome())
            looks = [style for line in app.table.render_lines(app.table.size.region) for _, style, _ in line]
            colours = {style.color.triplet for style in looks if style and style.color and style.color.triplet}
            assert all(red == green == blue for red, green, blue in colours)

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
    """The widget keeps painted lines until a call repaints them: after any changes none may be out of date."""

    @pytest.mark.parametrize("seed", range(6))
    async def test_it_is_what_the_model_shows(self, seed: int) -> None:
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


class TestPaintingAhead:
    async def test_rows_at_the_end_are_painted_before_they_are_shown_and_not_again(self) -> None:
        model = numbered(100)
        app = TableApp(model)
        async with app.run_test(size=(40, 6)):
            assert list(app.table.painting_end()) == [f"k{number:05}" for number in range(95, 100)]
            assert list(app.table.painting_end()) == []
            model.asked.clear()
            app.table.follow_end()
            assert keys_seen(app.table)[-1] == "k00099"
            assert model.asked == []

    async def test_a_row_that_was_forgotten_is_painted_ahead_and_then_shown(self) -> None:
        model = numbered(3)
        app = TableApp(model)
        async with app.run_test(size=(40, 6)):
            app.table.follow_end()
            assert "title k00001" in lines(app.table)[2]
            model.titles["k00001"] = "other"
            app.table.forget_row("k00001")
            assert list(app.table.painting_end()) == ["k00001"]
            app.table.show_row("k00001")
            assert "other" in lines(app.table)[2]

    async def test_rows_may_leave_while_they_are_painted_ahead(self) -> None:
        model = numbered(100)
        app = TableApp(model)
        async with app.run_test(size=(40, 6)):
            painting = app.table.painting_end()
            next(painting)
            del model.keys[10:]
            assert list(painting) == []
