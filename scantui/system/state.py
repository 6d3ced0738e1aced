"""What the monitor remembers from one run to the next: appearance, columns, filters.

Rule: a missing or broken file never stops the monitor; the file holds names and filters, and nothing secret.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from scantui.exceptions import MachineError
from scantui.system.config import Preferences, TimeFormat
from scantui.system.files import make_private_directory, reason_of, state_directory, write_atomically
from scantui.text import LONGEST_TEXT, printable

LONGEST_HISTORY = 200
_LARGEST_FILE = 4 << 20


class RememberedState(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is remembered; empty or None means that the user chose nothing.

    `sort` holds pairs of a column's key and whether it is descending. `columns` holds the keys of the shown columns; an
    empty list means as many as fit. `outline` is whether sequences and runs of equal scans are folded,
    `last_seen` until when a user looked at a server, by its label, in milliseconds since 1970 by the server's clock.
    `filter_history` goes from the oldest filter to the newest. `saved_filters` holds filters by name, `last_test_scan`
    the fields of the form by name. Texts are returned as they were saved: pass them through printable() before you show
    them.
    """

    version: int = 1
    theme: str = ""
    time_format: TimeFormat | Literal[""] = ""
    sort: list[tuple[str, bool]] = []
    columns: list[str] | None = None
    filter_history: list[str] = []
    saved_filters: dict[str, str] = {}
    outline: bool = True
    last_seen: dict[str, int] = {}
    last_test_scan: dict[str, str] = {}


class Memory:
    """The remembered state of one run: read once, written at every change. Without a file it lasts for this run only.

    The user made these choices in the monitor, so they override the `preferences` of the configuration. `problem` says
    what last went wrong with the file, or is empty.
    """

    def __init__(self, path: Path | None = None, preferences: Preferences | None = None) -> None:
        self._path = path
        self.preferences = preferences or Preferences()
        self.state, self.problem = load_state(path) if path else (RememberedState(), "")

    def change(self, **fields: Any) -> None:
        """Remember other values. If they cannot be saved, `problem` says so; nothing is raised."""
        self.state = msgspec.structs.replace(self.state, **fields)
        if self._path is not None:
            try:
                save_state(self._path, self.state)
                self.problem = ""
            except MachineError as error:
                self.problem = str(error)

    @property
    def theme(self) -> str:
        return self.state.theme or self.preferences.theme

    @property
    def time_format(self) -> TimeFormat:
        return self.state.time_format or self.preferences.time_format or "age"

    @property
    def columns(self) -> list[str]:
        """The keys of the columns to show; an empty list means as many as fit."""
        return (self.preferences.columns or []) if self.state.columns is None else self.state.columns

    @property
    def saved_filters(self) -> dict[str, str]:
        return self.preferences.filters | self.state.saved_filters

    def reset_appearance(self) -> None:
        """Forget the appearance chosen in the monitor, and saved filters that hide one of the configuration."""
        saved = {name: text for name, text in self.state.saved_filters.items() if name not in self.preferences.filters}
        self.change(theme="", time_format="", columns=None, sort=[], saved_filters=saved)

    def add_filter(self, text: str) -> None:
        """Move a filter to the end of the history."""
        if text:
            self.change(filter_history=[*(old for old in self.state.filter_history if old != text), text])


_decoder = msgspec.json.Decoder(RememberedState)


def state_path(environment: Mapping[str, str]) -> Path | None:
    """The path of the saved state; None without a home directory."""
    try:
        return state_directory(environment) / "state.json"
    except MachineError:
        return None


def load_state(path: Path) -> tuple[RememberedState, str]:
    """The saved state, and an empty string or a sentence that says what was wrong; the state is then a fresh one.

    A broken file is renamed, so that its content survives when the state is next saved.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
        if len(content) > _LARGEST_FILE:
            raise ValueError(f"it is larger than {_LARGEST_FILE >> 20} MiB")
        state = _decoder.decode(content)
    except FileNotFoundError:
        return RememberedState(), ""
    except (OSError, ValueError, msgspec.MsgspecError, RecursionError) as error:
        return RememberedState(), _rename_broken(path, reason_of(error))
    return _within_bounds(state), ""


def save_state(path: Path, state: RememberedState) -> None:
    """Write the state atomically, with mode 600. Raises MachineError if the system refuses.

    The history keeps its newest entries. Half characters, which a file cannot hold, become question marks.
    """
    import json

    content = json.dumps(msgspec.to_builtins(_within_bounds(state)), ensure_ascii=False, indent=1)
    encoded = content.encode("utf-8", "replace")
    if len(encoded) > _LARGEST_FILE:
        raise MachineError(f"cannot save more than {_LARGEST_FILE >> 20} MiB: delete some saved filters")
    make_private_directory(path.parent)
    write_atomically(path, encoded)


def _within_bounds(state: RememberedState) -> RememberedState:
    history = [text for text in state.filter_history if len(text) <= LONGEST_TEXT]
    return msgspec.structs.replace(state, filter_history=history[-LONGEST_HISTORY:])


def _rename_broken(path: Path, reason: str) -> str:
    """Rename a broken file, so that a new one can be written; returns a sentence that says so."""
    candidates = (path.with_name(f"{path.name}.broken-{number}") for number in itertools.count(1))
    try:
        aside = next(name for name in candidates if not (name.is_symlink() or name.exists()))
        path.rename(aside)
    except OSError as error:
        return printable(f"cannot read the saved state ({reason}), nor rename it ({reason_of(error)}): {path}")
    return printable(f"cannot read the saved state ({reason}); renamed it to {aside}")
