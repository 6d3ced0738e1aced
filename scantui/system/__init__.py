"""What belongs to the computer we run on: its configuration, the servers that it names, its terminal and clipboard, the
remembered state, the log, exported files and recordings, other programs.

Rule: files of the computer are touched here and nowhere else, and what it refuses leaves as a MachineError.
"""
