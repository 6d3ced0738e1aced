"""Why a server cannot be used: one table from what happened to the sentence and its remedy, and how each is recognised.

Rule: pure, and nothing here repeats the error of a library. A row that is recognised by what a server sends works on
bytes and text alone.
Source: redis.conf and the server's replies; measured with Redis 8.2 and OpenSSL 3.
"""

from __future__ import annotations

import re
from enum import Enum
from errno import (
    EACCES,
    ECONNABORTED,
    ECONNREFUSED,
    ECONNRESET,
    EHOSTUNREACH,
    ENETUNREACH,
    ENOENT,
    EPERM,
    EPIPE,
    ETIMEDOUT,
)
from typing import NamedTuple

from scantui.exceptions import (
    ConnectionFailed,
    LoginError,
    NoAnswerError,
    ServerBusyError,
    ServerChangedError,
    UnreachableError,
    WrongServerError,
)
from scantui.text import printable

_LONGEST = 300
_REDIS_PORTS = "(a Redis usually listens on 6379, BLISS's data Redis often on 6380)"


class Cause(NamedTuple):
    """A sentence and what to do about it, with {where}, {host} and {detail} to fill in, and the error to raise."""

    sentence: str
    remedy: str
    error: type[ConnectionFailed] = UnreachableError


class Trouble(Enum):
    """What can be wrong with a server or the way to it."""

    REFUSED = Cause("{where} refuses the connection", "check the port, and that Redis is running there")
    UNKNOWN_NAME = Cause("the host name {host} is unknown", "check its spelling, or use the IP address")
    UNKNOWN_ZONE = Cause(
        "this computer has no network interface for {host}", "check the zone, which follows %25 in the URL"
    )
    NO_NAME_SERVER = Cause("the name {host} cannot be looked up now", "check this computer's network and name server")
    TIMED_OUT = Cause(
        "no connection to {where} within {detail} s", "check host and port; a firewall or VPN may be in the way"
    )
    NO_ROUTE = Cause("there is no route to {where}", "check the address, this computer's network and its VPN")
    UNREACHABLE = Cause("cannot reach {where} ({detail})", "check the address and this computer's network")
    SILENT = Cause(
        "{where} accepts connections but does not answer",
        f"check that Redis is not stopped, and that the port is its own {_REDIS_PORTS}",
        NoAnswerError,
    )
    NO_ANSWER = Cause("{where} did not answer within {detail} s", "", NoAnswerError)
    CLOSED = Cause(
        "{where} closed the connection before answering",
        "check that the port belongs to Redis; if it is a proxy or a tunnel, check the Redis behind it",
        ConnectionFailed,
    )
    LOST = Cause("the connection to {where} was lost", "", ConnectionFailed)
    NO_SOCKET = Cause("there is no socket {where}", "check the path, and that Redis is running with this unixsocket")
    SOCKET_REFUSED = Cause("no server listens on the socket {where}", "check that Redis is running there")
    SOCKET_FORBIDDEN = Cause(
        "this user may not use the socket {where}", "ask an administrator for its group (unixsocketperm in redis.conf)"
    )
    PROTECTED = Cause(
        "{where} is in protected mode, and accepts clients of its own computer only",
        "on the server, set a password (requirepass) or protected-mode no; or run scantui there",
    )
    TOO_MANY_CLIENTS = Cause(
        "{where} has as many clients as it accepts",
        "end programs that are no longer needed, or raise maxclients on the server",
        ServerBusyError,
    )
    NO_TLS = Cause("{where} does not speak TLS", "start the URL with redis:// instead of rediss://")
    ONLY_TLS = Cause("{where} speaks only TLS", "start the URL with rediss:// instead of redis://")
    CLIENT_CERTIFICATE = Cause(
        "{where} wants a client certificate", "add ?ssl_certfile=FILE&ssl_keyfile=FILE to the URL"
    )
    CLIENT_REFUSED = Cause(
        "{where} does not accept the client certificate ({detail})",
        "check that the file of ssl_certfile is the one for this server, and that it has not expired",
    )
    CLOSED_IN_TLS = Cause(
        "{where} ended the encrypted connection before answering",
        "it may want a client certificate (?ssl_certfile=FILE&ssl_keyfile=FILE), or another one; its log says why",
        ConnectionFailed,
    )
    UNTRUSTED = Cause(
        "the certificate of {where} is not trusted ({detail})",
        "name the file of its authority by ca_file in the configuration, or by ?ssl_ca_certs=FILE in the URL",
    )
    OTHER_NAME = Cause(
        "the certificate of {where} is for another name",
        "use the name in the certificate, or add ?ssl_check_hostname=false to the URL",
    )
    EXPIRED = Cause(
        "the certificate of {where} has expired",
        "renew it on the server, unless this computer's clock is ahead (date shows it)",
    )
    NOT_YET_VALID = Cause(
        "the certificate of {where} is not valid yet",
        "set this computer's clock, which is probably behind (date shows it)",
    )
    TLS_FILE = Cause("a file of the TLS settings for {where} cannot be used ({detail})", "correct ca_file or the URL")
    TLS_FAILED = Cause(
        "{where} and scantui cannot agree on TLS ({detail})", "check the TLS settings of the server and of the URL"
    )
    HTTP = Cause(
        "{where} is a web server or an HTTP proxy, not a Redis",
        f"check host and port {_REDIS_PORTS}",
        WrongServerError,
    )
    SSH = Cause("{where} is an SSH server, not a Redis", f"check the port {_REDIS_PORTS}", WrongServerError)
    OTHER_SERVER = Cause(
        "{where} is another kind of server, not a Redis", f"check host and port {_REDIS_PORTS}", WrongServerError
    )
    SENTINEL = Cause(
        "{where} is a Sentinel, which knows a Redis but holds no scans",
        "use redis+sentinel://{where}/SERVICE; SERVICE is often mymaster",
        WrongServerError,
    )
    CLUSTER = Cause(
        "{where} belongs to a Redis Cluster, which blissdata does not support",
        "use the URL of BLISS's data Redis",
        WrongServerError,
    )
    NO_SENTINEL = Cause(
        "no Sentinel at {where} names a working Redis for {detail}",
        "wait for the end of a failover; else check the addresses of the Sentinels and the name of the service",
    )
    NOT_SENTINEL = Cause(
        "{where} is a Redis, not a Sentinel",
        "start the URL with redis:// for that Redis, or use the port of the Sentinels, often 26379",
        WrongServerError,
    )
    ROLE_CHANGED = Cause("{where} became a replica or a master", "all scans are listed again", ServerChangedError)
    NO_DATABASE = Cause(
        "{where} has no such database", "leave its number out of the URL (blissdata uses database 0)", WrongServerError
    )
    NO_LOGIN = Cause(
        "{where} wants a password",
        "put it into a password_file of the configuration, or use --ask-password",
        LoginError,
    )
    WRONG_LOGIN = Cause(
        "{where} refuses the login ({detail})", "check user and password of the URL or the password_file", LoginError
    )
    NO_PASSWORD_SET = Cause("{where} has no password", "leave the password out", LoginError)
    LOADING = Cause("{where} is loading its data", "wait some minutes", ServerBusyError)
    SCRIPT = Cause("{where} is busy with a script", "wait, or end it on the server with SCRIPT KILL", ServerBusyError)
    MASTER_DOWN = Cause(
        "{where} is a replica that lost its master and answers no questions",
        "wait, use the URL of the master, or set replica-serve-stale-data yes",
        ServerBusyError,
    )

    def failure(self, where: str, host: str = "", detail: str = "") -> ConnectionFailed:
        """The error to raise, with its sentence and its remedy."""
        facts = {"where": where, "host": host, "detail": printable(detail, _LONGEST)}
        cause: Cause = self.value
        return cause.error(cause.sentence.format_map(facts), cause.remedy.format_map(facts))


