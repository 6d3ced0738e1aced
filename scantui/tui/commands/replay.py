"""The keys of the line of a replay: they are the line's own, and work while it has the keyboard."""

from __future__ import annotations

from scantui.tui.commands.command import Group, KeyCommand, Place

_LOOK, _HERE = Group.LOOK, Place.REPLAY
COMMANDS = (
    KeyCommand("replay_pause", "space", "Pause the playback, or go on", _LOOK, "Pause", place=_HERE, action="pause"),
    KeyCommand("replay_back", "left", "A minute back", _LOOK, "A minute", place=_HERE, action="seek(-60)"),
    KeyCommand("replay_forward", "right", "A minute forward", _LOOK, "A minute", place=_HERE, action="seek(60)"),
    KeyCommand("replay_step", "full_stop", "The next event", _LOOK, "One event", place=_HERE, action="next_event"),
)
