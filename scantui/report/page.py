"""A report as one HTML page: no script, no other file, no other host; light and dark, and fit to be printed; pure.

Rule: every text passes through `html_text`; what comes in as drawn is our own SVG.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timezone

from scantui.escaping import html_text
from scantui.report.folding import ReportRow
from scantui.report.sentences import (
    clock,
    heading,
    hour_labels,
    longest_line,
    note_text,
    pause_line,
    problem_line,
    server_lines,
    span_text,
    strip,
    summary,
    titled,
)
from scantui.report.shift import Report
from scantui.report.text import LABELS, groups, row_cells

_STYLE = """
:root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --soft: #57606a; --line: #d0d7de; --bar: #0969da;
  --bad: #b3261e; --warn: #8a5a00; --good: #1a7f37; --row: #f6f8fa; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --soft: #9198a1; --line: #3d444d;
  --bar: #4493f8; --bad: #ff8a80; --warn: #e3b341; --good: #56d364; --row: #161b22; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 72rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.35rem; margin: 0 0 .25rem; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
p { margin: .25rem 0; } .soft { color: var(--soft); }
.strip { position: relative; margin: .75rem 0 .25rem; padding: .9rem 0 1.4rem; }
.strip svg { display: block; width: 100%; height: 4.5rem; } .strip rect { fill: var(--bar); }
.strip span { position: absolute; bottom: 0; color: var(--soft); font-size: .8rem; white-space: nowrap; }
.strip i { position: absolute; top: .15rem; width: .5rem; height: .5rem; margin-left: -.25rem; border-radius: 50%;
  background: var(--bad); } .strip i.quiet { background: var(--warn); }
