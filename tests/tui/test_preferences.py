"""What the configuration file wants of the screen: keys, columns, times, theme, filters; and what of it is refused."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from scantui.cli import config
from scantui.exceptions import ConfigurationError
from scantui.system.state import Memory
from scantui.tui.preferences import check_preferences
from tests.readme import configuration_example
from tests.system.test_config import configured
from tests.tui.pilots import lines, message, number_under_cursor, shown_numbers, status, until, watching
from tests.tui.scenes import night_feed

WANTED = """\
theme = "nord"
time_format = "utc"
columns = ["state", "number", "user"]

[keys]
pause = ["Z", "f5"]
only_running = "p"
cursor_down = ["j", "down", ","]
fold_all = "K"

[filters]
counts = "name=ct"
"""


def memory_of(directory: Path, text: str = WANTED) -> Memory:
    configuration = configured(directory, text)
    check_preferences(configuration)
    return Memory(directory / "state.json", configuration.preferences)


async def test_looks_are_as_configured_until_they_are_changed_in_the_app_and_again_after_a_reset(
    tmp_path: Path,
) -> None:
    async with watching(night_feed(), memory=memory_of(tmp_path)) as pilot:
        assert pilot.app.theme == "nord"
        assert lines(pilot)[2].split() == ["ST", "NO", "USER"]
        await pilot.press("o", "j", "j", "enter", "escape", "t")
        assert message(pilot) == "Showing ages"
        assert lines(pilot)[2].split() == ["ST", "NO", "NAME", "USER"]
    async with watching(night_feed(), memory=memory_of(tmp_path)) as pilot:
        assert lines(pilot)[2].split() == ["ST", "NO", "NAME", "USER"]
        await pilot.press("o", *["j"] * 14, "enter")
        assert "PROGRESS" in lines(pilot)[2]
    memory_of(tmp_path).reset_appearance()
    async with watching(night_feed(), memory=memory_of(tmp_path)) as pilot:
        assert lines(pilot)[2].split() == ["ST", "NO", "USER"]


async def test_keys_do_what_they_are_configured_to_do_and_say_so(tmp_path: Path) -> None:
    async with watching(night_feed(), memory=memory_of(tmp_path)) as pilot:
        assert "p Running" in lines(pilot)[-1]
        await pilot.press("Z")
        assert "PAUSED" in status(pilot)
        await pilot.press("f5")
        assert "PAUSED" not in status(pilot)
        await pilot.press("p")
        await pilot.pause()
        assert shown_numbers(pilot) == [18, 19, 20]
        await pilot.press("p", "g", "comma")
        await pilot.pause()
        assert number_under_cursor(pilot) == 2
        await pilot.press("question_mark", *"pause")
        await until(pilot, lambda: any("Z F5" in line and "Pause" in line for line in lines(pilot)[:-1]))


async def test_a_configured_filter_is_picked_like_a_saved_one_and_yields_to_it(tmp_path: Path) -> None:
    memory = memory_of(tmp_path)
    async with watching(night_feed(), memory=memory) as pilot:
        await pilot.press("v")
        assert not any("delete one" in line for line in lines(pilot))
        await pilot.press("enter")
        await pilot.pause()
        assert shown_numbers(pilot) == [2, 7, 12, 17, 20]
    memory.change(saved_filters={"counts": "name=amesh", "mine": "user=me"})
    assert memory.saved_filters == {"counts": "name=amesh", "mine": "user=me"}
    memory.reset_appearance()
    assert memory.saved_filters == {"counts": "name=ct", "mine": "user=me"}
    assert memory.state.saved_filters == {"mine": "user=me"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theme = 'nrod'\n", "line 1, theme: unknown value 'nrod': did you mean nord?"),
        ("\ncolumns = ['state', 'nmae']\n", "line 2, columns: unknown value 'nmae': did you mean name?"),
        ("[keys]\npuase = 'Z'\n", "line 2, keys.puase: unknown key: did you mean pause?"),
        ("[keys]\npause = 'ctrl+f99'\n", "line 2, keys.pause: 'ctrl+f99' is not a key"),
        ("[keys]\npause = 'zz'\n", "line 2, keys.pause: 'zz' is not a key"),
        ("[keys]\npause = '/'\n", "line 2, keys.pause: / is the key of filter"),
        ("[keys]\npause = 'j'\n", "line 2, keys.pause: j is the key of cursor_down"),
        ("[keys]\npause = 'ctrl+c'\n", "line 2, keys.pause: ctrl+c is the key of quit"),
        ("[keys]\npause = 'Z'\nlog = 'Z'\n", "line 3, keys.log: Z is the key of pause"),
    ],
)
def test_what_the_screen_does_not_have_is_told_with_file_line_and_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        check_preferences(configured(tmp_path, text))
    assert str(refused.value).startswith(f"{tmp_path / 'scantui' / 'config.toml'}, {said}")


@pytest.mark.parametrize(
    "example",
    [configuration_example(), dedent(config.EXAMPLES[config.EXAMPLES.index("  theme") :].partition("\nErrors")[0])],
    ids=["README", "help"],
)
def test_the_examples_in_readme_and_help_are_accepted(tmp_path: Path, example: str) -> None:
    configuration = configured(tmp_path, example)
    check_preferences(configuration)
    assert configuration.preferences.keys["pause"] == ["Z", "f5"]


def test_two_actions_may_change_their_keys_with_each_other(tmp_path: Path) -> None:
    check_preferences(configured(tmp_path, "[keys]\npause = 'f'\nfollow = 'p'\n"))


async def test_another_key_to_follow_leaves_those_that_go_to_the_newest_scan(tmp_path: Path) -> None:
    async with watching(night_feed(), memory=memory_of(tmp_path, "[keys]\nfollow = 'Z'\n")) as pilot:
        for key in ("Z", "G"):
            await pilot.press("g")
            await pilot.pause()
            assert number_under_cursor(pilot) == 1, key
            await pilot.press(key)
            await pilot.pause()
            assert number_under_cursor(pilot) == 20, key
