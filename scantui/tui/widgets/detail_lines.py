"""The details of a scan, line by line: what matters first, its states, links and streams; pure.

Rule: every text from outside passes through `printable` and becomes a rich Text, never markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from scantui.board import PROBLEM_WORDS
from scantui.columns import NOT_SAVED
from scantui.fitting import cut_to
from scantui.models import ScanIdentity, ScanState, ScanSummary
from scantui.report.reasons import reason_of
from scantui.text import ELLIPSIS, printable
from scantui.titles import row_name
from scantui.tui.looks import style_name
from scantui.tui.widgets.detail_facts import MOST_COMMENTS, MOST_POSITIONS, comments, moved_positions
from scantui.tui.widgets.detail_info import DetailLine, with_thousands
from scantui.tui.widgets.wrapping import unbroken
from scantui.words import clock_span, duration, moment, seconds_of, short_span, state_word

if TYPE_CHECKING:
    from scantui.store.operations.details import ScanDetails, StreamTail

_LABEL_WIDTH, _WORD_WIDTH = 10, 5
_EPOCH = "epoch"
# A value of this many bytes is too large on its own.
_LARGE = 100_000
_MOST_EXTRA = 20
_LONGEST_NAME, _LONGEST_PROBLEM, _LONGEST_TITLE = 32, 160, 40
_STATES = {ScanState.CREATED: "NEW", ScanState.PREPARED: "PREP", ScanState.STARTED: "RUN", ScanState.STOPPED: "STOP"}
_LABEL, _LINK, _FAINT, _WRONG = "bold", "underline", style_name("quiet"), style_name("wrong")


def no_name(key: str) -> str:
    """The name of a scan of which nothing but its key is known."""
    return ""


def detail_lines(
    details: ScanDetails,
    now_ms: int,
    word: str = "",
    name_of: Callable[[str], str] = no_name,
    note: str = "",
    figures_of: Callable[[str], str] = no_name,
    progress: str = "",
    server: str = "",
) -> list[DetailLine]:
    """All about a scan but its info, what matters first, at the server's time `now_ms` (0 while it is not known).

    `word` is the scan's state if the caller knows better than the document; `name_of` names a linked scan by its key.
    `figures_of` gives how long such a scan took and how far it came. `note` is what a user wrote about the scan,
    `progress` how far an open one is, `server` the name of its server if there are several.
    """
    row = details.summary
    shown_word = word or state_word(row)
    beginning = (("progress", progress if row.is_open else ""), ("why", why_text(details, shown_word)), ("note", note))
    lines = [_headline(row, shown_word, server), *_labelled(beginning)]
    lines += _labelled(_facts(details, now_ms))
    if details.transitions:
        lines.append(_timeline(details, word or state_word(row), now_ms))
    if details.parent:
        lines.append(_link("parent", details.parent, name_of))
    if details.sub_scans:
        lines.append(_field("sub-scans", _shown_of(len(details.sub_scans), details.sub_scan_count)))
        lines.extend(_sub_scans(list(reversed(details.sub_scans)), name_of, figures_of))
    moved = moved_positions(details.scan.info)
    if moved:
        shown = [unbroken(printable(each)) for each in moved[:MOST_POSITIONS]]
        lines.append(_field("moved", " · ".join([*shown, *(["…"] if len(moved) > MOST_POSITIONS else [])])))
    lines += [_field("comment", text) for text in islice(comments(details.scan.info), MOST_COMMENTS)]
    planned = f", {row.npoints} points planned" if row.npoints else ""
    lines.append(_field("streams", f"{len(details.streams) + details.more_streams}{planned}"))
    widest = max((cell_len(_stream_name(stream)) for stream in details.streams), default=0)
    lines.extend(_stream(stream, widest, row.is_open) for stream in details.streams)
    if details.more_streams:
        lines.append(DetailLine(Text(f"  … {with_thousands(details.more_streams)} more", _FAINT), ("more streams",)))
    lines.append(_field("key", details.scan.key))
    return lines


def why_text(details: ScanDetails, word: str) -> str:
    """How far a scan with a problem came, which streams are behind, and the last comment; empty for other scans."""
    return reason_of(details).text if word in PROBLEM_WORDS else ""


def _headline(row: ScanSummary, word: str, server: str) -> DetailLine:
    text = Text(f"{word:<6}", style=style_name(word))
    identity = row.identity or ScanIdentity(name="?", number=0)
    name = row_name(row) if row.identity else identity.name
    named = " ".join(filter(None, (str(identity.number), server, name)))
    text.append(printable(named), style=_LABEL)
    return DetailLine(text, ("headline",), indent=6)


def _facts(details: ScanDetails, now_ms: int) -> Iterator[tuple[str, str]]:
    row, identity = details.summary, details.scan.identity
    # By the server's clock at both ends where it is known, else by the writer's.
    seen_ms = next((ms for state, ms in details.transitions if state is ScanState.STARTED), row.started_ms)
    started = seconds_of(row.start_time)
    started_ms = seen_ms or (row.created_ms if started is None else int(started * 1000))
    ago = f" ({short_span((now_ms - started_ms) / 1000)} ago)" if now_ms and started_ms else ""
    yield "started", f"{_when(started_ms)}{ago}" + (f" by {row.user_name}" if row.user_name else "")
    took = duration(row, now_ms) if now_ms or not row.is_open else None
    lasted = "" if took is None else clock_span(took)
    if row.is_open:
        yield "runs for", lasted
    else:
        reason = row.end_reason or row.exit_status
        ended = None if seen_ms else seconds_of(row.end_time)
        outcome = f": {reason}" if reason else ", outcome unknown"
        why = details.scan.info.get("reason")  # bluesky's word for why it stopped
        outcome += f" ({why})" if why and isinstance(why, str) else ""
        took_text = f" after {lasted}" if lasted else ""
        yield "ended", f"{_when(row.state_ms if ended is None else int(ended * 1000))}{took_text}{outcome}"
    yield "file", NOT_SAVED if details.scan.info.get("save") is False else details.hdf5_path or ""
    named = ("session", "proposal", "collection", "dataset", "data_policy")
    known = [(field.replace("_", " "), getattr(identity, field)) for field in named]
    known += [(field, value) for field, value in identity.others[:_MOST_EXTRA] if value is not None]
    shown = (f"{label} {value}" for label, value in known if value not in ("", None))
    yield "scan", " · ".join(unbroken(printable(each)) for each in (identity.name, *shown))


def _labelled(facts: Iterable[tuple[str, str]]) -> list[DetailLine]:
    return [_field(label, text) for label, text in facts if text]


def _field(label: str, text: str) -> DetailLine:
    line = Text(f"{label:<{_LABEL_WIDTH}}", style=_LABEL)
    # Printable texts have no blank that keeps words together, but those that are put together here may.
    line.append(unbroken(" ").join(map(printable, text.split(unbroken(" ")))), style="not bold")
    return DetailLine(line, (label,), indent=_LABEL_WIDTH)


def _timeline(details: ScanDetails, word: str, now_ms: int) -> DetailLine:
    """Each state, the last one as the outcome, with the time that was spent in it."""
    line = Text(f"{'states':<{_LABEL_WIDTH}}", style=_LABEL)
    came = [
        (state, ms)
        for index, (state, ms) in enumerate(details.transitions)
        if index == 0 or state is not details.transitions[index - 1][0]
    ]
    until = [ms for _, ms in came[1:]] + [now_ms]
    for index, ((state, ms), end) in enumerate(zip(came, until, strict=True)):
        name = word if index == len(came) - 1 else _STATES.get(state, "END")
        line.append(f"{' > ' if index else ''}{name}", style=style_name(name) or "not bold")
        if state is not ScanState.CLOSED and end:
            line.append(unbroken(f" {_precise_span(end - ms)}"), style="not bold")
    return DetailLine(line, ("states",), indent=_LABEL_WIDTH)


def _link(label: str, key: str, name_of: Callable[[str], str]) -> DetailLine:
    line = Text(f"{label:<{_LABEL_WIDTH}}", style=_LABEL)
    word, blank, name = printable(name_of(key) or key).partition(" ")
    if style_name(word):
        line.append(word, style_name(word)).append(blank)
        line.append(name, style=f"not bold {_LINK}")
    else:
        line.append(f"{word}{blank}{name}", style=f"not bold {_LINK}")
    return DetailLine(line, ("link", label, key), indent=_LABEL_WIDTH, opens=key)


def _sub_scans(
    keys: Sequence[str], name_of: Callable[[str], str], figures_of: Callable[[str], str]
) -> Iterator[DetailLine]:
    """A row for each: its state, number, title and figures, each in a column; of one that is not known its key."""
    parted = {key: printable(name_of(key)).split(" ", 2) for key in keys}
    known = {key: (parts[0], parts[1], parts[2]) for key, parts in parted.items() if len(parts) > 2}
    digits = max((len(number) for _, number, _ in known.values()), default=0)
    widest = max((cell_len(title) for _, _, title in known.values()), default=0)
    for key in keys:
        line = Text(" " * _LABEL_WIDTH)
        if key in known:
            word, number, title = known[key]
            line.append(f"{word:<{_WORD_WIDTH}}", style_name(word)).append(f" {number:>{digits}} ")
            line.append(cut_to(title, _LONGEST_TITLE, "middle"), _LINK)
            figures = printable(figures_of(key))
            if figures:
                line.append(" " * max(0, min(widest, _LONGEST_TITLE) - cell_len(title))).append(f"  {figures}")
        else:
            line.append(" ".join(parted[key]) or key, _LINK)
        yield DetailLine(line, ("link", "", key), indent=_LABEL_WIDTH, opens=key)


def _stream(stream: StreamTail, widest: int, is_open: bool) -> DetailLine:
    name = _stream_name(stream)
    shape = f"[{'x'.join('free' if size < 0 else str(size) for size in stream.shape)}]" if stream.shape else ""
    length = "-" if stream.length is None else str(stream.length)
    line = Text(f"  {name}{' ' * (widest - cell_len(name))} {length:>6}  ")
    line.append(f"{printable(stream.dtype or stream.kind or '?', _LONGEST_NAME)}{shape}", style=_FAINT)
    if stream.last:
        shown = map(_clock if stream.name.endswith(_EPOCH) else _number, stream.last)
        line.append(f"  {' '.join(shown)}")
    if stream.problem:
        line.append(f"  {printable(stream.problem, _LONGEST_PROBLEM)}", style=_WRONG)
    elif 0 < stream.held_back < _LARGE:
        # Where the server gives no account of its memory, streams are read one after the other.
        line.append("  …", style=_FAINT)
    elif stream.held_back:
        least = "more than " if stream.may_be_larger else ""
        line.append(f"  too large to be read: {least}{stream.held_back / 1_000_000:.1f} MB", style=_FAINT)
    elif stream.length is not None and not stream.sealed and not is_open:
        line.append("  not sealed", style=_FAINT)
    return DetailLine(line, ("stream", stream.name), indent=4)


def _stream_name(stream: StreamTail) -> str:
    """The name of a stream; of a long one the end, where BLISS has the counter, behind its controller."""
    name = printable(stream.name[-_LONGEST_NAME:])
    return name if len(stream.name) <= _LONGEST_NAME else ELLIPSIS + name[1:]


def _clock(value: complex) -> str:
    """A time in seconds since 1970 on this terminal's clock face."""
    when = moment(value.real * 1000)
    return f"{when:%H:%M:%S.%f}"[:-3] if when else _number(value)


def _number(value: complex) -> str:
    return f"{value:.6g}" if isinstance(value, (float, complex)) else str(value)


def _shown_of(shown: int, total: int) -> str:
    return str(total) if shown == total else f"{with_thousands(total)}, the last {shown}:"


def _when(ms: int) -> str:
    """A moment on this terminal's clock face; a time that no calendar has is a question mark."""
    when = moment(ms) if ms else None
    return unbroken(when.strftime("%Y-%m-%d %H:%M:%S")) if when else "?"


def _precise_span(ms: int) -> str:
    return f"{max(0, ms)} ms" if ms < 1000 else f"{ms / 1000:.1f} s" if ms < 60_000 else clock_span(ms / 1000)
