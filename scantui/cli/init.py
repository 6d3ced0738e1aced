"""`scantui init`: an empty Redis as blissdata needs it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from scantui.cli.arguments import add_server, server_of
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import tell
from scantui.cli.running import run_work
from scantui.exceptions import DatabaseNotEmptyError, NotInitialisedError, UsageError

EXAMPLES = f"""\
The server needs the modules RedisJSON and RediSearch, and only database 0 will do. It gets the search index, the
setting of search-max-prefix-expansions, the function that seals streams, and blissdata's protocol version. A database
that holds keys is never changed; one that is prepared already is left as it is. A Redis that keeps nothing on disk has
to be prepared again after each start.

examples:
  scantui init redis://localhost:6380

{exit_codes_help()}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare which server is to be prepared."""
    parser.add_argument("url", nargs="?", metavar="URL", help="the Redis to prepare; it is named here or by -s")
    add_server(parser)


def run(options: Namespace) -> int:
    """Prepare an empty Redis so that blissdata can publish into it."""
    if not (options.url or options.server):
        raise UsageError("say which Redis is to be prepared: scantui init redis://localhost:6380")
    server = server_of(options)

    async def prepare() -> int:
        from scantui.store.aio import AsyncDataStore

        try:
            async with AsyncDataStore.open(server.address, init_db=True):
                tell(f"{server.name} is prepared: blissdata can publish there")
        except DatabaseNotEmptyError as refusal:
            try:
                async with AsyncDataStore.open(server.address):
                    tell(f"{server.name} was prepared before: nothing was changed")
            except NotInitialisedError:
                raise refusal from None
        return ExitCode.DONE

    return run_work(prepare())
