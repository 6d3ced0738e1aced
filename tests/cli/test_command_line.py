"""The command line as a process: what goes where, and with which exit code."""

from __future__ import annotations

from pathlib import Path

import pytest

from scantui import __version__, cli
from scantui.cli import monitor
from scantui.cli.arguments import filter_terms_as_arguments
from scantui.cli.commands import COMMANDS, parser_of
from scantui.cli.main import command_and_arguments
from scantui.cli.monitor import plain_options
from scantui.store.address import DEFAULT_URL
from scantui.system.servers import URL_VARIABLE
from tests.cli.processes import Running, run, run_as_process
from tests.terminals import LivingTerminal, scantui


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
        ("redis://id11?sslca=x&password=s3cret", "an unknown parameter"),
        ("unix://", "names no socket"),
    ],
)
@pytest.mark.parametrize("by_variable", [False, True])
def test_a_url_that_cannot_be_used_is_a_sentence_and_not_a_screen(url: str, said: str, by_variable: bool) -> None:
    done = run(environment={"SCANTUI_URL": url}) if by_variable else run(url)
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


@pytest.mark.parametrize(
    ("words", "read"),
    [
        (["--count", "--", "-rough"], ["-rough"]),
        (["a", "--count", "--", "--json", "b", "-1"], ["a", "--json", "b", "-1"]),
        (["--count", "--"], []),
        (["a", "--count", "b"], ["a", "b"]),
    ],
)
def test_nothing_after_two_hyphens_is_an_option(words: list[str], read: list[str]) -> None:
    options = parser_of("search").parse_intermixed_args(words)
    assert options.filter == read
    assert options.count


def test_a_word_that_was_meant_to_be_excluded_is_answered_with_the_right_form() -> None:
    for word in ("-rough", "-healthz"):
        done = run("search", word)
        assert done.returncode == 2
        assert done.stderr.endswith("; to exclude a word, write !word\n")


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

    def show(source: object, label: str, options: object, scan_filter: object, **others: object) -> int:
        labels.append(label)
        return 0

    monkeypatch.setattr(monitor, "show", show)
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


@pytest.mark.parametrize(
    "command",
    [
        *("search", "last", "tail", "wait", "watch", "report", "show", "plot", "values", "peak"),
        *("diff 1", "delete", "values 4", "peak 4", "create", "notes", "record"),
    ],
)
def test_a_url_in_the_place_of_something_else_is_refused_without_its_password(command: str) -> None:
    done = run(*command.split(), "redis+sentinel://me:s3cret@id11/x")
    assert (done.returncode, done.stderr) == (2, "scantui: a URL names a server: give it with -s URL\n")


@pytest.mark.parametrize(
    "url",
    [
        *("redis//u:secret@h:1", "redis:u:secret@h", "http://u:secret@h/x", "//u:secret@h", "://u:secret@h"),
        *("u:secret@host:6379", ":secret@127.0.0.1:6379/0", "u:secret@[::1]:6379", "redis\\u:secret@h"),
    ],
)
def test_what_was_meant_as_a_url_is_not_repeated_either(url: str) -> None:
    for words in (["search", url], ["last", f" {url}"], ["show", url], ["diff", "3", url], ["replay", url]):
        done = run(*words)
        assert (done.returncode, done.stderr) == (2, "scantui: a URL names a server: give it with -s URL\n")
    assert "secret" not in run("show", "u:secret@host").stderr
    assert "secret" not in run("search", "-s", "unix:///secret@host:1/0").stderr


def test_without_a_terminal_the_monitor_says_so() -> None:
    done = run("redis://127.0.0.1:1")
    assert done.returncode == 2
    assert done.stderr == (
        "scantui: the monitor needs a terminal: input, output and errors must not be redirected. "
        "Without one, use scantui tail, which prints new scans as lines\n"
    )


def test_a_filter_that_cannot_be_read_is_refused_with_its_column() -> None:
    done = run("--demo", "--filter", "name=ct nam=x")
    assert done.returncode == 2
    assert done.stderr.startswith("scantui: filter, column 9: scans have no field 'nam'")


