"""Errors of the client library become ours, and nothing secret or dangerous comes with them."""

from __future__ import annotations

import asyncio

import pytest
from redis import exceptions as theirs

from scantui import exceptions as ours
from scantui.store.drivers.errors import is_lost_connection, translate


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (theirs.ConnectionError("refused"), ours.ConnectionFailed),
        (ConnectionResetError("reset"), ours.ConnectionFailed),
        (FileNotFoundError(2, "no socket"), ours.ConnectionFailed),
        (theirs.TimeoutError("x"), ours.NoAnswerError),
        (TimeoutError(), ours.NoAnswerError),
        (theirs.ConnectionError("Error 111 connecting to h:1. Connection refused."), ours.UnreachableError),
        (theirs.AuthenticationError("invalid"), ours.LoginError),
        (theirs.ResponseError("WRONGPASS invalid"), ours.LoginError),
        (theirs.ResponseError("NOAUTH Authentication required."), ours.LoginError),
        (theirs.NoPermissionError("no permissions"), ours.NotAllowedError),
        (theirs.ResponseError("NOPERM no permissions"), ours.NotAllowedError),
        (theirs.ReadOnlyError("replica"), ours.NotAllowedError),
        (theirs.OutOfMemoryError("x"), ours.OutOfMemory),
        (theirs.ResponseError("OOM command not allowed"), ours.OutOfMemory),
        (theirs.BusyLoadingError("loading"), ours.ServerBusyError),
        (theirs.ResponseError("BUSY script"), ours.ServerBusyError),
        (theirs.WatchError("changed"), ours.ConflictError),
        (theirs.ResponseError("whatever"), ours.CommandError),
    ],
)
def test_an_error_is_translated_by_its_meaning(error: Exception, kind: type[Exception]) -> None:
    assert type(translate(error)) is kind


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.", "to disk"),
        ("Transaction discarded because of: NOREPLICAS Not enough good replicas to write.", "fewer replicas"),
    ],
)
def test_why_a_server_takes_no_writes_is_explained(text: str, says: str) -> None:
    error = translate(theirs.ResponseError(text))
    assert type(error) is ours.CommandError
    assert says in str(error) and "takes no writes" in str(error)


def test_the_timeout_of_an_event_loop_is_a_lost_connection_in_every_python() -> None:
    assert isinstance(translate(asyncio.TimeoutError()), ours.ConnectionFailed)


def test_a_message_of_the_server_is_made_fit_to_be_shown() -> None:
    said = str(translate(theirs.ResponseError("\x1b]52;c;x\x07\u202e" + "x" * 1000)))
    assert said.isprintable()
    assert len(said) <= 300


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "User v has no permissions to run the 'json.get' command",
            "v may not run JSON.GET; an administrator can",
        ),
        ("NOPERM User v has no permissions to run the 'client|setname' command", "can add +client|setname"),
        ("Transaction discarded because of: NOPERM User v has no permissions to run the 'exec' command", "add +exec"),
        ("NOPERM this user has no permissions to access one of the keys", "the rights that scantui doctor lists"),
    ],
)
def test_what_is_not_allowed_names_the_right_to_ask_for(text: str, says: str) -> None:
    error = translate(theirs.ResponseError(text) if "NOPERM" in text else theirs.NoPermissionError(text))
    assert isinstance(error, ours.NotAllowedError)
    assert str(error).startswith("not allowed: ") and says in str(error)
    assert "NOPERM" not in str(error) and "discarded" not in str(error)


@pytest.mark.parametrize("error", [theirs.ConnectionError(), ConnectionResetError(), BrokenPipeError()])
def test_a_broken_connection_is_worth_another_try(error: Exception) -> None:
    assert is_lost_connection(error)


@pytest.mark.parametrize(
    "error", [theirs.AuthenticationError(), theirs.BusyLoadingError(), theirs.TimeoutError(), theirs.ResponseError()]
)
def test_a_refusal_or_a_silence_is_not(error: Exception) -> None:
    assert not is_lost_connection(error)
