"""The texts of a scan that can be copied; pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from scantui.export import reproduce_command
from scantui.models import ScanSummary
from scantui.text import printable
from scantui.titles import plain_numbers


class Copyable(NamedTuple):
    """A text to copy, the letter that chooses it, and what it is called."""

    letter: str
    name: str
    text: str


def copyables(row: ScanSummary, labels: Sequence[str], filter_text: str, keys: Sequence[str] = ()) -> list[Copyable]:
    """All texts of a scan that can be copied, each on one line; `labels` are those of the servers, without secrets.

    `keys` are those of all scans on its line, where several are folded.
    """
    identity = row.identity
    texts = [
        Copyable("k", "key", " ".join(keys or [row.key])),
        Copyable("n", "number", str(identity.number) if identity else ""),
        Copyable("t", "title", plain_numbers(row.title or "")),
        Copyable("p", "path", (identity.path if identity else None) or ""),
        Copyable("j", "JSON", msgspec.json.encode(row.fields()).decode()),
        Copyable("c", "command that shows this view", reproduce_command(labels, filter_text)),
    ]
    # A line end within would have a shell run what follows it when it is pasted there.
    return [each._replace(text=printable(each.text, len(each.text))) for each in texts if each.text]
