"""A TOML file of which every complaint names the file, the line and the key.

Rule: a value is never repeated in a complaint, it may hold a password; words that name things are.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from scantui.exceptions import ConfigurationError
from scantui.system.files import OTHERS, machine_errors
from scantui.text import hint, printable

_LARGEST_FILE = 1 << 20
_PLACE = r"(?s)(.*) \(at (?:line (\d+), column \d+|end of document)\)"
_PLAIN_KEY = r"[^:@/?#]*"
Keys = tuple[str, ...]


def _parsed(content: str) -> dict[str, Any]:
    # Most have no such file, and then the first frame does not wait for this.
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # Python reads TOML from 3.11 on; this is the same code as a package
    tables: dict[str, Any] = tomllib.loads(content)
    return tables


class TomlFile:
    """The tables of a file; one that is not there is empty. Keys are given as the path to a value."""

    def __init__(self, path: Path | None, content: str | None = None, others_may_read: bool = False) -> None:
        self.path = path
        self.is_there = content is not None
        self.others_may_read = others_may_read
        self._content = content = content or ""
        try:
            self._tables = _parsed(content) if content else {}
        except (ValueError, RecursionError) as error:
            place = re.fullmatch(_PLACE, str(error))
            what, line = (place[1], place[2] or content.rstrip().count("\n") + 1) if place else (str(error), "?")
            raise ConfigurationError(printable(f"{path}, line {line}: this is no TOML: {what}")) from None

    @classmethod
    def read(cls, path: Path | None) -> TomlFile:
        """Read a file; MachineError when there is one that cannot be read, ConfigurationError when it is no TOML."""
        if path is None:
            return cls(None)
        with machine_errors(f"{path} cannot be read"):
            try:
                with path.open("rb") as file:
                    content = file.read(_LARGEST_FILE + 1)
                    others_may_read = bool(os.fstat(file.fileno()).st_mode & OTHERS)
            except FileNotFoundError:
                return cls(path)
            if len(content) > _LARGEST_FILE:
                raise ValueError("it is larger than 1 MiB")
            # Some editors begin a file with a mark of its encoding.
            text = content.decode("utf-8-sig")
        return cls(path, text, others_may_read)

    def place(self, *keys: str) -> str:
        """Where a key stands: the file and the line."""
        return printable(f"{self.path}, line {self._line(keys)}")

    def complaint(self, keys: Keys, what: str) -> ConfigurationError:
        """The error about a key: where it stands, how it is called, and what is the matter with it."""
        # A key may be anything, also what should have been a value.
        named = ".".join(key if re.fullmatch(_PLAIN_KEY, key) else "a key" for key in keys)
        return ConfigurationError(printable(f"{self.place(*keys)}, {named}: {what}"))

    def table(self, *keys: str, known: Collection[str] | None = None) -> Mapping[str, Any]:
        """A table, empty when it is not there; with `known` no other keys may stand in it."""
        table = self._value(keys)
        if table is None:
            return {}
        if not isinstance(table, dict):
            raise self.complaint(keys, f"it is a table: write [{'.'.join(keys)}] and its keys below")
        for key in table:
            if known is not None and key not in known:
                raise self.complaint((*keys, key), f"there is no such key: {hint(key, known)}")
        return table

    def text(self, *keys: str) -> str:
        """A text, empty when it is not there."""
        value = self._value(keys)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            raise self.complaint(keys, 'it takes a text in quotation marks, as "this"')
        return value

    def word(self, *keys: str, known: Collection[str]) -> str:
        """One of several words, or nothing when it is not there."""
        word = self.text(*keys)
        if word:
            self.require_known(keys, word, known)
        return word

    def texts(self, *keys: str) -> list[str] | None:
        """A list of texts, where one alone needs no brackets; None when it is not there."""
        value = self._value(keys)
        if value is None:
            return None
        texts = [value] if isinstance(value, str) else value
        if (
            not isinstance(texts, list)
            or not texts
            or not all(isinstance(text, str) and text.strip() for text in texts)
        ):
            raise self.complaint(keys, 'it takes a list of texts, as ["this", "that"]')
        return texts

    def require_known(self, keys: Keys, word: str, known: Collection[str]) -> None:
        """Complain about a word that is none of those known."""
        if word not in known:
            named = f"{word!r}" if re.fullmatch(_PLAIN_KEY, word) else "it"
            raise self.complaint(keys, f"{named} is not known: {hint(word, known)}")

    def _value(self, keys: Keys) -> Any:
        return _within(self._tables, keys)

    def _line(self, keys: Keys) -> int:
        """The line on which a key begins: the one after the longest beginning of the file that does without it."""
        lines = self._content.split("\n")
        without, within = 0, len(lines) + 1
        while within - without > 1:
            middle = (without + within) // 2
            # Halved again and again; in the middle of a value the next beginning that is TOML tells.
            for count in range(middle, within):
                tables = _tables_of(lines[:count])
                if tables is not None:
                    break
            else:
                within = middle
                continue
            if _within(tables, keys) is None:
                without = count
            else:
                within = middle
        return without + 1


def _tables_of(lines: list[str]) -> dict[str, Any] | None:
    """The tables of a beginning of a file, None when it ends in the middle of a value."""
    try:
        return _parsed("\n".join(lines) + "\n")
    except ValueError:
        return None


def _within(tables: Any, keys: Keys) -> Any:
    for key in keys:
        tables = tables.get(key) if isinstance(tables, dict) else None
    return tables
