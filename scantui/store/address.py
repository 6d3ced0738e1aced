"""Where a data store is: the URL, read by us, so that neither secrets nor client settings slip through; pure.

Rule: the password leaves this file only inside a Login, and never as text to be shown.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

import msgspec

from scantui.exceptions import UsageError
from scantui.text import BYTE_ORDER_MARK

DEFAULT_URL = "redis://localhost:6379"
DEFAULT_PORT = 6379
_SCHEMES = ("redis", "rediss", "unix")
SENTINEL_PORT = 26379
# user:password@host:26379,host2:26379/service/0?replica=1, as it follows ://
_OF_SENTINELS = r"(?:(.*)@)?([^@/?#]*)(?:/([^/?#]*))?(/[^?#]*)?(?:\?(.*))?"
SENTINEL_STARTS = ("redis+sentinel://", "rediss+sentinel://")
_SENTINELS_EXAMPLE = f"give one like redis+sentinel://host:{SENTINEL_PORT},host2/mymaster"
_EXAMPLE = "give one like redis://host:6380, rediss://user:password@host/0 or unix:///run/redis.sock"

_PLACE = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+(?:%[\w.%~-]+)?)\]|(?P<host>[\w.-]*))(?::(?P<port>[0-9]{0,5}))?")
_PORTS, _LONGEST_HOST = 65536, 253

# TLS settings of a URL's query, by their names in redis-py.
_TLS = ("ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "ssl_check_hostname")
# Settings that the drivers make: timeouts, retries, decoding and the protocol.
_OURS = frozenset(
    (
        *("protocol", "decode_responses", "encoding", "encoding_errors", "socket_timeout", "socket_connect_timeout"),
        *("socket_keepalive", "retry_on_timeout", "health_check_interval", "max_connections", "client_name", "timeout"),
    )
)


class Login:
    """User and password as the client library asks for them: some versions of it print all settings that are texts."""

    def __init__(self, username: str | None, password: str | None) -> None:
        self._words = (username, password or "") if username else (password or "",)

    def get_credentials(self) -> tuple[str, ...]:
        return self._words

    async def get_credentials_async(self) -> tuple[str, ...]:
        return self._words


def database_in(label: str) -> int:
    """The database in the label of an address."""
    found = re.search(r"(?:[^/]/|[?&]db=)([0-9]+)(?=[?&]|\Z)", label)
    return int(found[1]) if found else 0


class ServerAddress(msgspec.Struct, frozen=True, kw_only=True):
    """A server and a database on it; `path` is that of a Unix socket, which has no host.

    If there are `sentinels`, each as host and port, they know host and port of the server that is now the master of
    their `service`, or a replica of it; `sentinel_login` opens them, user and password.
    """

    host: str = ""
    port: int = DEFAULT_PORT
    path: str = ""
    database: int = 0
    username: str | None = None
    password: str | None = None
    tls: bool = False
    tls_settings: dict[str, Any] = {}
    sentinels: tuple[tuple[str, int], ...] = ()
    service: str = ""
    replica: bool = False
    sentinel_login: Login | None = None

    @classmethod
    def parse(cls, url: str | ServerAddress) -> ServerAddress:
        """Read a URL; UsageError describes what is wrong, without the password.

        An address is returned as it is, so that callers who have one need no text with a password in it.
        """
        if isinstance(url, ServerAddress):
            return url
        if not isinstance(url, str):
            raise UsageError(f"a data store is named by its URL, not by a {type(url).__name__}: {_EXAMPLE}")
        # Out of a file, it may have the end of its line, and the mark with which some editors begin one.
        url = url.strip(f" \t\r\n{BYTE_ORDER_MARK}")
        if url.lower().startswith(SENTINEL_STARTS):
            return cls._parse_sentinels(url)
        parts = _split(url)
        host, port = _place_in(parts.netloc.rpartition("@")[2], is_socket=parts.scheme == "unix")
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        is_socket = parts.scheme == "unix"
        # Of unix://run/redis.sock the first part stands where others have their host, whose case would be folded.
        first = parts.netloc.rpartition("@")[2]
        path = unquote((first and f"/{first}") + parts.path) if is_socket else ""
        if is_socket and not path.strip("/"):
            raise UsageError(f"the URL names no socket: {_EXAMPLE}")
        password = query.pop("password", None) or (unquote(parts.password) if parts.password else None)
        username = query.pop("username", None) or (unquote(parts.username) if parts.username else None)
        database = query.pop("db", None) or ("" if is_socket else parts.path.strip("/")) or "0"
        if not re.fullmatch(r"[0-9]{1,9}", database):
            raise UsageError(f"the database is a number, as the 0 of redis://host:{DEFAULT_PORT}/0")
        tls_settings = {name: query.pop(name) for name in _TLS if name in query}
        if tls_settings.get("ssl_cert_reqs", "required") not in ("none", "optional", "required"):
            raise UsageError("ssl_cert_reqs is one of none, optional and required")
        if tls_settings and parts.scheme != "rediss":
            raise UsageError(f"{min(tls_settings)} belongs to an encrypted connection: start the URL with rediss://")
        # Its name is not repeated: what follows a question mark in a password looks like one.
        if query.keys() - _OURS:
            raise UsageError(
                f"the URL has an unknown parameter: write %3F for ? in a password; TLS takes {', '.join(_TLS)}"
            )
        return cls(
            host="" if is_socket else host or "localhost",
            port=port,
            path=path,
            database=int(database),
            username=username,
            password=password,
            tls=parts.scheme == "rediss",
            tls_settings=tls_settings,
        )

    @classmethod
    def _parse_sentinels(cls, url: str) -> ServerAddress:
        scheme, _, rest = url.partition("://")
        _refuse_odd(rest)
        parts = re.fullmatch(_OF_SENTINELS, rest)
        if parts is None or not (parts[3] and all(parts[2].split(","))):
            raise UsageError(f"the URL names no Sentinel or no service: {_SENTINELS_EXAMPLE}")
        login, hosts, service, database, query = parts.groups(default="")
        words = dict(parse_qsl(query, keep_blank_values=True))
        replica = words.pop("replica", "0")
        if replica not in ("0", "1"):
            raise UsageError("replica is 0 or 1, as in redis+sentinel://host/mymaster?replica=1")
        user, password = words.pop("sentinel_username", None), words.pop("sentinel_password", None)
        plain = scheme.lower().partition("+")[0]
        # What is left of the URL is that of one server; the host does not matter.
        at_login = f"{login}@" if login else ""
        server = cls.parse(f"{plain}://{at_login}sentinel{database}?{urlencode(words)}")
        each = [cls.parse(f"redis://{host}") for host in hosts.split(",")]
        has_port = [":" in host.rpartition("]")[2] for host in hosts.split(",")]
        sentinels = tuple(
            (endpoint.host, endpoint.port if known else SENTINEL_PORT)
            for endpoint, known in zip(each, has_port, strict=True)
        )
        return msgspec.structs.replace(
            server,
            host=sentinels[0][0],
            port=sentinels[0][1],
            sentinels=sentinels,
            service=unquote(service),
            replica=replica == "1",
            sentinel_login=Login(user, password) if user or password else None,
        )

    @property
    def label(self) -> str:
        """The address without its secrets, fit to be shown."""
        database = f"/{self.database}" if self.database else ""
        place = self.place.replace("%", "%25")
        if self.sentinels:
            scheme, query = f"redis{'s' if self.tls else ''}+sentinel", "?replica=1" if self.replica else ""
            return f"{scheme}://{place}/{quote(self.service)}{database}{query}"
        if self.path:
            return f"unix://{self.path}" + (f"?db={self.database}" if self.database else "")
        return f"redis{'s' if self.tls else ''}://{place}{database}"

    @property
    def place(self) -> str:
        """Where a connection goes, fit to be shown: the socket, or host and port, or the places of all Sentinels.

        An IPv6 address is in brackets.
        """
        if self.sentinels:
            return ",".join(_endpoint(host, port) for host, port in self.sentinels)
        return self.path or _endpoint(self.host, self.port)

    def __repr__(self) -> str:
        return f"ServerAddress({self.label})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """What tracebacks with local variables show."""
        return [("label", self.label)]

    def client_settings(self) -> dict[str, Any]:
        """Keyword arguments that redis.Redis and redis.asyncio.Redis both take; no text in them is the password."""
        settings: dict[str, Any] = {"db": self.database}
        if self.username or self.password:
            settings["credential_provider"] = Login(self.username, self.password)
        if self.path:
            return {**settings, "unix_socket_path": self.path}
        if not self.sentinels:
            settings |= {"host": self.host, "port": self.port}
        return settings | self._tls_client_settings()

    def sentinel_settings(self) -> dict[str, Any]:
        """Keyword arguments for the clients of the Sentinels, beside host and port; no text in them is the password."""
        login = {"credential_provider": self.sentinel_login} if self.sentinel_login else {}
        return login | self._tls_client_settings()

    def _tls_client_settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = {}
        if self.tls:
            check = str(self.tls_settings.get("ssl_check_hostname", "true")).lower() not in ("0", "false", "no")
            # A host name can only be checked against a certificate that is verified.
            verified = self.tls_settings.get("ssl_cert_reqs", "required") != "none"
            settings |= {"ssl": True, "ssl_cert_reqs": "required", **self.tls_settings}
            settings["ssl_check_hostname"] = check and verified
        return settings


def _endpoint(host: str, port: int) -> str:
    return f"{f'[{host}]' if ':' in host else host}:{port}"


def _split(url: str) -> SplitResult:
    """The parts of a URL; UsageError for an unknown scheme, and where its parts may not be what the user meant."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in _SCHEMES:
        raise UsageError(
            f"a data store's URL starts with redis://, rediss://, redis+sentinel:// or unix://: {_EXAMPLE}"
        )
    _refuse_odd(rest)
    try:
        return urlsplit(f"{scheme.lower()}://{rest}")
    except ValueError:
        raise UsageError(f"the URL has no usable host and port: {_EXAMPLE}") from None


