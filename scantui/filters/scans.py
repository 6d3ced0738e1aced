"""The scans that a filter is applied to, by their keys, with all that its terms need; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from scantui.models import Note, ScanSummary
from scantui.text import LONGEST_TEXT, as_typed
from scantui.titles import name_in_sequence, plain_numbers, row_name, row_names

# Scans whose texts are put together at once, and the texts of each.
_SLICE = 500
_TEXTS = 13
# To free the memory of this many texts takes a millisecond or two.
_FREED_AT_ONCE = 20_000


def title_as_read(title: str) -> str:
    """A title for comparing it as a whole; the blanks at its ends are not seen."""
    return as_typed(plain_numbers(title)).strip()


class Texts:
    """What is read of each scan, kept from one key stroke to the next; `rows` may change."""

    def __init__(self, rows: Mapping[str, ScanSummary]) -> None:
        self._rows = rows
        self._texts: dict[str, str] = {}
        self._titles: dict[str, str | None] = {}
        # To free very many at once would keep the keys waiting.
        self._unneeded: list[dict[str, str] | dict[str, str | None]] = []

    def of(self, keys: Sequence[str]) -> list[str]:
        """The texts that words are searched for in."""
        missing = [key for key in keys if key not in self._texts]
        self._texts.update(zip(missing, _texts_of([self._rows[key] for key in missing], self._rows), strict=True))
        return list(map(self._texts.__getitem__, keys))

    def titles(self, keys: Sequence[str]) -> list[str | None]:
        """The titles, as they are read on the screen."""
        for key in keys:
            if key not in self._titles:
                title = self._rows[key].title
                self._titles[key] = None if title is None else title_as_read(title)
        return list(map(self._titles.__getitem__, keys))

    def forget(self, keys: Iterable[str] | None = None) -> None:
        """Put the texts of these scans, which changed, together anew, without any given those of all."""
        if keys is None:
            self._unneeded += filter(None, (self._texts, self._titles))
            self._texts, self._titles = {}, {}
        elif self._texts or self._titles:
            for key in keys:
                self._texts.pop(key, None)
                self._titles.pop(key, None)

    def free_some(self) -> None:
        """Free some memory of texts that were forgotten."""
        if self._unneeded:
            texts = self._unneeded[-1]
            for _ in range(min(_FREED_AT_ONCE, len(texts))):
                texts.popitem()
            if not texts:
                self._unneeded.pop()


class Scans(msgspec.Struct, frozen=True):
    """Scans, the words for their states and their texts; `now_ms` is the server's clock, 0 when it is unknown.

    `notes` are what users wrote about them. `server` is the name of the only server, for scans that name none.
    """

    rows: Mapping[str, ScanSummary]
    words: Mapping[str, str]
    texts: Texts
    now_ms: int
    notes: Mapping[str, Note] = {}
    server: str = ""


def _texts_of(scans: Sequence[ScanSummary], rows: Mapping[str, ScanSummary]) -> list[str]:
    """Everything of each scan that a word may be found in, as it is read; no word goes across two of its texts."""
    texts: list[str] = []
    for start in range(0, len(scans), _SLICE):
        some = scans[start : start + _SLICE]
        texts += _plain_texts(some, rows) or [_text_of(scan, rows) for scan in some]
    return texts


def _plain_texts(scans: Sequence[ScanSummary], rows: Mapping[str, ScanSummary]) -> list[str]:
    """The texts of scans that hold nothing unusual, as most do, for one search of all; empty if one may be unusual."""
    texts = [
        f"{name_in_sequence(name, scan, rows.get(scan.parent)) if scan.parent else name}\0"
        f"{'' if scan.title == name else scan.title or ''}\0{scan.user_name or ''}\0{scan.problem}\0"
        f"{scan.key}\0{identity.name}\0{identity.session or ''}\0{identity.proposal or ''}\0"
        f"{identity.collection or ''}\0{identity.dataset or ''}\0{identity.path or ''}\0{scan.number}\0"
        f"{scan.server or ''}"
        for name, scan in zip(row_names(scans), scans, strict=True)
        if (identity := scan.numberless)
    ]
    whole = "\0".join(texts)
    without_ends = whole.replace("\0", "")
    ends = len(whole) - len(without_ends)
    is_plain = without_ends.isascii() and without_ends.isprintable() and max(map(len, texts), default=0) <= LONGEST_TEXT
    return texts if is_plain and ends == len(scans) * _TEXTS - 1 else []


def _text_of(scan: ScanSummary, rows: Mapping[str, ScanSummary]) -> str:
    identity, name, title = scan.identity, row_name(scan), scan.title or ""
    texts = ["" if title == name else title, scan.user_name or "", scan.problem, scan.key]
    if identity:
        name = name_in_sequence(name, scan, rows.get(scan.parent or ""))
        texts += [
            *(identity.name, identity.session or "", identity.proposal or "", identity.collection or ""),
            *(identity.dataset or "", identity.path or "", str(identity.number)),
        ]
    return "\0".join(map(as_typed, [name, *texts, scan.server or ""]))
