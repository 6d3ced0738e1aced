"""Everything that touches this computer: configuration, terminal and clipboard, saved state, log, exported files,
recordings, other programs.

Rule: only this package touches files, and every error of the operating system leaves it as a MachineError.
"""
