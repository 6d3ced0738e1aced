"""The files of notes in the background: read when they change, written when the user writes a note.

Rule: files may be on a disk that blocks, so only threads touch them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from scantui.exceptions import ScanTuiError
from scantui.publishing.run import Pause
from scantui.text import printable
from scantui.tui.messages import NotesRead, Notice, PostMessage
from scantui.words import counted

if TYPE_CHECKING:
    from scantui.models import Note
    from scantui.system.notes import NoteBook

# Another user's note is seen within ten seconds.
LOOK_SECONDS = 5.0
_LONGEST = 200


async def follow_notes(open_notes: Callable[[], NoteBook], post: PostMessage, pause: Pause = asyncio.sleep) -> None:
    """Read the notes, and again whenever their files changed."""
    try:
        book = await asyncio.to_thread(open_notes)
    except ScanTuiError as error:
        post(Notice(f"No notes: {error}", is_error=True))
        return
    if book.broken:
        post(Notice(f"{counted(book.broken, 'line')} of the notes cannot be read"))
    post(NotesRead(book))
    while True:
        await pause(LOOK_SECONDS)
        if await asyncio.to_thread(book.refresh):
            post(NotesRead(book))


async def write_notes(book: NoteBook, notes: Sequence[Note], before: Mapping[str, Note], post: PostMessage) -> None:
    """Add notes to the user's file. `before` are the notes that the user saw while writing, by the keys of scans."""
    try:
        await asyncio.to_thread(book.refresh)
        others = [known for note in notes if (known := book.notes.get(note.key)) and known != before.get(note.key)]
        for note in notes:
            await asyncio.to_thread(book.add, note)
    except ScanTuiError as error:
        post(Notice(f"The note was not saved: {error}", is_error=True))
    else:
        if others:
            other = others[0]
            by = other.user if other.user != book.user else "Another scantui of yours"
            post(Notice(printable(f"{by} noted meanwhile: {other.shown}. Your note replaces it.", _LONGEST)))
    post(NotesRead(book))
