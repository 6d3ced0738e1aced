"""What the command of an alert finds in its environment."""

from __future__ import annotations

from scantui.alerts import Alert, read_rule
from scantui.vigil.variables import alert_variables

URL = "redis://id15:6380"
SILENT = Alert(rule=read_rule("quiet", ["silent=20m"]), kind="silent", text="No scan began or moved for 20m", at_ms=1)


def test_the_alert_of_one_of_several_servers_names_it_also_without_a_scan() -> None:
    alone = alert_variables(SILENT, URL)
    assert alone["SCANTUI_ALERT_TEXT"] == "No scan began or moved for 20m"
    assert (alone["SCANTUI_SCAN_SERVER"], alone["SCANTUI_SCAN_KEY"], alone["SCANTUI_URL"]) == ("", "", URL)
    one = Alert(rule=SILENT.rule, kind=SILENT.kind, text=SILENT.text, at_ms=1, server="id15")
    assert alert_variables(one, URL)["SCANTUI_ALERT_TEXT"] == "id15: No scan began or moved for 20m"
    assert alert_variables(one, URL)["SCANTUI_SCAN_SERVER"] == "id15"
