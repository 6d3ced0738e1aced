"""The rules of the configuration file."""

from __future__ import annotations

from scantui.alerts import AlertRule, read_rule
from scantui.exceptions import FilterSyntaxError, UsageError
from scantui.system.config import Configuration


def configured_rules(configuration: Configuration) -> list[AlertRule]:
    """The rules of [alerts.NAME]; raises ConfigurationError, with the line, for one that cannot be read."""
    rules = []
    for name, table in configuration.alerts.items():
        try:
            rules.append(
                read_rule(
                    name,
                    table.when,
                    filter_text=table.filter,
                    again=table.again,
                    bell=table.bell,
                    exec_=table.exec,
                    armed=table.armed,
                )
            )
        except FilterSyntaxError:
            raise
        except UsageError as error:
            raise configuration.file.complaint(("alerts", name), str(error)) from error
    return rules
