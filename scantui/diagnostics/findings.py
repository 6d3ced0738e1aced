"""What an examination finds: a line that is well, a warning or a fault, with what to do about it."""

from __future__ import annotations

from typing import Literal

import msgspec

Verdict = Literal["ok", "warning", "fault"]


class Finding(msgspec.Struct, frozen=True):
    """One line: how it is with the `subject`, said in a sentence; `remedy` is what to do, empty when nothing is."""

    verdict: Verdict
    subject: str
    text: str
    remedy: str = ""
