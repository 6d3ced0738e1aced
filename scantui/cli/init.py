"""`scantui init`: prepares an empty Redis for blissdata."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from scantui.cli.arguments import add_server, server_of
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import notify
from scantui.cli.running import run_work
from scantui.exceptions import DatabaseNotEmptyError, NotInitialisedError, UsageError

EXAMPLES = f"""\
The server needs the modules RedisJSON and RediSearch, and the database must be
number 0. init creates the search index and the function that seals streams,
sets search-max-prefix-expansions and writes blissdata's protocol version. It
never changes a database that holds other keys or is already prepared. A Redis
without persistence must be prepared again after each start.

examples:
  scantui init redis://localhost:6380

{exit_codes_help()}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui init`."""
    parser.add_argument("url", nargs="?", metavar="URL", help="Redis to prepare (or use -s)")
    add_server(parser)


def run(options: Namespace) -> int:
    """Prepare an empty Redis, so that blissdata can publish into it."""
    if not (options.url or options.server):
        raise UsageError("name the Redis to prepare: scantui init redis://localhost:6380")
    server = server_of(options)
    address = server.address_now()

    async def prepare() -> int:
        from scantui.store.aio import AsyncDataStore

        try:
            async with AsyncDataStore.open(address, init_db=True):
                notify(f"prepared {server.name}: blissdata can publish into it")
        except DatabaseNotEmptyError as refusal:
            try:
                async with AsyncDataStore.open(address):
                    notify(f"{server.name} is already prepared: nothing changed")
            except NotInitialisedError:
                raise refusal from None
        return ExitCode.DONE

    return run_work(prepare())
