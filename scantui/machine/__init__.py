"""What belongs to the computer we run on: its terminal and clipboard, the remembered state, the log, exported files.

Rule: files of the computer are touched here and nowhere else, and what it refuses leaves as a MachineError.
"""
