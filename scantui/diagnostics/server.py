"""What an examination of a server means: is it well, and else what is to be done; pure.

Rule: a fault keeps blissdata or scantui from working, a warning does not. What may not be asked is a warning at most.
Source of the limits: protocol, sections 1, 2 and 7.
"""

from __future__ import annotations

import re

from scantui.diagnostics.findings import Finding, Verdict
from scantui.exceptions import LoginError, ServerBusyError, StoreError
from scantui.store.operations.examine import NOT_ALLOWED, Examination
from scantui.store.operations.setup import PREFIX_EXPANSIONS
from scantui.text import printable
from scantui.words import short_span

_SLOW_SECONDS = 0.1
_SKEW_MS = 1_000
_OLDEST_REDIS = 7
# From here on memory_tracker trims, and from there on publishing is about to fail.
_FILLING, _FULL = 0.8, 0.95
# Closed scans live for 7 days, and open ones that nobody writes to for one.
_OLD_SECONDS = 9 * 86400
_MIB = 1 << 20
_WHOLE = re.compile(r"\d{1,20}", re.ASCII)
_REFUSED = (
    "look at the programs that publish: such documents do not fit the index, often for a number written as text; "
    "scantui shows them, blissdata's search does not find them"
)


def verdicts(found: Examination, now_ms: int) -> list[Finding]:
    """A line for each thing that was examined; `now_ms` is the time in milliseconds since 1970."""
    findings = [_reach(found), _server(found), _modules(found), _protocol(found), _memory(found)]
    if not found.not_ready:
        findings += [_settings(found), _index(found), _scans(found, now_ms)]
    return [*findings, _clock(found), _rights(found)]


def unreachable(error: StoreError) -> Finding:
    """The line on a server that could not be examined."""
    remedy = "see that Redis runs there, and that host and port of the URL are those of BLISS's data Redis"
    if isinstance(error, ServerBusyError):
        remedy = "wait until it has loaded its data"
    elif isinstance(error, LoginError):
        says, _, remedy = str(error).rpartition(": ")
        return _finding("fault", "reach", says, remedy)
    return _finding("fault", "reach", str(error), remedy)


def _reach(found: Examination) -> Finding:
    text = f"it answers in {found.round_trip * 1000:.1f} ms"
    if found.round_trip > _SLOW_SECONDS:
        return Finding("warning", "reach", text, "run scantui nearer to the server, or look at the network")
    return Finding("ok", "reach", text)


def _server(found: Examination) -> Finding:
    if found.info is None:
        return _untold(found, "server", "INFO")
    version = found.info.get("redis_version", "?")
    text = f"Redis {version}, up {short_span(_number(found, 'uptime_in_seconds'))}"
    major = _whole(version.partition(".")[0])
    if major is not None and major < _OLDEST_REDIS:
        return _finding("fault", "server", text, f"blissdata needs functions: use Redis {_OLDEST_REDIS} or later")
    if found.info.get("role", "master") != "master":
        return _finding("warning", "server", f"{text}, a replica", "give the URL of its master to create test scans")
    return _finding("ok", "server", text)


def _modules(found: Examination) -> Finding:
    if found.modules is None:
        return _untold(found, "modules", "MODULE")
    names = {"rejson": "JSON", "search": "search"}
    missing = [what for module, what in names.items() if module not in found.modules]
    text = ", ".join(
        f"{what} {_version(found.modules[module])}" for module, what in names.items() if module in found.modules
    )
    if missing:
        remedy = "start a Redis with RedisJSON and RediSearch, or give the URL of BLISS's data Redis"
        return Finding("fault", "modules", f"{' and '.join(missing)} missing", remedy)
    return Finding("ok", "modules", text)


def _protocol(found: Examination) -> Finding:
    if found.not_ready:
        says, _, remedy = found.not_ready.partition(": ")
        return _finding("fault", "protocol", says, remedy)
    return Finding("ok", "protocol", "blissdata protocol 1")


def _index(found: Examination) -> Finding:
    """The index against the keys and the history; counts that changed meanwhile are taken for what they may be."""
    if found.indexed is None:
        if found.untold.get("FT.SEARCH") == NOT_ALLOWED:
            return _untold(found, "index", "FT.SEARCH")
        text = f"no search, FT.SEARCH: {found.untold.get('FT.SEARCH', 'no answer')}"
        remedy = "give the URL of BLISS's data Redis; here scantui reads every scan itself, and blissdata finds none"
        return _finding(
            "warning", "index", f"no search, FT.SEARCH: {found.untold.get('FT.SEARCH', 'no answer')}", remedy
        )
    least, most = min(found.indexed), max(found.indexed)
    keys = "keys not counted" if found.keys is None else f"{'' if found.counted_all else 'over '}{found.keys} keys"
    history = "history not allowed" if found.history is None else f"{found.history} in the history"
    text = f"{most} scans in the index, {keys}, {history}"
    missed = found.keys - most if found.keys is not None else 0
    if missed > 0:
        return Finding("warning", "index", f"{text}: {missed} are not in the index", _REFUSED)
    if found.counted_all and found.keys is not None and least > found.keys:
        remedy = "nothing, if it passes: expired scans are swept out of the index after a while"
        return Finding("warning", "index", f"{text}: {least - found.keys} are there no more", remedy)
    if most and found.history == 0:
        remedy = "somebody deleted _SCAN_HISTORY_: it fills again with the next scans"
        return Finding("warning", "index", text, remedy)
    if found.index_failures and not found.counted_all:
        return Finding("warning", "index", f"{text}; {found.index_failures} documents were refused", _REFUSED)
    return Finding("ok", "index", text)


