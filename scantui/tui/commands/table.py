"""The one table of commands: bindings, hint lines, palette, help and `[keys]` are made from it."""

from __future__ import annotations

from scantui.tui.commands.command import Group, KeyCommand, Place

_LOOK, _FIND, _SELECT, _SCAN, _VIEW, _APPLICATION = Group

# By the module with the group that runs them; a pane's own keys stand with the command that opens it.
GROUPS: dict[str, tuple[KeyCommand, ...]] = {
    "details": (
        KeyCommand("details", "enter", "Open the details, or close them", _LOOK, hint="Details"),
        KeyCommand("other_pane", "tab,shift+tab", "Between table and details", _LOOK, hint="Table"),
        KeyCommand("back", "escape", "Close the details", _LOOK, hint="Close"),
        KeyCommand("details_up", "up,k", "Up", _LOOK, hint="Move", place=Place.DETAILS, action="step(-1)"),
        KeyCommand("details_down", "down,j", "Down", _LOOK, hint="Move", place=Place.DETAILS, action="step(1)"),
        KeyCommand("details_page_down", "pagedown", "Page down", _LOOK, place=Place.DETAILS, action="page(1)"),
        KeyCommand("details_page_up", "pageup", "Page up", _LOOK, place=Place.DETAILS, action="page(-1)"),
        KeyCommand("details_top", "g,home", "Top", _LOOK, place=Place.DETAILS, action="edge(0)"),
        KeyCommand("details_end", "G,end", "End", _LOOK, place=Place.DETAILS, action="edge(-1)"),
        KeyCommand(
            "details_open",
            "enter",
            "Open the link, fold or unfold",
            _LOOK,
            hint="Open, fold",
            place=Place.DETAILS,
            action="choose",
        ),
        KeyCommand("details_fold_here", "space", "Fold or unfold", _LOOK, place=Place.DETAILS, action="fold"),
        KeyCommand("details_unfold", "l,right", "Unfold", _LOOK, place=Place.DETAILS, action="fold(True)"),
        KeyCommand("details_fold", "h,left", "Fold", _LOOK, place=Place.DETAILS, action="fold(False)"),
    ),
    "digest": (
        KeyCommand("digest", "I", "What happened: digest and report", _LOOK),
        KeyCommand("digest_up", "up,k", "Up", _LOOK, hint="Move", place=Place.DIGEST, action="step(-1)"),
        KeyCommand("digest_down", "down,j", "Down", _LOOK, hint="Move", place=Place.DIGEST, action="step(1)"),
        KeyCommand("digest_page_down", "pagedown", "Page down", _LOOK, place=Place.DIGEST, action="page(1)"),
        KeyCommand("digest_page_up", "pageup", "Page up", _LOOK, place=Place.DIGEST, action="page(-1)"),
        KeyCommand("digest_top", "g,home", "Top", _LOOK, place=Place.DIGEST, action="edge(0)"),
        KeyCommand("digest_end", "G,end", "End", _LOOK, place=Place.DIGEST, action="edge(-1)"),
        KeyCommand("digest_earlier", "left,h", "Longer span", _LOOK, hint="Span", place=Place.DIGEST, action="span(1)"),
        KeyCommand(
            "digest_later", "right,l", "Shorter span", _LOOK, hint="Span", place=Place.DIGEST, action="span(-1)"
        ),
        KeyCommand("digest_open", "enter", "Go to the scan", _LOOK, hint="Go", place=Place.DIGEST, action="choose"),
        KeyCommand("digest_problem", "e", "Next problem", _LOOK, hint="Problem", place=Place.DIGEST, action="problem"),
        KeyCommand("digest_write", "w", "Write the report…", _LOOK, hint="Write", place=Place.DIGEST, action="write"),
    ),
    "differences": (
        KeyCommand("differences", "d", "What differs between two scans", _LOOK),
        KeyCommand("differences_up", "up,k", "Up", _LOOK, hint="Move", place=Place.DIFFERENCES, action="step(-1)"),
        KeyCommand("differences_down", "down,j", "Down", _LOOK, hint="Move", place=Place.DIFFERENCES, action="step(1)"),
        KeyCommand("diff_page_down", "pagedown", "Page down", _LOOK, place=Place.DIFFERENCES, action="page(1)"),
        KeyCommand("diff_page_up", "pageup", "Page up", _LOOK, place=Place.DIFFERENCES, action="page(-1)"),
        KeyCommand("differences_top", "g,home", "Top", _LOOK, place=Place.DIFFERENCES, action="edge(0)"),
        KeyCommand("differences_end", "G,end", "End", _LOOK, place=Place.DIFFERENCES, action="edge(-1)"),
        KeyCommand(
            "differences_all",
            "equals_sign",
            "All, also keys and times",
            _LOOK,
            hint="All",
            place=Place.DIFFERENCES,
            action="all",
        ),
    ),
    "rows": (
        KeyCommand("cursor_down", "j,down", "Down", _LOOK, place=Place.TABLE, action="cursor_down"),
        KeyCommand("cursor_up", "k,up", "Up", _LOOK, place=Place.TABLE, action="cursor_up"),
        KeyCommand("page_down", "pagedown", "Page down", _LOOK, place=Place.TABLE, action="page_down"),
        KeyCommand("page_up", "pageup", "Page up", _LOOK, place=Place.TABLE, action="page_up"),
        KeyCommand("oldest", "g,home", "Oldest scan", _LOOK, place=Place.TABLE, action="oldest"),
        KeyCommand("newest", "G,end", "Newest scan, and follow", _LOOK),
        KeyCommand("columns_left", "h,left", "Scroll columns left", _LOOK, place=Place.TABLE, action="columns_left"),
        KeyCommand(
            "columns_right", "l,right", "Scroll columns right", _LOOK, place=Place.TABLE, action="columns_right"
        ),
        KeyCommand("follow", "f,F", "Follow the newest scan", _LOOK),
        KeyCommand("pause", "p", "Pause or resume", _LOOK),
        KeyCommand("next_problem", "e", "Next problem", _FIND),
        KeyCommand("previous_problem", "E", "Previous problem", _FIND),
        KeyCommand("mark", "space", "Mark this scan", _SELECT),
        KeyCommand("only_marked", "M", "Only marked scans, or all again", _SELECT),
        KeyCommand("clear_marks", "U", "Clear all marks", _SELECT),
        KeyCommand("next_mark", "n", "Next mark", _SELECT),
        KeyCommand("previous_mark", "N", "Previous mark", _SELECT),
        KeyCommand("sort", "s", "Sort by…", _VIEW, opens=True),
        KeyCommand("reverse", "S", "Reverse the order", _VIEW),
        KeyCommand("forget_gone", "x", "Clear rows that are GONE", _VIEW),
        KeyCommand(
            "replay_pause",
            "space",
            "Pause the playback, or go on",
            _LOOK,
            hint="Pause",
            place=Place.REPLAY,
            action="pause",
        ),
        KeyCommand(
            "replay_back", "left", "A minute back", _LOOK, hint="A minute", place=Place.REPLAY, action="seek(-60)"
        ),
        KeyCommand(
            "replay_forward", "right", "A minute forward", _LOOK, hint="A minute", place=Place.REPLAY, action="seek(60)"
        ),
        KeyCommand(
            "replay_step",
            "full_stop",
            "The next event",
            _LOOK,
            hint="One event",
            place=Place.REPLAY,
            action="next_event",
        ),
    ),
    "curves": (
        KeyCommand("curves", "c", "Curves of this scan or the marked ones", _LOOK, hint="Curves"),
        KeyCommand("zoom", "z", "Give the pane the whole screen, or not", _LOOK, hint="Zoom"),
        KeyCommand("curves_next", "n", "Next counter", _LOOK, hint="Counter", place=Place.CURVES),
        KeyCommand("curves_previous", "N", "Previous counter", _LOOK, place=Place.CURVES),
        KeyCommand("curves_counters", "o", "Choose counters…", _LOOK, hint="Choose", opens=True, place=Place.CURVES),
        KeyCommand("curves_axis", "x", "Another x axis: motor, time, index", _LOOK, hint="Axis", place=Place.CURVES),
        KeyCommand("curves_log", "l", "Logarithmic y axis, or linear", _LOOK, hint="Log", place=Place.CURVES),
        KeyCommand("curves_derivative", "d", "Derivative, or the curve", _LOOK, hint="Slope", place=Place.CURVES),
        KeyCommand("curves_scale", "r", "One scale for all curves, or own ones", _LOOK, place=Place.CURVES),
        KeyCommand("curves_left", "left", "Inspector to the left", _LOOK, hint="Inspect", place=Place.CURVES),
        KeyCommand("curves_right", "right", "Inspector to the right", _LOOK, hint="Inspect", place=Place.CURVES),
        KeyCommand(
            "curves_peak", "full_stop", "Inspector to the peak, or away", _LOOK, hint="Peak", place=Place.CURVES
        ),
        KeyCommand("curves_marks", "B", "Draw with blocks, dots or ASCII", _LOOK, place=Place.CURVES),
        KeyCommand("curves_keep", "m", "Keep this curve behind the next scans", _LOOK, place=Place.CURVES),
        KeyCommand("curves_copy", "y", "Copy the point, or peak, cen, com…", _LOOK, opens=True, place=Place.CURVES),
        KeyCommand(
            "curves_copy_command", "Y", "Copy a BLISS command that goes there…", _LOOK, opens=True, place=Place.CURVES
        ),
        KeyCommand("curves_write", "w", "Write the points to a csv file…", _LOOK, opens=True, place=Place.CURVES),
        KeyCommand("curves_plain", "P", "Print the curves; Enter returns", _LOOK, place=Place.CURVES),
        KeyCommand("differences_curves", "c", "Curves of both scans", _LOOK, hint="Curves", place=Place.DIFFERENCES),
    ),
    "filtering": (
        KeyCommand("filter", "slash", "Edit the filter", _FIND, hint="Filter", opens=True),
        KeyCommand("toggle_filter", "u", "Filter off or on", _FIND),
        KeyCommand("only_running", "r", "Only running scans, or all again", _FIND, hint="Running"),
        KeyCommand("only_problems", "exclamation_mark", "Only problems, or all again", _FIND, hint="Problems"),
        KeyCommand("keep_value", "equals_sign", "Keep only a value of this scan…", _FIND),
        KeyCommand("exclude_value", "minus", "Exclude a value of this scan…", _FIND),
        KeyCommand(
            "enter_filter",
            "enter",
            "Keep the filter and search the server",
            _FIND,
            hint="Search",
            opens=True,
            place=Place.FILTER,
            action="enter",
        ),
        KeyCommand(
            "complete", "tab", "Complete the word", _FIND, hint="Complete", place=Place.FILTER, action="complete"
        ),
        KeyCommand("older_filter", "up", "Older filter", _FIND, hint="History", place=Place.FILTER, action="older"),
        KeyCommand("newer_filter", "down", "Newer filter", _FIND, hint="History", place=Place.FILTER, action="newer"),
        KeyCommand(
            "leave_filter",
            "escape",
            "Close; the filter does not change",
            _FIND,
            hint="Back",
            place=Place.FILTER,
            action="leave",
        ),
    ),
    "saved_filters": (KeyCommand("saved_filters", "v", "Saved filters…", _FIND, opens=True),),
    "export": (
        KeyCommand("copy_key", "y", "Copy the key of this scan", _SCAN),
        KeyCommand("copy", "Y", "Copy key, number, title, path, JSON…", _SCAN, opens=True),
        KeyCommand("write", "w", "Write the marked or shown rows to a file…", _SCAN, opens=True),
        KeyCommand("plain", "P", "Print the marked or shown rows", _SCAN),
    ),
    "watching": (KeyCommand("watch", "W", "Ring when this scan ends or stalls", _SCAN),),
    "alerts": (KeyCommand("alerts", "a", "Alerts: a problem, a silence, your rules…", _SCAN, opens=True),),
    "notes": (KeyCommand("note", "semicolon", "Verdict or note, also on marked scans…", _SCAN, opens=True),),
    "test_scans": (
        KeyCommand("create_scan", "C", "Create a test scan…", _SCAN, writes=True, opens=True),
        KeyCommand("create_like", "D", "Create a test scan like this one…", _SCAN, writes=True, opens=True),
        KeyCommand("delete_scan", "X", "Abort or delete this test scan…", _SCAN, writes=True, opens=True),
    ),
    "outline": (
        KeyCommand("outline", "O", "Fold equal scans, or one line per scan", _VIEW),
        KeyCommand("fold", "full_stop", "Fold or unfold this line", _VIEW),
        KeyCommand("fold_all", "comma", "Fold or unfold all lines", _VIEW),
    ),
    "appearance": (
        KeyCommand("columns", "o", "Choose columns…", _VIEW, opens=True),
        KeyCommand("time_format", "t", "Times: age, local time, UTC", _VIEW),
        KeyCommand("theme", "T", "Choose a theme…", _VIEW, opens=True),
        KeyCommand("counts", "i", "Counts per state", _VIEW),
    ),
    "servers": (KeyCommand("servers", "b", "Watch other servers, or several…", _APPLICATION, opens=True),),
    "application": (
        KeyCommand("help", "question_mark,f1", "Help", _APPLICATION, hint="Help", opens=True),
        KeyCommand(
            "palette",
            "colon,ctrl+p",
            "Commands; 42, @dataset or a key: go there",
            _APPLICATION,
            hint="Commands",
            opens=True,
        ),
        KeyCommand("log", "L", "scantui's log", _APPLICATION),
        KeyCommand("reload", "R", "Reconnect and reload", _APPLICATION),
        KeyCommand("redraw", "ctrl+l", "Redraw the screen", _APPLICATION),
        KeyCommand("leave", "q", "Close what is open, or quit", _APPLICATION, hint="Quit"),
        KeyCommand(
            "quit",
            "ctrl+c,ctrl+q",
            "Quit from anywhere",
            _APPLICATION,
            opens=True,
            place=Place.APPLICATION,
            action="quit",
        ),
        KeyCommand(
            "suspend", "ctrl+z", "Suspend", _APPLICATION, opens=True, place=Place.APPLICATION, action="suspend_process"
        ),
    ),
}
COMMANDS: tuple[KeyCommand, ...] = tuple(command for commands in GROUPS.values() for command in commands)
# The commands of the hint line, in its order; all of it fits into 80 columns.
HINTED: tuple[str, ...] = (
    "details",
    "filter",
    "only_running",
    "only_problems",
    "palette",
    "help",
    "curves",
    "leave",
)
# What the hint line of every pane shows after the pane's own commands.
HINTED_IN_PANES: tuple[str, ...] = ("other_pane", "back")


def commands_at(place: Place) -> tuple[KeyCommand, ...]:
    """The commands whose keys work at a place, in the table's order."""
    return tuple(command for command in COMMANDS if command.place is place)
