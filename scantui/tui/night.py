"""What the monitor does without a user, as the configuration says: notes, rules that alert, their commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from scantui.alerts import AlertRule
    from scantui.system.notes import NoteBook


class NightSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`open_notes` reads the notes, None keeps none. `rules` are those of the configuration.
    `may_exec` allows rules to run their commands."""

    open_notes: Callable[[], NoteBook] | None = None
    rules: Sequence[AlertRule] = ()
    may_exec: bool = False