def _refuse_odd(rest: str) -> None:
    """UsageError where the parts of what follows :// may not be what the user meant."""
    # What follows one of these would silently be something else: another host, or no password at all.
    odd = next((character for character in rest if character in "# " or not character.isprintable()), "")
    user = "" if rest.startswith("/") else rest.rpartition("@")[0]
    odd = odd or next((character for character in user if character in "/?[]"), "")
    # The path of a socket may have an @, but in the root directory it is rather the end of a password.
    if not odd and rest.startswith("/") and "@" in rest[1:].partition("/")[0]:
        raise UsageError("the URL has @ where it cannot stand: write %40 for @ in a path")
    if odd:
        named = {" ": "a blank"}.get(odd, odd if odd.isprintable() else "a control character")
        escape = quote(odd, safe="", errors="replace")
        raise UsageError(f"the URL has {named} where it cannot stand: write {escape} for {named}, and %40 for @")


def _may_be_looked_up(host: str) -> bool:
    """Whether a name server takes a name; UnicodeError where a part of it is empty or too long."""
    if not host.isascii():
        return len(host.encode("idna")) <= _LONGEST_HOST
    # As the codec does, whose tables take a while to import.
    *parts, last = host.split(".")
    return len(host) <= _LONGEST_HOST and all(0 < len(part) < 64 for part in parts) and len(last) < 64


def _place_in(text: str, *, is_socket: bool) -> tuple[str, int]:
    """The host and the port in `host:port`; of an IPv6 address in brackets the zone may be escaped."""
    if is_socket:
        return "", DEFAULT_PORT
    found = _PLACE.fullmatch(text)
    port = int(found["port"] or DEFAULT_PORT) if found else 0
    host = unquote(found["v6"] or found["host"]) if found else ""
    try:
        if found is None or not 0 < port < _PORTS or not _may_be_looked_up(host):
            raise UsageError(f"the URL has no usable host and port: {_EXAMPLE}")
    except UnicodeError:
        raise UsageError(f"the URL has no usable host and port: {_EXAMPLE}") from None
    address, percent, zone = host.partition("%")
    return address.lower() + percent + zone, port
