"""Recordings: the events of a feed in a file, their format, the removal of names, and the playback."""
