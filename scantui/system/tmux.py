"""Reads settings of the tmux in which scantui runs."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

_SECONDS = 2.0


def accepts_copies(environment: Mapping[str, str]) -> bool | None:
    """Whether tmux accepts copies that programs send by OSC 52, or passes them on; None if it does not answer."""
    if not environment.get("TMUX"):
        return None
    settings = [_option(environment, "-sv", "set-clipboard"), _option(environment, "-gwv", "allow-passthrough")]
    if settings[0] is None:
        return None
    return settings[0] == "on" or settings[1] in ("on", "all")


def _option(environment: Mapping[str, str], kind: str, name: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603
            ["tmux", "show-options", kind, name],  # noqa: S607 - the tmux that the user runs
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            env=dict(environment),
            timeout=_SECONDS,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
