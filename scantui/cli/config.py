"""`scantui config`: what is in effect, and where each value comes from."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from scantui.cli.arguments import add_server, server_of
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import write
from scantui.exceptions import MachineError
from scantui.system.config import Configuration
from scantui.system.state import Memory, state_path
from scantui.text import printable

EXAMPLES = f"""\
The server is looked for in this order: the argument -s, SCANTUI_URL, the configuration file, BEACON_HOST, localhost.
A configuration file, in which the first server is watched unless `server` names another:

  theme = "nord"
  time_format = "clock"             # age, clock, utc
  columns = ["state", "number", "name", "progress"]

  [servers.id11]
  url = "redis://id11:6380"

  [servers.id15]
  url = "rediss://id15:6380"
  username = "viewer"
  password_file = "id15.password"   # beside this file, mode 600
  ca_file = "/etc/pki/beamlines.pem"

  [keys]
  pause = ["z", "f5"]

  [filters]
  problems = "is=problem age<1d"

  [alerts.night]                    # scantui watch --rules
  when = ["fail", "stall", "silent=20m"]
  filter = "proposal=hc1234"
  exec = "mail -s \\"$SCANTUI_ALERT_TEXT\\" me@example.org < /dev/null"

What is changed in the app is remembered apart and wins, until --reset.

examples:
  scantui config           what is in effect
  scantui config -s id15   the same with this server

{exit_codes_help()}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what the command may be told."""
    parser.add_argument(
        "--reset", action="store_true", help="forget what was changed in the app: the file counts again"
    )
    add_server(parser)


def run(options: Namespace) -> int:
    """Print what is in effect, and where each value comes from; never a password."""
    from scantui.tui.preferences import check_preferences

    configuration = Configuration.read(os.environ)
    check_preferences(configuration)
    memory = Memory(state_path(os.environ), configuration.preferences)
    if options.reset:
        memory.reset_looks()
    if memory.problem:
        raise MachineError(memory.problem)
    write(_line("configuration", _path_in_words(configuration)))
    server = server_of(options)
    address = server.address
    write(_line("server", server.name, server.origin))
    write(_line("address", address.label))
    write(_line("user", address.username or "default"))
    write(_line("password", "given, and not shown" if address.password else "none"))
    if address.tls:
        write(_line("certificates", str(address.tls_settings.get("ssl_ca_certs", "those the system trusts"))))
    write(_line("servers", ", ".join(configuration.servers) or "none have names"))
    for line in (*_preferences(configuration, memory), *_alerts_and_notes(configuration)):
        write(line)
    return ExitCode.DONE


def _preferences(configuration: Configuration, memory: Memory) -> Iterator[str]:
    """What the screen looks like: chosen in the app, else configured, else our own choice."""
    state, wanted = memory.state, configuration.preferences

    def told(key: str, value: str, changed: bool, configured: bool) -> str:
        place = configuration.file.place(key) if configured else "the program's own choice"
        return _line(key, value, "changed in the app" if changed else place)

    yield told("theme", memory.theme or "textual-dark", bool(state.theme), bool(wanted.theme))
    yield told("time_format", memory.time_format, bool(state.time_format), bool(wanted.time_format))
    columns = ", ".join(memory.columns) or "as the width of the terminal allows"
    yield told("columns", columns, state.columns is not None, wanted.columns is not None)
    for action, keys in wanted.keys.items():
        yield _line(f"keys.{action}", " ".join(keys), configuration.file.place("keys", action))
    for name, text in memory.saved_filters.items():
        changed = name in state.saved_filters
        yield _line(
            f"filters.{name}", text, "saved in the app" if changed else configuration.file.place("filters", name)
        )


def _alerts_and_notes(configuration: Configuration) -> Iterator[str]:
    place = configuration.file.place
    for name, table in configuration.alerts.items():
        yield _line(f"alerts.{name}", ", ".join(table.when) or "fail, stall", place("alerts", name))
    if configuration.no_exec:
        yield _line("no_exec", "commands of alerts are forbidden", place("no_exec"))
    if configuration.notes_directory:
        yield _line("notes_dir", str(configuration.notes_directory), place("notes_dir"))


def _path_in_words(configuration: Configuration) -> str:
    path = configuration.file.path
    if path is None:
        return "none: there is no home directory"
    return f"{path}" if configuration.file.is_there else f"{path}, which is not there"


def _line(what: str, value: str, origin: str = "") -> str:
    return printable(f"{what:<14} {value}" + (f"   ({origin})" if origin else ""))
