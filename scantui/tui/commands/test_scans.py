"""Commands that write: test scans are created, aborted, deleted and closed.

Rule: a key asks before it writes, and what is written is a test scan made by scantui.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from textual.worker import WorkerError

from scantui.publishing.run import PUBLISHER
from scantui.system.state import Memory
from scantui.tui.commands.collaborators import Dialogs, Notify, StartWork
from scantui.tui.dialogs.choice import Choice
from scantui.tui.messages import PostMessage, PublishingBegan
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServer, WatchedServers
from scantui.tui.workers import close_test_scan, delete_test_scan, publish_test_scan

if TYPE_CHECKING:
    from textual.worker import Worker

    from scantui.models import ScanSummary
    from scantui.publishing.form import ScanForm

_TEST_SCANS, _DELETION = "test scan", "deletion"
_CLOSING_SECONDS = 5.0


class PublishingCommands:
    """The monitor's ways to write: each through the same store as everything else."""

    def __init__(
        self,
        view: ScanView,
        servers: WatchedServers,
        dialogs: Dialogs,
        memory: Memory,
        notify: Notify,
        start_work: StartWork,
        post: PostMessage,
    ) -> None:
        self._view = view
        self._servers = servers
        self._dialogs = dialogs
        self._memory = memory
        self._notify = notify
        self._start_work = start_work
        self._post = post
        self._running: dict[str, Worker[bool]] = {}
        self._publishing: list[Worker[bool]] = []
        self._given_up: set[str] = set()

    # Keys

    def create_scan(self) -> None:
        self._ask_for_scan(None)

    def create_like(self) -> None:
        if self._view.row is None:
            self._notify("No scan under the cursor to copy: press C for an empty form", is_error=True)
        else:
            self._ask_for_scan(self._view.row)

    def delete_scan(self) -> None:
        row = self._view.row
        if row is None or row.publisher != PUBLISHER:
            self._notify("Only test scans made by scantui can be deleted", is_error=True)
            return
        if self._view.board.is_gone(row.key):
            self._notify("This scan is already gone from Redis: x clears its row")
            return

        def act(answer: str | None) -> None:
            store = self._servers.to_write_to(row).store
            if answer == "abort":
                self._running[row.key].cancel()
            elif answer == "close" and store is not None:
                self._start_work(close_test_scan(store, row.key, self._post), _DELETION, False)
            elif answer == "delete" and store is not None:
                self._start_work(delete_test_scan(store, row.key, self._post), _DELETION, False)

        choices = [Choice("no", "no, keep it", "n"), Choice("delete", "yes, delete it from Redis", "y")]
        if row.key in self._running and self._running[row.key].is_running:
            choices.insert(1, Choice("abort", "no, abort it and keep its data", "a"))
        elif row.is_open:
            choices.insert(1, Choice("close", "no, close it and keep its data", "c"))
        number = f" {row.identity.number}" if row.identity else ""
        where = f" on {row.server}" if row.server else ""
        self._dialogs.menu(f"Delete test scan{number}{where}?", choices, act)

    def _ask_for_scan(self, model: ScanSummary | None) -> None:
        # Imported when it is needed: the first frame does not wait.
        from scantui.tui.dialogs.create_scan import CreateScan, like, prefill

        server = self._servers.to_write_to(self._view.row)
        if server.store is None:
            where = f" to {server.label}" if self._servers.are_many else ""
            self._notify(f"No connection{where}: a test scan cannot be created", is_error=True)
            return
        name = server.label if self._servers.are_many else None
        # Of servers with the same data, the scans of one are shown.
        shown = self._servers.first_with_data_of(server).label if name else None
        number, last_form = self._view.board.newest_number(shown), self._memory.state.last_test_scan
        values = like(model, number) if model else prefill(self._view.row, number, last_form)
        # The cursor may be on a scan of another server when the answer comes.
        self._dialogs.open(CreateScan(values, name or ""), lambda form: self._create(server, form))

    def _create(self, server: WatchedServer, form: ScanForm | None) -> None:
        if form is None or server.store is None or server.open_store is None:
            return
        self._memory.change(last_test_scan=form.form)
        self._publishing = [worker for worker in self._publishing if not worker.is_finished]
        plans = form.plans
        if len(plans) > 1:
            self._notify(f"Creating test scans {plans[0].identity['number']} to {plans[-1].identity['number']}")
        for plan in plans:
            work = publish_test_scan(server.open_store, plan, form.runs, len(plans) == 1, self._post)
            self._publishing.append(self._start_work(work, _TEST_SCANS, False))

    # Those that run

    def note_running(self, message: PublishingBegan) -> None:
        """Keep the worker of a test scan that runs."""
        self._running = {key: self._running[key] for key in self.left_open}
        self._running[message.key] = message.worker

    async def close(self) -> None:
        """End the test scans that still run: each closes its scan when it is cancelled."""
        running = [worker for worker in self._publishing if not worker.is_finished]
        for worker in running:
            worker.cancel()
        if running:
            self._notify(f"Closing the test scan{'' if len(running) == 1 else 's'}")
            # A server that is gone is not waited for long.
            waiting = (asyncio.ensure_future(_end_of(worker)) for worker in running if worker.is_running)
            await asyncio.wait([*waiting, asyncio.ensure_future(asyncio.sleep(0))], timeout=_CLOSING_SECONDS)
            self._given_up.update(key for key, worker in self._running.items() if not worker.is_finished)

    @property
    def left_open(self) -> list[str]:
        """The keys of those test scans that are not closed, or could not be."""
        unclosed = {key for key, worker in self._running.items() if not worker.is_finished or worker.result is False}
        return sorted(self._given_up | unclosed)


async def _end_of(worker: Worker[bool]) -> None:
    """Wait until a worker has ended, in whatever way."""
    with contextlib.suppress(WorkerError):
        await worker.wait()
