"""Watching a feed: what happens to scans, rules at work, and the commands that alerts run.

`scans` turns events into what happened to the scans that match a filter, `alarms` shows it to rules, `commands` runs
the user's commands one at a time, and `variables` holds the facts that these find in their environment.
"""
