"""A URL that is refused leaves no trace of its secret: on stdout and stderr, in the log, whichever way it was given."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from scantui.exceptions import UsageError
from scantui.store.address import ServerAddress
from tests.cli.processes import run
from tests.store.test_address import SECRET, malformed

EACH_WAY = 25


class Given(NamedTuple):
    arguments: list[str]
    environment: dict[str, str] = {}
    configuration: str = ""


def _in_toml(url: str) -> str:
    escaped = url.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return f'server = "id11"\n[servers.id11]\nurl = "{escaped}"\n'


WAYS: dict[str, Callable[[str], Given]] = {
    "argument of the monitor": lambda url: Given([url]),
    "-s before the command": lambda url: Given(["-s", url, "search", "name=ct"]),
    "-s behind the command": lambda url: Given(["search", "name=ct", "-s", url]),
    "--server=": lambda url: Given(["tail", f"--server={url}"]),
    "-s without a blank": lambda url: Given(["last", f"-s{url}"]),
    "argument of doctor": lambda url: Given(["doctor", url]),
    "argument of init": lambda url: Given(["init", url]),
    "where a filter belongs": lambda url: Given(["wait", url, "--nonsense"]),
    "where a key belongs": lambda url: Given(["show", "-s", url, "1"]),
    "two of them": lambda url: Given(["search", "-s", url, "-s", url]),
    "environment": lambda url: Given(["search"], {"SCANTUI_URL": url}),
    "environment of watch": lambda url: Given(["watch", "--when", "fail", "--exec", "env"], {"SCANTUI_URL": url}),
    "environment of doctor": lambda url: Given(["doctor"], {"SCANTUI_URL": url}),
    "environment of config": lambda url: Given(["config"], {"SCANTUI_URL": url}),
    "BEACON_HOST": lambda url: Given(["search"], {"BEACON_HOST": url}),
    "configuration": lambda url: Given(["search"], {}, _in_toml(url)),
    "configuration of config": lambda url: Given(["config"], {}, _in_toml(url)),
    "configuration of doctor": lambda url: Given(["doctor"], {}, _in_toml(url)),
    "a name in the configuration": lambda url: Given(["tail", "-s", url], {}, _in_toml("redis://h")),
    "log": lambda url: Given(["search", "--log-level", "debug", "-s", url]),
}


def refused_urls(seed: int, count: int) -> list[str]:
    """Malformed URLs that name no server; each holds the secret."""
    rng, found = random.Random(seed), list[str]()  # noqa: S311 - the same each time is what is wanted
    while len(found) < count:
        url = malformed(rng)
        try:
            ServerAddress.parse(url)
        except UsageError:
            found.append(url)
    return found


def traces(given: Given, home: Path) -> str:
    """All that a command wrote."""
    config, state = home / "config" / "scantui", home / "state"
    config.mkdir(parents=True, exist_ok=True)
    (config / "config.toml").write_text(given.configuration)
    places = {"XDG_CONFIG_HOME": str(home / "config"), "XDG_STATE_HOME": str(state)}
    done = run(*given.arguments, environment={**places, **given.environment})
    assert done.returncode != 0 or "config" in given.arguments, given
    files = "".join(path.read_text() for path in state.rglob("*") if path.is_file())
    return f"{done.stdout}{done.stderr}{files}".lower()


@pytest.mark.parametrize("way", WAYS)
def test_a_refused_url_leaves_no_trace_of_its_secret(way: str, tmp_path: Path) -> None:
    for url in refused_urls(len(way), EACH_WAY):
        given = WAYS[way](url)
        assert SECRET.lower() not in traces(given, tmp_path), given
