"""Finds the servers to use: from an argument, the environment, the configuration or Beacon, in this order.

Rule: only the address holds a password; names and messages never do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from scantui.exceptions import ConfigurationError, MachineError, ScanTuiError, UnreachableError, UsageError
from scantui.store.address import DEFAULT_URL, ServerAddress
from scantui.system.beacon import HOST_VARIABLE, ask_beacon, with_port
from scantui.system.config import ALL, Configuration
from scantui.text import hint, printable

URL_VARIABLE = "SCANTUI_URL"

_IN_ARGUMENT = f"all users of this machine can see a password in an argument: use {URL_VARIABLE} or a password_file"


class Server(msgspec.Struct, frozen=True, kw_only=True):
    """A Redis: its name on the screen, its address, where the address comes from, and a warning about it, if any.

    `beacon` is the host:port of the Beacon that knows the host and the port, which may change; `address` then holds
    the password alone. `problem` is why its address is not known, if it is one of several servers.
    """

    name: str
    address: ServerAddress
    origin: str
    warning: str = ""
    beacon: str = ""
    problem: ScanTuiError | None = None

    def address_now(
        self, known: ServerAddress | None = None, ask: Callable[[str], ServerAddress] = ask_beacon
    ) -> ServerAddress:
        """The current address of the Redis; if Beacon does not answer, the one `known` from an earlier answer.

        Raises UnreachableError if Beacon does not answer and none is known, or for a problem of the configuration.
        """
        if self.problem is not None:
            raise UnreachableError(str(self.problem)) from self.problem
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


def find_servers(
    given: Sequence[str], environment: Mapping[str, str], configuration: Configuration
) -> tuple[Server, ...]:
    """The servers to use, each once; `given` are the names of servers or groups and the URLs from the command line.

    What the configuration file has wrong about one of several is that server's own problem.

    Raises UsageError if a name or URL is invalid, MachineError if a password file cannot be read.
    """
    if given:
        found = [server for each in given for server in _given(each, configuration)]
    elif url := environment.get(URL_VARIABLE):
        try:
            address = ServerAddress.parse(url)
        except UsageError as error:
            raise UsageError(f"{URL_VARIABLE}: {error}") from None
        found = [Server(name=address.label, address=address, origin=URL_VARIABLE)]
    elif name := configuration.default_server:
        found = _by_name_or_url(name, configuration.default_place, configuration)
    elif hosts := environment.get(HOST_VARIABLE, "").replace(",", " ").split():
        found = _behind_beacons(hosts, environment)
    else:
        found = [Server(name=DEFAULT_URL, address=ServerAddress.parse(DEFAULT_URL), origin="default")]
    once: dict[tuple[str, str], Server] = {}
    for server in found:
        once.setdefault((server.name if server.problem else server.beacon, server.address.label), server)
    if len(once) == 1 and found[0].problem is not None:
        raise found[0].problem
    return tuple(once.values())


def find_server(given: str | None, environment: Mapping[str, str], configuration: Configuration) -> Server:
    """The only server to use; like `find_servers`, but raises UsageError if there are several."""
    return only_one(find_servers([given] if given else [], environment, configuration))


def only_one(servers: Sequence[Server]) -> Server:
    """The only one of these servers. Raises UsageError if there are several."""
    if len(servers) > 1:
        raise UsageError(f"this takes one server, not {len(servers)}: give one of them with -s NAME")
    return servers[0]


def named_server(name: str, configuration: Configuration, origin: str) -> Server:
    """A server of the configuration file, by name. Raises MachineError if its password cannot be read."""
    return Server(
        name=name,
        address=configuration.address_of(name),
        origin=origin,
        warning=configuration.warning_about(name),
    )


def server_or_problem(name: str, configuration: Configuration, origin: str) -> Server:
    """A server of the configuration file, by name, with what is wrong about it as its problem."""
    try:
        return named_server(name, configuration, origin)
    except (MachineError, ConfigurationError) as error:
        return Server(name=name, address=ServerAddress(), origin=origin, problem=error)


def with_password(server: Server, password: str) -> Server:
    """The same server with another password; an empty one changes nothing."""
    address = msgspec.structs.replace(server.address, password=password or server.address.password)
    return msgspec.structs.replace(server, address=address)


def _given(given: str, configuration: Configuration) -> list[Server]:
    servers = _by_name_or_url(given, "command line", configuration)
    if "://" not in given:
        return servers
    return [
        msgspec.structs.replace(server, warning=_IN_ARGUMENT) if server.address.password is not None else server
        for server in servers
    ]


def _by_name_or_url(given: str, origin: str, configuration: Configuration) -> list[Server]:
    if names := configuration.servers_named(given):
        return [server_or_problem(name, configuration, origin) for name in names]
    if "://" not in given and configuration.servers:
        # Do not repeat the argument: it may be a URL without its scheme, with a password.
        where = f"{configuration.file.path} has no server of that name"
        raise UsageError(f"{where}: {hint(given, configuration.names, configuration.servers)}")
    if given == ALL:
        raise UsageError(f"{ALL} stands for the servers of the configuration file, which has none")
    if "://" not in given:
        raise UsageError("give a command, a configured server or a URL such as redis://host:6380")
    address = ServerAddress.parse(given)
    return [Server(name=address.label, address=address, origin=origin)]


def _behind_beacons(hosts: Sequence[str], environment: Mapping[str, str]) -> list[Server]:
    """The servers that Beacon servers know; these are asked when a store is opened, since they may be down for a while.

    Of several, each is called by its host.
    """
    found, hosts = [], list(dict.fromkeys(hosts))
    for host in hosts:
        if "@" in host or "/" in host:  # a URL, which may hold a password
            raise UsageError(f"{HOST_VARIABLE} takes host:port, not a URL")
        where = with_port(host, environment)
        origin = printable(f"Beacon at {where} ({HOST_VARIABLE})")
        name = f"Beacon {where}" if len(hosts) == 1 else host
        found.append(Server(name=printable(name), address=ServerAddress(), origin=origin, beacon=where))
    return found
