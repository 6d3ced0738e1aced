"""Which modules an import of scantui loads, and that none of them import each other in a circle."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import scantui
from scantui.tui.commands.table import GROUPS

MOST_BEFORE_THE_FIRST_FRAME = 78


def modules_after(statement: str) -> set[str]:
    """What is imported once a statement ran in a fresh interpreter."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_screens_are_imported_without_the_client_library() -> None:
    loaded = modules_after("import scantui.tui.app, scantui.cli.monitor")
    assert "redis" not in loaded
    assert not [name for name in loaded if name.startswith(("scantui.store.operations", "scantui.feed.session"))]


def test_the_screens_are_imported_without_what_only_keys_need() -> None:
    loaded = modules_after("import scantui.tui.app, scantui.cli.main, scantui.cli.monitor, scantui.cli.screen")
    assert not {"argparse", "logging.handlers"} & loaded
    groups = {f"scantui.tui.commands.{name}" for name in GROUPS}
    late = {"scantui.filters.grammar", "scantui.matching", "scantui.tui.workers", "scantui.tui.intake"}
    rows = {"scantui.board", "scantui.models", "scantui.feed.events", "scantui.tui.workings"}
    assert not loaded & (groups | late | rows)
    ours = sorted(name for name in loaded if name.startswith("scantui"))
    # Each takes some 150 microseconds before the first frame.
    assert len(ours) <= MOST_BEFORE_THE_FIRST_FRAME, ours


def test_the_store_is_imported_without_widgets() -> None:
    loaded = modules_after("from scantui.store import DataStore, AsyncDataStore")
    assert "redis" in loaded
    assert not {"textual", "rich", "fakeredis"} & loaded


def test_the_command_line_is_imported_without_widgets() -> None:
    assert not {"textual", "rich", "redis"} & modules_after("import scantui.cli")


def test_no_modules_import_each_other_in_a_circle() -> None:
    root = Path(scantui.__file__).parent
    paths = {".".join(path.relative_to(root.parent).with_suffix("").parts): path for path in root.rglob("*.py")}
    modules = {name.removesuffix(".__init__"): path for name, path in paths.items()}
    graph = {name: imported_by(path) & modules.keys() - {name} for name, path in modules.items()}
    # Raises CycleError, which names the modules.
    TopologicalSorter(graph).prepare()


def imported_by(path: Path) -> set[str]:
    """The modules that a file imports anywhere, within functions too; for a name of a package, the package."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return found


def test_no_two_public_classes_have_the_same_name() -> None:
    places: dict[str, list[str]] = {}
    for path in Path(scantui.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(str(path))
    assert [found for found in places.values() if len(found) > 1] == []