ul { margin: 0; padding-left: 1.1rem; } li { margin: .15rem 0; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .5rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
th:nth-child(1) { width: 4.6em; } th:nth-child(2) { width: 4.4em; } th:nth-child(4), th:nth-child(5) { width: 6.2em; }
th:nth-child(6) { width: 4.5em; } th:nth-child(7) { width: 10em; } th:nth-child(8) { width: 22%; }
td:nth-child(2), td:nth-child(4), td:nth-child(5) { text-align: right; white-space: nowrap; }
th:nth-child(2), th:nth-child(4), th:nth-child(5) { text-align: right; }
tr:nth-child(even) td { background: var(--row); }
.FAIL, .LOST, .BAD { color: var(--bad); font-weight: 700; } .ABRT, .STALL { color: var(--warn); font-weight: 700; }
.DONE { color: var(--good); }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr)); gap: 1rem; }
figure { margin: 0; break-inside: avoid; } figcaption { color: var(--soft); font-size: .9rem; }
@media screen and (max-width: 48rem) {
  body { padding: .6rem; } table, tbody { display: block; } thead { position: absolute; left: -999rem; }
  tr { display: flex; flex-wrap: wrap; gap: 0 .6rem; padding: .35rem 0; border-bottom: 1px solid var(--line); }
  tr:nth-child(n) td:nth-child(n) { border: 0; padding: 0; text-align: left; background: none; }
  td:nth-child(3) { order: 9; flex-basis: 100%; } td:nth-child(7) { order: 10; color: var(--soft); }
  td:nth-child(8) { order: 11; flex-basis: 100%; color: var(--soft); }
  td:empty { display: none; } td.points::after { content: " points"; }
}
@media print { :root { --ink: #000; --paper: #fff; --soft: #444; --line: #999; --bar: #000; --bad: #000; --warn: #000;
  --good: #000; --row: #fff; } body { max-width: none; padding: 0; font-size: 10pt; } table { font-size: 9pt; }
  th:nth-child(4), th:nth-child(5) { width: 5.2em; } th:nth-child(7) { width: 9em; } th:nth-child(8) { width: 17%; }
  h2 { break-after: avoid; } tr { break-inside: avoid; } .curves { grid-template-columns: repeat(3, 1fr); } }
"""
_QUIET = ' class="quiet"'
# More do not fit on a phone.
_MOST_LABELS = 12
_EDGE = 0.95


def report_page(report: Report, zone: timezone | None = None, curves: Mapping[str, str] | None = None) -> str:
    """The page; `curves` holds our own SVG by the keys of scans, drawn in `currentColor` so that both themes fit."""
    title = html_text(f"Scans of {heading(report, zone)}")
    body = [f"<h1>{title}</h1>", f"<p>{html_text(summary(report))}</p>", _strip(report, zone)]
    body += _list("Servers", map(html_text, server_lines(report)))
    body += _list("Pauses", (html_text(pause_line(pause, zone)) for pause in report.pauses))
    body += _list("Problems", (html_text(problem_line(scan, zone)) for scan in report.problems))
    if longest := longest_line(report):
        body.append(f'<p class="soft">{html_text(longest[:1].upper() + longest[1:])}</p>')
    for group in groups(report):
        body.append(f"<h2>{html_text(group.label) or 'No dataset'}</h2>")
        body.append(_table(group.rows, zone))
    body += _curves(report, curves or {})
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        # A second lock: even a tag that slipped through could load nothing.
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n" + "\n".join(body) + "\n</body>\n</html>\n"
    )


def _list(title: str, items: Iterable[str]) -> list[str]:
    lines = [f"<li>{item}</li>" for item in items]
    return [f"<h2>{title}</h2>", "<ul>", *lines, "</ul>"] if lines else []


def _table(rows: Iterable[ReportRow], zone: timezone | None) -> str:
    labels = "".join(f'<th scope="col">{label}</th>' for label in LABELS)
    lines = []
    for row in rows:
        cells = [html_text(cell) for cell in row_cells(row, zone)]
        # The word colours itself, and on a phone the unit stands behind points, but not behind scans.
        classes = {"State": cells[LABELS.index("State")], "Points": "" if row.first.scan.is_sequence else "points"}
        drawn = "".join(_cell(cell, classes.get(label, "")) for label, cell in zip(LABELS, cells, strict=True))
        lines.append(f"<tr>{drawn}</tr>")
    return f"<table><thead><tr>{labels}</tr></thead><tbody>\n" + "\n".join(lines) + "\n</tbody></table>"


def _cell(text: str, name: str) -> str:
    return f'<td class="{name}">{text}</td>' if name and text else f"<td>{text}</td>"


def _strip(report: Report, zone: timezone | None) -> str:
    """A bar for each step of the span, as high as the part of it in which a scan ran, and marks for problems."""
    drawn = strip(report)
    count = len(drawn.shares)
    bars = "".join(
        f'<rect x="{index + 0.08}" y="{1 - min(1.0, share):.3f}" width="0.84" height="{min(1.0, share):.3f}"/>'
        for index, share in enumerate(drawn.shares)
        if share > 0
    )
    marks = "".join(
        f'<i{_QUIET if mark == "~" else ""} style="left:{100 * (index + 0.5) / count:.2f}%"></i>'
        for index, mark in sorted(drawn.problems.items())
    )
    labels = hour_labels(drawn, zone)
    stride = -(-len(labels) // _MOST_LABELS)
    hours = "".join(f'<span style="{_place(index / count)}">{label}</span>' for index, label in labels[::stride])
    label = f"Share of each {span_text(drawn.step_ms)} in which a scan ran"
    return (
        f'<div class="strip" role="img" aria-label="{label}"><svg viewBox="0 0 {count} 1" preserveAspectRatio="none">'
        f'{bars}</svg>{marks}{hours}</div>\n<p class="soft">{label}; dots are problems.</p>'
    )


def _place(share: float) -> str:
    """Where an hour stands; one that would reach beyond the edge stands at it."""
    return "right:0" if share > _EDGE else f"left:{100 * share:.2f}%"


def _curves(report: Report, curves: Mapping[str, str]) -> list[str]:
    figures = []
    for scan in report.scans:
        if scan.key in curves:
            number = "" if scan.number is None else f"{scan.number} "
            caption = html_text(f"{clock(scan.begin_ms)} {number}{titled(scan)} {note_text(scan)}".rstrip())
            figures.append(f"<figure>{curves[scan.key]}<figcaption>{caption}</figcaption></figure>")
    return ["<h2>Curves</h2>", '<div class="curves">', *figures, "</div>"] if figures else []
