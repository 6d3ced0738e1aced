"""The command line as a process: what goes where, and with which exit code."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from scantui import __version__, cli
from scantui.cli import monitor
from scantui.cli.arguments import filter_terms_as_arguments
from scantui.machine.servers import URL_VARIABLE
from scantui.store.address import DEFAULT_URL


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "scantui", *arguments],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={"PATH": "", "XDG_CONFIG_HOME": os.environ["XDG_CONFIG_HOME"], **environment},
        timeout=60,
    )


def test_the_version_is_said() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"scantui {__version__}\n", "")


def test_help_has_examples_and_the_default() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "scantui --demo" in done.stdout
    assert DEFAULT_URL in done.stdout


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://id11", "starts with redis://"),
        ("redis://:s3cret@id11:port", "no usable host and port"),
        ("redis://:s3cret@id11/first", "the database is a number"),
        ("redis://id11?sslca=x&password=s3cret", "unknown parameter 'sslca'"),
        ("unix://", "names no socket"),
    ],
)
@pytest.mark.parametrize("by_variable", [False, True])
def test_a_url_that_cannot_be_used_is_a_sentence_and_not_a_screen(url: str, said: str, by_variable: bool) -> None:
    done = run(SCANTUI_URL=url) if by_variable else run(url)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("scantui: ")
    assert said in done.stderr
    assert "s3cret" not in done.stderr
    assert "Traceback" not in done.stderr


def test_no_term_of_a_filter_is_taken_for_an_option() -> None:
    words = ["search", "-state=done", "-NUMBER>4", "-s", "id11", "--filter", "-x", "name=-a=b"]
    assert filter_terms_as_arguments(words) == [
        "search", "!state=done", "!NUMBER>4", "-s", "id11", "--filter", "-x", "name=-a=b"
    ]  # fmt: skip


def test_a_url_and_the_demo_exclude_each_other() -> None:
    done = run("redis://id11", "--demo")
    assert done.returncode == 2
    assert "not allowed with" in done.stderr


def test_the_demo_without_its_extra_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("scantui.demo.embedded.find_spec", lambda _: None)
    assert cli.main(["--demo"]) == 1
    assert (
        capsys.readouterr().err
        == "scantui: the demo needs packages that are not installed: pip install 'scantui[demo]'\n"
    )


@pytest.mark.parametrize(
    ("arguments", "variable", "watched"),
    [
        ([], None, DEFAULT_URL),
        ([], "redis://id11:6380", "redis://id11:6380"),
        (["redis://id22"], "redis://id11:6380", "redis://id22:6379"),
        ([], "redis://user:s3cret@id11:6380/2", "redis://id11:6380/2"),
    ],
)
def test_the_url_is_the_argument_then_the_variable_then_the_default(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], variable: str | None, watched: str
) -> None:
    labels: list[str] = []

    def show(feed_of: object, names: list[str], *others: object) -> int:
        labels.append(names[0])
        return 0

    monkeypatch.setattr(monitor, "_show", show)
    monkeypatch.delenv(URL_VARIABLE, raising=False)
    if variable:
        monkeypatch.setenv(URL_VARIABLE, variable)
    assert cli.main(arguments) == 0
    assert labels == [watched]


@pytest.mark.parametrize("arguments", [["redis://a", "redis://:s3cret@b"], ["--redis://:s3cret@b"]])
def test_arguments_that_are_refused_repeat_no_password(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert "unrecognized arguments: <URL>" in done.stderr
    assert "s3cret" not in done.stderr


def test_without_a_terminal_the_monitor_says_so() -> None:
    done = run("redis://127.0.0.1:1")
    assert done.returncode == 2
    assert done.stderr == "scantui: the monitor needs a terminal for its input and output\n"


def test_a_filter_that_cannot_be_read_is_refused_with_its_column() -> None:
    done = run("--demo", "--filter", "name=ct nam=x")
    assert done.returncode == 2
    assert done.stderr.startswith("scantui: filter, column 9: scans have no field 'nam'")
