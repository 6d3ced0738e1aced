"""The configuration file: its content, and errors that name file, line and key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scantui.exceptions import ConfigurationError, MachineError
from scantui.system import toml_file
from scantui.system.config import Configuration

TWO_SERVERS = """\
# the beamlines
[servers.id11]
url = "redis://id11:6380"

[servers.id15]
url = "rediss://id15:6380/1"
username = "viewer"
password_file = "id15.password"
ca_file = "ca.pem"
"""


def configured(directory: Path, text: str | bytes) -> Configuration:
    """The configuration in a file with this text."""
    path = directory / "scantui" / "config.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(0o600)
    return Configuration.read({"XDG_CONFIG_HOME": str(directory)})


def test_without_a_file_nothing_is_configured(tmp_path: Path) -> None:
    configuration = Configuration.read({"XDG_CONFIG_HOME": str(tmp_path)})
    assert (configuration.servers, configuration.default_server) == ((), "")
    assert configuration.file.path == tmp_path / "scantui" / "config.toml"
    assert not configuration.file.exists


def test_the_file_lies_below_the_home_where_no_other_place_is_named(tmp_path: Path) -> None:
    configuration = Configuration.read({"HOME": str(tmp_path), "XDG_CONFIG_HOME": "not/absolute"})
    assert configuration.file.path == tmp_path / ".config" / "scantui" / "config.toml"


def test_named_servers_have_addresses_and_the_first_is_meant_unless_another_is_named(tmp_path: Path) -> None:
    configuration = configured(tmp_path, TWO_SERVERS)
    assert configuration.servers == ("id11", "id15")
    assert configuration.default_server == "id11"
    assert configuration.default_place.endswith("config.toml, line 2")
    assert configuration.address_of("id11").label == "redis://id11:6380"
    named = configured(tmp_path, 'server = "id15"\n' + TWO_SERVERS)
    assert (named.default_server, named.default_place[-6:]) == ("id15", "line 1")


def test_a_password_comes_from_a_file_of_the_user_alone(tmp_path: Path) -> None:
    configuration = configured(tmp_path, TWO_SERVERS)
    file = tmp_path / "scantui" / "id15.password"
    with pytest.raises(ConfigurationError, match=r"line 9, servers\.id15\.ca_file: no such file: .*/ca\.pem"):
        configuration.address_of("id15")
    (tmp_path / "scantui" / "ca.pem").touch()
    with pytest.raises(MachineError, match=r"cannot read the password file .*id15\.password: No such file"):
        configuration.address_of("id15")
    file.write_text("s3cret pass\nand more\n")
    file.chmod(0o640)
    with pytest.raises(MachineError, match=r"other users can read the password file .* mode to 600"):
        configuration.address_of("id15")
    file.chmod(0o600)
    address = configuration.address_of("id15")
    assert (address.username, address.password) == ("viewer", "s3cret pass")
    assert address.tls_settings == {"ssl_ca_certs": str(tmp_path / "scantui" / "ca.pem")}
    assert address.label == "rediss://id15:6380/1"
    file.write_text("\n")
    with pytest.raises(MachineError, match="is empty"):
        configuration.address_of("id15")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[servers.id11]\n\nulr = 'redis://x'\n", "line 3, servers.id11.ulr: unknown key: did you mean url?"),
        ("# a\nsevers = 5\n", "line 2, severs: unknown key: did you mean servers?"),
        ("servers = 5\n", "line 1, servers: must be a table"),
        ("[servers]\nid11 = 'redis://x'\n", "line 2, servers.id11: must be a table"),
        ("[servers.id11]\nurl = 5\n", "line 2, servers.id11.url: must be a string"),
        ("[servers.id11]\n", "line 1, servers.id11: url is missing"),
        ("[servers.id11]\nurl = 'http://:s3cret@x'\n", "line 2, servers.id11.url: a data store's URL starts with"),
        (
            "[servers.id11]\nurl = 'redis://:s3cret@x'\npassword_file = 'f'\n",
            "line 3, servers.id11.password_file: the url already has a password",
        ),
        ("[servers.id11]\nurl = 'redis://x'\nca_file = 'f'\n", "line 3, servers.id11.ca_file: this needs an encrypted"),
        ("[servers.demo]\nurl = 'redis://x'\n", "line 1, servers.demo: a server name has at most 24 letters"),
        ("[servers.'a b']\nurl = 'redis://x'\n", "line 1, servers.a b: a server name has at most 24 letters"),
        (
            "server = 'id1'\n[servers.id11]\nurl = 'redis://x'\n",
            "line 1, server: unknown value 'id1': did you mean id11?",
        ),
        ("time_format = 'ages'\n", "line 1, time_format: unknown value 'ages': did you mean age?"),
        ("columns = 5\n", "line 1, columns: must be a list of strings"),
        ("columns = []\n", "line 1, columns: must be a list of strings"),
        ("columns = [\n 'state',\n 5,\n]\n", "line 1, columns: must be a list of strings"),
        ("[filters]\nnight = 'name=ct nam=x'\n", "line 2, filters.night: filter, column 9: scans have no field"),
        ("[keys]\npause = ['p', '']\n", "line 2, keys.pause: must be a list of strings"),
        ("theme = 'nord\n", "line 1: invalid TOML: "),
        ("[servers\n", "line 1: invalid TOML: "),
        ("theme = [", "line 1: invalid TOML: "),
        ("a = 1\na = 2\n", "line 2: invalid TOML: "),
    ],
)
def test_a_mistake_is_reported_with_file_line_and_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        configured(tmp_path, text)
    assert str(refused.value).startswith(f"{tmp_path / 'scantui' / 'config.toml'}, {said}")
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"theme = '\xff'", "line 1 is not UTF-8; save the file as UTF-8"), (b"#" * (2 << 20), "larger than 1 MiB")],
)
def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path, content: bytes, said: str) -> None:
    with pytest.raises(MachineError, match=f"cannot read .*config.toml: .*{said}"):
        configured(tmp_path, content)


def test_a_key_is_found_where_it_begins_in_whatever_way_it_is_written(tmp_path: Path) -> None:
    text = 'columns = [ # servers.b.url\n  "state",\n  "url = 5",\n]\nservers.b.url = "redis://b"\nservers = 1'
    with pytest.raises(ConfigurationError, match="line 6: invalid TOML"):
        configured(tmp_path, text)
    file = configured(tmp_path, text.rpartition("\n")[0]).file
    assert file.place("columns").endswith("line 1")
    assert file.place("servers", "b", "url").endswith("line 5")
    inline = configured(tmp_path, '\n[servers]\na = { url = "redis://a" }\n"b.c".url = """redis://b"""\n').file
    assert inline.place("servers", "a", "url").endswith("line 3")
    assert inline.place("servers", "b.c").endswith("line 4")


