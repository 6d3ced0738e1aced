"""Where `:` can go: to a scan by its number or its key, or to a dataset; pure."""

from __future__ import annotations

from typing import NamedTuple

# No scan has more digits, and Python makes no number of thousands of them.
_LONGEST_NUMBER = 18
_DATASET_SIGN = "@"


class Target(NamedTuple):
    """What to look for: a number if there is one, else a part of a dataset's name, else a key."""

    number: int | None = None
    dataset: str = ""
    key: str = ""

    @property
    def name(self) -> str:
        """The target in a sentence."""
        if self.number is not None:
            return f"scan {self.number}"
        return f"dataset {self.dataset}" if self.dataset else f"scan {self.key}"


def read_target(text: str) -> Target | None:
    """The target that a text names: `42`, `@sample_3`, `esrf:scan:…`; None when it names none."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER:
        return Target(number=int(text))
    if text.startswith(_DATASET_SIGN) and text[1:].strip():
        return Target(dataset=text[1:].strip())
    return Target(key=text) if ":" in text and " " not in text else None