def _memory(found: Examination) -> Finding:
    if found.info is None:
        return _untold(found, "memory", "INFO")
    used, limit = _number(found, "used_memory"), _number(found, "maxmemory")
    policy = found.info.get("maxmemory_policy", "noeviction")
    if not limit:
        remedy = "CONFIG SET maxmemory 1gb, or so: without a limit blissdata's memory_tracker refuses to run"
        return Finding("warning", "memory", f"{used // _MIB} MiB used, no limit", remedy)
    text = f"{used // _MIB} of {limit // _MIB} MiB used ({used * 100 // limit} %)"
    if used >= _FULL * limit:
        remedy = "scans can hardly be published: see that memory_tracker runs, or raise maxmemory"
        return Finding("fault", "memory", text, remedy)
    if policy != "noeviction":
        remedy = "CONFIG SET maxmemory-policy noeviction: as it is, keys vanish without a word when memory is full"
        return _finding("warning", "memory", f"{text}, policy {policy}", remedy)
    if used >= _FILLING * limit:
        return Finding("warning", "memory", text, "see that memory_tracker runs: it trims from 80 % on")
    return Finding("ok", "memory", text)


def _settings(found: Examination) -> Finding:
    """What blissdata sets when it initialises a server, and a restart may take away."""
    if found.has_seal_function is False:
        remedy = "prepare an empty database again (scantui init): without the function no scan can be stopped"
        return Finding("fault", "settings", "the function seal_stream is missing", remedy)
    if found.prefix_expansions is None:
        return _untold(found, "settings", "FT.CONFIG")
    text = f"MAXPREFIXEXPANSIONS is {found.prefix_expansions}"
    if found.prefix_expansions < PREFIX_EXPANSIONS:
        remedy = (
            f"FT.CONFIG SET MAXPREFIXEXPANSIONS {PREFIX_EXPANSIONS}: a restart lost it, and searches with * miss scans"
        )
        return Finding("warning", "settings", text, remedy)
    return Finding("ok", "settings", text)


def _scans(found: Examination, now_ms: int) -> Finding:
    if found.keys is None:
        return _untold(found, "scans", "SCAN")
    if not found.oldest_ms:
        return Finding("ok", "scans", "none yet")
    age = (now_ms - found.oldest_ms) / 1000
    text = f"the oldest{'' if found.counted_all else ' of those looked at'} is {short_span(age)} old"
    if age > _OLD_SECONDS:
        return Finding("warning", "scans", text, "see that memory_tracker runs: it has scans expire after 7 days")
    return Finding("ok", "scans", text)


def _clock(found: Examination) -> Finding:
    if found.ahead_ms is None:
        return _untold(found, "clock", "TIME")
    if abs(found.ahead_ms) <= _SKEW_MS:
        return Finding("ok", "clock", f"{found.ahead_ms:+} ms from ours")
    side = "ahead of" if found.ahead_ms > 0 else "behind"
    remedy = "see that both computers keep time (NTP): ages count by the server's clock"
    return Finding("warning", "clock", f"{short_span(abs(found.ahead_ms) / 1000)} {side} ours", remedy)


def _rights(found: Examination) -> Finding:
    if found.denied_reading is None or found.denied_writing is None:
        return _untold(found, "rights", "ACL")
    who = f"user {found.user}"
    needed = [command for command in found.denied_reading if command not in ("FT.SEARCH", "SCAN")]
    if needed or found.denied_keys:
        missing = [*(f"~{pattern}" for pattern in found.denied_keys), *(f"+{command.lower()}" for command in needed)]
        text = f"{who} may not read: {', '.join([*found.denied_keys, *needed])}"
        return _finding("fault", "rights", text, f"have an administrator add {' '.join(missing)}")
    if found.denied_reading:
        text = f"{who} may not {' nor '.join(found.denied_reading)}"
        remedy = "searches need FT.SEARCH, or SCAN in its place: have an administrator add them"
        return _finding("fault" if len(found.denied_reading) > 1 else "warning", "rights", text, remedy)
    if found.denied_writing:
        return _finding("ok", "rights", f"{who} may read and not write: no test scans")
    return _finding("ok", "rights", f"{who} may read and write")


def _untold(found: Examination, subject: str, command: str) -> Finding:
    """The line on what the server did not tell."""
    reason = found.untold.get(command, "no answer")
    if reason == NOT_ALLOWED:
        return Finding("warning", subject, f"not allowed: {command}", f"to know, have +{command.lower()} added")
    return _finding("warning", subject, f"not known, {command}: {reason}")


def _finding(verdict: Verdict, subject: str, text: str, remedy: str = "") -> Finding:
    """A line that holds words of the server."""
    return Finding(verdict, subject, printable(text, 300), printable(remedy, 300))


def _number(found: Examination, name: str) -> int:
    return _whole((found.info or {}).get(name, "")) or 0


def _whole(text: str) -> int | None:
    """The number that a text of the server is; None for another text, or one longer than any number of Redis."""
    return int(text) if _WHOLE.fullmatch(text) else None


def _version(number: int) -> str:
    """20803 is 2.8.3."""
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"
