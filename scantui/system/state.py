"""What the monitor remembers from one run to the next: appearance, columns, filters.

Rule: a missing or broken file never stops the monitor; the file holds names and filters, and nothing secret.
"""

from __future__ import annotations

import codecs
import itertools
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any, Literal

import msgspec

from scantui.exceptions import MachineError
from scantui.system.config import PlotMarks, Preferences, TimeFormat
from scantui.system.files import (
    locked,
    make_private_directory,
    reason_of,
    require_own,
    signature_of,
    state_directory,
    write_atomically,
)
from scantui.system.passwords import without_passwords
from scantui.text import LONGEST_TEXT, printable

LONGEST_HISTORY = 200
_LARGEST_FILE = 4 << 20


class RememberedState(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is remembered; empty or None means that the user chose nothing.

    `sort` holds pairs of a column's key and whether it is descending. `columns` holds the keys of the shown columns; an
    empty list means as many as fit. `dataset_rules` is whether rules part datasets, `outline` whether sequences and
    runs of equal scans are folded, `last_seen` until when a user looked at a server, by its label, in milliseconds
    since 1970 by the server's clock. `filter_history` goes from the oldest filter to the newest. `saved_filters` holds
    filters by name, `last_test_scan` the fields of the form by name, `counters` the display names of the counters that
    were chosen last, `marked_servers` the names of those that were last watched together. `welcomed` is set at the
    first start. Texts are returned as they were saved: pass them through printable() before you show them.
    """

    version: int = 1
    theme: str = ""
    time_format: TimeFormat | Literal[""] = ""
    sort: list[tuple[str, bool]] = []
    columns: list[str] | None = None
    dataset_rules: bool | None = None
    filter_history: list[str] = []
    saved_filters: dict[str, str] = {}
    outline: bool = True
    last_seen: dict[str, int] = {}
    last_test_scan: dict[str, str] = {}
    welcomed: bool = False
    counters: list[str] = []
    marked_servers: list[str] = []
    plot_marks: PlotMarks | Literal[""] = ""


class Memory:
    """The remembered state of one run: written at every change. Without a file it lasts for this run only.

    The user made these choices in the monitor, so they override the `preferences` of the configuration. Several
    monitors of one user share the file: each writes only what it changed, and takes over the changes of the others.
    `problem` describes what last went wrong with the file, or is empty.
    """

    def __init__(self, path: Path | None = None, preferences: Preferences | None = None) -> None:
        self._path = path
        self.preferences = preferences or Preferences()
        self._read_as = signature_of(path)
        self._state, self.problem = load_state(path) if path else (RememberedState(), "")

    @property
    def state(self) -> RememberedState:
        """What is remembered by now, also by another monitor."""
        if self._path is not None and (now := signature_of(self._path)) != self._read_as:
            self._read_as = now
            if now is not None:
                state, problem = load_state(self._path)
                self._state, self.problem = (self._state if problem else state), problem
        return self._state

    def change(self, **fields: Any) -> None:
        """Remember other values. If they cannot be saved, `problem` describes why; nothing is raised.

        Filters are added to those that are there by now, from any monitor.
        """
        self._update(lambda state: _merged(state, fields))

    def forget_filter(self, name: str) -> None:
        """Delete a saved filter, and leave all others as they are."""
        self._update(lambda state: _without_filters(state, [name]))

    def _update(self, updated: Callable[[RememberedState], RememberedState]) -> None:
        if self._path is None:
            self._state = updated(self._state)
            return
        try:
            make_private_directory(self._path.parent)
            require_own(self._path)
            with locked(self._path):
                self._state = updated(self.state)
                save_state(self._path, self._state)
                self._read_as = signature_of(self._path)
            self.problem = ""
        except MachineError as error:
            self._state = updated(self._state)
            self.problem = str(error)

    @property
    def is_first_start(self) -> bool:
        """Whether the monitor was never started before, as far as is remembered."""
        return self._path is not None and not self.problem and not self.state.welcomed

    def remember_start(self) -> None:
        """Remember that the monitor was started."""
        if self.is_first_start:
            self.change(welcomed=True)

    @property
    def theme(self) -> str:
        return self.state.theme or self.preferences.theme

    @property
    def time_format(self) -> TimeFormat:
        return self.state.time_format or self.preferences.time_format or "age"

    @property
    def plot_marks(self) -> PlotMarks:
        return self.state.plot_marks or self.preferences.plot_marks or "blocks"

    @property
    def columns(self) -> list[str]:
        """The keys of the columns to show; an empty list means as many as fit."""
        return (self.preferences.columns or []) if self.state.columns is None else self.state.columns

    @property
    def dataset_rules(self) -> bool:
        """Whether rules part the datasets in the table."""
        return self.preferences.dataset_rules if self.state.dataset_rules is None else self.state.dataset_rules

    @property
    def saved_filters(self) -> dict[str, str]:
        return self.preferences.filters | self.state.saved_filters

    def reset_appearance(self) -> None:
        """Forget the appearance chosen in the monitor, and saved filters that hide one of the configuration."""
        appearance: dict[str, Any] = {"theme": "", "time_format": "", "plot_marks": "", "columns": None, "sort": []}
        appearance["dataset_rules"] = None
        configured = self.preferences.filters
        self._update(lambda state: _without_filters(msgspec.structs.replace(state, **appearance), configured))

    def add_filter(self, text: str) -> None:
        """Move a filter to the end of the history, unless it may hold a password."""
        if text and without_passwords(text) == text:
            self.change(filter_history=[text])


def _merged(state: RememberedState, fields: Mapping[str, Any]) -> RememberedState:
    """The state with other values of fields; of collections that grow, what others added stays."""
    merged = dict(fields)
    if "saved_filters" in fields:
        merged["saved_filters"] = {**state.saved_filters, **fields["saved_filters"]}
    if fields.get("filter_history"):
        *_, last = added = fields["filter_history"]
        known = [text for text in dict.fromkeys([*state.filter_history, *added]) if text != last]
        merged["filter_history"] = [*known, last]
    return msgspec.structs.replace(state, **merged)


def _without_filters(state: RememberedState, names: Collection[str]) -> RememberedState:
    saved = {name: text for name, text in state.saved_filters.items() if name not in names}
    return msgspec.structs.replace(state, saved_filters=saved)


_decoder = msgspec.json.Decoder(RememberedState)


def state_path(environment: Mapping[str, str]) -> Path | None:
    """The path of the saved state; None without a home directory."""
    try:
        return state_directory(environment) / "state.json"
    except MachineError:
        return None


def load_state(path: Path) -> tuple[RememberedState, str]:
    """The saved state, and an empty string or a sentence about what was wrong; the state is then a fresh one.

    A broken file is renamed, so that its content survives when the state is next saved. What a newer version wrote in
    another form is passed over, and survives too.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
        if len(content) > _LARGEST_FILE:
            raise ValueError(f"it is larger than {_LARGEST_FILE >> 20} MiB")
        state = _decoded(content.removeprefix(codecs.BOM_UTF8))
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

    fields = _beside(_saved_fields(path), msgspec.to_builtins(_within_bounds(state)))
    content = json.dumps(fields, ensure_ascii=False, indent=1)
    encoded = content.encode("utf-8", "replace")
    if len(encoded) > _LARGEST_FILE:
        raise MachineError(f"cannot save more than {_LARGEST_FILE >> 20} MiB: delete some saved filters")
    make_private_directory(path.parent)
    write_atomically(path, encoded)


def _saved_fields(path: Path) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(path.read_bytes()[: _LARGEST_FILE + 1].removeprefix(codecs.BOM_UTF8))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _decoded(content: bytes) -> RememberedState:
    try:
        return _decoder.decode(content)
    except msgspec.ValidationError:
        found = msgspec.json.decode(content)
        if not isinstance(found, dict) or not _is_newer(found):
            raise
    fitting = {name: _fitting(name, found[name]) for name in RememberedState.__struct_fields__ if name in found}
    return msgspec.convert({name: value for name, value in fitting.items() if value is not None}, RememberedState)


def _beside(saved: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    """The fields to save, and what only a newer version can read of those that were saved."""
    kept = dict(saved)
    for name, value in fields.items():
        before = saved.get(name)
        fitting = _fitting(name, before) if _is_newer(saved) and name in saved else before
        if fitting == before:
            kept[name] = value
        elif isinstance(before, dict) and isinstance(fitting, dict):
            kept[name] = {**{key: each for key, each in before.items() if key not in fitting}, **value}
        elif isinstance(before, list) and isinstance(fitting, list):
            kept[name] = [*(each for each in before if each not in fitting), *value]
        elif value != getattr(RememberedState(), name):
            kept[name] = value
    if _is_newer(saved):
        kept["version"] = saved["version"]
    return kept


def _is_newer(saved: Mapping[str, Any]) -> bool:
    version = saved.get("version")
    return isinstance(version, int) and version > RememberedState().version


def _fitting(name: str, value: Any) -> Any:
    """What this version can read of the value of a field, None if nothing."""
    if isinstance(value, dict) and _fits(name, {}):
        return {key: each for key, each in value.items() if _fits(name, {key: each})}
    if isinstance(value, list) and _fits(name, []):
        return [each for each in value if _fits(name, [each])]
    return value if _fits(name, value) else None


def _fits(name: str, value: Any) -> bool:
    try:
        msgspec.convert({name: value}, RememberedState)
    except msgspec.ValidationError:
        return False
    return True


def _within_bounds(state: RememberedState) -> RememberedState:
    history = [text for text in state.filter_history if len(text) <= LONGEST_TEXT]
    return msgspec.structs.replace(state, filter_history=history[-LONGEST_HISTORY:])


def _rename_broken(path: Path, reason: str) -> str:
    """Rename a broken file, so that a new one can be written; returns a sentence about it."""
    candidates = (path.with_name(f"{path.name}.broken-{number}") for number in itertools.count(1))
    try:
        aside = next(name for name in candidates if not (name.is_symlink() or name.exists()))
        path.rename(aside)
    except OSError as error:
        return printable(f"cannot read the saved state ({reason}), nor rename it ({reason_of(error)}): {path}")
    return printable(f"cannot read the saved state ({reason}); renamed it to {aside}")
