"""The rows of the benchmarks: each is there, and what they compute from what was noted."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from scantui.models import ScanState
from scantui.store.wire.ulid import ALPHABET, ulid_milliseconds
from tests.benchmarks.__main__ import ROWS
from tests.benchmarks.installed import digest_of
from tests.benchmarks.stores import KINDS, RARE_LETTER, identity, info, new_scan
from tests.benchmarks.turning import Turn, longest_within
from tests.benchmarks.week import growth


@pytest.mark.parametrize(("row", "module"), [(row, module) for row, (module, _) in ROWS.items()])
def test_each_row_that_is_listed_can_be_measured(row: str, module: str) -> None:
    assert callable(getattr(importlib.import_module(f"tests.benchmarks.{module}"), row))


def test_the_digest_of_a_tree_changes_with_contents_and_names(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    file = tmp_path / "package" / "a.py"
    file.write_text("one")
    names = ("package",)
    digests = [digest_of(tmp_path, names)]
    (tmp_path / "package" / "a.pyc").write_text("compiled")
    assert digest_of(tmp_path, names) == digests[0]
    file.write_text("two")
    digests.append(digest_of(tmp_path, names))
    file.rename(tmp_path / "package" / "b.py")
    digests.append(digest_of(tmp_path, names))
    assert len(set(digests)) == 3


def test_the_longest_turn_counts_where_it_began() -> None:
    turns = [Turn(1.0, 0.010, 0.009), Turn(2.0, 0.030, 0.002), Turn(3.0, 0.050, 0.050)]
    assert longest_within(turns, 1.0, 3.0) == Turn(1.0, 0.030, 0.009)
    assert longest_within(turns, 4.0, 5.0) == Turn(4.0, 0.0, 0.0)


def test_the_rare_letter_stands_in_one_kind_of_scan_only() -> None:
    texts = {
        kind: " ".join(map(str, [*identity(number).values(), info(number, 0)["title"], info(number, 0)["user_name"]]))
        for number, kind in enumerate(KINDS)
    }
    assert [kind for kind, text in texts.items() if RARE_LETTER in text] == ["undulator"]
    # A filter looks at keys as well, and in those this letter does not occur.
    assert RARE_LETTER.upper() not in ALPHABET


def test_servers_that_are_filled_one_after_the_other_have_scans_of_the_same_times() -> None:
    for seconds in (1_790_000_000.5, 1_780_000_000.25):
        scan = new_scan(1, 1000, ScanState.CLOSED, seconds)
        assert ulid_milliseconds(scan.key.rpartition(":")[2]) == seconds * 1000


def test_growth_is_that_from_the_first_third_to_the_end() -> None:
    assert growth([1, 500, 100, 100, 900, 100, 300, 700, 300], 2) == 100
    assert growth([300, 300, 300, 100, 100, 100, 100, 100, 100], 2) == 0
