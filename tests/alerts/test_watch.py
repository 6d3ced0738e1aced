"""When rules call: each case is a list of moments, what is seen at each, and the sentences that come of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest

from scantui.alerts import ArmedRule, Now, SeenScan, read_rule
from scantui.models import ScanIdentity, ScanState, ScanSummary

NIGHT_MS = 1_795_212_000_000
Step = Callable[[ArmedRule, Now], None]


def now(seconds: float, jump_s: float = 0) -> Now:
    """A moment of a clock that never jumps, and a server's clock that did so by `jump_s`."""
    return Now(seconds, NIGHT_MS + int((seconds + jump_s) * 1000))


def row(number: int) -> ScanSummary:
    return ScanSummary(
        key=f"esrf:scan:{number:026}",
        state=ScanState.CLOSED,
        identity=ScanIdentity(name="ascan", number=number),
        title=f"ascan {number}",
    )


def sees(word: str, *numbers: int, is_new: bool = False, is_lost: bool = False) -> Step:
    def step(rule: ArmedRule, at: Now) -> None:
        for number in numbers:
            rule.see(SeenScan(row(number), word, is_new, is_lost), at)

    return step


def moves(rule: ArmedRule, at: Now) -> None:
    rule.note_move(at)


def goes_down(rule: ArmedRule, at: Now) -> None:
    rule.note_down(at)


def comes_up(rule: ArmedRule, at: Now) -> None:
    rule.note_up(at)


def nothing(rule: ArmedRule, at: Now) -> None:
    pass


def memory(share: float) -> Step:
    return lambda rule, at: rule.note_memory(share)


def values(**known: float) -> Step:
    return lambda rule, at: rule.note_values(known, at)


