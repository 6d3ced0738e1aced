"""Judges the examination of a server: what is wrong, and what to do about it; pure.

Rule: a fault keeps blissdata or scantui from working, a warning does not. A forbidden command is at most a warning.
Source of the limits: protocol, sections 1, 2 and 7.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from scantui.diagnostics.findings import Finding, Verdict
from scantui.exceptions import ConnectionFailed
from scantui.store.operations.examine import NOT_ALLOWED, Examination
from scantui.store.operations.identity import identity_in
from scantui.store.operations.setup import PREFIX_EXPANSIONS
from scantui.text import printable
from scantui.words import counted, short_span

_SLOW_SECONDS = 0.1
_SKEW_MS = 1_000
_OLDEST_REDIS = 7
# At the first share of memory, memory_tracker starts to trim; at the second, publishing is about to fail.
_FILLING, _FULL = 0.8, 0.95
# Closed scans expire after 7 days, open scans without a writer after one day.
_OLD_SECONDS = 9 * 86400
_MIB = 1 << 20
_WHOLE = re.compile(r"\d{1,20}", re.ASCII)
_REFUSED = (
    "check the publishing programs: these documents do not fit the index, often because of a number written as text; "
    "scantui shows them, but blissdata's search does not find them"
)


def verdicts(found: Examination, now_ms: int) -> list[Finding]:
    """One finding for each thing that was examined; `now_ms` is the time in milliseconds since 1970."""
    findings = [_reach(found), _server(found), _modules(found), _protocol(found), _memory(found)]
    if not found.not_ready:
        findings += [_settings(found), _index(found), _scans(found, now_ms)]
    if found.open_test_scans:
        findings.append(_test_scans(found.open_test_scans))
    return [*findings, _clock(found), _rights(found)]


def _test_scans(keys: Sequence[str]) -> Finding:
    text = f"{counted(len(keys), 'test scan')} open: {printable(keys[0])}" + (" and others" if len(keys) > 1 else "")
    return _finding("warning", "test scans", text, "if no scantui runs it any more, scantui delete KEY removes it")


def unreachable(error: ConnectionFailed) -> Finding:
    """The finding about a server that could not be examined."""
    remedy = error.remedy or "check that Redis is running there, and that the URL names BLISS's data Redis"
    return _finding("fault", "reach", error.sentence, remedy)


def _reach(found: Examination) -> Finding:
    text = f"answers in {found.round_trip * 1000:.1f} ms"
    if found.round_trip > _SLOW_SECONDS:
        return Finding("warning", "reach", text, "run scantui closer to the server, or check the network")
    return Finding("ok", "reach", text)


def _server(found: Examination) -> Finding:
    if found.info is None:
        return _unknown(found, "server", "INFO")
    version = found.info.get("redis_version", "?")
    text = f"Redis {version}, up {short_span(_number(found, 'uptime_in_seconds'))}"
    major = _whole(version.partition(".")[0])
    if major is not None and major < _OLDEST_REDIS:
        return _finding("fault", "server", text, f"use Redis {_OLDEST_REDIS} or later: blissdata needs its functions")
    identity = identity_in(found.info)
    if not identity.is_replica:
        return _finding("ok", "server", text)
    master = f"{found.info.get('master_host', '?')}:{found.info.get('master_port', '?')}"
    if identity.is_linked:
        heard = f"heard from {short_span(identity.silent_seconds)} ago"
        return _finding("ok", "server", f"{text}, a replica of {master}, {heard}")
    lost = f"a replica that lost its master {master} {short_span(identity.silent_seconds)} ago"
    return _finding("warning", "server", f"{text}, {lost}", "check the master: what is shown may be old")


def _modules(found: Examination) -> Finding:
    if found.modules is None:
        return _unknown(found, "modules", "MODULE")
    names = {"rejson": "JSON", "search": "search"}
    missing = [what for module, what in names.items() if module not in found.modules]
    text = ", ".join(
        f"{what} {_version(found.modules[module])}" for module, what in names.items() if module in found.modules
    )
    if missing:
        remedy = "use the URL of BLISS's data Redis, or start a Redis with RedisJSON and RediSearch"
        return Finding("fault", "modules", f"{' and '.join(missing)} missing", remedy)
    return Finding("ok", "modules", text)


def _protocol(found: Examination) -> Finding:
    if found.not_ready:
        text, _, remedy = found.not_ready.partition(": ")
        return _finding("fault", "protocol", text, remedy)
    return Finding("ok", "protocol", "blissdata protocol 1")


def _index(found: Examination) -> Finding:
    """Compare the index with keys and history; scans that came and went meanwhile do not count as differences."""
    if found.indexed is None:
        if found.refusals.get("FT.SEARCH") == NOT_ALLOWED:
            return _unknown(found, "index", "FT.SEARCH")
        text = f"search does not work, FT.SEARCH: {found.refusals.get('FT.SEARCH', 'no answer')}"
        remedy = "use the URL of BLISS's data Redis; here blissdata finds no scans, and scantui reads every scan itself"
        return _finding("warning", "index", text, remedy)
    least, most = min(found.indexed), max(found.indexed)
    keys = "keys not counted"
    if found.keys is not None:
        keys = f"{'' if found.counted_all else 'over '}{counted(found.keys, 'key')}"
    history = "history not readable" if found.history is None else f"{found.history} in the history"
    text = f"{counted(most, 'scan')} in the index, {keys}, {history}"
    missed = found.keys - most if found.keys is not None else 0
    if missed > 0:
        return Finding("warning", "index", f"{text}: {missed} not indexed", _REFUSED)
    if found.counted_all and found.keys is not None and least > found.keys:
        remedy = "wait: the index drops expired scans after a while"
        return Finding("warning", "index", f"{text}: {least - found.keys} no longer exist", remedy)
    if most and found.history == 0:
        remedy = "none needed: _SCAN_HISTORY_ was deleted, and fills again with the next scans"
        return Finding("warning", "index", text, remedy)
    if found.index_failures and not found.counted_all:
        return Finding("warning", "index", f"{text}; {counted(found.index_failures, 'document')} rejected", _REFUSED)
    return Finding("ok", "index", text)


def _memory(found: Examination) -> Finding:
    if found.info is None:
        return _unknown(found, "memory", "INFO")
    used, limit = _number(found, "used_memory"), _number(found, "maxmemory")
    policy = found.info.get("maxmemory_policy", "noeviction")
    if not limit:
        remedy = "CONFIG SET maxmemory 1gb (for example): blissdata's memory_tracker needs a limit to run"
        return Finding("warning", "memory", f"{used // _MIB} MiB used, no limit", remedy)
    text = f"{used // _MIB} of {limit // _MIB} MiB used ({used * 100 // limit} %)"
    if used >= _FULL * limit:
        remedy = "check that memory_tracker is running, or raise maxmemory: publishing is about to fail"
        return Finding("fault", "memory", text, remedy)
    if policy != "noeviction":
        remedy = "CONFIG SET maxmemory-policy noeviction: otherwise Redis deletes keys silently when memory is full"
        return _finding("warning", "memory", f"{text}, policy {policy}", remedy)
    if used >= _FILLING * limit:
        return Finding("warning", "memory", text, "check that memory_tracker is running: it trims above 80 %")
    return Finding("ok", "memory", text)


def _settings(found: Examination) -> Finding:
    """Check the settings that blissdata makes when it initialises a server, and that a restart may lose."""
    if found.has_seal_function is False:
        remedy = "empty the database, then run scantui init: without the function no scan can be stopped"
        return Finding("fault", "settings", "the function seal_stream is missing", remedy)
    if found.prefix_expansions is None:
        return _unknown(found, "settings", "FT.CONFIG")
    text = f"MAXPREFIXEXPANSIONS is {found.prefix_expansions}"
    if found.prefix_expansions < PREFIX_EXPANSIONS:
        remedy = (
            f"FT.CONFIG SET MAXPREFIXEXPANSIONS {PREFIX_EXPANSIONS}: a restart lost it, so searches with * miss scans"
        )
        return Finding("warning", "settings", text, remedy)
    return Finding("ok", "settings", text)


def _scans(found: Examination, now_ms: int) -> Finding:
    if found.keys is None:
        return _unknown(found, "scans", "SCAN")
    if not found.oldest_ms:
        return Finding("ok", "scans", "none yet")
    age = (now_ms - found.oldest_ms) / 1000
    text = f"the oldest{'' if found.counted_all else ' one checked'} is {short_span(age)} old"
    if age > _OLD_SECONDS:
        return Finding(
            "warning", "scans", text, "check that memory_tracker is running: it lets scans expire after 7 days"
        )
    return Finding("ok", "scans", text)


def _clock(found: Examination) -> Finding:
    if found.ahead_ms is None:
        return _unknown(found, "clock", "TIME")
    if abs(found.ahead_ms) <= _SKEW_MS:
        return Finding("ok", "clock", f"{found.ahead_ms:+} ms from this computer")
    side = "ahead of" if found.ahead_ms > 0 else "behind"
    remedy = "synchronise both clocks (NTP): ages follow the server's clock"
    return Finding("warning", "clock", f"{short_span(abs(found.ahead_ms) / 1000)} {side} this computer", remedy)


# What it costs that a right is missing without which nothing fails.
_IDLE = "how long a scan has done nothing is known less well"
_WITHOUT = {
    "MEMORY|USAGE": "large entries are read to learn their size",
    "OBJECT|IDLETIME": _IDLE,
    "CLIENT|NO-TOUCH": _IDLE,
}


def _rights(found: Examination) -> Finding:
    if found.denied_reading is None or found.denied_writing is None:
        return _unknown(found, "rights", "ACL")
    user = f"user {found.user}"
    needed = [command for command in found.denied_reading if command not in ("FT.SEARCH", "SCAN")]
    if needed or found.denied_keys:
        missing = [*(f"~{pattern}" for pattern in found.denied_keys), *(f"+{command.lower()}" for command in needed)]
        text = f"{user} may not read: {', '.join([*found.denied_keys, *needed])}"
        return _finding("fault", "rights", text, f"ask an administrator to add {' '.join(missing)}")
    if found.denied_reading:
        text = f"{user} may not run {' or '.join(found.denied_reading)}"
        remedy = "ask an administrator to add +ft.search or +scan: searches need one of them"
        return _finding("fault" if len(found.denied_reading) > 1 else "warning", "rights", text, remedy)
    if found.info is not None and identity_in(found.info).refuses_writes:
        return _finding("ok", "rights", f"{user} may read; a replica takes no writes, so no test scans")
    if found.denied_looking:
        lacks = dict.fromkeys(_WITHOUT[right] for right in found.denied_looking)
        text = f"{user} may not run {' or '.join(found.denied_looking)}: {', and '.join(lacks)}"
        rules = " ".join(f"+{right.lower()}" for right in found.denied_looking)
        return _finding("warning", "rights", text, f"ask an administrator to add {rules}")
    if found.denied_writing:
        return _finding("ok", "rights", f"{user} may read but not write: no test scans")
    return _finding("ok", "rights", f"{user} may read and write")


def _unknown(found: Examination, subject: str, command: str) -> Finding:
    """The finding about something that the server did not answer."""
    reason = found.refusals.get(command, "no answer")
    if reason == NOT_ALLOWED:
        return Finding(
            "warning",
            subject,
            f"not allowed: {command}",
            f"ask an administrator to add +{command.lower()} to check this",
        )
    return _finding("warning", subject, f"unknown, {command}: {reason}")


def _finding(verdict: Verdict, subject: str, text: str, remedy: str = "") -> Finding:
    """A finding with text from the server."""
    return Finding(verdict, subject, printable(text, 300), printable(remedy, 300))


def _number(found: Examination, name: str) -> int:
    return _whole((found.info or {}).get(name, "")) or 0


def _whole(text: str) -> int | None:
    """A text from the server as a number; None if it is not one, or is longer than any number of Redis."""
    return int(text) if _WHOLE.fullmatch(text) else None


def _version(number: int) -> str:
    """20803 is 2.8.3."""
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"
