"""`scantui config`: the effective settings and where each comes from."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from scantui.cli.arguments import add_server, servers_of
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import write
from scantui.exceptions import MachineError, UnreachableError
from scantui.system.config import Configuration
from scantui.system.servers import Server
from scantui.system.state import Memory, state_path
from scantui.text import printable

EXAMPLES = f"""\
scantui takes the server from the first of these that is set: the command line,
SCANTUI_URL, the configuration file, BEACON_HOST (several hosts with commas);
else it uses localhost.

The configuration file is ~/.config/scantui/config.toml, or scantui/config.toml
below XDG_CONFIG_HOME. Everything in it is optional. The first server is the
default, unless a line such as server = "id15" names another, or a group:

  theme = "nord"
  time_format = "clock"             # age, clock, utc
  columns = ["state", "number", "name", "progress"]
  dataset_rules = false             # no rules between datasets
  plot_marks = "dots"               # blocks, dots, ascii

  [servers.id11]
  url = "redis://id11:6380"

  [servers.id15]
  url = "rediss://id15:6380"
  username = "viewer"
  password_file = "id15.password"   # beside this file, mode 600
  ca_file = "/etc/pki/beamlines.pem"

  [groups]
  materials = ["id11", "id15"]      # scantui -s materials; all needs no group

  [keys]
  pause = ["Z", "f5"]

  [filters]
  problems = "is=problem age<1d"

  [alerts.night]                    # a in the monitor, scantui watch --rules
  when = ["fail", "stall", "silent=20m"]
  armed = true                      # the monitor alerts from its start
  bell = "until-key"                # once, until-key, none
  filter = "proposal=hc1234"
  exec = "mail -s \\"$SCANTUI_ALERT_TEXT\\" me@example.org < /dev/null"

Errors name the file and line. Changes made in the monitor override the file,
until `scantui config --reset`. notes_dir = "/shared/notes" shares notes and
verdicts: one file per user and computer. no_exec = true, or SCANTUI_NO_EXEC=1,
forbids the commands of alerts.

A URL starts with redis://, rediss:// (TLS, verified), redis+sentinel:// or
unix://, and may hold user, password and database. Put passwords in a
password_file or SCANTUI_URL, or type them with --ask-password; the process list
shows a password that you give as an argument.

examples:
  scantui config           the effective settings
  scantui config -s id15   the same for another server

{exit_codes_help()}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui config`."""
    parser.add_argument("--reset", action="store_true", help="forget the changes made in the monitor")
    add_server(parser, several=True)


def run(options: Namespace) -> int:
    """Print the effective settings and where each comes from, without passwords."""
    from scantui.tui.preferences import check_preferences

    configuration = Configuration.read(os.environ)
    check_preferences(configuration)
    memory = Memory(state_path(os.environ), configuration.preferences)
    if options.reset:
        memory.reset_appearance()
    if memory.problem:
        raise MachineError(memory.problem)
    write(_line("configuration", _path_in_words(configuration)))
    servers, has_failed = servers_of(options), False
    for server in servers:
        try:
            lines = list(_server(server))
        except UnreachableError as error:
            if len(servers) == 1:
                raise
            has_failed = True
            lines = [_line("server", server.name, server.origin), _line("problem", str(error))]
        for line in lines:
            write(line)
    write(_line("servers", ", ".join(configuration.servers) or "none configured"))
    for name, members in configuration.groups.items():
        write(_line(f"groups.{name}", ", ".join(members), configuration.file.place("groups", name)))
    for line in (*_preferences(configuration, memory), *_alerts_and_notes(configuration)):
        write(line)
    return ExitCode.ERROR if has_failed else ExitCode.DONE


def _server(server: Server) -> Iterator[str]:
    address = server.address_now()
    yield _line("server", server.name_at(address.label), server.origin)
    yield _line("address", address.label)
    yield _line("user", address.username or "default")
    yield _line("password", "set (hidden)" if address.password else "none")
    if address.tls:
        certificates = address.tls_settings.get("ssl_ca_certs", "the certificates that the system trusts")
        yield _line("certificates", str(certificates))


def _preferences(configuration: Configuration, memory: Memory) -> Iterator[str]:
    """The settings of the screen, changed in the monitor, configured or default."""
    state, wanted = memory.state, configuration.preferences

    def line(key: str, value: str, changed: bool, configured: bool) -> str:
        place = configuration.file.place(key) if configured else "default"
        return _line(key, value, "changed in the monitor" if changed else place)

    yield line("theme", memory.theme or "textual-dark", bool(state.theme), bool(wanted.theme))
    yield line("time_format", memory.time_format, bool(state.time_format), bool(wanted.time_format))
    columns = ", ".join(memory.columns) or "automatic"
    yield line("plot_marks", memory.plot_marks, bool(state.plot_marks), bool(wanted.plot_marks))
    yield line("columns", columns, state.columns is not None, wanted.columns is not None)
    rules = "true" if memory.dataset_rules else "false"
    yield line("dataset_rules", rules, state.dataset_rules is not None, not wanted.dataset_rules)
    for action, keys in wanted.keys.items():
        yield _line(f"keys.{action}", " ".join(keys), configuration.file.place("keys", action))
    for name, text in memory.saved_filters.items():
        changed = name in state.saved_filters
        yield _line(
            f"filters.{name}", text, "saved in the monitor" if changed else configuration.file.place("filters", name)
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
        return "none: no home directory"
    return f"{path}" if configuration.file.exists else f"{path} (does not exist)"


def _line(what: str, value: str, origin: str = "") -> str:
    return printable(f"{what:<14} {value}" + (f"   ({origin})" if origin else ""))