def test_help_lists_every_command() -> None:
    done = run("--help")
    assert [name for name in COMMANDS if f"  scantui {name} " not in done.stdout] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples_and_exit_codes(command: str) -> None:
    done = run(command, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert f"usage: scantui {command}" in done.stdout
    assert f"examples:\n  scantui {command}" in done.stdout
    assert "exit codes:\n  0    " in done.stdout
    assert ("--server" in done.stdout) is (command not in ("replay", "help", "completion", "notes"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tial"], "unknown command 'tial': did you mean tail?"),
        (["-s", "id11", "serch"], "unknown command 'serch': did you mean search?"),
        (["localhost"], "give a command, a configured server or a URL such as redis://host:6380"),
        (["tail", "--json", "--plain"], "not allowed with"),
        (["tail", "--since", "soon"], "--since: 'soon' is not a valid time"),
        (["tail", "--max", "0"], "must be a whole number of at least 1, not '0'"),
        (["search", "nam=x"], "filter, column 1: scans have no field 'nam': did you mean name?"),
        (["search", "--json", "--csv"], "not allowed with"),
        (["search", "-s", "http://:s3cret@id11"], "starts with redis://"),
        (["show"], "required: KEY|NUMBER"),
        (["wait", "--until", "done"], "invalid choice: 'done'"),
        (["wait", "--timeout", "nan"], "must be a positive number of seconds, not 'nan'"),
        (["create"], "required: NAME"),
        (["create", "x", "--points", "many"], "points must be a whole number, not 'many'"),
        (["create", "x", "--number", "1.5"], "number must be a whole number, not '1.5'"),
        (["create", ""], "name cannot be empty"),
        (["delete"], "required: KEY"),
        (["init"], "name the Redis to prepare"),
        (["init", "redis://:s3cret@id11/first"], "the database is a number"),
        (["search", b"name=\xff"], "is not valid text"),
        (["show", "\x1b[31mred", "--what"], "unrecognized arguments"),
        (["search", "amesh", "robx", "-1", "--backnforth"], "; put a title in quotation marks, or -- before"),
    ],
)
def test_arguments_that_cannot_be_used_are_refused_with_a_sentence(arguments: list[str | bytes], said: str) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize(
    "arguments", [["search"], ["last"], ["show", "1"], ["create", "x"], ["delete", "esrf:scan:x"], ["init"]]
)
def test_a_server_that_is_not_there_is_a_sentence_and_a_fault(arguments: list[str]) -> None:
    done = run(*arguments, "-s", "redis://:s3cret@127.0.0.1:1")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("scantui: ")
    assert "refuses the connection" in done.stderr
    assert "Traceback" not in done.stderr
    assert "s3cret" not in done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["tail", "--help"], ["search", "--demo", "--json"]])
def test_a_closed_pipe_ends_a_command_quietly(arguments: list[str]) -> None:
    started = Running(*arguments)
    started.stop_reading()
    assert started.end() == (0, "", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_an_output_that_is_full_is_a_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        done = run_as_process("search", "--demo", "--keys", stdout=full.fileno())
    assert (done.returncode, done.stderr) == (1, "scantui: cannot write the output: No space left on device\n")


def test_ctrl_d_gives_no_password() -> None:
    terminal = LivingTerminal(scantui("redis://127.0.0.1:1", "--ask-password"))
    try:
        terminal.read_until(b"Password for ")
        terminal.type(b"\x04")
        assert terminal.exit_code() == 2
        assert b"scantui: no password entered" in terminal.written
    finally:
        terminal.close()


@pytest.mark.parametrize(
    "words",
    [
        ["search", "-s", "redis://127.0.0.1:1", "--demo"],
        ["init", "redis://127.0.0.1:1", "-s", "redis://127.0.0.1:2"],
        ["doctor", "redis://127.0.0.1:1", "-s", "redis://127.0.0.1:2"],
        ["doctor", "redis://127.0.0.1:1", "--demo"],
        ["redis://127.0.0.1:1", "-s", "id11"],
    ],
)
def test_of_url_server_and_demo_one_is_given(words: list[str]) -> None:
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "scantui: give only one of URL, -s and --demo\n"


@pytest.mark.parametrize(
    ("line", "command", "arguments"),
    [
        ("-s id11 search is=problem", "search", "-s id11 is=problem"),
        ("--demo last", "last", "--demo"),
        ("--server=id11 --ask-password tail --json", "tail", "--server=id11 --ask-password --json"),
        ("search -s tail", "search", "-s tail"),
        ("-s search", "monitor", "-s search"),
        ("redis://id11 --filter search", "monitor", "redis://id11 --filter search"),
        ("", "monitor", ""),
    ],
)
def test_options_for_all_commands_may_stand_before_the_command(line: str, command: str, arguments: str) -> None:
    found, words = command_and_arguments(line.split())
    assert (found, " ".join(words)) == (command, arguments)


@pytest.mark.parametrize("words", [[], ["redis://id11:6380"], ["id11"], [""]])
def test_a_monitor_without_options_has_those_of_the_parser(words: list[str]) -> None:
    plain = plain_options(words)
    assert plain is not None
    assert vars(plain) == vars(parser_of("monitor").parse_args(words))


@pytest.mark.parametrize("words", [["--demo"], ["-s", "id11"], ["id11", "id15"], ["-x"], ["--"]])
def test_other_command_lines_are_left_to_the_parser(words: list[str]) -> None:
    assert plain_options(words) is None
