"""What a filter is asked about: scans by their keys, with what its terms need to know of them; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from scantui.models import Note, ScanSummary


class Texts:
    """The text of each scan in which words are looked for, kept from one key stroke to the next; `rows` may change."""

    def __init__(self, rows: Mapping[str, ScanSummary]) -> None:
        self._rows = rows
        self._texts: dict[str, str] = {}

    def of(self, keys: Sequence[str]) -> list[str]:
        missing = [key for key in keys if key not in self._texts]
        self._texts.update(zip(missing, _texts_of(map(self._rows.__getitem__, missing)), strict=True))
        return list(map(self._texts.__getitem__, keys))

    def forget(self, keys: Iterable[str] | None = None) -> None:
        """Put the texts of these scans, which changed, together anew, without any given those of all."""
        if keys is None:
            self._texts.clear()
        elif self._texts:
            for key in keys:
                self._texts.pop(key, None)


class Scans(msgspec.Struct, frozen=True):
    """Scans, the words for their states and their texts; `now_ms` is the server's clock, 0 when nobody knows it.

    `took` may say of scans how long they took, in seconds; without it, that is worked out. `notes` are what users wrote
    about them.
    """

    rows: Mapping[str, ScanSummary]
    words: Mapping[str, str]
    texts: Texts
    now_ms: int
    took: Mapping[str, float | None] = {}
    notes: Mapping[str, Note] = {}


def _texts_of(scans: Iterable[ScanSummary]) -> list[str]:
    """Everything of a scan that a word may be found in; no word goes across two of its texts."""
    return [
        f"{identity.name}\0{identity.session or ''}\0{identity.proposal or ''}\0{identity.collection or ''}\0"
        f"{identity.dataset or ''}\0{identity.path or ''}\0{identity.number}\0"
        f"{scan.title or ''}\0{scan.user_name or ''}\0{scan.problem}\0{scan.key}"
        if (identity := scan.identity)
        else f"{scan.title or ''}\0{scan.user_name or ''}\0{scan.problem}\0{scan.key}"
        for scan in scans
    ]
