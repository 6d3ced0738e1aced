"""What else may be meant, where the reading of a filter is shown."""

from __future__ import annotations

import pytest

from scantui.filters import explain


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sate:run", "did you mean state=run?"),
        (">40", "number>40 compares the number"),
        ("40..60", "number=40..60 is a range"),
        ("#42", "number=42 finds the number"),
        ("name=c*t", "only a * at an end stands for any"),
        ("name=ct.*", "a dot is a dot: write name=ct*"),
        ("name=!ct", "write !name=ct to exclude it"),
        ('name="ct*"', "in quotation marks a star is a star: name=ct* has it stand for any"),
        ("name=a xor name=b", 'name is a, text "xor", name is b'),
        ("(name=a or state=run) ct", 'name is a or state is run, text "ct"'),
        ("number not between 5 and 9", "number not in 5..9"),
        ("~name=ct", "write name=ct for a field"),
        ("[name=ct]", "write name=ct for a field"),
        ("name=/^ct$/", "slashes are a part of the text: write name=*ct*"),
        ("*", "an empty filter shows all scans"),
        ("*:*", "an empty filter shows all scans"),
        ("user=null", "write !user=* for scans without one"),
        ('note=""', "write !note=* for scans without one"),
        ("has:note", "note=* finds scans with one"),
        ("_exists_:user", "user=* finds scans with one"),
        ("user exists", '"user" is a text: user=* compares the field'),
        ("scan 12", "number=12 finds the number"),
        ("Scan #12", "number=12 finds the number"),
        ("nr 12", "number=12 finds the number"),
        ("12-15", "number=12..15 finds the number"),
        ("#12-15", "number=12..15 finds the number"),
        ("last 2h", "age<2h compares the age"),
        ("2026-11-20", "since=2026-11-20 finds what was created from then on"),
        ("20.11.2026", "since=2026-11-20 finds what was created from then on"),
        ("22:00", "since=22:00 finds what was created from then on"),
        ("@timestamp:[now-1h TO now]", "write since=22:00 or before=22:00"),
        ("created:yesterday", "write since=yesterday"),
        ("--name=ct", "write name=ct for a field, !name=ct to exclude it"),
        ("!is=open", "is not open"),
    ],
)
def test_when_nothing_is_found_the_reading_names_what_else_may_be_meant(text: str, says: str) -> None:
    assert says in explain(text)
