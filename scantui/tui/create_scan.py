"""The form that creates a test scan: who the scan is to be, and whether it runs."""

from __future__ import annotations

import math
from typing import Any

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label, Static

from scantui.acquisition import PUBLISHER, PlannedScan, PlannedStream
from scantui.exceptions import ScanTuiError
from scantui.matching import TEXT_FIELDS
from scantui.models import ScanSummary
from scantui.store.documents import identity_from
from scantui.text import printable
from scantui.tui.asking import AskingScreen
from scantui.tui.inputs import CleanInput

_FIELDS = {
    "name": "name",
    "number": "number",
    "data_policy": "data policy",
    "session": "session",
    "proposal": "proposal",
    "collection": "collection",
    "dataset": "dataset",
    "path": "path",
    "points": "points",
    "interval": "seconds a point",
    "copies": "how many",
}
_MOST_POINTS = 100_000
_MOST_COPIES = 50
_LARGEST_NUMBER = 2**63 - 1


class TestScan(msgspec.Struct, frozen=True):
    """What the form asks for: `copies` scans, numbered one after the other; with `runs` false they are only created.

    `form` is what was typed.
    """

    plan: PlannedScan
    copies: int
    runs: bool
    form: dict[str, str]

    @property
    def plans(self) -> list[PlannedScan]:
        """The scans asked for, each with its number."""
        first = self.plan.identity["number"]
        return [
            msgspec.structs.replace(self.plan, identity={**self.plan.identity, "number": first + copy})
            for copy in range(self.copies)
        ]


class CreateScan(AskingScreen[TestScan | None]):
    """Asks for a test scan; dismissed with it, or with None when the user thinks better of it."""

    BINDINGS = [
        Binding("escape", "cancel", "Cancel"),
        Binding("down", "app.focus_next", "Next field", show=False),
        Binding("up", "app.focus_previous", "Previous field", show=False),
    ]

    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]

    def __init__(self, prefill: dict[str, str]) -> None:
        super().__init__()
        self._prefill = prefill

    def compose(self) -> ComposeResult:
        with Vertical(id="form"):
            yield Static("Create a test scan", classes="title", markup=False)
            with Vertical(id="fields"):
                for field, label in _FIELDS.items():
                    with Horizontal(classes="field"):
                        yield Label(label, markup=False)
                        yield CleanInput(self._prefill.get(field, ""), id=field, compact=True)
            yield Static("", id="problem", markup=False)
            yield Static(
                "Enter creates it, Esc goes back. With 0 points it is only\n"
                "created; with more it runs until it is closed.",
                classes="hint",
                markup=False,
            )

    @on(Input.Submitted)
    def _create(self) -> None:
        values = {field: self.query_one(f"#{field}", Input).value.strip() for field in _FIELDS}
        try:
            test_scan = read_form(values)
        except FormError as error:
            self.query_one("#problem", Static).update(printable(str(error)))
            self.query_one(f"#{error.field}", Input).focus()
            return
        self.dismiss(test_scan)

    def action_cancel(self) -> None:
        self.dismiss(None)


def like(row: ScanSummary, newest_number: int) -> dict[str, str]:
    """The values of a scan that there is, for another one like it."""
    identity = row.identity
    texts = {} if identity is None else {field: getattr(identity, field) for field in TEXT_FIELDS}
    return {
        **{field: printable(value) for field, value in texts.items() if value},
        "points": str(row.npoints or 0),
        "interval": f"{row.count_time or 0.5:g}",
        "copies": "1",
        "number": str(min(newest_number + 1, _LARGEST_NUMBER)),
    }


def prefill(row: ScanSummary | None, newest_number: int, last_form: dict[str, str]) -> dict[str, str]:
    """Sensible values for the fields: those of the last test scan, else of the row under the cursor."""
    identity = row.identity if row else None
    near = {} if identity is None else {field: getattr(identity, field) for field in ("session", "proposal")}
    return {
        "name": "test_scan",
        "data_policy": "None",
        **{field: printable(value) for field, value in near.items() if value},
        "points": "20",
        "interval": "0.5",
        "copies": "1",
        **last_form,
        "number": str(min(newest_number + 1, _LARGEST_NUMBER)),
    }


class FormError(ScanTuiError, ValueError):
    """Raised when a field of the form cannot be read as it is."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def read_form(values: dict[str, str]) -> TestScan:
    """Turn the texts of the form into a planned scan; FormError names the field that will not do."""
    points = _number(values, "points", int, least=0, most=_MOST_POINTS)
    interval = _number(values, "interval", float, least=0, most=3600)
    copies = _number(values, "copies", int, least=1, most=_MOST_COPIES)
    number = _number(values, "number", int, least=0, most=_LARGEST_NUMBER - copies + 1)
    for field in ("name", "data_policy"):
        if not values[field]:
            raise FormError(field, f"{_FIELDS[field]} cannot be empty")
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
        raise FormError("name", str(error)) from None
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
    return TestScan(plan, copies, runs=points > 0, form=values)


def _number(values: dict[str, str], field: str, kind: type[int] | type[float], least: float, most: float) -> Any:
    wanted = "a whole number" if kind is int else "a number"
    try:
        number = kind(values[field])
    except ValueError:
        raise FormError(field, f"{_FIELDS[field]} takes {wanted}, not {values[field]!r}") from None
    if not least <= number <= most:
        raise FormError(field, f"{_FIELDS[field]} takes {wanted} from {least} to {most}")
    return number
