"""Is all well: what an examination finds, of the server and of this computer, and the remedy."""
