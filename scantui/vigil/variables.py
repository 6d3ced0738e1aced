"""What a command that the user wants run finds in its environment.

Rule: facts go there and nowhere else; each is printable, and one that is not known is empty.
"""

from __future__ import annotations

from scantui.alerts import Alert
from scantui.matching import FIELDS
from scantui.models import ScanSummary
from scantui.system.servers import URL_VARIABLE
from scantui.text import printable

SCAN_VARIABLE = "SCANTUI_SCAN_"
ALERT_VARIABLE = "SCANTUI_ALERT_"


def scan_variables(row: ScanSummary | None, word: str) -> dict[str, str]:
    """A scan and its word; without a scan all are empty, so that nothing old is found there."""
    known = {
        "key": row.key if row else None,
        "word": word,
        "title": row.title if row else None,
        "end_reason": row.end_reason if row else None,
        "user": row.user_name if row else None,
        "server": row.server if row else None,
        **{field: getattr(row.identity, field, None) if row else None for field in FIELDS},
    }
    return {
        f"{SCAN_VARIABLE}{name.upper()}": printable("" if value is None else str(value))
        for name, value in known.items()
    }


def alert_variables(alert: Alert, url: str) -> dict[str, str]:
    """An alert, the newest of its scans, and the server's URL without a password."""
    return {
        **scan_variables(alert.scan, alert.word),
        # A silence is of a server, but of no scan.
        f"{SCAN_VARIABLE}SERVER": printable(alert.server),
        f"{ALERT_VARIABLE}NAME": printable(alert.rule.name),
        f"{ALERT_VARIABLE}TEXT": printable(alert.named_text),
        f"{ALERT_VARIABLE}COUNT": str(alert.count),
        URL_VARIABLE: url,
    }
