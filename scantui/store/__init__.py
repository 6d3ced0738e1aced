"""The data store: blissdata's protocol, sync and async, on redis and msgspec alone.

What programs may use: DataStore and AsyncDataStore with the types that their methods take and return, named here;
`scantui.exceptions`, `scantui.matching` and `scantui.models`. Everything below this package may change.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scantui.matching import SearchCriteria, between, exact
    from scantui.models import FoundScans, ListedScans, Scan, ScanIdentity, ScanRef, ScanState, ScanSummary, StreamInfo
    from scantui.points import FrameStatus, Points
    from scantui.store.aio import AsyncDataStore
    from scantui.store.blocking import DataStore
    from scantui.store.operations.details import ScanDetails, StreamTail
    from scantui.store.operations.follow import News, ServerStatus

__all__ = [
    "AsyncDataStore",
    "DataStore",
    "FoundScans",
    "FrameStatus",
    "ListedScans",
    "News",
    "Points",
    "Scan",
    "ScanDetails",
    "ScanIdentity",
    "ScanRef",
    "ScanState",
    "ScanSummary",
    "SearchCriteria",
    "ServerStatus",
    "StreamInfo",
    "StreamTail",
    "between",
    "exact",
]

# Imported when they are first used: redis-py takes longer to import than all the rest, and an address needs none of it.
_MODULES = {
    "AsyncDataStore": "scantui.store.aio",
    "DataStore": "scantui.store.blocking",
    "FoundScans": "scantui.models",
    "FrameStatus": "scantui.points",
    "ListedScans": "scantui.models",
    "News": "scantui.store.operations.follow",
    "Points": "scantui.points",
    "Scan": "scantui.models",
    "ScanDetails": "scantui.store.operations.details",
    "ScanIdentity": "scantui.models",
    "ScanRef": "scantui.models",
    "ScanState": "scantui.models",
    "ScanSummary": "scantui.models",
    "SearchCriteria": "scantui.matching",
    "ServerStatus": "scantui.store.operations.follow",
    "StreamInfo": "scantui.models",
    "StreamTail": "scantui.store.operations.details",
    "between": "scantui.matching",
    "exact": "scantui.matching",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
