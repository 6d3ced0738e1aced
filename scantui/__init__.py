"""scantui: a terminal monitor for the scans that BLISS publishes into Redis.

Reading order: exceptions, text, models, matching, words, filters, store (wire, operations, drivers, the two facades),
system, feed, publishing, activity, diagnostics, recording, board, demo, columns, export, tui, cli. Each imports only
what precedes it.
"""

__version__ = "0.2.0"
