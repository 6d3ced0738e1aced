"""Several servers at once: groups, `all`, repeated names, and several Beacon servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from scantui.exceptions import ConfigurationError, MachineError, UnreachableError, UsageError
from scantui.system.beacon import HOST_VARIABLE
from scantui.system.config import Configuration
from scantui.system.servers import find_server, find_servers
from tests.system.test_config import configured

NO_FILE = Configuration.read({"XDG_CONFIG_HOME": "/nowhere"})
THREE = """\
[servers.id11]
url = "redis://id11:6380"
[servers.id15]
url = "redis://id15:6380"
[servers.bm05]
url = "redis://bm05:6380"
"""


def names(configuration: Configuration, *given: str, **environment: str) -> list[str]:
    return [server.name for server in find_servers(given, environment, configuration)]


def test_a_group_and_all_stand_for_servers_each_of_which_counts_once(tmp_path: Path) -> None:
    file = configured(tmp_path, f'{THREE}[groups]\nmaterials = ["id15", "id11", "id15"]\nalone = "bm05"\n')
    assert names(file) == ["id11"]
    assert names(file, "materials") == ["id15", "id11"]
    assert names(file, "alone") == ["bm05"]
    assert names(file, "all") == ["id11", "id15", "bm05"]
    assert names(file, "bm05", "materials", "all") == ["bm05", "id15", "id11"]
    assert names(file, "id11", "redis://id11:6380", "redis://else") == ["id11", "redis://else:6379"]


@pytest.mark.parametrize(("default", "meant"), [("both", ["id11", "bm05"]), ("all", ["id11", "id15", "bm05"])])
def test_a_group_may_be_the_default(tmp_path: Path, default: str, meant: list[str]) -> None:
    file = configured(tmp_path, f'server = "{default}"\n{THREE}[groups]\nboth = ["id11", "bm05"]\n')
    assert names(file) == meant
    assert find_servers((), {}, file)[0].origin.endswith("line 1")


@pytest.mark.parametrize(
    ("groups", "complaint"),
    [
        ('night = ["id11", "id51"]', r"line 8, groups\.night: unknown value 'id51': did you mean id15\?"),
        ('night = ["redis://:s3cret@id11"]', r"line 8, groups\.night: unknown value: give one of id11, id15, bm05"),
        ('day = ["id11"]\nnight = ["bm05", "day"]', r"line 9, groups\.night: day is a group: name its servers instead"),
        ('night = ["night"]', r"line 8, groups\.night: night is a group: name its servers instead"),
        ("night = []", r"line 8, groups\.night: must be a list of strings"),
        ("night = 3", r"line 8, groups\.night: must be a list of strings"),
        ('id11 = ["id15"]', r"line 8, groups\.id11: a group name .* nor a server"),
        ('all = ["id15"]', r"line 8, groups\.all: a group name .* neither demo nor all"),
        ('"a b" = ["id15"]', r"line 8, groups\.a b: a group name has at most 24 letters"),
    ],
)
def test_a_group_that_names_no_servers_is_refused_with_its_line(tmp_path: Path, groups: str, complaint: str) -> None:
    with pytest.raises(ConfigurationError, match=complaint) as refused:
        configured(tmp_path, f"{THREE}[groups]\n{groups}\n")
    assert "s3cret" not in str(refused.value)


def test_a_name_that_stands_for_nothing_is_refused(tmp_path: Path) -> None:
    file = configured(tmp_path, f'{THREE}[groups]\nmaterials = ["id15", "id11"]\n')
    with pytest.raises(UsageError, match="no server of that name: did you mean materials"):
        names(file, "id11", "material")
    with pytest.raises(UsageError, match="no server of that name: give one of id11, id15, bm05"):
        names(file, "xyzzy")
    with pytest.raises(UsageError, match="all stands for the servers of the configuration file, which has none"):
        names(NO_FILE, "all")


def test_what_takes_one_server_refuses_several(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="this takes one server, not 3: give one of them with -s NAME"):
        find_server("all", {}, configured(tmp_path, THREE))


def test_each_of_several_beacons_gives_a_server_called_by_its_host() -> None:
    hosts = "id11, id15:7 id11,"
    found = find_servers((), {HOST_VARIABLE: hosts, "BEACON_PORT": "9"}, NO_FILE)
    assert [(server.name, server.beacon) for server in found] == [("id11", "id11:9"), ("id15:7", "id15:7")]
    assert names(NO_FILE, **{HOST_VARIABLE: "id11,"}) == ["Beacon id11:25000"]
    with pytest.raises(UsageError, match="BEACON_HOST takes host:port, not a URL") as refused:
        names(NO_FILE, **{HOST_VARIABLE: "id11,redis://:s3cret@id15"})
    assert "s3cret" not in str(refused.value)


def test_what_is_wrong_with_one_of_several_servers_is_its_own_problem(tmp_path: Path) -> None:
    wrong = '[servers.id19]\nurl = "http://:s3cret@id19"\n[servers.id22]\nurl = "redis://id22"\npassword_file = "x"\n'
    file = configured(tmp_path, f"{THREE}{wrong}")
    assert list(file.faults) == ["id19"]
    found = {server.name: server for server in find_servers(["all"], {}, file)}
    assert list(found) == ["id11", "id15", "bm05", "id19", "id22"]
    problems = {name: str(server.problem) for name, server in found.items() if server.problem}
    assert list(problems) == ["id19", "id22"]
    assert "line 8, servers.id19.url: a data store's URL starts with" in problems["id19"]
    assert problems["id22"].startswith("cannot read the password file ")
    assert "s3cret" not in str(problems)
    with pytest.raises(UnreachableError, match="cannot read the password file"):
        found["id22"].address_now()
    assert find_server("id11", {}, file).problem is None
    with pytest.raises(ConfigurationError, match=r"servers\.id19\.url"):
        find_server("id19", {}, file)
    with pytest.raises(MachineError, match="cannot read the password file"):
        find_server("id22", {}, file)
