"""An alert rule: what it waits for, in which scans, and what happens when it calls; pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

import msgspec

from scantui.alerts.conditions import Conditions, read_conditions
from scantui.filters import ScanFilter
from scantui.filters.moments import seconds_in

Bell = Literal["once", "until-key", "none"]
BELLS: tuple[str, ...] = get_args(Bell)
# The default of a rule without `when`.
USUAL = ("fail", "stall")


class AlertRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule under a name; it calls when any of its conditions holds for a scan that passes its filter.

    `again_seconds` is the shortest time between two calls; with 0 a condition that goes on calls once. `exec` is a
    command for the user's shell, "" for none. A rule with `only_new` is silent about scans that hang from before it.
    """

    name: str
    conditions: Conditions
    filter: ScanFilter = ScanFilter()
    again_seconds: float = 0.0
    bell: Bell = "once"
    exec: str = ""
    armed: bool = False
    only_new: bool = False

    @property
    def text(self) -> str:
        """What it waits for, and in which scans."""
        return self.conditions.text + (f" in {self.filter.text}" if self.filter.text else "")


def read_rule(
    name: str,
    when: Iterable[str],
    *,
    filter_text: str = "",
    again: str = "",
    bell: Bell = "once",
    exec_: str = "",
    armed: bool = False,
    only_new: bool = False,
) -> AlertRule:
    """A rule from the texts of a user; raises UsageError or FilterSyntaxError for one that cannot be read."""
    return AlertRule(
        name=name,
        conditions=read_conditions(list(when) or USUAL),
        filter=ScanFilter.parse(filter_text),
        again_seconds=seconds_in(again) if again else 0.0,
        bell=bell,
        exec=exec_,
        armed=armed,
        only_new=only_new,
    )
