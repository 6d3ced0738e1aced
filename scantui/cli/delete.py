"""`scantui delete`: a test scan out of Redis."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from scantui.cli.arguments import add_store, store_opener_of
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import tell
from scantui.cli.running import run_work
from scantui.exceptions import ScanValidationError, StoreError, UsageError
from scantui.publishing.run import PUBLISHER

EXAMPLES = f"""\
Only a scan whose info bears "publisher": "{PUBLISHER}" is deleted, a running one after it was closed. --force deletes
any other too: that of an experiment, running or not, and no one gets it back. Files on disk are not touched.

examples:
  scantui delete esrf:scan:01JBXVGZM0G32HDSZJXS6MSESN
  scantui delete "$(scantui last --key)"

{exit_codes_help(ExitCode.NO_SCAN)}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Declare what `delete` may be told."""
    parser.add_argument("key", metavar="KEY", help="the scan's key in Redis")
    parser.add_argument("--force", action="store_true", help="also a scan that scantui did not make")
    add_store(parser)


def run(options: Namespace) -> int:
    """Delete a test scan from Redis."""
    open_store, key = store_opener_of(options), options.key.strip()
    if key.isdigit():
        # Several scans may bear a number, and what is deleted does not come back.
        raise UsageError(f"give the key of the scan, not its number: scantui search number={key} --keys tells it")

    async def delete() -> int:
        async with await open_store() as store:
            (loaded,) = await store.load_summaries([key])
            is_unreadable = isinstance(loaded, ScanValidationError)
            if isinstance(loaded, StoreError):
                if not (is_unreadable and options.force):
                    raise loaded
            elif loaded.publisher != PUBLISHER and not options.force:
                raise UsageError(
                    f"{key} is no test scan of scantui, and was left as it is: --force deletes it all the same"
                )
            await store.delete_scan(key, force=True)
        tell(f"deleted {key}")
        return ExitCode.DONE

    return run_work(delete())
