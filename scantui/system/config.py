"""The configuration: named servers, and what the user wants of the screen; read from one file, and never written.

Rule: what only the screen can judge (columns, keys, themes) is kept as it is written, with the file to complain of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

import msgspec

from scantui.exceptions import FilterSyntaxError, MachineError, UsageError
from scantui.filters import ScanFilter
from scantui.store.address import ServerAddress
from scantui.system.files import configuration_directory, machine_errors, read_secret
from scantui.system.toml_file import TomlFile
from scantui.text import printable

TimeFormat = Literal["age", "clock", "utc"]
FILE_NAME = "config.toml"
DEMO = "demo"

_SERVER_NAME = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,23}"

_SERVER_KEYS = ("url", "username", "password_file", "ca_file")
_ALERT_KEYS = ("when", "filter", "exec", "again", "bell", "armed")
_KEYS = (
    *("server", "servers", "theme", "time_format", "columns", "keys", "filters"),
    *("alerts", "no_exec", "notes_dir"),
)


class Preferences(msgspec.Struct, frozen=True, kw_only=True):
    """How the user wants the screen; what is empty or None stands for the program's own choice.

    `columns` holds the keys of the columns, `keys` the keys of the keyboard by the names of actions, `filters` the
    saved filters by their names.
    """

    theme: str = ""
    time_format: TimeFormat | Literal[""] = ""
    columns: list[str] | None = None
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
    """What stands in the file. Raises ConfigurationError when it cannot be used as it is."""

    def __init__(self, file: TomlFile) -> None:
        self.file = file
        file.table(known=_KEYS)
        self.servers = tuple(file.table("servers"))
        # A server that is not meant may still be misspelt, and is better told of now.
        for name in self.servers:
            self._address_without_file(name)
        wanted = file.text("server")
        if wanted and "://" not in wanted:
            file.require_known(("server",), wanted, self.servers)
        self.default_server = wanted or next(iter(self.servers), "")
        self._default_keys = ("server",) if wanted else ("servers", self.default_server)
        self.preferences = Preferences(
            theme=file.text("theme"),
            time_format=file.word("time_format", known=get_args(TimeFormat)),  # type: ignore[arg-type]
            columns=file.texts("columns"),
            keys={action: file.texts("keys", action) or [] for action in file.table("keys")},
            filters={name: self._filter("filters", name) for name in file.table("filters")},
        )
        self.alerts = {name: self._alert(name) for name in file.table("alerts")}
        self.no_exec = file.flag("no_exec")
        self.notes_directory = self._path("notes_dir")

    @classmethod
    def read(cls, environment: Mapping[str, str]) -> Configuration:
        """Read the file of this user; without one, or without a home for it, nothing is configured."""
        return cls(TomlFile.read(configuration_path(environment)))

    @property
    def default_place(self) -> str:
        """Where the server stands that is meant when nothing else names one."""
        return self.file.place(*self._default_keys)

    def address_of(self, name: str) -> ServerAddress:
        """The address of a named server, with the password of its file; MachineError when that cannot be read."""
        address = self._address_without_file(name)
        ca_file = self._path("servers", name, "ca_file")
        if ca_file is not None and not ca_file.is_file():
            raise self.file.complaint(("servers", name, "ca_file"), f"there is no file {ca_file}")
        password_file = self._path("servers", name, "password_file")
        return msgspec.structs.replace(address, password=read_secret(password_file)) if password_file else address

    def caution_about(self, name: str) -> str:
        """What is to be said about how a server is named here, if anything."""
        if self.file.others_may_read and self._address_without_file(name).password is not None:
            return printable(f"others may read the password in {self.file.path}: chmod 600 it")
        return ""

    def _address_without_file(self, name: str) -> ServerAddress:
        here = ("servers", name)
        self.file.table(*here, known=_SERVER_KEYS)
        if name == DEMO or not re.fullmatch(_SERVER_NAME, name):
            raise self.file.complaint(
                here, "a server's name has letters, digits and . - _, 24 at most, and is not demo"
            )
        url = self.file.text(*here, "url")
        if not url:
            raise self.file.complaint(here, 'it has no url: write one below, as url = "redis://id11:6380"')
        try:
            address = ServerAddress.parse(url)
        except UsageError as error:
            raise self.file.complaint((*here, "url"), str(error)) from None
        username, ca_file = self.file.text(*here, "username"), self._path(*here, "ca_file")
        if address.password is not None and self.file.text(*here, "password_file"):
            raise self.file.complaint((*here, "password_file"), "the url has a password already: keep one of the two")
        if username:
            address = msgspec.structs.replace(address, username=username)
        if ca_file is not None:
            if not address.tls:
                raise self.file.complaint(
                    (*here, "ca_file"), "it is for encrypted connections: start the url with rediss://"
                )
            settings = {**address.tls_settings, "ssl_ca_certs": str(ca_file)}
            address = msgspec.structs.replace(address, tls_settings=settings)
        return address

    def _path(self, *keys: str) -> Path | None:
        """A file that is named; one without a leading slash lies beside the configuration."""
        text = self.file.text(*keys)
        if not text or self.file.path is None:
            return None
        with machine_errors(f"{text} cannot be found"):
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
            raise self.file.complaint(keys, f"column {error.column} of the filter: {error}") from None
        return text


def configuration_path(environment: Mapping[str, str]) -> Path | None:
    """The file, whether it is there or not; None when there is no home for one."""
    try:
        return configuration_directory(environment) / FILE_NAME
    except MachineError:
        return None
