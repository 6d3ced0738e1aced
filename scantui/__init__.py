"""scantui: a terminal monitor for the scans that BLISS publishes into Redis.

Reading order: exceptions, text, models, matching, filters, store (requests, protocol, search, operations, then the two
drivers), feed, acquisition, board, demo, tui, cli. Each imports only what stands before it.
"""

__version__ = "0.1.0"
