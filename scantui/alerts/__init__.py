"""Alerts: rules as values, and when each of them calls.

`conditions` reads what a rule waits for, `rules` puts a rule together, `calls` decides which scans call one by one and
which together, `watch` evaluates a rule over what is seen. All of it is pure: the clock is an argument.
"""

from scantui.alerts.calls import Alert
from scantui.alerts.conditions import ValueCondition, read_conditions
from scantui.alerts.rules import BELLS, AlertRule, read_rule
from scantui.alerts.watch import ArmedRule, Now, SeenScan

__all__ = [
    "BELLS",
    "Alert",
    "AlertRule",
    "ArmedRule",
    "Now",
    "SeenScan",
    "ValueCondition",
    "read_conditions",
    "read_rule",
]
