"""Finds the Redis to use: from an argument, the environment, the configuration or Beacon, in this order.

Rule: only the address holds a password; names and messages never do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from scantui.exceptions import MachineError, UnreachableError, UsageError
from scantui.store.address import DEFAULT_URL, ServerAddress
from scantui.system.beacon import HOST_VARIABLE, ask_beacon, with_port
from scantui.system.config import Configuration
from scantui.text import hint, printable

URL_VARIABLE = "SCANTUI_URL"

_IN_ARGUMENT = f"all users of this machine can see a password in an argument: use {URL_VARIABLE} or a password_file"


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A Redis: its name on the screen, its address, where the address comes from, and a warning about it, if any.

    `beacon` is the host:port of the Beacon that knows the host and the port, which may change; `address` then holds
    the password alone.
    """

    name: str
    address: ServerAddress
    origin: str
    warning: str = ""
    beacon: str = ""

    def address_now(
        self, known: ServerAddress | None = None, ask: Callable[[str], ServerAddress] = ask_beacon
    ) -> ServerAddress:
        """The current address of the Redis; if Beacon does not answer, the one `known` from an earlier answer.

        Raises UnreachableError if Beacon does not answer and none is known.
        """
        if not self.beacon:
            return self.address
        try:
            current = ask(self.beacon)
        except MachineError as error:
            if known is None:
                raise UnreachableError(str(error)) from error
            return known
        return msgspec.structs.replace(current, password=self.address.password)

    def name_at(self, label: str) -> str:
        """The name to show while the store `label` is open: Beacon's Redis is called by its present address."""
        return label if self.beacon else self.name


def find_server(
    given: str | None,
    environment: Mapping[str, str],
    configuration: Configuration,
) -> Server:
    """The server to use; `given` is the name or URL from the command line.

    Raises UsageError if the name or URL is invalid, MachineError if a password file cannot be read.
    """
    if given:
        server = _by_name_or_url(given, "command line", configuration)
        if "://" in given and server.address.password is not None:
            return msgspec.structs.replace(server, warning=_IN_ARGUMENT)
        return server
    if url := environment.get(URL_VARIABLE):
        try:
            address = ServerAddress.parse(url)
        except UsageError as error:
            raise UsageError(f"{URL_VARIABLE}: {error}") from None
        return Server(name=address.label, address=address, origin=URL_VARIABLE)
    if name := configuration.default_server:
        return _by_name_or_url(name, configuration.default_place, configuration)
    if host := environment.get(HOST_VARIABLE):
        if "@" in host or "/" in host:  # a URL, which may hold a password
            raise UsageError(f"{HOST_VARIABLE} takes host:port, not a URL")
        # Beacon is queried when the store is opened: it may be down for a while.
        where = with_port(host, environment)
        origin = printable(f"Beacon at {where} ({HOST_VARIABLE})")
        return Server(name=printable(f"Beacon {where}"), address=ServerAddress(), origin=origin, beacon=where)
    return Server(name=DEFAULT_URL, address=ServerAddress.parse(DEFAULT_URL), origin="default")


def named_server(name: str, configuration: Configuration, origin: str) -> Server:
    """A server of the configuration file, by name. Raises MachineError if its password cannot be read."""
    return Server(
        name=name,
        address=configuration.address_of(name),
        origin=origin,
        warning=configuration.warning_about(name),
    )


def with_password(server: Server, password: str) -> Server:
    """The same server with another password; an empty one changes nothing."""
    address = msgspec.structs.replace(server.address, password=password or server.address.password)
    return msgspec.structs.replace(server, address=address)


def _by_name_or_url(given: str, origin: str, configuration: Configuration) -> Server:
    if given in configuration.servers:
        return named_server(given, configuration, origin)
    if "://" not in given and configuration.servers:
        # Do not repeat the argument: it may be a URL without its scheme, with a password.
        raise UsageError(f"{configuration.file.path} has no server of that name: {hint(given, configuration.servers)}")
    if "://" not in given:
        raise UsageError("give a command, a configured server or a URL such as redis://host:6380")
    address = ServerAddress.parse(given)
    return Server(name=address.label, address=address, origin=origin)
