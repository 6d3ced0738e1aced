"""A store and a screen under real faults; `python -m tests.chaos --seed N --minutes M` has more of them."""
