"""Notes and verdicts, kept in files beside Redis: one of the user's own, or a directory that several users share.

Rule 1: files only grow, a line a note, and the last note about a scan counts. A line that cannot be read is skipped and
counted; a write that was cut off loses its own line alone.
Rule 2: every text of a file passes through `printable` before it is handed out.
"""

from __future__ import annotations

import os
import pwd
import re
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock

import msgspec

from scantui.exceptions import MachineError
from scantui.models import VERDICTS, Note
from scantui.system.config import Configuration
from scantui.system.files import machine_errors, make_private_directory, state_directory
from scantui.text import printable

FILE_NAME = "notes.jsonl"
LONGEST_NOTE = 2000
_LARGEST_FILE = 64 << 20
_PATTERN = "*.jsonl"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")
_decode = msgspec.json.Decoder(Note).decode


class NoteBook:
    """The notes that can be read, by the keys of scans; `path` is the file to which this user's are added.

    `user` is this user's name. `broken` counts the lines that could not be read. Without a home there is no path, and
    notes last for this run.
    """

    def __init__(self, path: Path | None, shared: Path | None = None, user: str = "") -> None:
        self.path = path
        self.user = user
        self.broken = 0
        self._shared = shared
        self._own = shared / path.name if shared is not None and path is not None else path
        self._files: dict[Path, tuple[tuple[int, int], dict[str, Note], int]] = {}
        self._unwritten: dict[str, Note] = {}
        # Files may block, so threads read and write them.
        self._lock = Lock()
        self.notes: Mapping[str, Note] = {}

    @classmethod
    def open(cls, environment: Mapping[str, str], configuration: Configuration) -> NoteBook:
        """The notes of this user, and those of the directory that `notes_dir` names; MachineError if that is none."""
        shared = configuration.notes_directory
        if shared is not None and not shared.is_dir():
            raise configuration.file.complaint(("notes_dir",), f"there is no directory {shared}")
        try:
            directory: Path | None = state_directory(environment)
        except MachineError:
            directory = None
        book = cls(directory / FILE_NAME if directory else None, shared, user_name(environment))
        if shared is not None:
            book._own = shared / f"{_safe(user_name(environment))}@{_safe(os.uname().nodename)}.jsonl"
        book.refresh()
        return book

    def refresh(self) -> bool:
        """Read the files that changed; whether any did. A file that cannot be read counts as missing."""
        with self._lock:
            return self._refresh()

    def _refresh(self) -> bool:
        seen = {}
        for path in self._paths():
            state = _state_of(path)
            if state is not None:
                known = self._files.get(path)
                seen[path] = known if known is not None and known[0] == state else (state, *_read(path))
        if seen == self._files:
            return False
        self._files = seen
        self.broken = sum(broken for *_, broken in seen.values())
        self._merge()
        return True

    def add(self, note: Note) -> None:
        """Write a note, its text cut and made printable; one without a verdict and a text takes the last one away.

        Raises MachineError when it cannot be written.
        """
        cleaned = _cleaned(note)
        if self._own is None:
            self._unwritten[cleaned.key] = cleaned
            self._merge()
            return
        is_private = self._own == self.path
        if is_private:
            make_private_directory(self._own.parent)
        _append(self._own, msgspec.json.encode(cleaned), 0o600 if is_private else 0o644)
        self.refresh()

    def _paths(self) -> Iterator[Path]:
        if self.path is not None:
            yield self.path
        if self._shared is not None:
            try:
                yield from sorted(self._shared.glob(_PATTERN))
            except OSError:  # a disk of the network that is away for now
                return

    def _merge(self) -> None:
        latest: dict[str, Note] = {}
        for notes in (*(notes for _, notes, _ in self._files.values()), self._unwritten):
            for key, note in notes.items():
                if key not in latest or note.at_ms >= latest[key].at_ms:
                    latest[key] = note
        self.notes = {key: note for key, note in latest.items() if note.verdict or note.text}


def user_name(environment: Mapping[str, str]) -> str:
    """The name of this user from the environment, else from the system; the number of one without a name."""
    names = (environment.get(variable) for variable in ("LOGNAME", "USER"))
    try:
        return next((name for name in names if name), "") or pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _safe(text: str) -> str:
    return _UNSAFE.sub("_", text)[:64] or "_"


def _state_of(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size) if path.is_file() and found.st_size <= _LARGEST_FILE else None


def _read(path: Path) -> tuple[dict[str, Note], int]:
    """The last note about each scan in a file, and how many lines are broken."""
    try:
        lines = path.read_bytes().removeprefix(BOM_UTF8).split(b"\n")
    except OSError:
        return {}, 0
    notes, broken = {}, 0
    for line in lines:
        if not line.strip():
            continue
        try:
            note = _cleaned(_decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            broken += 1
        else:
            notes[note.key] = note
    return notes, broken


def _cleaned(note: Note) -> Note:
    return msgspec.structs.replace(
        note,
        server=printable(note.server),
        title=printable(note.title),
        dataset=printable(note.dataset),
        user=printable(note.user),
        verdict=note.verdict if note.verdict in VERDICTS and note.verdict != "none" else "",
        text=printable(note.text, LONGEST_NOTE),
    )


def _append(path: Path, line: bytes, mode: int) -> None:
    """Add a line in one write; where the last one was cut off, it begins after it."""
    with machine_errors(f"{path} cannot be written"):
        descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, mode)
        try:
            size = os.fstat(descriptor).st_size
            is_cut_off = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            os.write(descriptor, (b"\n" if is_cut_off else b"") + line + b"\n")
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
