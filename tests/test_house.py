"""Which modules an import of scantui loads."""

from __future__ import annotations

import subprocess
import sys


def modules_after(statement: str) -> set[str]:
    """What is imported once a statement ran in a fresh interpreter."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_screens_are_imported_without_the_client_library() -> None:
    loaded = modules_after("import scantui.tui.app, scantui.cli.monitor")
    assert "redis" not in loaded
    assert not [name for name in loaded if name.startswith(("scantui.store.operations", "scantui.feed.session"))]


def test_the_store_is_imported_without_widgets() -> None:
    loaded = modules_after("from scantui.store import DataStore, AsyncDataStore")
    assert "redis" in loaded
    assert not {"textual", "rich", "fakeredis"} & loaded


def test_the_command_line_is_imported_without_widgets() -> None:
    assert not {"textual", "rich", "redis"} & modules_after("import scantui.cli")
