"""Whether a terminal takes more output just now."""

from __future__ import annotations

import select
from typing import TextIO


def takes_output(stream: TextIO | None) -> bool:
    """Whether what is written to a stream goes on its way at once; one that cannot be asked does."""
    try:
        return stream is None or bool(select.select((), (stream,), (), 0)[1])
    except (OSError, ValueError):  # closed, no descriptor, or one that cannot be waited for
        return True
