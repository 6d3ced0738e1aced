"""What a program has freed, and still holds."""

from __future__ import annotations

import sys
from contextlib import suppress


def give_back() -> None:
    """Return memory that is free within this process to the computer, where the C library can: for a thread."""
    if sys.platform == "linux":
        # Not every build of Python or C library has these.
        with suppress(ImportError, OSError):
            import ctypes

            trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
            if trim is not None:
                trim(0)
