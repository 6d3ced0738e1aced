"""What can be done with a store: each operation once, as a generator that yields requests and is sent their replies.

What a caller needs to know about one stands in the docstring of DataStore's method with its name.
"""
