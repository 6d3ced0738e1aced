"""The command for saved filters: pick one, save the filter in use, delete one."""

from __future__ import annotations

from collections.abc import Callable

from scantui.board import Board
from scantui.system.state import Memory
from scantui.tui.commands.collaborators import Dialogs, Notify
from scantui.tui.dialogs.choice import Choice

_SAVE, _FORGET = "\0save", "\0forget"


class SavedFilterCommands:
    """Filters by their names; `use` gets the text of the one that was picked."""

    def __init__(
        self, board: Board, dialogs: Dialogs, memory: Memory, notify: Notify, use: Callable[[str], None]
    ) -> None:
        self._board = board
        self._dialogs = dialogs
        self._memory = memory
        self._notify = notify
        self._use = use

    def saved_filters(self) -> None:
        saved = self._memory.saved_filters
        choices = [Choice(name, f"{name}: {text}") for name, text in sorted(saved.items())]
        if self._board.filter.text:
            choices.append(Choice(_SAVE, f"save {self._board.filter.text} as…", "s"))
        # The configuration's own filters cannot be deleted here.
        if self._memory.state.saved_filters:
            choices.append(Choice(_FORGET, "delete one…", "d"))
        if choices:
            self._dialogs.menu("Saved filters", choices, self._pick)
        else:
            self._notify("No saved filters yet: set one with /, then press v")

    def _pick(self, name: str | None) -> None:
        if name == _SAVE:
            self._dialogs.prompt("save the filter as", self._save)
        elif name == _FORGET:
            choices = [Choice(each, each) for each in sorted(self._memory.state.saved_filters)]
            self._dialogs.menu("Delete a saved filter", choices, self._forget)
        elif name is not None:
            self._use(self._memory.saved_filters[name])

    def _save(self, name: str | None) -> None:
        saved, text = self._memory.state.saved_filters, self._board.filter.text

        def save() -> None:
            self._memory.change(saved_filters={str(name): text})
            self._notify(f"Saved as {name}")

        if name in saved and saved[name] != text:
            self._dialogs.confirm(f"{name} is saved as {saved[name]}", "replace it", save)
        elif name:
            save()

    def _forget(self, name: str | None) -> None:
        if name is not None:
            self._memory.forget_filter(name)
            self._notify(f"Deleted the saved filter {name}")
