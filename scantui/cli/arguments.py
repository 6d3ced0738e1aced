"""What the command lines of all commands have in common: the parser, filter terms, and which server is meant."""

from __future__ import annotations

import os
import re
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from typing import NoReturn

from scantui.filters import ScanFilter
from scantui.store.address import DEFAULT_URL, ServerAddress

URL_VARIABLE = "SCANTUI_URL"
_URL = re.compile(r"\S+://\S*")
# "-name=ct" excludes, as it does in the filter bar; options have two hyphens or one letter.
_EXCLUDING_TERM = re.compile(r"-[a-z_]{2,}[=<>!]", re.IGNORECASE)


class Parser(ArgumentParser):
    """A parser that keeps its examples as they are written, and whose errors repeat no URL: one may hold a password."""

    def __init__(self, prog: str, description: str | None, epilog: str) -> None:
        super().__init__(prog=prog, description=description, epilog=epilog, formatter_class=RawDescriptionHelpFormatter)

    def error(self, message: str) -> NoReturn:
        super().error(_URL.sub("<URL>", message))


def filter_terms_as_arguments(words: Sequence[str]) -> list[str]:
    """Write filter terms that begin with a hyphen so that they are not taken for options: -name=ct as !name=ct."""
    return [f"!{word[1:]}" if _EXCLUDING_TERM.match(word) else word for word in words]


def add_filter(parser: ArgumentParser) -> None:
    """Let the command take a filter, as one argument or several."""
    parser.add_argument(
        "filter", nargs="*", metavar="FILTER", help="as in the filter bar: name=ascan* state=run age<2h"
    )


def scan_filter_of(options: Namespace) -> ScanFilter:
    """The filter that was given, or the one that lets every scan pass; raises FilterSyntaxError."""
    return ScanFilter.parse(" ".join(options.filter))


def add_server(parser: ArgumentParser) -> None:
    """Let the command take -s NAME|URL."""
    parser.add_argument("-s", "--server", metavar="URL", help=f"the Redis that is meant; else {URL_VARIABLE} is asked")


def server_url_of(options: Namespace) -> str:
    """The URL of the server that is meant; raises UsageError when it cannot be used."""
    url = getattr(options, "url", None) or options.server or os.environ.get(URL_VARIABLE) or DEFAULT_URL
    ServerAddress.parse(url)
    return str(url)
