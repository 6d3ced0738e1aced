"""A time limit for what an event loop awaits, the same on all versions of Python.

Rule: nothing else measures time in the asynchronous driver.
"""

from __future__ import annotations

import sys

# asyncio.wait_for swallows a cancellation now and then before Python 3.12, and so do timeouts of the client's own.
if sys.version_info >= (3, 11):
    from asyncio import timeout as answer_within
else:
    from async_timeout import timeout as answer_within  # comes with redis on these versions

__all__ = ["answer_within"]
