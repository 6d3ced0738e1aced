"""Workers, profiles and fixtures of all tests: a real Redis, empty or initialised. In CI nothing may be skipped."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from typing import NoReturn

import pytest
from hypothesis import settings

from scantui.system.beacon import HOST_VARIABLE
from scantui.system.servers import URL_VARIABLE
from tests.programs import end_fork_server
from tests.servers import GivenRedis, NoRealRedis, RealRedis, empty_server, initialise

IN_CI = os.environ.get("CI") == "true"
GIVEN_SERVER = "SCANTUI_TEST_URL"
SERVER_FIXTURES = {"redis_server", "start_redis"}
# The environment with blissdata is made on first use.
BLISSDATA_FIXTURE = "peer_python"
MOST_WORKERS = 8
# What the terminal, the user or the locale of the person who runs the tests would change about a program.
PERSONAL = (
    *(URL_VARIABLE, HOST_VARIABLE, "COLUMNS", "LINES", "TMUX", "STY", "NO_COLOR", "COLORTERM", "TERM_PROGRAM"),
    *("LC_ALL", "LC_CTYPE", "LANGUAGE", "PYTHONIOENCODING", "PYTHONUNBUFFERED", "PYTHONUTF8", "PAGER", "MANPAGER"),
)

# On a busy machine a case may take any time.
settings.register_profile("quick", deadline=None, max_examples=20)
settings.register_profile("full", deadline=None, max_examples=100)
settings.load_profile("full" if IN_CI else "quick")


def pytest_xdist_auto_num_workers() -> int:
    """Two workers for each core, since tests wait for programs and servers; one where they share a given server."""
    return 1 if os.environ.get(GIVEN_SERVER) else min(2 * (os.cpu_count() or 1), MOST_WORKERS)


def do_without(reason: str) -> NoReturn:
    """Skip a test for what this machine lacks; in CI that is a failure."""
    if IN_CI:
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def interrupts_arrive() -> None:
    """Programs that a test starts can be interrupted, also when the tests run in the background of a script."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def home_of_nobody(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests, and programs that they start, away from the configuration and state of the user."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
            patch.setenv(variable, str(tmp_path_factory.mktemp("home")))
        for variable in PERSONAL:
            patch.delenv(variable, raising=False)
        patch.setenv("LANG", "C.UTF-8")
        # Colours of other terminals are rounded to what can be read, otherwise than Textual does.
        patch.setenv("TERM", "xterm")
        yield
        end_fork_server()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if SERVER_FIXTURES & fixtures:
            item.add_marker("real_redis")
        if BLISSDATA_FIXTURE in fixtures:
            item.add_marker("slow")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if IN_CI and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("In CI every test has to run: the skipped ones count as failures.", red=True)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if IN_CI and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RealRedis | GivenRedis]:
    """The server that tests share: they may change its data, but not its settings or connections."""
    given = os.environ.get(GIVEN_SERVER)
    if given:
        server = GivenRedis(given)
        try:
            server.refuse_unless_empty()
        except NoRealRedis as error:
            pytest.fail(str(error), pytrace=False)
        yield server
        empty_server(given)
        return
    try:
        own = RealRedis().start()
    except NoRealRedis as error:
        do_without(str(error))
    yield own
    own.stop()


@pytest.fixture
def empty_url(redis_server: RealRedis | GivenRedis) -> str:
    """The URL of an empty database: no key, no index, no function."""
    empty_server(redis_server.url)
    return redis_server.url


@pytest.fixture
def store_url(empty_url: str) -> str:
    """The URL of an initialised database without scans."""
    initialise(empty_url)
    return empty_url


@pytest.fixture
def start_redis() -> Iterator[Callable[..., RealRedis]]:
    """Starts servers that a test may restart, stop or configure; the arguments are those of RealRedis."""
    servers: list[RealRedis] = []

    def start(**arguments: object) -> RealRedis:
        server = RealRedis(**arguments)  # type: ignore[arg-type]
        servers.append(server)
        try:
            return server.start()
        except NoRealRedis as error:
            do_without(str(error))

    yield start
    for server in servers:
        server.stop()
