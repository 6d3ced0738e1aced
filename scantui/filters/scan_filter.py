"""A filter that was understood: what a scan must be to pass.

Rule: nothing of the grammar is imported for the empty filter, with which most monitors start.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING

import msgspec

from scantui.text import BYTE_ORDER_MARK
from scantui.words import state_word

if TYPE_CHECKING:
    from scantui.filters.scans import Scans
    from scantui.filters.terms import Term
    from scantui.matching import Argument
    from scantui.models import Note, ScanSummary


class ScanFilter(msgspec.Struct, frozen=True):
    """A filter that was understood: `text`, spelled as all that mean the same are, and what a scan must be to pass.

    `surprises` is whether it was read as something else than the words that stood there.
    """

    text: str = ""
    terms: tuple[Term, ...] = ()
    surprises: bool = False

    @classmethod
    def parse(cls, text: str, zone: tzinfo | None = None) -> ScanFilter:
        """Read the text of the filter bar; FilterSyntaxError describes what is wrong at which column.

        Times without a zone of their own are in `zone`, by default in this machine's.
        """
        if text.startswith(BYTE_ORDER_MARK):
            text = " " + text[1:]
        if not text.strip():
            return cls()
        # Imported when there is something to read: the first frame of the monitor does not wait.
        from scantui.filters.reading import read_filter

        return cls(*read_filter(text, zone))

    def passing(self, keys: Sequence[str], scans: Scans) -> Sequence[str]:
        """Those keys whose scans pass, in their order. The empty filter lets all pass."""
        for term in self.terms:
            keys = term.passing(keys, scans)
        return keys

    def matches(
        self, scan: ScanSummary, word: str = "", now_ms: int = 0, note: Note | None = None, server: str = ""
    ) -> bool:
        """Whether a scan passes, under the `word` for its state if its document has another.

        `now_ms` is the server's clock in milliseconds since 1970; without it scans have no age. `server` is the name of
        the server, for a scan that names none.
        """
        from scantui.filters.scans import Scans, Texts

        rows, notes = {scan.key: scan}, {scan.key: note} if note else {}
        scans = Scans(rows, {scan.key: word or state_word(scan)}, Texts(rows), now_ms, notes=notes, server=server)
        return bool(self.passing([scan.key], scans))

    @property
    def depends_on_time(self) -> bool:
        """Whether a scan may begin or cease to pass while nothing happens but that time goes by."""
        return any(term.depends_on_time for term in self.terms)

    @property
    def search_arguments(self) -> dict[str, Argument]:
        """The keyword arguments with which a search of the store finds every scan that passes, and maybe more."""
        from scantui.filters.terms import ValueTerm
        from scantui.matching import FIELDS, between

        terms = [term for term in self.terms if isinstance(term, ValueTerm) and term.field in FIELDS]
        candidates: dict[str, Argument | None] = {}
        for term in terms:
            # A range among the alternatives has no argument.
            if not term.negated and len(term.arguments) == len(term.alternatives) == 1:
                candidates[term.field] = term.server_argument
            elif not term.negated and term.field == "number" and (wanted := term.numbers) is not None:
                known = candidates.get("number", between())
                if isinstance(known, between):
                    candidates["number"] = between(max(known.low, wanted.low), min(known.high, wanted.high))
        return {field: argument for field, argument in candidates.items() if argument is not None}