_BY_NUMBER = {
    ECONNREFUSED: Trouble.REFUSED,
    ETIMEDOUT: Trouble.TIMED_OUT,
    EHOSTUNREACH: Trouble.NO_ROUTE,
    ENETUNREACH: Trouble.NO_ROUTE,
    ECONNRESET: Trouble.CLOSED,
    ECONNABORTED: Trouble.CLOSED,
    EPIPE: Trouble.CLOSED,
}
_OF_SOCKETS = {
    ECONNREFUSED: Trouble.SOCKET_REFUSED,
    ENOENT: Trouble.NO_SOCKET,
    EACCES: Trouble.SOCKET_FORBIDDEN,
    EPERM: Trouble.SOCKET_FORBIDDEN,
}
# Of getaddrinfo; its other answers mean that the name does not exist, or has no address.
_TRY_AGAIN = -3

_IN_REPLIES = (
    (r"^(ERR )?DENIED\b|running in protected mode", Trouble.PROTECTED),
    (r"max number of clients", Trouble.TOO_MANY_CLIENTS),
    # Every Redis knows these commands, a Sentinel none of them.
    (r"unknown command ['`\"](GET|TIME|SELECT)\b", Trouble.SENTINEL),
    (r"unknown command ['`\"]SENTINEL\b", Trouble.NOT_SENTINEL),
    (r"^(MOVED|ASK|CLUSTERDOWN)\b", Trouble.CLUSTER),
    (r"^UNBLOCKED\b", Trouble.ROLE_CHANGED),
    (r"DB index is out of range|invalid DB index", Trouble.NO_DATABASE),
    (r"^NOAUTH\b|Authentication required", Trouble.NO_LOGIN),
    (r"without any password configured|no password is set", Trouble.NO_PASSWORD_SET),
    (r"^MASTERDOWN\b|Link with MASTER is down", Trouble.MASTER_DOWN),
    (r"^LOADING\b|loading the dataset", Trouble.LOADING),
    (r"^BUSY\b", Trouble.SCRIPT),
)
_GREETINGS = (
    (rb"HTTP/|<html|<!doctype", Trouble.HTTP),
    (rb"SSH-", Trouble.SSH),
    # An alert of TLS.
    (rb"\x15\x03", Trouble.ONLY_TLS),
    (rb"-DENIED|-ERR.*protected mode", Trouble.PROTECTED),
    (rb"-ERR max number of clients", Trouble.TOO_MANY_CLIENTS),
)
# What a Redis that is well, or wants a login first, answers to PING.
_REDIS = re.compile(rb"\+PONG|-[A-Z]{2,} ")
_IN_TLS = (
    (r"wrong version number|record layer failure|http request|unexpected message", Trouble.NO_TLS),
    (r"unexpected eof", Trouble.CLOSED),
    # Alerts of the server about the client.
    (
        r"certificate required|handshake failure|bad certificate|unknown ca\b|alert certificate|unsupported certificate"
        r"|access denied|decrypt error",
        Trouble.CLIENT_CERTIFICATE,
    ),
)
_IN_CERTIFICATES = (
    (r"has expired", Trouble.EXPIRED),
    (r"not yet valid", Trouble.NOT_YET_VALID),
    (r"hostname mismatch|IP address mismatch|doesn't match", Trouble.OTHER_NAME),
)


