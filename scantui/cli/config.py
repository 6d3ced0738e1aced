"""`scantui config`: what is in effect, and where each value comes from."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace

from scantui.cli.arguments import add_server, server_of
from scantui.machine.config import Configuration
from scantui.text import printable

EXAMPLES = """\
The server is looked for in this order: the argument -s, SCANTUI_URL, the configuration file, BEACON_HOST, localhost.
A configuration file with two servers, of which the first is watched unless `server` names another:

  [servers.id11]
  url = "redis://id11:6380"

  [servers.id15]
  url = "rediss://id15:6380"
  username = "viewer"
  password_file = "id15.password"   # beside this file, mode 600
  ca_file = "/etc/pki/beamlines.pem"

examples:
  scantui config           what is in effect
  scantui config -s id15   the same with this server
"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what the command may be told."""
    add_server(parser)


def run(options: Namespace) -> int:
    """Print what is in effect, and where each value comes from; never a password."""
    configuration = Configuration.read(os.environ)
    print(_line("configuration", _path_in_words(configuration)))
    server = server_of(options, configuration)
    address = server.address
    print(_line("server", server.name, server.origin))
    print(_line("address", address.label))
    print(_line("user", address.username or "default"))
    print(_line("password", "given, and not shown" if address.password else "none"))
    if address.tls:
        print(_line("certificates", str(address.tls_settings.get("ssl_ca_certs", "those the system trusts"))))
    print(_line("servers", ", ".join(configuration.servers) or "none have names"))
    return 0


def _path_in_words(configuration: Configuration) -> str:
    path = configuration.file.path
    if path is None:
        return "none: there is no home directory"
    return f"{path}" if configuration.file.is_there else f"{path}, which is not there"


def _line(what: str, value: str, origin: str = "") -> str:
    return printable(f"{what:<14} {value}" + (f"   ({origin})" if origin else ""))
