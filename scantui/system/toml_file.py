"""Reads a TOML file; every error names the file, the line and the key.

Rule: an error never repeats a value, which may be a password; it may repeat words that name things.
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
    # Most users have no such file: do not delay their first frame.
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib  # the same code as a package, for Python 3.10
    tables: dict[str, Any] = tomllib.loads(content)
    return tables


class TomlFile:
    """The tables of a file, empty if the file does not exist. Keys are the path to a value."""

    def __init__(self, path: Path | None, content: str | None = None, others_may_read: bool = False) -> None:
        self.path = path
        self.exists = content is not None
        self.others_may_read = others_may_read
        self._content = content = content or ""
        try:
            self._tables = _parsed(content) if content else {}
        except (ValueError, RecursionError) as error:
            place = re.fullmatch(_PLACE, str(error))
            what, line = (place[1], place[2] or content.rstrip().count("\n") + 1) if place else (str(error), "?")
            raise ConfigurationError(printable(f"{path}, line {line}: invalid TOML: {what}")) from None

    @classmethod
    def read(cls, path: Path | None) -> TomlFile:
        """Read a file. Raises MachineError if it exists but cannot be read, ConfigurationError if it is not TOML."""
        if path is None:
            return cls(None)
        with machine_errors(f"cannot read {path}"):
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
        """The file and line of a key."""
        return printable(f"{self.path}, line {self._line(keys)}")

    def complaint(self, keys: Keys, what: str) -> ConfigurationError:
        """An error about a key: its place, its name and what is wrong."""
        # A key may be anything, also what should have been a value.
        named = ".".join(key if re.fullmatch(_PLAIN_KEY, key) else "a key" for key in keys)
        return ConfigurationError(printable(f"{self.place(*keys)}, {named}: {what}"))

    def table(self, *keys: str, known: Collection[str] | None = None) -> Mapping[str, Any]:
        """A table, empty if missing. With `known`, it may hold no other keys."""
        table = self._value(keys)
        if table is None:
            return {}
        if not isinstance(table, dict):
            raise self.complaint(keys, f"must be a table: write [{'.'.join(keys)}] and its keys below it")
        for key in table:
            if known is not None and key not in known:
                raise self.complaint((*keys, key), f"unknown key: {hint(key, known)}")
        return table

    def text(self, *keys: str) -> str:
        """A string, empty if missing."""
        value = self._value(keys)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            raise self.complaint(keys, 'must be a string, such as "this"')
        return value

    def word(self, *keys: str, known: Collection[str]) -> str:
        """One of the `known` words, empty if missing."""
        word = self.text(*keys)
        if word:
            self.require_known(keys, word, known)
        return word

    def flag(self, *keys: str, default: bool = False) -> bool:
        """true or false, the `default` when it is not there."""
        value = self._value(keys)
        if not isinstance(value, (bool, type(None))):
            raise self.complaint(keys, "it takes true or false, without quotation marks")
        return default if value is None else value

    def texts(self, *keys: str) -> list[str] | None:
        """A list of strings, None if missing; a single string needs no brackets."""
        value = self._value(keys)
        if value is None:
            return None
        texts = [value] if isinstance(value, str) else value
        if (
            not isinstance(texts, list)
            or not texts
            or not all(isinstance(text, str) and text.strip() for text in texts)
        ):
            raise self.complaint(keys, 'must be a list of strings, such as ["this", "that"]')
        return texts

    def require_known(self, keys: Keys, word: str, known: Collection[str]) -> None:
        """Raise ConfigurationError unless `word` is one of the known ones."""
        if word not in known:
            named = f" {word!r}" if re.fullmatch(_PLAIN_KEY, word) else ""
            raise self.complaint(keys, f"unknown value{named}: {hint(word, known)}")

    def _value(self, keys: Keys) -> Any:
        return _within(self._tables, keys)

    def _line(self, keys: Keys) -> int:
        """The line on which a key begins: the first one with which the lines up to it hold the key."""
        lines = self._content.split("\n")
        without, within = 0, len(lines) + 1
        while within - without > 1:
            middle = (without + within) // 2
            # A cut in the middle of a value is not TOML: move it down to the next line where it is.
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
    """The tables of the first lines of a file, None if these end in the middle of a value."""
    try:
        return _parsed("\n".join(lines) + "\n")
    except ValueError:
        return None


def _within(tables: Any, keys: Keys) -> Any:
    for key in keys:
        tables = tables.get(key) if isinstance(tables, dict) else None
    return tables
