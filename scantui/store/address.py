"""Where a data store is: the URL, read by us, so that neither secrets nor client settings slip through; pure.

Rule: the password leaves this file only inside a Login, and never as text to be shown.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

import msgspec

from scantui.exceptions import UsageError

DEFAULT_URL = "redis://localhost:6379"
DEFAULT_PORT = 6379
_SCHEMES = ("redis", "rediss", "unix")
_EXAMPLE = "give one like redis://host:6380, rediss://user:password@host/0 or unix:///run/redis.sock"

_PLACE = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+(?:%[\w.%~-]+)?)\]|(?P<host>[\w.-]*))(?::(?P<port>[0-9]{0,5}))?")
_PORTS, _LONGEST_HOST = 65536, 253

# TLS settings of a URL's query, by their names in redis-py.
_TLS = ("ssl_ca_certs", "ssl_ca_path", "ssl_certfile", "ssl_keyfile", "ssl_cert_reqs", "ssl_check_hostname")
# Settings of the client library that are ours: timeouts, retries, decoding and the protocol are set by the drivers.
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


class ServerAddress(msgspec.Struct, frozen=True, kw_only=True):
    """A server and a database on it; `path` is that of a Unix socket, which has no host."""

    host: str = ""
    port: int = DEFAULT_PORT
    path: str = ""
    database: int = 0
    username: str | None = None
    password: str | None = None
    tls: bool = False
    tls_settings: dict[str, Any] = {}

    @classmethod
    def parse(cls, url: str | ServerAddress) -> ServerAddress:
        """Read a URL; UsageError describes what is wrong, without the password.

        An address is returned as it is, so that callers who have one need no text with a password in it.
        """
        if isinstance(url, ServerAddress):
            return url
        if not isinstance(url, str):
            raise UsageError(f"a data store is named by its URL, not by a {type(url).__name__}: {_EXAMPLE}")
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

    @property
    def label(self) -> str:
        """The address without its secrets, fit to be shown."""
        database = f"/{self.database}" if self.database else ""
        if self.path:
            return f"unix://{self.path}" + (f"?db={self.database}" if self.database else "")
        return f"redis{'s' if self.tls else ''}://{self.place.replace('%', '%25')}{database}"

    @property
    def place(self) -> str:
        """The socket, or host and port, an IPv6 address in brackets: where a connection goes, fit to be shown."""
        if self.path:
            return self.path
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

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
        settings |= {"host": self.host, "port": self.port}
        if self.tls:
            check = str(self.tls_settings.get("ssl_check_hostname", "true")).lower() not in ("0", "false", "no")
            # A host name can only be checked against a certificate that is verified.
            verified = self.tls_settings.get("ssl_cert_reqs", "required") != "none"
            settings |= {"ssl": True, "ssl_cert_reqs": "required", **self.tls_settings}
            settings["ssl_check_hostname"] = check and verified
        return settings


def _split(url: str) -> SplitResult:
    """The parts of a URL; UsageError for an unknown scheme, and where its parts may not be what the user meant."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in _SCHEMES:
        raise UsageError(f"a data store's URL starts with redis://, rediss:// or unix://: {_EXAMPLE}")
    # What follows one of these would silently be something else: another host, or no password at all.
    odd = next((character for character in rest if character in "# " or not character.isprintable()), "")
    user = "" if rest.startswith("/") else rest.rpartition("@")[0]
    odd = odd or next((character for character in user if character in "/?[]"), "")
    if odd:
        named = {" ": "a blank"}.get(odd, odd if odd.isprintable() else "a control character")
        escape = quote(odd, safe="", errors="replace")
        raise UsageError(f"the URL has {named} where it cannot stand: write {escape} for {named}, and %40 for @")
    try:
        return urlsplit(f"{scheme.lower()}://{rest}")
    except ValueError:
        raise UsageError(f"the URL has no usable host and port: {_EXAMPLE}") from None


def _place_in(text: str, *, is_socket: bool) -> tuple[str, int]:
    """The host and the port in `host:port`; of an IPv6 address in brackets the zone may be escaped."""
    if is_socket:
        return "", DEFAULT_PORT
    found = _PLACE.fullmatch(text)
    port = int(found["port"] or DEFAULT_PORT) if found else 0
    host = unquote(found["v6"] or found["host"]) if found else ""
    try:
        if found is None or not 0 < port < _PORTS or len(host.encode("idna")) > _LONGEST_HOST:
            raise UsageError(f"the URL has no usable host and port: {_EXAMPLE}")
    except UnicodeError:
        raise UsageError(f"the URL has no usable host and port: {_EXAMPLE}") from None
    address, percent, zone = host.partition("%")
    return address.lower() + percent + zone, port
