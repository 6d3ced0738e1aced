"""The keys of the monitor under the names that the configuration has for them, and those that the user wants."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from textual.binding import Binding, BindingType
from textual.keys import Keys, format_key, key_to_character

from scantui.tui.terminal import LeanScreen

# Actions that need more than their own word to be told apart.
_ACTIONS = {
    "walk_marks()": "next_mark",
    "walk_marks(True)": "previous_mark",
    "walk_problems()": "next_problem",
    "walk_problems(True)": "previous_problem",
    "only('state=run')": "only_running",
    "only('is=problem')": "only_problems",
    "narrow(True)": "keep_value",
    "narrow(False)": "exclude_value",
}
# Those whose short names Textual does not lead back to the character.
_CHARACTERS = {"slash": "/", "backslash": "\\", "at": "@", "minus": "-", "plus": "+", "underscore": "_"}
_NAMES = frozenset(key.value for key in Keys if not key.value.startswith("<"))


class KeyedScreen(LeanScreen[None]):
    """A screen in floors, on which each key has a name that the configuration knows it by."""

    def __init_subclass__(cls, **settings: Any) -> None:
        cls.BINDINGS = named(cls.BINDINGS)
        super().__init_subclass__(**settings)

    @classmethod
    def all_bindings(cls) -> list[Binding]:
        """The keys of all floors, those of the upper ones first."""
        floors = [floor for floor in cls.__mro__ if issubclass(floor, KeyedScreen) and floor is not KeyedScreen]
        return [binding for floor in floors for binding in floor.BINDINGS if isinstance(binding, Binding)]


def named(bindings: Sequence[BindingType]) -> list[BindingType]:
    """The same bindings, each with the name of its action as its id, unless it has one of its own."""
    return [
        dataclasses.replace(binding, id=binding.id or _ACTIONS.get(binding.action, binding.action))
        if isinstance(binding, Binding)
        else binding
        for binding in bindings
    ]


def described(bindings: Sequence[object], hidden: bool = False) -> list[tuple[str, str]]:
    """Keys and what they do, of those bindings that the hint line shows; with `hidden` of all that have a word."""
    return [
        (binding.key_display or binding.key, binding.description)
        for binding in bindings
        if isinstance(binding, Binding) and binding.description and (hidden or binding.show)
    ]


def with_keys(bindings: Sequence[Binding], keys: Mapping[str, Sequence[str]]) -> list[Binding]:
    """The bindings as they are in force when some actions, by their names, have other keys."""
    return [_with(binding, keys.get(binding.id or "")) for binding in bindings]


def _with(binding: Binding, keys: Sequence[str] | None) -> Binding:
    if not keys:
        return binding
    return dataclasses.replace(binding, key=keymap_keys(keys), key_display=" ".join(map(format_key, keys)))


def keymap_keys(keys: Sequence[str]) -> str:
    """Keys as Textual lists them."""
    return ",".join("comma" if key == "," else key for key in keys)


def keys_of(binding: Binding) -> list[str]:
    """The keys of a binding, each in one spelling: the character, where there is one."""
    return [spelled(key) for key in binding.key.split(",")]


def spelled(key: str) -> str:
    """The one spelling of a key, "" when there is no such key."""
    if len(key) == 1:
        return key if key.isprintable() and not key.isspace() else ""
    return _CHARACTERS.get(key) or key_to_character(key) or (key if key in _NAMES else "")
