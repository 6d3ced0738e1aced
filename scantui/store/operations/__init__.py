"""Each operation of the store, written once, as a generator that yields requests."""
