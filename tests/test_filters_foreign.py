"""Filters as other tools write them are understood where they have one meaning, or answered with the right form."""

from __future__ import annotations

import pytest

from scantui.exceptions import FilterSyntaxError
from scantui.filters import ScanFilter, explain, remark
from tests.test_filters import meaning, passes


@pytest.mark.parametrize(
    ("text", "spelled", "surprises"),
    [
        ("a and b", "a b", True),
        ("scan a and b", "scan a b", True),
        ("ct and fail", "ct fail", True),
        ("samx and samy", "samx samy", True),
        ("state=run and name=ct*", "state=run name=ct*", False),
        ("state=run AND name=ct*", "state=run name=ct*", False),
        ("state=run && name=ct*", "state=run name=ct*", False),
        ("state=run & name=ct*", "state=run name=ct*", False),
        ("state=run; name=ct*", "state=run name=ct*", True),
        ("state=run ; name=ct*", "state=run name=ct*", False),
        ("state=run, name=ct*", "state=run name=ct*", True),
        ("name=ct&state=run", "name=ct state=run", True),
        ("name=ct;state=run", "name=ct state=run", True),
        ("name=ct,state=run", "name=ct state=run", True),
        ("name=ct||state=run", "name=ct or state=run", True),
        ("fail OR abrt", "fail or abrt", True),
        ("fail || abrt", "fail or abrt", True),
        ("fail | abrt", "fail or abrt", True),
        ("fail|abrt", "fail or abrt", True),
        ("samx OR samy", "samx or samy", True),
        ("state=fail or abrt", "state=fail,abrt", True),
        ("state=fail or state=abrt", "state=fail,abrt", False),
        ("name=a OR name=b", "name=a,b", False),
        ("number=5 or 6", "number=5,6", True),
        ("name=a* && !name=*b", "name=a* !name=*b", False),
        ("not name=ct", "!name=ct", False),
        ("NOT name=ct", "!name=ct", False),
        ("ct and not fail", "ct !fail", True),
        ("name=a and not state=run", "name=a !state=run", False),
        ("not (name=a or state=run)", "!name=a !state=run", False),
        ("!(name=a or state=run)", "!name=a !state=run", False),
        ("-(name=a state=run)", "!name=a or !state=run", False),
        ("(name=a or state=run) and number>5", "name=a or state=run number>5", False),
        ("(name=a and state=run) or name=b", "name=a,b state=run or name=b", False),
        ("(name=a and name=c) or name=b", "name=a,b and name=c,b", False),
        ("(samx or samy) and ct", "samx or samy ct", True),
        ("(test or not) x", '"test" or "not" "x"', True),
        ("((name=a))", "name=a", False),
        ("name='ct'", 'name="ct"', True),
        ("name=\u201cct\u201d", 'name="ct"', True),
        ("name=\u2018ct\u2019", 'name="ct"', True),
        ("name=`ct`", 'name="ct"', True),
        ("name=«ct»", 'name="ct"', True),
        ("name='a b'", 'name="a b"', True),
        ("'samx 0 1'", '"samx 0 1"', True),
        ("\u201csamx 0 1\u201d", '"samx 0 1"', True),
        ("don't use 'x'", 'don\'t use "x"', True),
        ('"name"="ct"', 'name="ct"', True),
        ('"name": "ct"', 'name="ct"', True),
        ("'name': 'ct'", 'name="ct"', True),
        ("name is ct", "name=ct", True),
        ("name is not ct", "!name=ct", True),
        ("name isn't ct", "!name=ct", True),
        ("name equals ct", "name=ct", True),
        ("name eq ct", "name=ct", True),
        ("name ne ct", "!name=ct", True),
        ("name == ct", "name=ct", False),
        ("name === ct", "name=ct", False),
        ("name contains x", "name=*x*", True),
        ('name contains "a b"', 'name=*"a b"*', True),
        ("name does not contain x", "!name=*x*", True),
        ("name not contains x", "!name=*x*", True),
        ("name includes x", "name=*x*", True),
        ("name starts with x", "name=x*", True),
        ("name startswith x", "name=x*", True),
        ("name begins with x", "name=x*", True),
        ("name ends with x", "name=*x", True),
        ("name endswith x", "name=*x", True),
        ("name in (a, b)", "name=a,b", True),
        ("name in [a, b]", "name=a,b", True),
        ("name in {a,b}", "name=a,b", True),
        ("name in a,b", "name=a,b", True),
        ("name in a, b", "name=a,b", True),
        ("name in ('a', 'b')", 'name="a","b"', True),
        ('name in ("a","b c")', 'name="a","b c"', True),
        ("name not in (a, b)", "!name=a,b", True),
        ("name NOT IN (a, b)", "!name=a,b", True),
        ("number in (1, 2, 3)", "number=1,2,3", True),
        ("number in [1 TO 5]", "number=1..5", True),
        ("number between 5 and 9", "number=5..9", True),
        ("number BETWEEN 5 AND 9", "number=5..9", True),
        ("number not between 5 and 9", "!number=5..9", True),
        ("number=5...9", "number=5..9", True),
        ("number=5-9", "number=5..9", True),
        ("number:5-9", "number=5..9", True),
        ("number=5:9", "number=5..9", True),
        ("number=5\u20139", "number=5..9", True),
        ("number = 5 - 9", "number=5..9", True),
        ("number=5 to 9", "number=5..9", True),
        ("number:[1 TO 5]", "number=1..5", True),
        ("number:[1 TO *]", "number=1..", True),
        ("number:[5 9]", "number=5..9", True),
        ("@number:[5 9]", "number=5..9", True),
        ("@number:[5 +inf]", "number=5..", True),
        ("-name:ct", "!name=ct", False),
        ("+name:ct", "name=ct", False),
        ("-name=ct", "!name=ct", False),
        ("!name:ct", "!name=ct", False),
        ("name!=ct", "!name=ct", False),
        ("name<>ct", "!name=ct", False),
        ("name ≠ ct", "!name=ct", False),
        ("name /= ct", "!name=ct", False),
        ("name like ct", "name=ct", True),
        ("name like 'ct%'", "name=ct*", True),
        ("name LIKE '%ct%'", "name=*ct*", True),
        ('name like "a b%"', 'name="a b"*', True),
        ("name not like 'ct%'", "!name=ct*", True),
        (".name=ct", "name=ct", True),
        ('.name == "ct"', 'name="ct"', True),
        ("$.name=ct", "name=ct", True),
        ('.id.name=="ct"', 'name="ct"', True),
        ("id.name=ct", "name=ct", True),
        ("scan.name=ct", "name=ct", True),
        ("info.title=x", "title=x", True),
        ("@name:{ct}", "name=ct", True),
        ("@name:ct", "name=ct", True),
        ("@name:{a|b}", "name=a,b", True),
        ("-@name:{ct}", "!name=ct", True),
        ("@name:(a|b)", "name=a,b", True),
        ("name:(a b)", "name=a,b", True),
        ("name:(a OR b)", "name=a,b", True),
        ("name=(a or b)", "name=a,b", True),
        ("name=(a|b)", "name=a,b", True),
        ("name=[a,b]", "name=a,b", True),
        ("name={a,b}", "name=a,b", True),
        ("name=a, b", "name=a,b", True),
        ("name = a, b, c", "name=a,b,c", True),
        ("name=ct;", "name=ct", True),
        ("number:>5", "number>5", False),
        ("number:>=5", "number>=5", False),
        ("number>5 and <9", "number>5 number<9", True),
        ("5<number<9", "number>5 number<9", True),
        ("5 < number <= 9", "number>5 number<=9", True),
        ("40<number", "number>40", True),
        ("number >5", "number>5", False),
        ("number≥5", "number>=5", False),
        ("number gt 5", "number>5", True),
        ("number greater than 5", "number>5", True),
        ("number at least 5", "number>=5", True),
        ("duration over 30s", "duration>30s", True),
        ("name is null", "!name=*", True),
        ("name: ct", "name=ct", False),
        ("state: run", "state=run", False),
        ("state is run", "state=run", True),
        ("status=run", "state=run", False),
        ("status:run", "state=run", False),
        ("+samx", "samx", True),
        ("select * from scans where name='ct'", 'select * from scans where name="ct"', True),
        (
            "SELECT * FROM scans WHERE state='run' AND name LIKE 'ct%' ORDER BY number",
            'SELECT * FROM scans WHERE state="run" name=ct* ORDER BY number',
            True,
        ),
        ("name=a and", "name=a", False),
        ("name=a or", "name=a", False),
        ("and name=a", "name=a", False),
        ("! name=ct", "!name=ct", False),
        ("name=ct AND (state=fail OR state=abrt)", "name=ct state=fail,abrt", False),
        ("name=ct (fail or abrt)", "name=ct fail or abrt", True),
        ('name:"a b" OR name:c', 'name="a b",c', False),
        ("user!=me and (duration>1h or npoints>100)", "!user=me duration>1h or npoints>100", False),
        ("not state=run,fail", "!state=run,fail", False),
        ("name=a,b and state=run,fail", "name=a,b state=run,fail", False),
    ],
)
def test_what_has_one_meaning_is_understood_and_shown_where_it_may_surprise(
    text: str, spelled: str, surprises: bool
) -> None:
    read = ScanFilter.parse(text)
    assert read.text == spelled
    assert meaning(spelled) == meaning(text), "its own spelling means the same"
    assert remark(read).startswith("Read as " if surprises else ("", '"'))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name=a or ascan", 'or ascan: write name=a,ascan, or "ascan" for a text'),
        ("(name=ct", 'missing ")": quote a text with a parenthesis'),
        ("name=ct)", 'missing "(": quote a text with a parenthesis'),
        ("number between 5", "a range has two numbers: write number=5..9"),
        ("number:{1 TO 5}", "a range includes its ends: write number>1 number<5"),
        ("@number:[(5 9]", "a range includes its ends: write number>5 number<9"),
        ("name:[a TO c]", "name is a text and has no ranges: write name=a,b"),
        ("name=~ct", "name takes no ~: write name=*ct* for a part of it"),
        ("name=~^ct.*$", "name takes no ~: write name=ct* for how it begins"),
        ("name~=ct", "name takes no ~: write name=*ct* for a part of it"),
        ("name~ct", "name takes no ~: write name=*ct* for a part of it"),
        ("name !~ ct", "name takes no ~: write !name=*ct* for a part of it"),
        ("name =~ /ct/", "name takes no ~: write name=*ct* for a part of it"),
        ("name matches ct.*", "name takes no ~: write name=*ct* for a part of it"),
        ("name regexp ct", "name takes no ~: write name=*ct* for a part of it"),
        ("name like a%b", "a wildcard stands at an end only: write name=a*"),
        ("name=a , b", ', b: write name=a,b, or "b" for a text'),
        (
            "name=ct - state=run",
            "a sign needs something to exclude: write !name=ct or !samx, or the sign in quotation marks",
        ),
    ],
)
def test_what_has_several_meanings_is_answered_with_the_right_form(text: str, says: str) -> None:
    with pytest.raises(FilterSyntaxError) as raised:
        ScanFilter.parse(text)
    assert says in str(raised.value)
    assert 1 <= raised.value.column <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a and b", 'Read as text "a" "b"; quote it for the text itself'),
        ("ct and not fail", 'Read as text "ct", not state or text "fail"; quote it for the text itself'),
        ("fail or abrt", 'Read as state or text "fail" or state or text "abrt"; quote it for the text itself'),
        ("name is ct", "Read as name is ct"),
        ("name is not null", "Read as name is set"),
        ("samx -rough", 'Read as text "samx", not text "rough"; quote it for the text itself'),
        ("not good", '"not" is a text: !good excludes'),
        ("state run", '"state" is a text: state=run compares the field'),
        ("since yesterday", '"since" is a text: since=yesterday compares the field'),
        ("name in ct", '"name" is a text: name=VALUE compares the field'),
        ("name=%ct%", "% is a character: write name=*ct*"),
        ("-1", '-1 excludes "1": quote it to find it, "-1"'),
        ("state=run and name=ct*", ""),
        ("ascan samx 0 1 10 0.1", ""),
        ("state:run number>5", ""),
    ],
)
def test_a_reading_that_may_surprise_is_shown_beside_what_was_found(text: str, says: str) -> None:
    assert remark(ScanFilter.parse(text)) == says


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
    ],
)
def test_when_nothing_is_found_the_reading_names_what_else_may_be_meant(text: str, says: str) -> None:
    assert says in explain(text)


@pytest.mark.parametrize(
    "title",
    ["scan a and b", "rock or roll", "beam on | off", "test (old or new)", "don't use 'x'", "a|b", "+x now", "x; y"],
)
def test_a_title_that_looks_like_an_expression_finds_its_scan(title: str) -> None:
    assert passes(title, title=title)
    assert passes(f'"{title}"', title=title)
