"""A finding of a check: ok, a warning or a fault, with what to do about it."""

from __future__ import annotations

from typing import Literal

import msgspec

Verdict = Literal["ok", "warning", "fault"]


class Finding(msgspec.Struct, frozen=True):
    """One finding about `subject`: `text` describes it, `remedy` is what to do about it, or empty."""

    verdict: Verdict
    subject: str
    text: str
    remedy: str = ""
