"""The filter bar's text: terms that a scan must match, and the keyword arguments of a search that they amount to; pure.

Rule: one grammar, one meaning. `passing` decides for every scan, wherever it came from; the search only proposes.
`explain` describes how a filter was read.

  name=ascan*  number=12  session=demo   a field; `*` at either end is any text
  title=*samx*  user=opid11  parent=*    so are these, and the parent's key
  beamline=id11  facility=esrf           fields that some facilities add
  state=run  is=open|closed|problem      the first column's word, CREATED, ...,
                                         or a group of words
  verdict=bad  note=*wrong*              what users wrote: good, bad, repeat or
                                         none; the text of a note
  server=id11                            of several servers the scans of one
  name=ascan,dscan  name=a|b             any of several; so does the same field
                                         twice
  !name=ct  -name=ct  name!=ct  !samx    not
  number=40..60  40..  ..60  number>=40  a range with its ends, a comparison:
                                         < <= > >=; npoints too
  age<2h  age=1h..1d  duration>1h30m     a span of time in s, m, h, d, w and y
  age=2d  duration=0:57  duration>1:05   as the columns AGE and DUR show it
  since=22:00  before=10m                created from then on, before; the last
                                         time it was 22:00, 10m ago
  since=today  since="yesterday 22:00"   midnight of that day, or a time of it
  today  yesterday                       beside fields: the scans of that day
  since=2026-11-20  2026-11-20T22:00     a day, a time; local, unless it ends in
                                         Z or +01:00
  since="17 Nov 22:03"  since=monday     other ways to write a day, 20.11.2026,
                                         if they can mean one day only
  samx  "samx 0 1"                       a word, or a text, anywhere in name,
                                         title, dataset, state, note ...; with a
                                         capital letter it is case-sensitive
  ascan phi -1 1 20 0.1                  a pasted title: a minus before a number
                                         is part of it, an … stands for any text
  name="a* b"  title="the ""big"" one"   quoted: literal, blanks and stars too;
                                         "" is a quotation mark
  title=*"samx 0"*                       stars outside of the quotation marks
  name=ct (state=fail or age<1h)         and, or, not, parentheses; terms beside
                                         each other must all match

What other tools write is understood where it can mean one thing only:
state:run, name==ct, name is ct, name in (a, b), number between 5 and 9,
number:[5 TO 9], name like 'ct%', @name:{ct}, a && b. If a reading may surprise,
or if no scans match, scantui shows how it read the filter.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from scantui.filters.scan_filter import ScanFilter

if TYPE_CHECKING:
    from scantui.filters.completion import Completion, complete
    from scantui.filters.editing import with_or_without, with_value, without_value
    from scantui.filters.explanation import explain, remark, why_none
    from scantui.filters.grammar import FILTER_FIELDS, STATE_FIELD
    from scantui.filters.scans import Scans, Texts

__all__ = [
    "FILTER_FIELDS",
    "STATE_FIELD",
    "Completion",
    "ScanFilter",
    "Scans",
    "Texts",
    "complete",
    "explain",
    "remark",
    "why_none",
    "with_or_without",
    "with_value",
    "without_value",
]

# Imported when they are first used: the first frame of the monitor needs nothing of the grammar.
_MODULES = {
    "FILTER_FIELDS": "grammar",
    "STATE_FIELD": "grammar",
    "Scans": "scans",
    "Texts": "scans",
    "Completion": "completion",
    "complete": "completion",
    "explain": "explanation",
    "remark": "explanation",
    "why_none": "explanation",
    "with_or_without": "editing",
    "with_value": "editing",
    "without_value": "editing",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"scantui.filters.{_MODULES[name]}"), name)
