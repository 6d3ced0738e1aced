"""The state of a sequence: the worst word of its scans, and how far it has come; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from scantui.words import clock_span, moment

# From the worst to the best, for a row that hides several scans.
_FROM_WORST = ("BAD", "FAIL", "LOST", "ABRT", "STALL", "GONE", "RUN", "STOP", "PREP", "NEW", "END", "DONE")
_PROBLEMS = ("FAIL", "ABRT", "LOST", "STALL", "BAD")
_OPEN = frozenset(("NEW", "PREP", "RUN", "STALL", "STOP"))
_HOUR = 3600


def worst_word(words: Iterable[str]) -> str:
    """The word of a row that hides scans: the worst of theirs; "" without any."""
    return min(words, key=_FROM_WORST.index, default="")


def sequence_progress(words: Sequence[str], planned: int, started_ms: int | None, now_ms: int) -> str:
    """`5/7 scans, 1 FAIL, 2:51 left`, from the words of a sequence's scans and the planned number.

    `planned` is 0 when it is not known; then it is `5 scans, 1 FAIL`. An end above an hour away is a time of day.
    Without `started_ms`, or when the sequence has ended, nothing is left.
    """
    counted = Counter(words)
    count = f"{len(words)}/{planned} scans" if planned else f"{len(words)} scan{'' if len(words) == 1 else 's'}"
    problems = [f"{counted[word]} {word}" for word in _PROBLEMS if counted[word]]
    left = seconds_left(sum(word not in _OPEN for word in words), planned, started_ms, now_ms)
    return ", ".join([count, *problems, *([_left(left, now_ms)] if left is not None else [])])


def seconds_left(done: int, planned: int, started_ms: int | None, now_ms: int) -> float | None:
    """How long a sequence still takes if it goes on as it went, in seconds; None when that cannot be known."""
    if started_ms is None or not 0 < done < planned or now_ms <= started_ms:
        return None
    return (now_ms - started_ms) / 1000 * (planned - done) / done


def _left(seconds: float, now_ms: int) -> str:
    end = moment(now_ms + int(seconds * 1000)) if seconds >= _HOUR else None
    return f"{clock_span(seconds)} left" if end is None else f"ends {end:%H:%M}"
