"""`scantui config` as a process: the effective settings, their origins, and errors in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from scantui.exceptions import ConfigurationError
from scantui.system.state import Memory
from tests.cli.processes import run
from tests.system.beacon_server import BeaconServer, frame
from tests.system.test_config import TWO_SERVERS, configured
from tests.terminals import LivingTerminal, scantui


def words(text: str) -> dict[str, str]:
    """The lines of the output, by first word."""
    return {line.split()[0]: line.partition(" ")[2].strip() for line in text.splitlines()}


def test_a_bliss_user_needs_to_name_nothing() -> None:
    with BeaconServer(frame(34, b"1|id11|6380")) as beacon:
        done = run("config", environment={"BEACON_HOST": beacon.where})
    assert (done.returncode, done.stderr) == (0, "")
    assert words(done.stdout)["server"] == f"redis://id11:6380   (Beacon at {beacon.where} (BEACON_HOST))"


def test_a_named_server_is_reported_with_the_line_that_names_it_and_without_its_password(tmp_path: Path) -> None:
    configured(tmp_path, TWO_SERVERS)
    password = tmp_path / "scantui" / "id15.password"
    password.write_text("s3cret")
    password.chmod(0o600)
    (tmp_path / "scantui" / "ca.pem").touch()
    done = run("config", "-s", "id15", environment={"XDG_CONFIG_HOME": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")
    assert "s3cret" not in done.stdout
    said = words(done.stdout)
    assert said["server"] == "id15   (command line)"
    assert said["address"] == "rediss://id15:6380/1"
    assert said["user"] == "viewer"
    assert said["password"] == "set (hidden)"  # noqa: S105
    assert said["certificates"] == str(tmp_path / "scantui" / "ca.pem")
    assert said["servers"] == "id11, id15"


def test_alerts_and_the_directory_of_notes_are_listed_with_their_lines(tmp_path: Path) -> None:
    text = f"""\
notes_dir = "{tmp_path}"
no_exec = true
[alerts.night]
when = ["fail", "silent=20m"]
[alerts.usual]
"""
    configured(tmp_path, text)
    done = run("config", "-s", "redis://id11", environment={"XDG_CONFIG_HOME": str(tmp_path)})
    assert (done.returncode, done.stderr) == (0, "")
    known, file = words(done.stdout), tmp_path / "scantui" / "config.toml"
    assert known["alerts.night"] == f"fail, silent=20m   ({file}, line 3)"
    assert known["alerts.usual"] == f"fail, stall   ({file}, line 5)"
    assert known["no_exec"] == f"commands of alerts are forbidden   ({file}, line 2)"
    assert known["notes_dir"] == f"{tmp_path}   ({file}, line 1)"


def test_what_can_be_reported_is_reported_when_the_server_cannot(tmp_path: Path) -> None:
    done = run("config", environment={"XDG_CONFIG_HOME": str(tmp_path), "BEACON_HOST": "127.0.0.1:1"})
    assert done.returncode == 1
    assert words(done.stdout)["configuration"].endswith("config.toml (does not exist)")
    assert done.stderr == (
        "scantui: cannot ask Beacon at 127.0.0.1:1 (BEACON_HOST) for the Redis: Connection refused\n"
    )


def test_a_mistake_in_the_file_ends_every_command_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "scantui" / "config.toml"
    with pytest.raises(ConfigurationError):
        configured(tmp_path, "[servers.id11]\nulr = 'redis://id11'\n")
    for arguments in ([], ["config"], ["redis://id11"]):
        done = run(*arguments, environment={"XDG_CONFIG_HOME": str(tmp_path)})
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == (f"scantui: {path}, line 2, servers.id11.ulr: unknown key: did you mean url?\n")


def test_a_password_in_an_argument_gets_a_word_that_does_not_repeat_it() -> None:
    done = run("config", "-s", "redis://:s3cret@id11")
    assert done.returncode == 0
    assert "all users of this machine can see" in done.stderr
    assert "s3cret" not in done.stdout + done.stderr


def test_a_password_is_asked_for_on_a_terminal_only() -> None:
    done = run("config", "--ask-password")
    assert done.returncode == 2
    assert "--ask-password needs a terminal" in done.stderr


def test_what_was_changed_in_the_app_wins_until_it_is_reset(tmp_path: Path) -> None:
    configured(tmp_path, 'theme = "nord"\ntime_format = "utc"\n[keys]\npause = "Z"\n[filters]\nnight = "age<12h"\n')
    state = tmp_path / "state" / "scantui" / "state.json"
    Memory(state).change(theme="gruvbox", filter_history=["name=ct"])
    homes = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    file = tmp_path / "scantui" / "config.toml"
    said = words(run("config", environment=homes).stdout)
    assert said["theme"] == "gruvbox   (changed in the monitor)"
    assert said["time_format"] == f"utc   ({file}, line 2)"
    assert said["plot_marks"] == "blocks   (default)"
    assert said["columns"] == "automatic   (default)"
    assert said["keys.pause"] == f"Z   ({file}, line 4)"
    assert said["filters.night"] == f"age<12h   ({file}, line 6)"
    said = words(run("config", "--reset", environment=homes).stdout)
    assert said["theme"] == f"nord   ({file}, line 1)"
    assert Memory(state).state.filter_history == ["name=ct"]


def test_a_key_that_there_is_not_is_reported_before_any_screen_opens(tmp_path: Path) -> None:
    configured(tmp_path, '[keys]\npuase = "Z"\n')
    done = run("config", environment={"XDG_CONFIG_HOME": str(tmp_path)})
    assert done.returncode == 2
    assert "line 2, keys.puase: unknown key: did you mean pause?" in done.stderr


def test_without_a_home_nothing_is_remembered_and_all_else_goes_on() -> None:
    homeless = {"HOME": ".", "XDG_CONFIG_HOME": "", "XDG_STATE_HOME": ""}
    done = run("config", environment=homeless)
    assert (done.returncode, done.stderr) == (0, "")
    assert words(done.stdout)["configuration"] == "none: no home directory"
    terminal = LivingTerminal(scantui("--demo"), homeless)
    try:
        terminal.see("LIVE")
        terminal.type(b"q")
        assert terminal.exit_code() == 0
    finally:
        terminal.close()
