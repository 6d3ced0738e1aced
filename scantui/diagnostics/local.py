"""Whether this computer is well: its terminal, and the versions of what we run on; pure but for what is installed.

Rule: nothing here is a fault as long as the monitor can be shown; what it would show less well is a warning.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Mapping
from importlib import metadata

from scantui import __version__
from scantui.diagnostics.findings import Finding
from scantui.system.terminal import PALETTE_COLOURS, TRUE_COLOURS, colours, has_utf8, multiplexer, wants_no_colour
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
    """Lines on the terminal: `size` in columns and lines, None where there is none."""
    clipboard = _clipboard(environment, tmux_accepts_copies)
    return [_size(environment, size), _utf8(environment, encoding), _colours(environment), clipboard]


def _size(environment: Mapping[str, str], size: tuple[int, int] | None) -> Finding:
    if size is None:
        return Finding("warning", "terminal", "there is none here", "run scantui in one; over SSH with ssh -t")
    term = printable(environment.get("TERM", ""), 40)
    text = f"{size[0]}x{size[1]}, TERM {term or 'not set'}"
    if term in ("", "dumb"):
        return Finding("warning", "terminal", text, "set TERM to what the terminal is, often xterm-256color")
    if size[0] < _WIDTH or size[1] < _HEIGHT:
        return Finding("warning", "terminal", text, f"make it {_WIDTH}x{_HEIGHT} or larger, or columns are left out")
    return Finding("ok", "terminal", text)


def _utf8(environment: Mapping[str, str], encoding: str | None) -> Finding:
    if has_utf8(environment, encoding):
        return Finding("ok", "symbols", "UTF-8")
    return Finding("warning", "symbols", "no UTF-8: letters beyond ASCII may be wrong", "export LANG=C.UTF-8")


def _colours(environment: Mapping[str, str]) -> Finding:
    if wants_no_colour(environment):
        return Finding("ok", "colours", "none, as NO_COLOR wants it")
    names = {TRUE_COLOURS: "all", PALETTE_COLOURS: "256"}
    return Finding("ok", "colours", names.get(colours(environment), "the terminal's own 16"))


def _clipboard(environment: Mapping[str, str], tmux_accepts_copies: bool | None) -> Finding:
    between = multiplexer(environment)
    remedy = "tmux set -s set-clipboard on"
    if between == "tmux" and tmux_accepts_copies is None:
        return Finding("warning", "clipboard", "through tmux, whose settings are not known", f"there: {remedy}")
    if between == "tmux" and not tmux_accepts_copies:
        return Finding("warning", "clipboard", "tmux keeps copies from the terminal", remedy)
    if environment.get("TERM") == "linux":
        return Finding("warning", "clipboard", "the console has none", "write rows to a file with w instead")
    return Finding(
        "ok", "clipboard", f"by OSC 52{f', through {between}' if between else ''}, where the terminal has it"
    )


def version_findings() -> list[Finding]:
    """Lines on ourselves, Python and the packages that we run on."""
    findings = [Finding("ok", "scantui", __version__), Finding("ok", "python", platform.python_version())]
    for package in _PACKAGES:
        try:
            version = metadata.version(package)
        except metadata.PackageNotFoundError:
            version = ""
        findings.append(version_finding(package, version, _required(package)))
    return findings


def version_finding(package: str, version: str, required: str) -> Finding:
    """The line on a package: `version` is empty when it is not installed, `required` as in >=5.0,<9."""
    if not version:
        # What runs without a package's papers, from one file say, is known to have what it needs.
        return Finding("ok", package, "of unknown version")
    ours = _numbers(version)
    for comparison, bound in _SPECIFIER.findall(required):
        if (ours >= _numbers(bound)) != (comparison == ">="):
            remedy = f"pip install '{package}{required}': scantui was not tried with this one"
            return Finding("warning", package, version, remedy)
    return Finding("ok", package, version)


def _required(package: str) -> str:
    """Which versions of a package we ask for, as our own papers have it."""
    try:
        requirements = metadata.requires("scantui") or []
    except metadata.PackageNotFoundError:
        return ""
    wanted = rf"{package}(?:\[\w+\])?\s*(?=[<>=])(.*)"
    return next((found[1] for line in requirements if (found := re.match(wanted, line))), "")


def _numbers(version: str) -> tuple[int, ...]:
    """The numbers at the start of a version, without zeros at its end: 8.0 is 8."""
    numbers = [int(part) for part in re.findall(r"\d+", re.match(r"[\d.]*", version)[0])]  # type: ignore[index]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
