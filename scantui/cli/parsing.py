"""The parser of a command line."""

from __future__ import annotations

import re
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from typing import NoReturn

from scantui.text import printable

# A URL, and what a shell made of one with a blank in it.
_URL = r"\S*(?::/|@)\S*"
# What argparse says of "-word", which it takes for options of one letter.
_EXCLUDED_WORD = r"ignored explicit argument|unrecognized arguments: -[^-]"
_TITLES_WORD = r"unrecognized arguments: --"
# Put before words with a hyphen that come after "--"; no argument of a process contains it.
_SHIELD = "\0"


class Parser(ArgumentParser):
    """A parser that prints examples as written, and whose errors never repeat a URL, which may hold a password."""

    def __init__(self, prog: str, description: str | None, epilog: str) -> None:
        super().__init__(prog=prog, description=description, epilog=epilog, formatter_class=RawDescriptionHelpFormatter)

    def parse_intermixed_args(  # type: ignore[override]
        self, args: Sequence[str], namespace: Namespace | None = None
    ) -> Namespace:
        """Parse options and other arguments in any order; after `--` nothing is an option, which argparse forgets."""
        words = list(args)
        end = words.index("--") if "--" in words else len(words)
        shielded = [f"{_SHIELD}{word}" if word.startswith("-") else word for word in words[end + 1 :]]
        options = super().parse_intermixed_args(words[:end] + shielded, namespace)
        for name, value in vars(options).items():
            setattr(options, name, _unshielded(value))
        return options

    def error(self, message: str) -> NoReturn:
        message = message.replace(_SHIELD, "")
        remedy = "; to exclude a word, write !word" if re.search(_EXCLUDED_WORD, message) else ""
        if re.search(_TITLES_WORD, message) and any(action.dest == "filter" for action in self._actions):
            remedy = "; put a title in quotation marks, or -- before it"
        super().error(printable(re.sub(_URL, "<URL>", message)) + remedy)


def _unshielded(value: object) -> object:
    if isinstance(value, list):
        return [_unshielded(each) for each in value]
    return value.removeprefix(_SHIELD) if isinstance(value, str) else value
