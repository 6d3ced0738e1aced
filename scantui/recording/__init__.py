"""What a feed told, kept in a file and told again: the format, its names made unrecognisable, the replay."""
