"""The keys of commands: their spelling, the bindings made from them, and those that the user configured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
from textual.binding import Binding, BindingType
from textual.keys import Keys, key_to_character

if TYPE_CHECKING:
    from scantui.tui.commands.command import KeyCommand

# Short names that Textual does not lead back to the character.
_CHARACTERS = {"slash": "/", "backslash": "\\", "at": "@", "minus": "-", "plus": "+", "underscore": "_"}
_NAMES = frozenset(key.value for key in Keys if not key.value.startswith("<"))
_SHOWN = {
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "shift+tab": "Shift+Tab",
}


def bindings_of(commands: Iterable[KeyCommand]) -> list[BindingType]:
    """Textual's bindings of commands; each has the command's name as its id, by which `[keys]` finds it."""
    return [
        Binding(
            command.keys,
            command.binding_action,
            command.help,
            show=False,
            priority=command.opens,
            id=command.name if command.is_configurable else None,
        )
        for command in commands
    ]


def with_keys(commands: Iterable[KeyCommand], keys: Mapping[str, Sequence[str]]) -> list[KeyCommand]:
    """The commands when some, by their names, have other keys."""
    return [
        msgspec.structs.replace(command, keys=keymap_keys(keys[command.name])) if keys.get(command.name) else command
        for command in commands
    ]


def keymap_keys(keys: Sequence[str]) -> str:
    """Keys as Textual lists them."""
    return ",".join("comma" if key == "," else key for key in keys)


def keys_of(command: KeyCommand) -> list[str]:
    """The keys of a command, each in one spelling: the character, where there is one."""
    return [spelled(key) for key in command.keys.split(",")]


def shown_keys(command: KeyCommand) -> str:
    """The keys of a command as a person reads them."""
    return " ".join(shown_key(key) for key in command.keys.split(","))


def shown_key(key: str) -> str:
    """A key as a person reads it."""
    if key in _SHOWN:
        return _SHOWN[key]
    if key[0] == "f" and key[1:].isdigit():
        return key.upper()
    one = spelled(key)
    return one if len(one) == 1 and one != " " else key


def hint_for_letter(letter: str, *, can_be_bound: bool = True) -> str:
    """What to do about a letter of another alphabet that is bound to nothing; "" for anything else.

    In a dialog no other key `can_be_bound`, and there is less room.
    """
    if len(letter) != 1 or letter.isascii() or not letter.isalpha():
        return ""
    if not can_be_bound:
        return f"{letter} does nothing: use Latin letters"
    return (
        f"{letter} does nothing: switch the keyboard to Latin letters, or bind it in the configuration file, "
        f'such as filter = ["/", "{letter}"] under [keys]'
    )


def spelled(key: str) -> str:
    """The one spelling of a key, "" for an unknown key."""
    if len(key) == 1:
        return key if key.isprintable() and not key.isspace() else ""
    return _CHARACTERS.get(key) or key_to_character(key) or (key if key in _NAMES else "")
