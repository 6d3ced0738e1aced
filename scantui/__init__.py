"""scantui: a terminal monitor for the scans that BLISS publishes into Redis.

Reading order: exceptions, text, models, matching, words, filters, store (requests, protocol, the operations, then the
two drivers), machine, feed, acquisition, activity, board, columns, export, recording, demo, tui, cli. Each imports only
what stands before it.
"""

__version__ = "0.1.0"
