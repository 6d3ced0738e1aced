"""Private names of Textual: those in use are listed with a reason, stand in two packages, and are still there."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import scantui.tui
from scantui.tui.terminal.private_names import PRIVATE_MODULES, PRIVATE_NAMES

ROOT = Path(scantui.tui.__file__).parent
ROOMS = ("terminal", "widgets/virtual_table")


class Use(NamedTuple):
    """A private name, or a private module, of Textual in a file of the screens."""

    file: str
    name: str


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name != "_"


def private_names_in(tree: ast.AST) -> set[str]:
    """The private names that a class or a module of Textual defines, or sets on itself."""
    names = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return set(filter(is_private, names))


@cache
def names_of_textual() -> dict[str, set[str]]:
    """The private names of each class of Textual that the screens load, by the name of the class."""
    for module in list(modules_of_the_screens()):
        importlib.import_module(module)
    known: dict[str, set[str]] = {}
    for name in [name for name in sys.modules if name.partition(".")[0] == "textual"]:
        path = sys.modules[name].__file__
        if path is not None:
            for node in ast.walk(ast.parse(Path(path).read_text())):
                if isinstance(node, ast.ClassDef):
                    known.setdefault(node.name, set()).update(private_names_in(node))
    return known


def modules_of_the_screens() -> Iterator[str]:
    for path in sorted(ROOT.rglob("*.py")):
        yield ".".join(("scantui.tui", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")


def source_of(name: str) -> str:
    return Path(str(importlib.import_module(name).__file__)).read_text()


def inherited_by(module: str, class_name: str) -> set[str]:
    """The private names that a class of ours gets from Textual, itself or as a base beside one of Textual."""
    ours = getattr(importlib.import_module(module), class_name)
    classes: list[type] = [ours, *subclasses_of(ours)]
    bases = {base for each in classes for base in each.__mro__ if base.__module__.partition(".")[0] == "textual"}
    return set().union(*(names_of_textual().get(base.__name__, set()) for base in bases))


def subclasses_of(base: type) -> Iterator[type]:
    each: type
    for each in base.__subclasses__():
        if each.__module__.startswith("scantui."):
            yield each
            yield from subclasses_of(each)


def uses() -> set[Use]:
    """Where the screens use private names of Textual, or have names of their own that hide one."""
    trees = {name: ast.parse(source_of(name)) for name in modules_of_the_screens()}
    our_own = set().union(*map(private_names_in, trees.values()))
    theirs = set().union(*names_of_textual().values())
    found = set()
    for module, tree in trees.items():
        file = module.removeprefix("scantui.tui").lstrip(".").replace(".", "/")
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and "._" in str(node.module):
                found.add(Use(file, str(node.module)))
        for class_node in [node for node in tree.body if isinstance(node, ast.ClassDef)]:
            inherited = inherited_by(module, class_node.name)
            for node in ast.walk(class_node):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in inherited:
                    found.add(Use(file, node.name))
                elif isinstance(node, ast.Attribute) and is_private(node.attr):
                    is_own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
                    if node.attr in (inherited if is_own else theirs - (our_own - inherited)):
                        found.add(Use(file, node.attr))
    return found


def test_those_in_use_are_those_listed() -> None:
    listed = {name.rpartition(".")[2] for name in PRIVATE_NAMES} | set(PRIVATE_MODULES)
    assert sorted({use.name for use in uses()} ^ listed) == []


def test_they_are_used_in_two_packages_only() -> None:
    assert sorted(use for use in uses() if not use.file.startswith(ROOMS)) == []


def test_textual_still_has_them() -> None:
    known = names_of_textual()
    gone = [name for name in PRIVATE_NAMES if name.partition(".")[2] not in known.get(name.partition(".")[0], ())]
    assert gone == []
    assert [module for module in PRIVATE_MODULES if find_spec(module) is None] == []


def test_each_has_a_reason() -> None:
    assert all(len(reason.split()) > 3 for reason in (*PRIVATE_NAMES.values(), *PRIVATE_MODULES.values()))
