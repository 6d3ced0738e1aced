"""Which scans another moment of a recording leaves as they are."""

from __future__ import annotations

from scantui.board.alike import known_alike
from scantui.models import ScanState, ScanSummary
from tests.tui.scenes import row

ENDED = "SUCCESS"


def child_of(parent: ScanSummary, number: int) -> ScanSummary:
    return row(number, end_reason=ENDED, parent=parent.key)


def alike(given: list[ScanSummary], known: list[ScanSummary]) -> set[str]:
    return known_alike(given, {each.key: each for each in known}.get)


def test_scans_that_ended_before_both_moments_are_alike_and_running_or_unknown_ones_are_not() -> None:
    ended, running, new = row(1, end_reason=ENDED), row(2, state=ScanState.STARTED), row(3, end_reason=ENDED)
    assert alike([ended, running, new], [ended, running]) == {ended.key}


def test_a_scan_that_ended_otherwise_is_not_alike() -> None:
    ended = row(1, end_reason=ENDED)
    failed = ended.replaced(end_reason="FAILURE")
    assert alike([ended], [failed]) == set()


def test_what_is_known_beside_the_row_makes_no_difference() -> None:
    ended = row(1, end_reason=ENDED)
    known = ended.replaced(timetag="1700000000000-0")
    assert alike([ended], [known]) == {ended.key}


def test_a_sequence_is_alike_with_all_its_scans_or_not_at_all() -> None:
    sequence = row(1, end_reason=ENDED)
    inner = child_of(sequence, 2)
    scans = [child_of(inner, 3), child_of(inner, 4)]
    rows = [sequence, inner, *scans]
    assert alike(rows, rows) == {each.key for each in rows}
    assert alike(rows, rows[:-1]) == set()


def test_scans_that_claim_to_belong_to_each_other_do_no_harm() -> None:
    one = row(1, end_reason=ENDED)
    other = child_of(one, 2)
    one = one.replaced(parent=other.key)
    assert alike([one, other], [one, other]) == {one.key, other.key}
