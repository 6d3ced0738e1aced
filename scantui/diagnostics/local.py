"""Checks of this computer: its terminal and the installed versions. Apart from reading the versions, pure.

Rule: a problem that lets the monitor run, but look worse, is a warning and not a fault.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from importlib import metadata

from scantui import __version__
from scantui.diagnostics.findings import Finding
from scantui.system.clipboard import ignores_copies
from scantui.system.terminal import (
    PALETTE_COLOURS,
    TRUE_COLOURS,
    colours,
    has_utf8,
    multiplexer,
    no_screen,
    wants_no_colour,
)
from scantui.text import printable

_PACKAGES = ("textual", "redis", "hiredis", "msgspec")
_WIDTH, _HEIGHT = 80, 24
_SPECIFIER = re.compile(r"(>=|<)\s*([\d.]+)")


def terminal_findings(
    environment: Mapping[str, str],
    encoding: str | None,
    size: tuple[int, int] | None,
    tmux_accepts_copies: bool | None,
) -> list[Finding]:
    """The findings about the terminal; `size` is its columns and lines, None without a terminal."""
    clipboard = _clipboard(environment, tmux_accepts_copies)
    return [_size(environment, size), _utf8(environment, encoding), _colours(environment), clipboard]


def _size(environment: Mapping[str, str], size: tuple[int, int] | None) -> Finding:
    if size is None:
        return Finding("warning", "terminal", "no terminal", "run scantui in a terminal; over SSH use ssh -t")
    term = printable(environment.get("TERM", ""), 40)
    text = f"{size[0]}x{size[1]}, TERM {term or 'not set'}"
    if no_screen(environment):
        return Finding("warning", "terminal", text, "set TERM to the type of the terminal, often xterm-256color")
    if size[0] < _WIDTH or size[1] < _HEIGHT:
        return Finding("warning", "terminal", text, f"make it at least {_WIDTH}x{_HEIGHT} to see all columns")
    return Finding("ok", "terminal", text)


def _utf8(environment: Mapping[str, str], encoding: str | None) -> Finding:
    if has_utf8(environment, encoding):
        return Finding("ok", "symbols", "UTF-8")
    return Finding("warning", "symbols", "no UTF-8: characters outside ASCII may look wrong", "export LANG=C.UTF-8")


def _colours(environment: Mapping[str, str]) -> Finding:
    if wants_no_colour(environment):
        return Finding("ok", "colours", "none (NO_COLOR is set)")
    names = {TRUE_COLOURS: "all", PALETTE_COLOURS: "256"}
    return Finding("ok", "colours", names.get(colours(environment), "the terminal's own 16"))


def _clipboard(environment: Mapping[str, str], tmux_accepts_copies: bool | None) -> Finding:
    outer = multiplexer(environment)
    remedy = "tmux set -s set-clipboard on"
    if outer == "tmux" and tmux_accepts_copies is None:
        return Finding("warning", "clipboard", "through tmux, settings unknown", f"run in tmux: {remedy}")
    if outer == "tmux" and not tmux_accepts_copies:
        return Finding("warning", "clipboard", "tmux does not pass copies to the terminal", f"run in tmux: {remedy}")
    if terminal := ignores_copies(environment):
        remedy = "select with the mouse, print rows with P, or write them to a file with w"
        return Finding("warning", "clipboard", f"{terminal} ignores copies (OSC 52)", remedy)
    return Finding("ok", "clipboard", f"OSC 52{f' through {outer}' if outer else ''}, if the terminal supports it")


def version_findings() -> list[Finding]:
    """The findings about scantui, Python and the packages that scantui uses."""
    findings = [Finding("ok", "scantui", __version__), Finding("ok", "python", platform.python_version())]
    for package in _PACKAGES:
        try:
            version = metadata.version(package)
        except metadata.PackageNotFoundError:
            version = ""
        findings.append(version_finding(package, version, _required(package)))
    return findings


def version_finding(package: str, version: str, required: str) -> Finding:
    """The finding about a package: `version` is empty if unknown, `required` is a specifier such as >=5.0,<9."""
    if not version:
        # Installed without metadata, for example in the one-file scantui, which brings what it needs.
        return Finding("ok", package, "unknown version")
    numbers = _numbers(version)
    for comparison, bound in _SPECIFIER.findall(required):
        if (numbers >= _numbers(bound)) != (comparison == ">="):
            remedy = f"pip install '{package}{required}': scantui is not tested with this version"
            return Finding("warning", package, version, remedy)
    return Finding("ok", package, version)


def _required(package: str) -> str:
    """The specifier for a package in scantui's own metadata, or an empty string."""
    try:
        requirements = metadata.requires("scantui") or []
    except metadata.PackageNotFoundError:
        return ""
    pattern = re.compile(rf"{package}(?:\[[^]]*\])?\s*([<>=][^;]*)")
    return next((found[1].strip() for line in requirements if (found := pattern.match(line))), "")


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers at the start of a version, without trailing zeros: 8.0 is 8."""
    numbers = [int(part) for part in re.findall(r"\d+", re.match(r"[\d.]*", version)[0])]  # type: ignore[index]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
