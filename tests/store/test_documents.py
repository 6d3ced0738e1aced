"""Scan documents: what is tolerated, what is refused and how it is named, and what is written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantui.exceptions import ScanTuiError, ScanValidationError
from scantui.models import Scan, ScanState
from scantui.store.wire import documents, json_text

KEY = "esrf:scan:01JBXVGZM0G32HDSZJXS6MSESN"
DATA = Path(__file__).parents[1] / "data"
IDENTITY = {"name": "ascan", "number": 7, "data_policy": "None"}


class Array:
    """What an array of numpy, or one of its numbers, offers."""

    def __init__(self, values: Any) -> None:
        self._values = values

    def tolist(self) -> Any:
        return self._values

    def __index__(self) -> int:
        return int(self._values)


def document(**changes: Any) -> dict[str, Any]:
    return {"id": IDENTITY, "info": {}, "state_stream": {"pk": "STATE"}, "data_streams": {}, **changes}


def decoded(raw: dict[str, Any], state: ScanState = ScanState.CREATED) -> Scan:
    return documents.decode_scan(KEY, raw, state, "7-0")


# Reading


@pytest.mark.parametrize("kind", ["ct", "endless", "fail_prepare"])
def test_what_bliss_publishes_is_read_at_every_state(kind: str) -> None:
    published = json.loads((DATA / f"{kind}.json").read_text(encoding="utf-8"))
    for state_name, raw in published["documents"].items():
        state = ScanState[state_name]
        scan = documents.decode_scan(published["key"], raw, state, "7-0")
        assert (scan.state, scan.session, scan.info) == (state, "demo", raw["info"])
        assert scan.state_stream == f"esrf:stream:{raw['state_stream']['pk']}"
        assert [stream.key for stream in scan.streams.values()] == [
            f"esrf:stream:{stream['pk']}" for stream in raw["data_streams"].values()
        ]
        assert all(
            (stream.kind, stream.dtype, stream.shape) == ("numeric", "<f8", ()) for stream in scan.streams.values()
        )
        assert documents.has_outcome(raw) is (state is ScanState.CLOSED)
        paths = {f"$.info.{field}": value for field, value in raw["info"].items()}
        paths |= {"$.id": raw["id"], "$.state_stream.pk": raw["state_stream"]["pk"]}
        summary = documents.decode_summary(published["key"], paths, state, "7-0")
        assert (summary.identity, summary.title) == (scan.identity, raw["info"].get("title"))
        assert (summary.end_reason, summary.is_open) == (raw["info"].get("end_reason"), state < ScanState.CLOSED)
        assert abs(summary.created_ms - int(published["state_stream"][0]["id"].split("-")[0])) < 1000


def test_documents_of_older_blissdata_and_of_bluesky_are_read() -> None:
    older = document(
        id={"pk": "X", **IDENTITY, "number": "7"},
        info="",
        state_stream={"pk": "STATE", "encoding": "", "info": ""},
        data_streams={"x": {"pk": "X", "encoding": "", "info": ""}},
    )
    scan = decoded(older)
    assert (scan.number, scan.info) == (7, {})
    assert (scan.streams["x"].kind, scan.streams["x"].shape, scan.streams["x"].info) == ("", (), {})
    bluesky = document(
        id={**IDENTITY, "session": "s", "proposal": "p"}, info={"uid": "u", "num_events": {"primary": 3}}
    )
    assert (decoded(bluesky).proposal, decoded(bluesky).collection) == ("p", None)
    assert not documents.has_outcome(bluesky)


def test_what_is_missing_or_foreign_is_tolerated() -> None:
    sparse = {"id": {"name": "a", "number": 1.0}, "state_stream": {"pk": "S"}, "beamline": [1]}
    scan = decoded(sparse)
    assert (scan.number, scan.data_policy, scan.info, scan.streams) == (1, None, {}, {})
    odd = {"x": {"pk": "X", "encoding": {"type": 5, "dtype_str": [], "shape": "no"}, "info": [], "more": 1}}
    assert decoded(document(data_streams=odd)).streams["x"].key == "esrf:stream:X"
    odd["x"]["encoding"] = {"shape": [2, True, 1.5]}
    assert decoded(document(data_streams=odd)).streams["x"].shape == (2,)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": None}, "id is missing"),
        ({"id": [1]}, "id is [1]"),
        ({"id": {"number": 1}}, "id.name is missing"),
        ({"id": {"name": 5, "number": 1}}, "id.name is 5"),
        ({"id": {"name": "a"}}, "id.number is missing"),
        ({"id": {**IDENTITY, "number": "seven"}}, "id.number is 'seven'"),
        ({"id": {**IDENTITY, "number": 1.5}}, "id.number is 1.5"),
        ({"id": {**IDENTITY, "number": True}}, "id.number is True"),
        ({"id": {**IDENTITY, "number": [1]}}, "id.number is [1]"),
        ({"id": {**IDENTITY, "session": {}}}, "id.session is {}"),
        ({"info": [1]}, "info is [1]"),
        ({"info": "text"}, "info is 'text'"),
        ({"state_stream": None}, "state_stream.pk is missing"),
        ({"state_stream": {"pk": 5}}, "state_stream.pk is 5"),
        ({"state_stream": {"pk": ""}}, "state_stream.pk is ''"),
        ({"data_streams": [1]}, "data_streams is [1]"),
        ({"data_streams": {"x": 5}}, "data_streams.x is 5"),
        ({"data_streams": {"x": {}}}, "data_streams.x.pk is missing"),
    ],
)
def test_a_wrong_type_is_named_with_key_and_field(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(ScanValidationError) as refused:
        decoded(document(**changes))
    assert str(refused.value).startswith(f"{KEY}: {field}")


@pytest.mark.parametrize("raw", [None, b"", b"{", b"[1]", b'"x"', b"[" * 100_000, b"\xff"])
def test_what_is_not_a_document_is_named_with_its_key(raw: bytes | None) -> None:
    with pytest.raises(ScanValidationError, match=KEY):
        documents.decode_document(KEY, raw)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["pk", "name", "number", "x"]), inner),
    max_leaves=8,
)


@given(st.fixed_dictionaries(dict.fromkeys(document(), JSON)), JSON)
def test_any_document_is_a_scan_or_an_error_with_its_key(raw: dict[str, Any], title: Any) -> None:
    paths = {"$.id": IDENTITY, "$.state_stream.pk": "S"}
    paths |= {f"$.info.{field}": title for field in ("title", "npoints", "count_time", "group")}
    summary = documents.decode_summary(KEY, paths, ScanState.CREATED, "1-0")
    assert {type(summary.title), type(summary.npoints), type(summary.count_time)} <= {str, int, float, type(None)}
    try:
        assert decoded(raw).key == KEY
    except ScanValidationError as error:
        assert str(error).startswith(KEY)


# Writing


def test_a_document_is_written_as_blissdata_writes_it() -> None:
    identity = documents.identity_from({**IDENTITY, "session": "ø"})
    key, text, scan = documents.new_document(identity, {"a": (1, float("inf"))}, 1730800025.216)
    raw = json.loads(text)
    assert text.isascii()
    assert list(raw) == ["pk", "id", "info", "state_stream", "data_streams"]
    assert list(raw["id"]) == [
        "pk",
        "name",
        "number",
        "data_policy",
        "session",
        "proposal",
        "collection",
        "dataset",
        "path",
    ]
    assert raw["info"] == scan.info == {"a": [1, None]}
    assert documents.decode_scan(key, raw, ScanState.CREATED, "0-0") == scan


@pytest.mark.parametrize(
    ("info", "written"),
    [
        ({"a": float("nan"), "b": [float("-inf"), 1.5]}, {"a": None, "b": [None, 1.5]}),
        ({"a": (1, (2,)), "b": ()}, {"a": [1, [2]], "b": []}),
        ({7: "x", None: "y", True: "z", 1.5: "w"}, {"7": "x", "null": "y", "true": "z", "1.5": "w"}),
        ({"a": Array([[1, float("nan")]]), "b": Array(7)}, {"a": [[1, None]], "b": 7}),
        ({"a": "\0\x1bø😀"}, {"a": "\0\x1bø😀"}),
        ({}, {}),
    ],
)
def test_info_is_converted_as_blissdata_converts_it(info: dict[Any, Any], written: dict[str, Any]) -> None:
    text, seen = json_text.info_json(info)
    assert json.loads(text) == seen == written


@pytest.mark.parametrize(
    ("info", "place"),
    [
        ({"a": {1, 2}}, "info.a holds a set"),
        ({"a": [{"b": b"x"}]}, "info.a[0].b holds a bytes"),
        ({"a": object()}, "info.a holds a object"),
        ({"a": 1j}, "info.a holds a complex"),
        ({"a": Array({1})}, "info.a holds a set"),
        ({("a",): 1}, "info has the tuple ('a',) as a key"),
        ({"a": ["x\ud800"]}, "info.a[0] holds half a character"),
        ({"a": {"\udfff": 1}}, "a key of info.a holds half a character"),
        ([1], "info takes a dictionary, not a list"),
        ("text", "info takes a dictionary, not a str"),
    ],
)
def test_what_json_cannot_hold_is_named_by_its_place(info: Any, place: str) -> None:
    with pytest.raises(ScanValidationError) as refused:
        json_text.info_json(info)
    assert str(refused.value).startswith(place)


def test_what_holds_itself_is_refused() -> None:
    info: dict[str, Any] = {}
    info["again"] = [info]
    with pytest.raises(ScanValidationError, match="holds itself"):
        json_text.info_json(info)


def test_a_number_of_thousands_of_digits_is_refused() -> None:
    with pytest.raises(ScanTuiError):
        json_text.info_json({"a": 10**5000})


@pytest.mark.parametrize("letter", ["x", "ø"])
def test_info_may_take_exactly_as_many_characters_as_blissdata_allows(letter: str) -> None:
    room = json_text.LARGEST_INFO - len('{"a": ""}')
    assert json_text.LARGEST_INFO == 2**20
    width = len(json.dumps(letter)) - 2
    text = letter * (room // width) + "." * (room % width)
    assert json_text.info_json({"a": text})[1] == {"a": text}
    with pytest.raises(ScanValidationError, match=f"takes {2**20 + 1} characters"):
        json_text.info_json({"a": text + "."})


@pytest.mark.parametrize("number", ["7", 7.0, Array(7)])
def test_a_number_of_an_identity_is_written_as_a_number(number: Any) -> None:
    assert documents.identity_from({**IDENTITY, "number": number}).number == 7


def test_texts_of_other_classes_are_written_as_texts() -> None:
    class Name(str):
        pass

    identity = documents.identity_from({**IDENTITY, "name": Name("ascan"), "session": Name("é")})
    _, text, _ = documents.new_document(identity, {}, 1.7e9)
    assert (json.loads(text)["id"]["name"], json.loads(text)["id"]["session"]) == ("ascan", "é")