def test_a_long_file_is_read_a_few_times_to_tell_a_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    servers = "".join(f'[servers.id{number}]\nurl = "redis://id{number}"\n\n' for number in range(200))
    file = configured(tmp_path, f"columns = [\n  'state',\n  'name',\n]\n{servers}").file
    read: list[str] = []
    parsed = vars(toml_file)["_parsed"]

    def counted(text: str) -> Any:
        read.append(text)
        return parsed(text)

    monkeypatch.setattr(toml_file, "_parsed", counted)
    for keys, line in ((("columns",), 1), (("servers", "id0"), 5), (("servers", "id199", "url"), 603)):
        read.clear()
        assert file.place(*keys).endswith(f"line {line}")
        assert len(read) < 20


def test_a_file_with_a_mark_of_its_encoding_is_read(tmp_path: Path) -> None:
    path = tmp_path / "scantui" / "config.toml"
    path.parent.mkdir()
    path.write_bytes(b'\xef\xbb\xbftheme = "nord"\n')
    assert Configuration.read({"XDG_CONFIG_HOME": str(tmp_path)}).preferences.theme == "nord"


@pytest.mark.parametrize(
    "content",
    [
        'server = "u:s3cret@h"\n[servers.a]\nurl = "redis://h"',
        '[servers."redis://u:s3cret@h"]\nurl = "redis://h"',
        '"redis://u:s3cret@h" = 1',
        '[servers.a]\nurl = "redis://:12#s3cret@h"',
        '[servers.a]\nurl = "redis://:12?s3cret@h"',
        'columns = { "u:s3cret@h" = 1 }',
        'theme = "redis://u:s3cret@h',
        '[servers.a]\nurl = "redis://h"\n"u:s3cret@h" = 1',
        'time_format = "redis://u:s3cret@h"',
    ],
)
def test_no_complaint_repeats_what_may_be_a_password(tmp_path: Path, content: str) -> None:
    path = tmp_path / "scantui" / "config.toml"
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(ConfigurationError) as raised:
        Configuration.read({"XDG_CONFIG_HOME": str(tmp_path)})
    assert "s3cret" not in str(raised.value)
