"""On a server without an index, scans that went away are found once its own counts say that keys did."""

from __future__ import annotations

from scantui.feed.expiries import CHECKED_AT_ONCE, ExpiryWatch

KNOWN = [f"scan{number:05}" for number in range(CHECKED_AT_ONCE + 10)]


def test_all_scans_are_checked_once_after_a_key_expired_the_oldest_first() -> None:
    watch = ExpiryWatch()
    watch.take_in(100, 5, KNOWN)
    assert watch.next_to_check() == []
    watch.take_in(120, 6, KNOWN)
    assert watch.next_to_check() == KNOWN[:CHECKED_AT_ONCE]
    assert watch.next_to_check() == KNOWN[CHECKED_AT_ONCE:]
    assert watch.next_to_check() == []


def test_fewer_keys_are_a_loss_and_more_are_none() -> None:
    watch = ExpiryWatch()
    for keys, is_loss in ((100, False), (130, False), (129, True), (129, False)):
        watch.take_in(keys, 0, KNOWN[:3])
        assert bool(watch.next_to_check()) is is_loss
