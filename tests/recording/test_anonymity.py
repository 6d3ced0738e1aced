"""An anonymised recording holds no names or paths, but the same events."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scantui.exceptions import LoginError
from scantui.feed import Changed, Created, Event, Gone, Loaded, Lost, Progress
from scantui.models import ScanState, ScanSummary
from scantui.recording.anonymity import Anonymiser
from scantui.recording.format import Moment, encode_moment
from scantui.summaries import SUMMARY_FIELDS
from scantui.words import state_word
from tests.recording.events import events
from tests.tui.scenes import beamline_rows, key_of, row

TELLING = "grün-secret"
# All words that may stand in a stripped recording: ours, stand-ins, keys, times.
HARMLESS = re.compile(
    r"[a-z_]+-\d+|[A-Z]\w*-\d+|esrf:(scan|stream):[0-9A-HJKMNP-TV-Z]{26}|ESRF|None|SUCCESS|FAILURE|USER_ABORT|DELETION"
    r"|success|abort|\d+(-\d+)?|"
)


def texts_in(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for each in (*value.keys(), *value.values()) for text in texts_in(each)]
    if isinstance(value, list):
        return [text for each in value for text in texts_in(each)]
    return [value] if isinstance(value, str) else []


def values_of(event: Event) -> list[str]:
    """The texts of a recorded event, without field names."""
    line = json.loads(encode_moment(Moment(0.0, event)))
    own = {"event", line["event"], "kind", line.get("kind"), *line, *SUMMARY_FIELDS}
    identity = {"name", "number", "data_policy", "session", "proposal", "collection", "dataset", "path", "identity"}
    return [text for text in texts_in(line) if text not in own | identity]


def stripped(*reported: Event) -> list[Any]:
    anonymiser = Anonymiser()
    return [anonymiser.event(event) for event in reported]


@given(st.lists(events, max_size=4))
def test_no_text_is_left_but_placeholders_and_known_ones(reported: list[Event]) -> None:
    for before, after in zip(reported, stripped(*reported), strict=True):
        assert type(before) is type(after)
        for text in values_of(after):
            assert HARMLESS.fullmatch(text) or text in TIMES, text


TIMES = ("2026-11-18T11:12:44+01:00",)


def test_every_field_of_a_row_is_anonymised() -> None:
    """Fails when rows get a new field with a text that is not anonymised."""
    texts: dict[str, Any] = {
        **dict.fromkeys(("title", "start_time", "end_time", "end_reason", "exit_status"), TELLING),
        **dict.fromkeys(("user_name", "publisher", "parent", "problem"), TELLING),
    }
    identity: dict[str, Any] = dict.fromkeys(
        ("name", "data_policy", "session", "proposal", "collection", "dataset", "path"), TELLING
    )
    bare = row(1, **texts, **identity)
    plain = {field for field, kind in ScanSummary.__init__.__annotations__.items() if "str" in kind} - texts.keys()
    assert plain == {"key", "state_stream", "state_id", "timetag"}
    (reported,) = stripped(Loaded([bare], 0))
    assert TELLING not in encode_moment(Moment(0.0, reported)).decode()


def test_equal_texts_stay_equal_and_different_ones_different() -> None:
    rows = beamline_rows()
    known, changed = stripped(Loaded(rows, 3), Changed(rows[::-1]))
    assert known.remaining == 3
    assert changed.rows == known.rows[::-1]
    for field in ("title", "user_name"):
        before, after = ([getattr(each, field) for each in some] for some in (rows, known.rows))
        assert len(set(before)) == len(set(after)) == len(set(zip(before, after, strict=True)))
    paths = [
        (each.identity and each.identity.path, new.identity.path) for each, new in zip(rows, known.rows, strict=True)
    ]
    assert len(set(paths)) == len({new for _, new in paths}) == 4
    assert known.rows[0].identity.path == "path-1"


def test_numbers_times_states_and_keys_stay() -> None:
    when: dict[str, Any] = {"start_time": TIMES[0], "end_time": TIMES[0], "npoints": 40, "count_time": 0.1}
    rows = [
        *beamline_rows(),
        row(30, **when),
        row(31, state=ScanState.STARTED, parent=key_of(7)),
        row(32, problem="no"),
    ]
    known, gone, progress = stripped(Loaded(rows, 0), Gone([rows[3].key]), Progress({rows[4].key: 17}))
    for before, after in zip(rows, known.rows, strict=True):
        assert state_word(before) == state_word(after)
        assert before.identity is not None
        assert before.identity.number == after.identity.number
        for field in ("key", "state", "state_id", "created_ms", *when, "parent", "end_reason"):
            assert getattr(before, field) == getattr(after, field)
    assert gone.keys == [rows[3].key]
    assert progress.points == {rows[4].key: 17}


def test_an_end_that_is_unknown_still_counts_as_the_same() -> None:
    ends = [row(1, exit_status="killed by opid11"), row(2, end_reason="opid11 left"), row(3, exit_status="success")]
    (created,) = stripped(Created(ends))
    assert [*map(state_word, ends)] == [*map(state_word, created.rows)] == ["FAIL", "END", "DONE"]


def test_a_key_with_a_meaning_is_replaced_everywhere_by_the_same() -> None:
    telling = "esrf:scan:proposal-of-the-opposition"
    known, gone, progress = stripped(Loaded([ScanSummary(key=telling)], 0), Gone([telling]), Progress({telling: 1}))
    assert known.rows[0].key == gone.keys[0] == next(iter(progress.points)) == "esrf:scan:" + "1".zfill(26)


def test_an_error_keeps_its_kind_and_loses_its_words() -> None:
    (lost,) = stripped(Lost(LoginError("the server refuses opid11"), 2, 4.0))
    assert (type(lost.error), str(lost.error), lost.attempt, lost.retry_in) == (LoginError, "LoginError-1", 2, 4.0)
