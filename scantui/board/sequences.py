"""The state of a sequence: the worst word of its scans, and how far it has come; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from scantui.activity import time_left
from scantui.words import short_span

# From the worst to the best, for a row that hides several scans.
_FROM_WORST = ("BAD", "FAIL", "LOST", "ABRT", "STALL", "GONE", "RUN", "STOP", "PREP", "NEW", "END", "DONE")
_PROBLEMS = ("FAIL", "ABRT", "LOST", "STALL", "BAD")
_OPEN = frozenset(("NEW", "PREP", "RUN", "STALL", "STOP"))


def worst_word(words: Iterable[str]) -> str:
    """The word of a row that hides scans: the worst of theirs; "" without any."""
    return min(words, key=_FROM_WORST.index, default="")


def sequence_progress(
    words: Sequence[str], planned: int, started_ms: int | None, now_ms: int, seen: int = 0, quiet_ms: int = 0
) -> str:
    """`5/7 scans, 1 FAIL, 2:51 left`, from the words of a sequence's scans and the planned number.

    `planned` is 0 when it is not known; then it is `5 scans, 1 FAIL`. An end above an hour away is a time of day.
    Without `started_ms`, or when the sequence has ended, nothing is left. `seen` is how many scans the sequence itself
    counts, which may be more than are known. A sequence that is silent has no known end: `5/7 scans, quiet 9m`.
    """
    counted = Counter(words)
    count = max(len(words), seen)
    of_planned = f"{count}/{planned} scans" if planned else f"{count} scan{'' if count == 1 else 's'}"
    problems = [f"{counted[word]} {word}" for word in _PROBLEMS if counted[word]]
    if quiet_ms:
        return ", ".join([of_planned, *problems, f"quiet {short_span(quiet_ms / 1000)}"])
    still_open = sum(counted[word] for word in _OPEN)
    if counted["STALL"] and counted["STALL"] == still_open:
        started_ms = None  # nothing of it goes on, so it has no known end either
    left = seconds_left(count - still_open, planned, started_ms, now_ms)
    end = "" if left is None else time_left(now_ms + int(left * 1000), now_ms)
    return ", ".join([of_planned, *problems, *([end] if end else [])])


def seconds_left(done: int, planned: int, started_ms: int | None, now_ms: int) -> float | None:
    """How long a sequence still takes if it goes on as it went, in seconds; None when that cannot be known."""
    if started_ms is None or not 0 < done < planned or now_ms <= started_ms:
        return None
    return (now_ms - started_ms) / 1000 * (planned - done) / done
