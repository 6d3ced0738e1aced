"""Info as JSON text, and back: what blissdata makes of values that JSON does not know; pure functions.

Rule: mostly nothing has to be converted or rejected, and the text is written at once; otherwise each value is checked.
Source: the conversion of info in blissdata (protocol, section 3).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import msgspec

from scantui.exceptions import ScanValidationError

LARGEST_INFO = 2**20
# blissdata writes blanks and escapes that scantui does not, at most three characters for one byte.
_SURELY_SMALL = LARGEST_INFO // 4
_LARGEST_BITS = 1024  # of a double, which is what becomes of a whole number beyond 64 bit
# A whole number of more digits has more bits than that; only the text shows whether there is one.
_TOO_MANY_DIGITS = b"0" * len(str(2 ** (_LARGEST_BITS - 1)))
_DIGITS_TO_ZERO = bytes.maketrans(b"123456789", b"000000000")
# How msgspec refuses a value.
_REFUSALS = (TypeError, ValueError, OverflowError, RecursionError, msgspec.MsgspecError)
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


def info_json(info: Mapping[str, Any], what: str = "info") -> tuple[str, dict[str, Any]]:
    """Turn info into JSON as blissdata does: NaN and infinities become null, arrays lists, keys texts.

    Returns the text, and what readers make of it. ScanValidationError names the place of a value that JSON cannot hold,
    and an info of more than 2**20 characters.
    """
    if not isinstance(info, Mapping):
        raise ScanValidationError(f"{what} takes a dictionary, not a {type(info).__name__}")
    return plain_json(info) or careful_json(info, what)


def plain_json(info: Mapping[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """The same for an info in which nothing is turned into something else or refused, which is found out by reading
    it back; else None.
    """
    try:
        text = _encode(info)
    except _REFUSALS:
        return None
    try:
        seen: dict[str, Any] = _decode(text)
        is_plain = len(text) <= _SURELY_SMALL and bool(seen == info)
    except (ValueError, RecursionError):  # not all that is written can be read, and an array compares to an array
        return None
    is_plain = is_plain and _TOO_MANY_DIGITS not in text.translate(_DIGITS_TO_ZERO)
    return (text.decode(), seen) if is_plain else None


def quick_json(values: Mapping[str, Any]) -> str:
    """Texts and numbers, known to be such, as JSON in ASCII."""
    try:
        text = _encode(values)
    except _REFUSALS:  # a text of another class, for instance
        return json.dumps(values)
    return text.decode() if text.isascii() else json.dumps(values)


def careful_json(info: Mapping[str, Any], what: str) -> tuple[str, dict[str, Any]]:
    """The same, checking each value."""
    try:
        text = json.dumps(_jsonable(info, what))
    except RecursionError as error:
        raise ScanValidationError(f"{what} is nested too deeply, or holds itself") from error
    if len(text) > LARGEST_INFO:
        raise ScanValidationError(f"{what} takes {len(text)} characters of JSON, at most {LARGEST_INFO} are allowed")
    return text, json.loads(text)


def is_utf8(text: str) -> bool:
    """Whether a text can be sent at all: half a character, a lone surrogate, cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def require_utf8(text: str | None, where: str) -> str | None:
    if text is not None and not is_utf8(text):
        raise ScanValidationError(f"{where} holds half a character (a lone surrogate)")
    return text


def _jsonable(value: Any, where: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if value.bit_length() >= _LARGEST_BITS:
            raise ScanValidationError(f"{where} holds a number of {value.bit_length()} bit, which JSON readers refuse")
        return value
    if isinstance(value, str):
        return require_utf8(value, where)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {_json_key(key, where): _jsonable(item, f"{where}.{key}") for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(item, f"{where}[{index}]") for index, item in enumerate(value)]
    if hasattr(value, "tolist"):  # arrays and numbers of numpy
        return _jsonable(value.tolist(), where)
    raise ScanValidationError(f"{where} holds a {type(value).__name__}, which JSON cannot: give a number, text or list")


def _json_key(key: object, where: str) -> object:
    if isinstance(key, str):
        return require_utf8(key, f"a key of {where}")
    if key is None or isinstance(key, (bool, int, float)):
        return key  # json writes these as texts
    raise ScanValidationError(f"{where} has the {type(key).__name__} {key!r} as a key: keys are texts")
