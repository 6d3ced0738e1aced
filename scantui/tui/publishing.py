"""Test scans: created, aborted, deleted and closed; a floor of the monitor.

Rule: a key asks before it writes, and what is written is a test scan of ours.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from textual import on
from textual.binding import Binding
from textual.worker import Worker, WorkerError

from scantui.publishing.run import PUBLISHER
from scantui.tui.access import Access
from scantui.tui.dialogs.choice import Choice
from scantui.tui.dialogs.opening import open_menu
from scantui.tui.messages import PublishingBegan
from scantui.tui.workers import delete_test_scan, publish_test_scan

if TYPE_CHECKING:
    from scantui.models import ScanSummary
    from scantui.publishing.form import ScanForm

_TEST_SCANS, _DELETION = "test scan", "deletion"
_WRITING = ("create_scan", "create_like", "delete_scan")
_CLOSING_SECONDS = 5.0


class Publishing(Access):
    """The monitor's ways to write: each through the same store as everything else."""

    BINDINGS = [
        Binding("C", "create_scan", "New", key_display="C", priority=True),
        Binding("D", "create_like", "New test scan like this one", show=False, priority=True),
        Binding("X", "delete_scan", "Abort or delete a test scan that we made", show=False, priority=True),
    ]

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._test_scans: dict[str, Worker[bool]] = {}
        self._publishing: list[Worker[bool]] = []
        self._given_up: set[str] = set()

    @property
    def own_bindings(self) -> list[Binding]:
        """The keys there are, without those that a monitor which only reads has not."""
        return [binding for binding in super().own_bindings if not (self.read_only and binding.action in _WRITING)]

    def _is_refused(self) -> bool:
        """Whether nothing can be written here, which is said."""
        if self.read_only:
            self.say("read-only: scantui was started with --read-only, so there are no test scans", is_error=True)
        elif self.may_write is False:
            self.say("not allowed: the server lets this user only read, so there are no test scans", is_error=True)
        return self.read_only or self.may_write is False

    def action_create_scan(self) -> None:
        if self._is_refused():
            return
        self._ask_for_scan(None)

    def action_create_like(self) -> None:
        if self._is_refused():
            return
        if self.row_under_cursor is None:
            self.say("there is no scan under the cursor to make one like it: C makes one", is_error=True)
        else:
            self._ask_for_scan(self.row_under_cursor)

    def _ask_for_scan(self, model: ScanSummary | None) -> None:
        # Imported when it is asked for: the first frame does not wait.
        from scantui.tui.dialogs.create_scan import CreateScan, like, prefill

        if self._store is None:
            self.say("a test scan needs a connection, and there is none", is_error=True)
            return
        number, last_form = self.board.newest_number(), self.memory.state.last_test_scan
        values = like(model, number) if model else prefill(self.row_under_cursor, number, last_form)
        self.app.push_screen(CreateScan(values), self._create)

    def action_delete_scan(self) -> None:
        if self._is_refused():
            return
        row = self.row_under_cursor
        if row is None or row.publisher != PUBLISHER:
            self.say("only test scans that scantui made can be deleted", is_error=True)
            return
        if self.board.is_gone(row.key):
            self.say("the scan is gone from Redis already: x clears its row")
            return

        def act(answer: str | None) -> None:
            if answer == "abort":
                self._test_scans[row.key].cancel()
            elif answer == "delete" and self._store is not None:
                work = delete_test_scan(self._store, row.key, self.post_message)
                self.run_worker(work, group=_DELETION, exit_on_error=False)

        choices = [Choice("no", "no, keep it", "n"), Choice("delete", "yes, delete it from Redis", "y")]
        if row.key in self._test_scans and self._test_scans[row.key].is_running:
            choices.insert(1, Choice("abort", "no, abort it: what it took stays", "a"))
        open_menu(self.app, f"Delete test scan {row.identity.number if row.identity else ''}?", choices, act)

    @on(PublishingBegan)
    def _note_running(self, message: PublishingBegan) -> None:
        self._test_scans = {key: self._test_scans[key] for key in self.test_scans_left_open}
        self._test_scans[message.key] = message.worker

    def _create(self, test_scan: ScanForm | None) -> None:
        if test_scan is None or self._store is None:
            return
        self.memory.change(last_test_scan=test_scan.form)
        self._publishing = [worker for worker in self._publishing if not worker.is_finished]
        plans = test_scan.plans
        if len(plans) > 1:
            self.say(f"creating the test scans {plans[0].identity['number']} to {plans[-1].identity['number']}")
        for plan in plans:
            is_alone = len(plans) == 1
            work = publish_test_scan(self._feed.open_store, plan, test_scan.runs, is_alone, self.post_message)
            self._publishing.append(self.run_worker(work, group=_TEST_SCANS, exit_on_error=False))

    async def close_test_scans(self) -> None:
        """End the test scans that still run: each closes its scan when it is cancelled."""
        running = [worker for worker in self._publishing if not worker.is_finished]
        for worker in running:
            worker.cancel()
        if running:
            if self.is_running:
                self.say("closing the test scan")
            # A server that is gone is not waited for long.
            waiting = (asyncio.ensure_future(_end_of(worker)) for worker in running if worker.is_running)
            await asyncio.wait([*waiting, asyncio.ensure_future(asyncio.sleep(0))], timeout=_CLOSING_SECONDS)
            self._given_up.update(key for key, worker in self._test_scans.items() if not worker.is_finished)

    @property
    def test_scans_left_open(self) -> list[str]:
        """The keys of those test scans that could not be closed when the monitor was left."""
        unclosed = {key for key, worker in self._test_scans.items() if not worker.is_finished or worker.result is False}
        return sorted(self._given_up | unclosed)


async def _end_of(worker: Worker[bool]) -> None:
    """Wait until a worker has ended, however that is."""
    with contextlib.suppress(WorkerError):
        await worker.wait()
