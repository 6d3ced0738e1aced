"""Alerts: rules that call, also without a user; their bell, their line, and their commands.

Rule: a rule armed by hand lasts for this run. Commands run only where neither configuration nor environment forbids it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from scantui.board import PROBLEM_WORDS
from scantui.exceptions import ScanTuiError
from scantui.feed import PlayedEvent, Rewound
from scantui.system.config import DEMO_NAMES
from scantui.text import printable
from scantui.tui.commands.collaborators import Dialogs, Host, Notify, StartWork
from scantui.tui.dialogs.choice import Choice
from scantui.tui.messages import PostMessage
from scantui.tui.night import NightSettings
from scantui.tui.scan_view import ScanView
from scantui.tui.watched_server import WatchedServers
from scantui.words import counted

if TYPE_CHECKING:
    from scantui.alerts import Alert, AlertRule
    from scantui.tui.alarm_desk import AlarmDesk
    from scantui.vigil.commands import CommandQueue

SILENCED_SECONDS = 3600.0
RING_SECONDS, RINGS_FOR_SECONDS = 10.0, 600.0
_WORK = "alerts"
_MOST_CALLED = 100
_WATCH, _SILENT, _SILENCE = "\0watch", "\0silent", "\0silence"
_PROBLEM, _MATCH = "next problem", "what the filter shows"


class AlertCommands:
    """Arms rules and shows what they call; `clock` counts seconds and never jumps, `now_ms` is the server's time."""

    def __init__(
        self,
        view: ScanView,
        servers: WatchedServers,
        dialogs: Dialogs,
        host: Host,
        notify: Notify,
        start_work: StartWork,
        post: PostMessage,
        night: NightSettings,
        clock: Callable[[], float],
        now_ms: Callable[[], int],
        watch: Callable[[], None],
    ) -> None:
        self._view = view
        self._servers = servers
        self._dialogs = dialogs
        self._host = host
        self._notify = notify
        self._start_work = start_work
        self._post = post
        self._night = night
        self._clock = clock
        self._now_ms = now_ms
        self._watch = watch
        self._desk: AlarmDesk | None = None
        self._commands: CommandQueue | None = None
        self._armed: dict[str, AlertRule] = {}
        self._once: set[str] = set()
        # The rules to start with, where another server was watched before.
        self._wanted: list[AlertRule] | None = None
        self._silenced_until = 0.0
        # When to ring next, and when to give up, for a bell that rings until a key.
        self._ring_at: float | None = None
        self._ring_until = 0.0
        self.unseen = 0
        self._called: list[str] = []

    # Rules

    def start(self) -> None:
        """Arm the rules that the configuration wants armed, or those that were on the server watched before."""
        for rule in self._wanted if self._wanted is not None else self._night.rules:
            if rule.armed or self._wanted is not None:
                self._arm(rule)

    def go_on_from(self, before: AlertCommands) -> None:
        """Start with the rules of another server's monitor, which last for this run, and its silence."""
        self._wanted = list(before._armed.values())
        self._once, self._silenced_until = set(before._once), before._silenced_until

    def take_in(self, event: PlayedEvent, server: str) -> None:
        """Show an event of a server to the rules."""
        if self._desk is not None and not isinstance(event, Rewound):
            self._desk.see(server, event)

    @property
    def watched(self) -> Sequence[str]:
        """The scans that the feed should look after for the rules."""
        return self._desk.watched if self._desk is not None and self._armed else ()

    def alerts(self) -> None:
        self.take_called()
        row = self._view.row
        scan = f"Scan {row.identity.number}" if row is not None and row.identity is not None else "This scan"
        choices = [Choice(_WATCH, f"  {scan} ends or stalls", "t")]
        choices.append(self._choice(_PROBLEM, "The next problem", "p"))
        choices.append(self._choice(_MATCH, "What the filter shows comes", "f"))
        choices.append(Choice(_SILENT, "  No scan for…", "n"))
        labels = {rule.name: self._described(rule) for rule in self._night.rules}
        labels |= {name: name for name in self._armed if name not in (_PROBLEM, _MATCH, *labels)}
        choices += [self._choice(name, label) for name, label in labels.items()]
        label = "Call again" if self._is_silenced else "Silence all for an hour"
        choices.append(Choice(_SILENCE, f"  {label}", "s"))
        self._dialogs.menu("Alert when", choices, self._chosen)

    def _described(self, rule: AlertRule) -> str:
        """A rule of the configuration with what it waits for, and what it has read last."""
        reading = self._desk.reading_of(rule.name) if self._desk is not None and rule.name in self._armed else ""
        return printable(f"{rule.name}: {rule.text}" + (f"; now {reading}" if reading else ""))

    def _choice(self, name: str, label: str, letter: str = "") -> Choice:
        return Choice(name, f"{'x' if name in self._armed else ' '} {label}", letter)

    def _chosen(self, value: str | None) -> None:
        if value is None:
            return
        if value == _WATCH:
            self._watch()
        elif value == _SILENT:
            self._dialogs.prompt("no scan began or moved for", self._arm_silence, "20m")
        elif value == _SILENCE:
            self._silenced_until = 0.0 if self._is_silenced else self._clock() + SILENCED_SECONDS
            self._ring_at = None
            self._notify("Alerts are silent for an hour" if self._is_silenced else "Alerts call again")
        elif value in self._armed:
            self._disarm(value)
        else:
            self._arm_named(value)

    def _arm_named(self, name: str) -> None:
        from scantui.alerts import read_rule

        if name == _PROBLEM:
            self._once.add(name)
            self._arm(read_rule(name, ["fail", "abort", "stall"], only_new=True))
        elif name == _MATCH:
            self._arm(read_rule(name, ["match"], filter_text=self._view.board.filter.text))
        else:
            self._arm(next(rule for rule in self._night.rules if rule.name == name))
        self._notify(f"Alert when: {name}")

    def _arm_silence(self, span: str | None) -> None:
        if not span:
            return
        from scantui.alerts import read_rule

        try:
            self._arm(read_rule(f"no scan for {span}", [f"silent={span}"]))
        except ScanTuiError as error:
            self._notify(str(error), is_error=True)
        else:
            self._notify(f"Alert when no scan began or moved for {span}")

    def _arm(self, rule: AlertRule) -> None:
        # Imported when the first rule is armed: the first frame does not wait.
        from scantui.tui.alarm_desk import AlarmDesk

        if self._desk is None:
            self._desk = AlarmDesk(self._post, self._clock, self._servers.names)
            board = self._view.board
            known = [row for row in map(board.row, board.known_keys) if row is not None]
            for server in self._servers:
                rows = [row for row in known if self._servers.of(row) is server]
                self._desk.begin(server.label, rows, self._now_ms(), server.store)
            self._start_work(self._desk.run(), _WORK)
        self._armed[rule.name] = rule
        self._desk.arm(rule)

    def _disarm(self, name: str) -> None:
        self._rest(name)
        self._notify(f"No longer: {name}")

    def _rest(self, name: str) -> None:
        self._armed.pop(name, None)
        self._once.discard(name)
        if self._desk is not None:
            self._desk.disarm(name)

    # What they call

    @property
    def _is_silenced(self) -> bool:
        return self._clock() < self._silenced_until

    def came(self, alerts: Sequence[Alert]) -> None:
        """Show alerts, ring, and run their commands."""
        for alert in alerts:
            self.unseen += 1
            self._called += alert.keys[:_MOST_CALLED]
            if not self._is_silenced:
                self._call(alert)
                if alert.rule.exec:
                    self._run(alert)
            if alert.rule.name in self._once:
                self._rest(alert.rule.name)
        self._view.update_lines()

    def _call(self, alert: Alert) -> None:
        self._notify(f"{alert.named_text}  (a)", is_error=True)
        if alert.rule.bell != "none":
            self._host.notify_by_terminal(alert.named_text)
        if alert.rule.bell == "until-key":
            now = self._clock()
            self._ring_at, self._ring_until = now + RING_SECONDS, now + RINGS_FOR_SECONDS

    def _run(self, alert: Alert) -> None:
        if not self._night.may_exec:
            return
        from scantui.system.processes import FencedCommands
        from scantui.vigil.commands import CommandQueue
        from scantui.vigil.variables import alert_variables

        if self._commands is None:
            self._commands = CommandQueue(FencedCommands(), lambda problem: self._notify(problem, is_error=True))
        server = self._servers.named(alert.server)
        url = server.store.label if server.store is not None and server.label not in DEMO_NAMES else ""
        self._commands.add(alert.rule.exec, alert_variables(alert, url))

    def take_called(self) -> str | None:
        """Count all alerts as looked at; returns the first scan of theirs that is shown and is a problem."""
        board = self._view.board
        rows = (board.row(key) for key in self._called if board.is_shown(key))
        problem = next((row.key for row in rows if row and board.word_of(row) in PROBLEM_WORDS), None)
        self.unseen = 0
        self._called.clear()
        self._view.update_lines()
        return problem

    def key_pressed(self) -> None:
        """End a bell that rings until a key."""
        self._ring_at = None

    def tell_time(self) -> None:
        """Ring again, where a rule rings until a key."""
        now = self._clock()
        if self._ring_at is not None and now >= self._ring_at:
            self._ring_at = now + RING_SECONDS if now < self._ring_until else None
            self._host.notify_by_terminal(f"{counted(self.unseen, 'alert')}")

    async def close(self) -> None:
        """End the command that runs, and run no other."""
        if self._commands is not None:
            await self._commands.aclose()
