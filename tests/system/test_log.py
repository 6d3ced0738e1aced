"""The log is bounded, harmless, free of passwords, and never raises."""

from __future__ import annotations

import logging
import stat
from pathlib import Path
from typing import NoReturn

import pytest

from scantui.exceptions import UsageError
from scantui.system.log import LARGEST_FILE, REMEMBERED_RECORDS, log_path, open_log

LOGGER = logging.getLogger("scantui.tests")
FULL_DISK = Path("/dev/full")


class Unspeakable:
    def __str__(self) -> NoReturn:
        raise RuntimeError("no words")


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_the_file_is_made_with_the_first_record_for_the_user_alone(tmp_path: Path) -> None:
    path = log_path({"XDG_STATE_HOME": str(tmp_path)})
    with open_log(path, "info") as ring:
        assert names(tmp_path) == []
        LOGGER.info("connected to %s", "id11")
        LOGGER.debug("too much")
        (record,) = ring.records
    assert (record.level, record.name, record.text) == ("INFO", "scantui.tests", "connected to id11")
    assert path.read_text() == f"{record}\n"
    assert path == tmp_path / "scantui" / "scantui.log"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_record_shows_its_time_in_utc() -> None:
    with open_log(None, "INFO") as ring:
        LOGGER.handle(
            logging.makeLogRecord({"name": "scantui", "msg": "now", "levelname": "INFO", "levelno": 20, "created": 1.5})
        )
    assert [str(record) for record in ring.records] == ["1970-01-01T00:00:01.500+00:00 INFO scantui: now"]


def test_warnings_of_libraries_are_logged_and_nothing_after_the_end(tmp_path: Path) -> None:
    level_before = logging.getLogger("scantui").level
    handlers_before = list(logging.getLogger().handlers)
    with open_log(tmp_path / "log", "INFO") as ring:
        logging.getLogger("asyncio").warning("slow")
        logging.getLogger("asyncio").info("quick")
    assert [record.text for record in ring.records] == ["slow"]
    assert logging.getLogger("scantui").level == level_before
    assert logging.getLogger().handlers == handlers_before


def test_messages_and_errors_are_harmless_and_without_passwords(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with open_log(path, "INFO") as ring:
        try:
            raise OSError("lost redis://u:secret@h\n2026-01-01 INFO forged\x1b[2J password=secret")
        except OSError:
            LOGGER.exception("at %s\n2026-01-01 INFO forged\x1b]0;x\x07", "redis://u:secret@h:1")
    text = path.read_text()
    assert "secret" not in text
    assert text.replace("\n", "").isprintable()
    assert len([line for line in text.split("\n") if line and not line.startswith("    | ")]) == 1
    (record,) = ring.records
    assert record.text == "at redis://***@h:1\u240a2026-01-01 INFO forged\u241b]0;x\u2407"
    assert record.details[0] == "Traceback (most recent call last):"
    assert record.details[-1] == "2026-01-01 INFO forged\u241b[2J password=***"


def test_a_message_that_cannot_be_formatted_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # those of pytest let such an error out
    with open_log(tmp_path / "log", "INFO") as ring:
        LOGGER.info("%s", Unspeakable())
        LOGGER.info("%d", "many")
    assert [record.text.partition(",")[0] for record in ring.records] == ["cannot format a message from test_log"] * 2
    assert (tmp_path / "log").read_text().count("cannot format a message from test_log, line") == 2


def test_the_ring_holds_the_last_records() -> None:
    with open_log(None, "INFO") as ring:
        for number in range(REMEMBERED_RECORDS + 7):
            LOGGER.info("%d", number)
    assert [record.text for record in ring.records] == [str(number) for number in range(7, REMEMBERED_RECORDS + 7)]


def test_a_long_error_is_cut() -> None:
    with open_log(None, "INFO") as ring:
        try:
            raise ValueError("x\n" * 9999 + "y" * 9999)
        except ValueError:
            LOGGER.exception("z" * 9999)
    (record,) = ring.records
    assert (len(record.text), len(record.details), len(record.details[-1])) == (4096, 100, 500)


def test_the_files_stay_within_their_bounds(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with open_log(path, "INFO"):
        for _ in range(3 * LARGEST_FILE // 4000):
            LOGGER.info("x" * 4000)
    assert names(tmp_path) == ["log", "log.1"]
    assert all(each.stat().st_size <= LARGEST_FILE for each in tmp_path.iterdir())
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in tmp_path.iterdir())


def reported(path: Path) -> list[str]:
    """The texts in the ring after three records that cannot be written to `path`."""
    with open_log(path, "INFO") as ring:
        for number in range(3):
            LOGGER.info("%d", number)
    return [record.text for record in ring.records]


def test_a_file_that_cannot_be_made_is_reported_once(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "log"
    first, sentence, *others = reported(path)
    assert (first, others) == ("0", ["1", "2"])
    assert sentence.startswith(f"cannot write the log file {path}, the latest records are kept here: ")


@pytest.mark.skipif(not FULL_DISK.exists(), reason="this system has no device that is always full")
def test_a_full_disk_is_reported_once() -> None:
    assert reported(FULL_DISK) == [
        "0",
        f"cannot write the log file {FULL_DISK}, the latest records are kept here: No space left on device",
        "1",
        "2",
    ]


def test_a_disk_that_recovers_is_written_again(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    with open_log(tmp_path / "log" / "log", "INFO") as ring:
        (tmp_path / "log").rmdir()
        (tmp_path / "log").touch()
        LOGGER.info("lost")
        (tmp_path / "log").unlink()
        LOGGER.info("found")
    assert len(ring.records) == 3
    assert (tmp_path / "log" / "log").read_text().endswith(": found\n")


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(UsageError, match="'loud': choose one of DEBUG, INFO"), open_log(None, "loud"):
        pass


def test_a_server_that_fails_for_ever_fills_neither_disk_nor_memory(tmp_path: Path) -> None:
    path = tmp_path / "scantui" / "scantui.log"
    with open_log(path, "INFO") as ring:
        log = logging.getLogger("scantui.feed")
        for attempt in range(1200):
            log.warning("lost, try %d: %s", attempt, "\x1b]0;no\x07" * 200)
    assert len(ring.records) == REMEMBERED_RECORDS
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == ["scantui.log", "scantui.log.1"]
    assert all(file.stat().st_size <= LARGEST_FILE and file.stat().st_mode & 0o777 == 0o600 for file in files)
