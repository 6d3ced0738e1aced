"""The form that creates a test scan: its identity, and whether it runs."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Label, Static

from scantui.matching import TEXT_FIELDS
from scantui.models import ScanSummary
from scantui.publishing.form import FIELDS, LARGEST_NUMBER, FormError, ScanForm, read_form
from scantui.text import printable
from scantui.tui.dialogs.asking import AskingScreen
from scantui.tui.dialogs.popup import box
from scantui.tui.widgets.inputs import CleanInput


class CreateScan(AskingScreen[ScanForm | None]):
    """Asks for a test scan; dismissed with it, or with None when the user cancels."""

    DEFAULT_CSS = """
    #form { width: 64; max-width: 100%; height: auto; max-height: 100%; padding: 0 1; }
    #fields { height: auto; max-height: 50vh; overflow-y: auto; scrollbar-size-vertical: 1; }
    CreateScan.-short #problem { margin-top: 0; }
    CreateScan.-short .hint { display: none; }
    #form .field { height: 1; }
    #form .field Label { width: 18; color: $text-muted; }
    #form .field Input { width: 1fr; }
    #form .field Input:focus { background: $boost; }
    #form #problem { height: auto; min-height: 1; color: $text-error; text-style: bold; margin-top: 1; }
    #form .hint { color: $text-muted; }
    """
    HINT = "Enter Create  ↑↓ Fields  Esc Cancel"
    BINDINGS = [
        Binding("escape", "cancel", "Cancel"),
        Binding("down", "app.focus_next", "Next field", show=False),
        Binding("up", "app.focus_previous", "Previous field", show=False),
    ]

    VERTICAL_BREAKPOINTS = [(0, "-short"), (20, "-tall")]

    def __init__(self, prefill: dict[str, str], server: str = "") -> None:
        """`server` is the name of the server, if there are several."""
        super().__init__()
        self._prefill = prefill
        self._title = f"Create a test scan on {server}" if server else "Create a test scan"

    def compose(self) -> ComposeResult:
        with box(self._title, "form"):
            with Vertical(id="fields"):
                for field, label in FIELDS.items():
                    with Horizontal(classes="field"):
                        yield Label(label, markup=False)
                        yield CleanInput(self._prefill.get(field, ""), id=field, compact=True)
            yield Static("", id="problem", markup=False)
            yield Static(
                "Enter: create, Esc: cancel. 0 points: create only",
                classes="hint",
                markup=False,
            )

    @on(Input.Submitted)
    def _create(self) -> None:
        values = {field: self.query_one(f"#{field}", Input).value.strip() for field in FIELDS}
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
    """The values of an existing scan, for another one like it."""
    identity = row.identity
    texts = {} if identity is None else {field: getattr(identity, field) for field in TEXT_FIELDS}
    return {
        **{field: printable(value) for field, value in texts.items() if value},
        "points": str(row.npoints or 0),
        "interval": f"{row.count_time or 0.5:g}",
        "copies": "1",
        "number": str(min(newest_number + 1, LARGEST_NUMBER)),
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
        "number": str(min(newest_number + 1, LARGEST_NUMBER)),
    }
