"""The form of a test scan: its fields as texts, and the plan made from them; pure.

Rule: screen and command line use the same fields, and the same messages about mistakes.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec

from scantui.exceptions import ScanTuiError, UsageError
from scantui.publishing.run import PUBLISHER, PlannedScan, PlannedStream
from scantui.store.wire.documents import identity_from

# The label of each field.
FIELDS = {
    "name": "name",
    "number": "number",
    "data_policy": "data policy",
    "session": "session",
    "proposal": "proposal",
    "collection": "collection",
    "dataset": "dataset",
    "path": "path",
    "points": "points",
    "interval": "seconds per point",
    "copies": "repeat",
}
_MOST_POINTS = 100_000
_MOST_COPIES = 50
LARGEST_NUMBER = 2**63 - 1


class ScanForm(msgspec.Struct, frozen=True):
    """A valid form: `copies` scans with consecutive numbers; if `runs` is false they are only created.

    `form` holds the texts of its fields.
    """

    plan: PlannedScan
    copies: int
    runs: bool
    form: dict[str, str]

    @property
    def plans(self) -> list[PlannedScan]:
        """The plan of each scan, with its number."""
        first = self.plan.identity["number"]
        return [
            msgspec.structs.replace(self.plan, identity={**self.plan.identity, "number": first + copy})
            for copy in range(self.copies)
        ]


class FormError(UsageError):
    """Raised when a field of the form is invalid."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def read_form(values: dict[str, str]) -> ScanForm:
    """Turn the texts of all fields into a planned scan. Raises FormError, which names the invalid field."""
    points = _number(values, "points", int, least=0, most=_MOST_POINTS)
    interval = _number(values, "interval", float, least=0, most=3600)
    copies = _number(values, "copies", int, least=1, most=_MOST_COPIES)
    number = _number(values, "number", int, least=0, most=LARGEST_NUMBER - copies + 1)
    for field in ("name", "data_policy"):
        if not values[field]:
            raise FormError(field, f"{FIELDS[field]} cannot be empty")
    texts = ("session", "proposal", "collection", "dataset", "path")
    identity: dict[str, Any] = {
        "name": values["name"],
        "number": number,
        "data_policy": values["data_policy"],
        **{field: values[field] for field in texts if values[field]},
    }
    try:
        identity_from(identity)
    except ScanTuiError as error:
        raise FormError("name", str(error)) from error
    info = {
        "title": f"{values['name']} {points} {interval:g}",
        "npoints": points,
        "count_time": interval,
        "scan_nb": number,
        "publisher": PUBLISHER,
    }
    streams = (
        PlannedStream(name="timer:elapsed_time", value_at=lambda index: index * interval),
        PlannedStream(name="scantui:sine", value_at=lambda index: math.sin(index / 5)),
    )
    plan = PlannedScan(identity=identity, info=info, streams=streams, points=points, interval=interval)
    return ScanForm(plan, copies, runs=points > 0, form=values)


def _number(values: dict[str, str], field: str, kind: type[int] | type[float], least: float, most: float) -> Any:
    wanted = "a whole number" if kind is int else "a number"
    try:
        number = kind(values[field])
    except ValueError as error:
        raise FormError(field, f"{FIELDS[field]} must be {wanted}, not {values[field]!r}") from error
    if not least <= number <= most:
        raise FormError(field, f"{FIELDS[field]} must be {wanted} from {least} to {most}")
    return number
