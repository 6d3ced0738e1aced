"""The configuration file: named servers and preferences for the screen. scantui reads it and never writes it.

Rule: columns, keys and themes are kept as written: only the screen can check them, and `file` makes its errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

import msgspec

from scantui.exceptions import ConfigurationError, FilterSyntaxError, MachineError, UsageError
from scantui.filters import ScanFilter
from scantui.store.address import ServerAddress
from scantui.system.files import configuration_directory, machine_errors, read_secret
from scantui.system.toml_file import TomlFile
from scantui.text import printable

TimeFormat = Literal["age", "clock", "utc"]
PlotMarks = Literal["blocks", "dots", "ascii"]
FILE_NAME = "config.toml"
DEMO = "demo"
# The simulated beamlines, by the order in which they are taken.
DEMO_NAMES = (DEMO, "demo2")
# What stands for all configured servers.
ALL = "all"

_SERVER_NAME = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,23}"
_IS_NAME = f"has at most 24 letters, digits and . - _, and is neither {DEMO} nor {ALL}"

_SERVER_KEYS = ("url", "username", "password_file", "ca_file")
_ALERT_KEYS = ("when", "filter", "exec", "again", "bell", "armed")
_KEYS = (
    *("server", "servers", "groups", "theme", "time_format", "columns", "dataset_rules", "plot_marks", "keys"),
    "filters",
    *("alerts", "no_exec", "notes_dir"),
)


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """How the user wants the screen; empty or None means the default.

    `columns` holds the keys of the columns, `dataset_rules` is whether rules part datasets, `keys` holds the keyboard
    keys by action name, `filters` the saved filters by name.
    """

    theme: str = ""
    time_format: TimeFormat | Literal[""] = ""
    columns: list[str] | None = None
    dataset_rules: bool = True
    plot_marks: PlotMarks | Literal[""] = ""
    keys: dict[str, list[str]] = {}
    filters: dict[str, str] = {}


class AlertTable(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of [alerts.NAME] as it is written, except for its filter, which is known to be one."""

    when: list[str] = []
    filter: str = ""
    exec: str = ""
    again: str = ""
    bell: Literal["once", "until-key", "none"] = "once"
    armed: bool = False


