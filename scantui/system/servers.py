"""Where the Redis is: what the user named, in this order: an argument, the environment, the configuration, Beacon.

Rule: a password is in the address alone; what names a server to the user has none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from scantui.exceptions import MachineError, UsageError
from scantui.store.address import DEFAULT_URL, ServerAddress
from scantui.system.beacon import HOST_VARIABLE, ask_beacon
from scantui.system.config import Configuration
from scantui.text import hint, printable

URL_VARIABLE = "SCANTUI_URL"

_IN_ARGUMENT = f"a password in an argument is seen by all users of this machine: use {URL_VARIABLE} or a password_file"


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A Redis: what it is called on the screen, where it is, who named it, and what is to be said about that.

    `beacon` is the host:port of the Beacon that told, which may tell another address later.
    """

    name: str
    address: ServerAddress
    origin: str
    caution: str = ""
    beacon: str = ""

    def address_now(self, ask: Callable[[str], ServerAddress] = ask_beacon) -> ServerAddress:
        """Where the Redis is by now; where it was when the Beacon that told does not tell any more."""
        if not self.beacon:
            return self.address
        try:
            told = ask(self.beacon)
        except MachineError:
            return self.address
        return msgspec.structs.replace(told, password=self.address.password)


def find_server(
    given: str | None,
    environment: Mapping[str, str],
    configuration: Configuration,
    ask: Callable[[str], ServerAddress] = ask_beacon,
) -> Server:
    """The server that is meant; `given` is the name or URL of an argument.

    Raises UsageError for a name or URL that will not do, MachineError when Beacon or a password file is of no use.
    """
    if given:
        server = _by_name_or_url(given, "an argument", configuration)
        if "://" in given and server.address.password is not None:
            return msgspec.structs.replace(server, caution=_IN_ARGUMENT)
        return server
    if url := environment.get(URL_VARIABLE):
        try:
            address = ServerAddress.parse(url)
        except UsageError as error:
            raise UsageError(f"{URL_VARIABLE}: {error}") from None
        return Server(name=address.label, address=address, origin=URL_VARIABLE)
    if name := configuration.default_server:
        return _by_name_or_url(name, configuration.default_place, configuration)
    if where := environment.get(HOST_VARIABLE):
        if "@" in where or "/" in where:  # a URL, which may hold a password
            raise UsageError(f"{HOST_VARIABLE} takes host:port, and no URL")
        address = ask(where)
        origin = printable(f"Beacon at {where} ({HOST_VARIABLE})")
        return Server(name=address.label, address=address, origin=origin, beacon=where)
    return Server(name=DEFAULT_URL, address=ServerAddress.parse(DEFAULT_URL), origin="nothing names another")


def named_server(name: str, configuration: Configuration, origin: str) -> Server:
    """A server of the configuration file, by its name there; raises MachineError when its password cannot be had."""
    return Server(
        name=name,
        address=configuration.address_of(name),
        origin=origin,
        caution=configuration.caution_about(name),
    )


def with_password(server: Server, password: str) -> Server:
    """The same server with a password that was typed; an empty one changes nothing."""
    address = msgspec.structs.replace(server.address, password=password or server.address.password)
    return msgspec.structs.replace(server, address=address)


def _by_name_or_url(given: str, origin: str, configuration: Configuration) -> Server:
    if given in configuration.servers:
        return named_server(given, configuration, origin)
    if "://" not in given and configuration.servers:
        # What was given is not repeated: it may be a URL without its beginning, with a password.
        raise UsageError(f"no server of {configuration.file.path} has that name: {hint(given, configuration.servers)}")
    if "://" not in given:
        raise UsageError("that is neither a command, nor a named server, nor a URL such as redis://host:6380")
    address = ServerAddress.parse(given)
    return Server(name=address.label, address=address, origin=origin)
