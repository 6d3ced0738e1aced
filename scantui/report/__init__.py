"""What scans did in a span of time: how long they ran, the pauses, the problems, and the texts that hand a shift over.

`span_words` reads the words for times, `scans` holds what is known of each scan, `intervals` and `buckets` measure
covered time, `shift` puts the report together, `reasons` explains problems, and a module for each format writes it.
"""

from scantui.report.scans import ReportedScan, life_of
from scantui.report.shift import PAUSE_MS, Pause, Report, make_report
from scantui.report.spans import Span

__all__ = ["PAUSE_MS", "Pause", "Report", "ReportedScan", "Span", "life_of", "make_report"]