def trouble_with_system(number: int | None, is_socket: bool) -> Trouble | None:
    """What an error number of the system means."""
    return (_OF_SOCKETS if is_socket else _BY_NUMBER).get(number or 0)


def trouble_with_name(number: int | None, host: str) -> Trouble:
    """What an error number of looking up a name means."""
    if ":" in host:
        return Trouble.UNKNOWN_ZONE
    return Trouble.NO_NAME_SERVER if number == _TRY_AGAIN else Trouble.UNKNOWN_NAME


def trouble_in_reply(text: str) -> Trouble | None:
    """What a refusal by Redis says about the server as a whole; None for a refusal of one command."""
    return next((trouble for pattern, trouble in _IN_REPLIES if re.search(pattern, text, re.IGNORECASE)), None)


def trouble_in_tls(reason: str) -> Trouble:
    """What OpenSSL's reason for a failed handshake means."""
    text = reason.replace("_", " ")
    return next(
        (trouble for pattern, trouble in _IN_TLS if re.search(pattern, text, re.IGNORECASE)), Trouble.TLS_FAILED
    )


def trouble_with_certificate(message: str) -> Trouble:
    """What OpenSSL's reason for refusing a certificate means."""
    return next(
        (trouble for pattern, trouble in _IN_CERTIFICATES if re.search(pattern, message, re.IGNORECASE)),
        Trouble.UNTRUSTED,
    )


def why_untrusted(message: str) -> str:
    """OpenSSL's reason for not trusting a certificate, in words."""
    text = message.lower().replace("self signed", "self-signed")
    if "self-signed certificate" in text and "chain" not in text:
        return "it is self-signed"
    is_unknown = "issuer" in text or "chain" in text or "first certificate" in text
    return "its authority is unknown here" if is_unknown else message


def trouble_in_greeting(sent: bytes) -> Trouble | None:
    """What the first bytes of a server show, sent on its own or after PING; None if it is a Redis, or sent nothing."""
    for pattern, trouble in _GREETINGS:
        if re.match(pattern, sent, re.IGNORECASE):
            return trouble
    return Trouble.OTHER_SERVER if sent and not is_redis(sent) else None


def is_redis(sent: bytes) -> bool:
    """Whether bytes that followed PING come from a Redis."""
    return _REDIS.match(sent) is not None
