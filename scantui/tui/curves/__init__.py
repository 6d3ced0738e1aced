"""What the curves pane is made of: its worker and messages, what it shows, and in which colours.

Rule: nothing here is imported before the pane is first opened.
"""