class Configuration:
    """The content of the file. Raises ConfigurationError if something in it is wrong.

    What is wrong with one of several servers is that server's own: `faults` has it, by name.
    """

    def __init__(self, file: TomlFile) -> None:
        self.file = file
        file.table(known=_KEYS)
        self.servers = tuple(file.table("servers"))
        # Report mistakes in all servers now, not only in the one that is used; the others can still be used.
        self.faults: dict[str, ConfigurationError] = {}
        for name in self.servers:
            self._check_server_name(name)
            try:
                self._address_without_file(name)
            except ConfigurationError as error:
                self.faults[name] = error
        if self.faults and len(self.faults) == len(self.servers):
            raise next(iter(self.faults.values()))
        self.groups = {name: self._group(name) for name in file.table("groups")}
        wanted = file.text("server")
        if wanted and "://" not in wanted:
            file.require_known(("server",), wanted, self.names)
        self.default_server = wanted or next(iter(self.servers), "")
        self._default_keys = ("server",) if wanted else ("servers", self.default_server)
        self.preferences = Preferences(
            theme=file.text("theme"),
            time_format=file.word("time_format", known=get_args(TimeFormat)),  # type: ignore[arg-type]
            columns=file.texts("columns"),
            dataset_rules=file.flag("dataset_rules", default=True),
            plot_marks=file.word("plot_marks", known=get_args(PlotMarks)),  # type: ignore[arg-type]
            keys={action: file.texts("keys", action) or [] for action in file.table("keys")},
            filters={name: self._filter("filters", name) for name in file.table("filters")},
        )
        self.alerts = {name: self._alert(name) for name in file.table("alerts")}
        self.no_exec = file.flag("no_exec")
        self.notes_directory = self._path("notes_dir")

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Configuration:
        """Read the user's file; without a file or a home directory, nothing is configured."""
        return cls(TomlFile.read(configuration_path(environment)))

    @property
    def names(self) -> tuple[str, ...]:
        """All names that stand for servers: those of servers, of groups, and `all`."""
        return (*self.servers, *self.groups, *((ALL,) if self.servers else ()))

    def servers_named(self, name: str) -> tuple[str, ...]:
        """The servers that a name stands for, none if it is not one of `names`."""
        if name in self.servers:
            return (name,)
        return self.servers if name == ALL else self.groups.get(name, ())

    @property
    def default_place(self) -> str:
        """The file and line that name the default server."""
        return self.file.place(*self._default_keys)

    def address_of(self, name: str) -> ServerAddress:
        """The address of a named server, with its password. Raises MachineError if the password file cannot be read."""
        address = self._address_without_file(name)
        ca_file = self._path("servers", name, "ca_file")
        if ca_file is not None and not ca_file.is_file():
            raise self.file.complaint(("servers", name, "ca_file"), f"no such file: {ca_file}")
        password_file = self._path("servers", name, "password_file")
        return msgspec.structs.replace(address, password=read_secret(password_file)) if password_file else address

    def warning_about(self, name: str) -> str:
        """A warning about how the file stores a server's password, or an empty string."""
        if self.file.others_may_read and self._address_without_file(name).password is not None:
            return printable(f"other users can read the password in {self.file.path}: set its mode to 600")
        return ""

    def _check_server_name(self, name: str) -> None:
        if name in (DEMO, ALL) or not re.fullmatch(_SERVER_NAME, name):
            raise self.file.complaint(("servers", name), f"a server name {_IS_NAME}")

    def _address_without_file(self, name: str) -> ServerAddress:
        here = ("servers", name)
        self.file.table(*here, known=_SERVER_KEYS)
        url = self.file.text(*here, "url")
        if not url:
            raise self.file.complaint(here, 'url is missing: add one, such as url = "redis://id11:6380"')
        try:
            address = ServerAddress.parse(url)
        except UsageError as error:
            raise self.file.complaint((*here, "url"), str(error)) from None
        username, ca_file = self.file.text(*here, "username"), self._path(*here, "ca_file")
        if address.password is not None and self.file.text(*here, "password_file"):
            raise self.file.complaint((*here, "password_file"), "the url already has a password: remove one of the two")
        if username:
            address = msgspec.structs.replace(address, username=username)
        if ca_file is not None:
            if not address.tls:
                raise self.file.complaint(
                    (*here, "ca_file"), "this needs an encrypted connection: start the url with rediss://"
                )
            settings = {**address.tls_settings, "ssl_ca_certs": str(ca_file)}
            address = msgspec.structs.replace(address, tls_settings=settings)
        return address

    def _group(self, name: str) -> tuple[str, ...]:
        here = ("groups", name)
        if name in (DEMO, ALL) or name in self.servers or not re.fullmatch(_SERVER_NAME, name):
            raise self.file.complaint(here, f"a group name {_IS_NAME}, nor a server")
        members = self.file.texts(*here) or []
        for member in members:
            if member in self.file.table("groups") and member not in self.servers:
                raise self.file.complaint(here, f"{member} is a group: name its servers instead")
            self.file.require_known(here, member, self.servers)
        return tuple(dict.fromkeys(members))

    def _path(self, *keys: str) -> Path | None:
        """The path that a key names; a relative path starts at the directory of the configuration file."""
        text = self.file.text(*keys)
        if not text or self.file.path is None:
            return None
        with machine_errors(f"cannot find {text}"):
            return self.file.path.parent / Path(text).expanduser()

    def _alert(self, name: str) -> AlertTable:
        here = ("alerts", name)
        self.file.table(*here, known=_ALERT_KEYS)
        bell = self.file.word(*here, "bell", known=("once", "until-key", "none")) or "once"
        return AlertTable(
            when=self.file.texts(*here, "when") or [],
            filter=self._filter(*here, "filter"),
            exec=self.file.text(*here, "exec"),
            again=self.file.text(*here, "again"),
            bell=bell,  # type: ignore[arg-type]
            armed=self.file.flag(*here, "armed"),
        )

    def _filter(self, *keys: str) -> str:
        text = self.file.text(*keys)
        try:
            ScanFilter.parse(text)
        except FilterSyntaxError as error:
            raise self.file.complaint(keys, f"filter, column {error.column}: {error}") from None
        return text


def configuration_path(environment: Mapping[str, str]) -> Path | None:
    """The path of the file, which need not exist; None without a home directory."""
    try:
        return configuration_directory(environment) / FILE_NAME
    except MachineError:
        return None
