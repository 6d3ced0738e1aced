"""The pane of what happened: counts, the activity strip, pauses and problems of a span."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from textual.worker import Worker

from scantui.report.digest import DigestLine, digest_lines
from scantui.report.sentences import span_text
from scantui.report.span_words import read_span
from scantui.report.spans import Span
from scantui.tui.commands.collaborators import Result
from scantui.tui.commands.command import Place
from scantui.tui.commands.keys import bindings_of
from scantui.tui.commands.table import commands_at
from scantui.tui.commands.turns import InTurns, in_short_turns
from scantui.tui.looks import style_name
from scantui.tui.messages import OpenScan, ReportWanted
from scantui.tui.widgets.line_list import Line, LineList

if TYPE_CHECKING:
    from scantui.board.shift import ShiftBook
    from scantui.store import AsyncDataStore

# What the arrows go through, from the shortest span to the longest.
_SPANS = {"last hour": "1h", "shift": "8h", "since 22:00": "22:00", "day": "24h", "week": "168h"}
_AWAY, _USUAL = "away", "shift"
# How far the problems came is known a moment after they are seen first.
_RENEWED_MS, _RENEWED_FIRST_MS = 10_000, 2_000
_PATIENCE_SECONDS = 0.1


class DigestPane(LineList):
    """Shows a span of the server's time, anew every ten seconds; `away` gives the span without a user."""

    PLACE = Place.DIGEST
    BINDINGS = bindings_of(commands_at(PLACE))

    def __init__(
        self,
        shift: ShiftBook,
        now_ms: Callable[[], int],
        away: Callable[[], Span | None],
        hints: Callable[[], Mapping[str, str]],
    ) -> None:
        """`hints` are what is known of why scans ended early, by their keys."""
        super().__init__()
        self.shown_key: str | None = None
        self._shift = shift
        self._server_ms = now_ms
        self._away = away
        self._hints, self._hinted = hints, 0
        self._chosen = self._shown = ""
        self._turns = InTurns(self._start, "digest")
        self._span = Span(0, 0)
        self._made_ms = self._opened_ms = 0
        self._is_making = False

    # What the place of the panes calls

    def rest(self) -> None:
        """Start again when it is opened again."""
        self._made_ms, self._shown, self._is_making = 0, "", False

    def follow(self, store: AsyncDataStore, key: str) -> None:
        """Do nothing: the digest is not about one scan."""

    def show_problem(self, key: str | None, sentence: str) -> None:
        """Do nothing: the digest needs no connection."""

    def tell_time(self, now_ms: int, word: str) -> None:
        """Show what came since; when it opens, what happened while the user was away, else in the last span shown."""
        if not self._made_ms:
            self._chosen = _AWAY if self._away() is not None else self._chosen or _USUAL
        if not self._made_ms:
            self._opened_ms = now_ms
        if self._is_making:
            return  # else it would start again each time on a busy computer
        is_young = self._made_ms - self._opened_ms < _RENEWED_FIRST_MS
        came = len(self._hints()) != self._hinted
        if came or now_ms - self._made_ms >= (_RENEWED_FIRST_MS if is_young else _RENEWED_MS):
            self._renew()

    # Keys

    def action_span(self, steps: int) -> None:
        names = [*([_AWAY] if self._away() is not None else []), *_SPANS]
        self._chosen = names[max(0, min(len(names) - 1, names.index(self._chosen) + steps))]
        self._renew()

    def action_choose(self) -> None:
        if self.line is not None and self.line.key:
            self.post_message(OpenScan(self.line.key))

    def action_problem(self) -> None:
        """Go to the next problem, here and in the table."""
        problems = [index for index, line in enumerate(self.lines) if line.is_problem]
        if problems:
            self.go_to_line(next((index for index in problems if index > self.cursor), problems[0]))
            self.action_choose()

    def action_write(self) -> None:
        self.post_message(ReportWanted(self._span))

    def _renew(self) -> None:
        now_ms = self._server_ms()
        if not now_ms:
            self.show_lines([Line("No connection yet")])
            return
        self._made_ms = now_ms
        away = self._away()
        is_away = self._chosen == _AWAY and away is not None
        self._span = away if is_away and away is not None else read_span(_SPANS[self._chosen or _USUAL], "", now_ms)
        title = self._chosen or _USUAL
        lines: list[Line] = []
        self._hinted = len(self._hints())
        making = in_short_turns(self._making(lines, title, self._span, now_ms))
        self._is_making = True
        if not self._turns.make(making, lambda: self._made(lines)) and title != self._shown:
            # Mostly it is ready sooner, and a frame before its own would delay it.
            self.set_timer(_PATIENCE_SECONDS, self._show_counting)
        self._shown = title

    def _show_counting(self) -> None:
        if self._is_making:
            self.show_lines([Line(f"{self._shown} · {span_text(self._span.ms)} · counting")])

    def _made(self, lines: list[Line]) -> None:
        self._is_making = False
        self.show_lines(lines)

    def _making(self, lines: list[Line], title: str, span: Span, now_ms: int) -> Iterator[None]:
        """Fill the lines step by step: keys come between, also with very many scans."""
        digest = yield from self._shift.digest_in_steps(span, now_ms)
        for line in digest_lines(digest, title, hints=self._hints()):
            lines.append(_line(line))
            yield

    def _start(self, work: Coroutine[Any, Any, Result], group: str, exclusive: bool = True) -> Worker[Result]:
        return self.run_worker(work, group=group, exclusive=exclusive, exit_on_error=False)


def _line(line: DigestLine) -> Line:
    return Line(line.text, style_name("wrong") if line.is_problem else "", line.key, line.is_problem)