def calls(when: str, steps: list[tuple[float, Step]], again: str = "", until: float = 0) -> list[tuple[float, str]]:
    """In which second the rule calls, and its text; it is evaluated twice a second."""
    rule = ArmedRule(read_rule("night", [when], again=again), now(0))
    waiting = sorted(steps, key=lambda step: step[0])
    found = []
    for half in range(2 * int(max(until, *(at for at, _ in steps))) + 2):
        while waiting and waiting[0][0] <= half / 2:
            at_s, step = waiting.pop(0)
            step(rule, now(at_s))
        found += [(float(half // 2), alert.text) for alert in rule.due(now(half / 2))]
    return found


SINCE = f"{datetime.fromtimestamp(NIGHT_MS / 1000):%H:%M}"
LATER = f"{datetime.fromtimestamp(NIGHT_MS / 1000 + 60):%H:%M}"

CASES: dict[str, tuple[str, list[tuple[float, Step]], str, float, list[tuple[float, str]]]] = {
    "a failure calls once": ("fail", [(5, sees("FAIL", 1)), (9, sees("FAIL", 1))], "", 90, [(5, "FAIL 1 ascan 1")]),
    "what does not matter does not call": ("fail", [(5, sees("DONE", 1)), (6, sees("ABRT", 2))], "", 90, []),
    "a scan that was cleaned up failed": ("fail", [(5, sees("LOST", 1))], "", 9, [(5, "LOST 1 ascan 1")]),
    "three call one by one": (
        "fail",
        [(5, sees("FAIL", 1)), (15, sees("FAIL", 2)), (25, sees("FAIL", 3))],
        "",
        90,
        [(5, "FAIL 1 ascan 1"), (15, "FAIL 2 ascan 2"), (25, "FAIL 3 ascan 3")],
    ),
    "a burst calls together": ("fail", [(5, sees("FAIL", *range(7)))], "", 90, [(5, f"7 scans failed since {SINCE}")]),
    "what comes after a burst waits for a minute": (
        "fail",
        [(5, sees("FAIL", *range(7))), (20, sees("FAIL", 8)), (30, sees("FAIL", 9))],
        "",
        90,
        [(5, f"7 scans failed since {SINCE}"), (65, "FAIL 8 ascan 8"), (65, "FAIL 9 ascan 9")],
    ),
    "a burst over a moment calls together": (
        "fail",
        [(5 + number / 20, sees("FAIL", number)) for number in range(7)],
        "",
        90,
        [(5, f"7 scans failed since {SINCE}")],
    ),
    "from the fourth within a minute on they call together when no more come": (
        "fail",
        [(second, sees("FAIL", second)) for second in (5, 6, 7, 8, 9, 10, 11, 12, 30, 31, 32)],
        "",
        140,
        [
            *[(5, "FAIL 5 ascan 5"), (6, "FAIL 6 ascan 6"), (7, "FAIL 7 ascan 7")],
            (17, f"5 scans failed since {SINCE}"),
            *[(77, f"FAIL {number} ascan {number}") for number in (30, 31, 32)],
        ],
    ),
    "a burst that does not end calls once a minute": (
        "fail",
        [(second, sees("FAIL", second)) for second in range(5, 125, 2)],
        "",
        180,
        [
            *[(5, "FAIL 5 ascan 5"), (7, "FAIL 7 ascan 7"), (9, "FAIL 9 ascan 9")],
            *[(69, f"30 scans failed since {SINCE}"), (129, f"27 scans failed since {LATER}")],
        ],
    ),
    "again keeps calls apart and loses none": (
        "fail",
        [(5, sees("FAIL", 1)), (20, sees("FAIL", 2)), (40, sees("FAIL", 3))],
        "5m",
        700,
        [(5, "FAIL 1 ascan 1"), (305, f"2 scans failed since {SINCE}")],
    ),
    "fifty missed failures call once": (
        "fail",
        [(10, goes_down), (40, comes_up), (41, sees("FAIL", *range(50)))],
        "",
        120,
        [(43, f"50 scans failed since {SINCE}")],
    ),
    "two missed failures call once": (
        "fail",
        [(10, goes_down), (40, comes_up), (41, sees("FAIL", 1)), (42, sees("FAIL", 2))],
        "",
        120,
        [(43, f"2 scans failed since {SINCE}")],
    ),
    "one missed failure does not hold up the next": (
        "fail",
        [(10, goes_down), (40, comes_up), (41, sees("FAIL", 1)), (50, sees("FAIL", 2)), (55, sees("FAIL", 3))],
        "",
        120,
        [(43, "FAIL 1 ascan 1"), (50, "FAIL 2 ascan 2"), (55, "FAIL 3 ascan 3")],
    ),
    "one that stalls calls, and not again when it fails": (
        "fail,stall",
        [(5, sees("STALL", 1)), (50, sees("FAIL", 1))],
        "",
        120,
        [(5, "STALL 1 ascan 1")],
    ),
    "one that stalled and went on calls when it fails": (
        "fail,stall",
        [(at, sees(word, 1)) for at, word in ((5, "STALL"), (50, "RUN"), (60, "STALL"), (65, "RUN"), (70, "FAIL"))],
        "",
        180,
        [(5, "STALL 1 ascan 1"), (70, "FAIL 1 ascan 1")],
    ),
    "kinds are counted apart": (
        "fail,stall",
        [(5, sees("STALL", 1, 2)), (5, sees("FAIL", 3, 4, 5))],
        "",
        90,
        [(5, f"5 scans since {SINCE}: 3 failed, 2 stalled")],
    ),
    "a scan that went away does not call": ("end", [(5, sees("RUN", 1)), (9, sees("GONE", 1))], "", 90, []),
    "its beginning and its end are two calls": (
        "start,end",
        [(5, sees("RUN", 1)), (50, sees("DONE", 1))],
        "",
        90,
        [(5, "RUN 1 ascan 1"), (50, "DONE 1 ascan 1")],
    ),
    "of one that began and ended before a call was due, the end calls": (
        "start,end", [(1, sees("RUN", 1)), (2, sees("DONE", 1))], "", 90, [(3, "DONE 1 ascan 1")]
    ),
    "a scan that comes to match": (
        "match", [(5, sees("NEW", 1, is_new=True)), (9, sees("RUN", 1))], "", 90, [(5, "NEW 1 ascan 1")]
    ),
    "a scan whose data go nowhere": (
        "not saved",
        [(5, sees("NEW", 1, is_lost=True)), (6, sees("NEW", 2)), (7, sees("NEW", 3))],
        "",
        90,
        [(5, "NEW 1 ascan 1 (not saved)")],
    ),
    "silence counts from the start": ("silent=20s", [(0, nothing)], "", 90, [(20, "No scan began or moved for 20s")]),
    "silence counts from a move": ("silent=20s", [(15, moves)], "", 90, [(35, "No scan began or moved for 20s")]),
    "silence calls again only after the pause": (
        "silent=20s",
        [(0, nothing)],
        "30s",
        90,
        [
            (20, "No scan began or moved for 20s"),
            (50, "No scan began or moved for 50s"),
            (80, "No scan began or moved for 1m"),
        ],
    ),
    "each silence calls once": (
        "silent=20s",
        [(30, moves)],
        "",
        200,
        [(20, "No scan began or moved for 20s"), (50, "No scan began or moved for 20s")],
    ),
    "a stalled scan does not end the silence": (
        "silent=20s", [(15, sees("STALL", 1))], "", 60, [(20, "No scan began or moved for 20s")]
    ),
    "a lost server is silence too": (
        "silent=70s", [(5, goes_down)], "", 90, [(70, "No scan began or moved for 1m (the server cannot be reached)")]
    ),
    "a server that is away for a minute": (
        "server", [(5, goes_down), (30, goes_down), (200, comes_up)], "", 260, [(65, "Server DOWN for 1m")]
    ),
    "a server that comes back in time": ("server", [(5, goes_down), (60, comes_up)], "", 200, []),
    "memory calls when it is crossed": (
        "memory=80%",
        [(5, memory(0.79)), (10, memory(0.81)), (20, memory(0.9)), (30, memory(0.5)), (40, memory(0.85))],
        "",
        90,
        [(10, "Redis uses 81% of its memory"), (40, "Redis uses 85% of its memory")],
    ),
    "a counter that stays low": (
        "value i0<1e4 for 10s",
        [(second, values(**{"p201:i0": 312.0})) for second in range(5, 20)],
        "",
        60,
        [(15, "LOW i0 312 for 10s")],
    ),
    "a counter that recovers in time": (
        "value i0<1e4 for 10s",
        [(5, values(i0=312.0)), (12, values(i0=20_000.0)), (13, values(i0=312.0)), (20, values(other=1.0))],
        "",
        60,
        [],
    ),
    "a counter that is not a number": ("value i0>1", [(5, values(i0=float("nan")))], "", 60, []),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_rule_calls_when_it_should(name: str) -> None:
    when, steps, again, until, expected = CASES[name]
    assert calls(when, steps, again, until) == expected
