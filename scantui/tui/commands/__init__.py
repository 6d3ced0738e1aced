"""What keys do: one table of commands, in groups that are given their collaborators."""
