"""Memory that this program has freed but still holds."""

from __future__ import annotations

import sys
from contextlib import suppress


def give_back() -> None:
    """Give memory that this process no longer uses back to the system, where the C library can; it takes a while."""
    if sys.platform == "linux":
        # Not every build of Python or C library has these.
        with suppress(ImportError, OSError):
            import ctypes

            trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
            if trim is not None:
                trim(0)
