"""`scantui delete`: removes a test scan from Redis."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from scantui.cli.arguments import add_store, store_opener_of
from scantui.cli.outcomes import ExitCode, exit_codes_help
from scantui.cli.output import notify
from scantui.cli.running import run_work
from scantui.exceptions import ScanValidationError, StoreError, UsageError
from scantui.publishing.run import PUBLISHER

EXAMPLES = f"""\
delete removes only scans with "publisher": "{PUBLISHER}" in their info, and
closes a running one first. --force deletes any scan, even a running one of an
experiment. This cannot be undone. Files on disk are not touched.

examples:
  scantui delete esrf:scan:01JBXVGZM0G32HDSZJXS6MSESN
  scantui delete "$(scantui last --key)"

{exit_codes_help(ExitCode.NO_SCAN)}"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `scantui delete`."""
    parser.add_argument("key", metavar="KEY", help="key of the scan in Redis")
    parser.add_argument("--force", action="store_true", help="delete a scan even if scantui did not create it")
    add_store(parser)


def run(options: Namespace) -> int:
    """Delete a test scan from Redis."""
    open_store, key = store_opener_of(options), options.key.strip()
    if key.isdigit():
        # Several scans may have the same number, and a deletion cannot be undone.
        raise UsageError(f"give the key of the scan, not its number: scantui search number={key} --keys prints it")

    async def delete() -> int:
        async with await open_store() as store:
            (loaded,) = await store.load_summaries([key])
            is_unreadable = isinstance(loaded, ScanValidationError)
            if isinstance(loaded, StoreError):
                if not (is_unreadable and options.force):
                    raise loaded
            elif loaded.publisher != PUBLISHER and not options.force:
                raise UsageError(f"{key} is not a test scan of scantui: --force deletes it anyway")
            await store.delete_scan(key, force=True)
        notify(f"deleted {key}")
        return ExitCode.DONE

    return run_work(delete())
