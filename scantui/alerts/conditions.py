"""What a rule waits for, as a user writes it: `fail`, `silent=20m`, `memory=80%`, `value i0<1e4 for 10s`; pure."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Iterable

import msgspec

from scantui.exceptions import UsageError
from scantui.filters.moments import seconds_in
from scantui.text import hint, printable
from scantui.words import short_span

NOT_SAVED = "not saved"
SERVER = "server"
MATCH = "match"
START = "start"
# The words for a scan's state with which a scan calls.
WORDS_OF = {
    "end": frozenset(("DONE", "FAIL", "ABRT", "LOST", "END")),
    "fail": frozenset(("FAIL", "LOST")),
    "abort": frozenset(("ABRT",)),
    "stall": frozenset(("STALL",)),
    START: frozenset(("RUN", "STALL", "STOP", "DONE")),
}
PLAIN = (*WORDS_OF, MATCH, SERVER, NOT_SAVED)
MOST_VALUES = 3

_VALUE = re.compile(
    r"value\s+(?P<counter>[^\s<>=]+)\s*(?P<sign><=|>=|<|>)\s*(?P<limit>[-+.\w]+)(?:\s+for\s+(?P<span>\S+))?"
)
_MEMORY = re.compile(r"memory=([0-9]{1,3}(?:\.[0-9]+)?)%")
_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_EXAMPLES = "silent=20m, memory=80%, value i0<1e4 for 10s"


class ValueCondition(msgspec.Struct, frozen=True):
    """A counter of a running scan stays beyond a limit for `seconds`; `counter` is its name or the end of it."""

    counter: str
    sign: str
    limit: float
    seconds: float = 0.0

    def holds_for(self, value: float) -> bool:
        """Whether a value is beyond the limit; one that is not a number never is."""
        return not math.isnan(value) and _SIGNS[self.sign](value, self.limit)

    def names(self, stream: str) -> bool:
        """Whether a stream is the counter: by its name, or by the end of it behind a colon."""
        return self.counter in (stream, stream.rpartition(":")[2])

    @property
    def text(self) -> str:
        """The condition as a user may write it."""
        lasting = f" for {short_span(self.seconds)}" if self.seconds else ""
        return f"value {self.counter}{self.sign}{self.limit:g}{lasting}"

    @property
    def word(self) -> str:
        return "LOW" if self.sign.startswith("<") else "HIGH"


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """All that a rule waits for; any of it calls.

    `kinds` are words of PLAIN. `silent_seconds` and `memory_share` (0 to 1) are None where they do not matter.
    """

    kinds: frozenset[str] = frozenset()
    silent_seconds: float | None = None
    memory_share: float | None = None
    values: tuple[ValueCondition, ...] = ()

    @property
    def text(self) -> str:
        """All of them, between commas."""
        texts = [kind for kind in PLAIN if kind in self.kinds]
        texts += [] if self.silent_seconds is None else [f"silent={short_span(self.silent_seconds)}"]
        texts += [] if self.memory_share is None else [f"memory={100 * self.memory_share:g}%"]
        return ", ".join([*texts, *(condition.text for condition in self.values)])

    def kinds_of(self, word: str) -> list[str]:
        """The kinds with which a scan in this state calls."""
        return [kind for kind, words in WORDS_OF.items() if kind in self.kinds and word in words]


def read_conditions(texts: Iterable[str]) -> Conditions:
    """Read conditions, several in a text between commas; UsageError names the one that cannot be read, and why."""
    kinds: set[str] = set()
    silent: float | None = None
    memory: float | None = None
    values: list[ValueCondition] = []
    for text in (part.strip() for each in texts for part in each.split(",")):
        name = text.lower().replace("-", " ").replace("_", " ")
        if name in PLAIN:
            kinds.add(name)
        elif text.startswith("silent="):
            silent = _positive(text.partition("=")[2])
        elif text.startswith("memory"):
            memory = _read_share(text)
        elif text.startswith("value"):
            values.append(_read_value(text))
        else:
            known = hint(text, PLAIN) if text else f"give one of {', '.join(PLAIN)}"
            raise UsageError(f"{printable(text)!r} is not a condition of an alert: {known}, {_EXAMPLES}")
    if len(values) > MOST_VALUES:
        raise UsageError(f"an alert watches {MOST_VALUES} counters at most")
    return Conditions(kinds=frozenset(kinds), silent_seconds=silent, memory_share=memory, values=tuple(values))


def _positive(text: str) -> float:
    seconds = seconds_in(text)
    if not seconds:
        raise UsageError(f"give a span of time above zero, not {printable(text)!r}")
    return seconds


def _read_share(text: str) -> float:
    found = _MEMORY.fullmatch(text)
    if found is None or not 0 < float(found[1]) <= 100:
        raise UsageError(f"{printable(text)!r} is not a share of the memory: write memory=80%")
    return float(found[1]) / 100


def _read_value(text: str) -> ValueCondition:
    found = _VALUE.fullmatch(text)
    if found is None:
        raise UsageError(f"{printable(text)!r} is not a condition on a counter: write value i0<1e4 for 10s")
    try:
        limit = float(found["limit"])
    except ValueError:
        limit = math.nan
    if math.isnan(limit):
        raise UsageError(f"{printable(found['limit'])!r} is not a number: write value i0<1e4 for 10s")
    return ValueCondition(found["counter"], found["sign"], limit, _positive(found["span"]) if found["span"] else 0.0)
