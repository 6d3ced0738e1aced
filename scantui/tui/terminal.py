"""What Textual's reading of the terminal needs to survive a bad line: one workaround, in one place."""

from __future__ import annotations

import codecs
from functools import partial

from textual.drivers import linux_driver


def forgive_bad_bytes() -> None:
    """Have bytes from the keyboard that are no UTF-8 become stand-ins; the driver's strict decoder ends the program."""

    def forgiving(encoding: str) -> partial[codecs.IncrementalDecoder]:
        return partial(codecs.getincrementaldecoder(encoding), errors="replace")

    setattr(linux_driver, "getincrementaldecoder", forgiving)  # noqa: B010 - its own name for it is not public
