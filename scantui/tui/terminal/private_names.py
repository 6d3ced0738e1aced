"""The private names of Textual that the display, the driver and the virtual table use, each with its reason.

Rule: what is not listed here is not used, and nothing outside these two packages uses any. A test compares the list
with the code, and with the Textual that is installed. When a name is gone, what it is for does not work: there is no
fallback.
"""

from __future__ import annotations

PRIVATE_NAMES: dict[str, str] = {
    # The display: what Textual composed goes to the terminal.
    "App._display": "the one way by which frames reach the driver",
    "App._batch_count": "within a batch Textual composes frames that it throws away",
    "App._check_bindings": "to do what a key is bound to before the key goes its way up",
    "App._keymap": "whether keys are bound otherwise than the classes say",
    "App._disable_notifications": "a screen without toasts composes one widget less",
    "App._disable_tooltips": "a screen without tooltips composes one widget less",
    "App._driver": "sequences that are part of no frame go to the driver too",
    "App._update_mouse_over": "what Textual does after each frame",
    "Compositor._dirty_regions": "the regions of the screen that changed",
    "DOMNode._bindings": "what keys are bound to, without a copy",
    "Screen._binding_chain": "its own looks at every binding with each key",
    "Screen._compositor": "knows which widgets are seen where",
    "Screen._compositor_refresh": "to compose nothing within a batch, and only the lines that changed",
    "Screen._push_result_callback": "only a screen that was pushed can be replaced by another one",
    "Screen._dirty_widgets": "whether a key changed anything that is still to be composed",
    "Screen._layout_required": "whether the frame of a key is to be laid out before it is painted",
    "Screen._on_idle": "to compose the frame of a key at once; Textual's own handler still runs",
    "Screen._on_timer_update": "composes what Textual gathers until a timer ticks",
    # Internal errors: the screen goes on.
    "App._handle_exception": "gets every unhandled error, and ends the program",
    "MessagePump._close_messages_no_wait": "ends the program without Textual's traceback, which shows local variables",
    "MessagePump._dispatch_message": "an error that leaves it ends the message loop of the widget",
    # The driver: the terminal is given back as it was found.
    "Driver._app": "the application that is to end when the keyboard cannot be read",
    "Driver._auto_restart": "whether App.suspend will take the terminal again",
    "LinuxDriver._file": "what the thread that writes has to wait for",
    "LinuxDriver._key_thread": "whether answers of the terminal can still be read",
    "LinuxDriver._must_signal_resume": "a stop without warning is followed by the signal of a resume too",
    "LinuxDriver._run_input_thread": "an error in the thread of the keyboard would print a traceback over the screen",
    "LinuxDriver._sigcont_application": "the handler that takes the terminal again",
    "LinuxDriver._sigtstp_application": "the handler that leaves the terminal, to be called by the event loop",
    # The virtual table: a DataTable whose rows are answered by a model.
    "DataTable._column_locations": "where the table looks up the place of a column",
    "DataTable._data": "where the table looks up cells, answered by the model",
    "DataTable._get_styles_to_render_cell": "the table's own choice of styles, so that its component classes hold",
    "DataTable._row_locations": "where the table looks up the place of a row, answered by the model",
    "DataTable._scroll_cursor_into_view": "its own adds up the heights of all rows above",
    "Widget._on_blur": "to lose the keyboard without painting all lines anew",
    "Widget._on_focus": "to get the keyboard without painting all lines anew",
    "RenderStyles._cache_key": "changes with the styles of a widget, which take long to compare",
    "DataTable._set_hover_cursor": "its own repaints a row with every key although hover is off",
}
PRIVATE_MODULES: dict[str, str] = {
    "textual._compositor": "the types of whole and partial frames, as App._display gets them",
    "textual._ansi_sequences": "the keys that Textual knows by a whole sequence",
    "textual._keyboard_protocol": "the keys that Textual knows by a number",
    "textual._xterm_parser": "Textual's own reader of keys, which gets whole escape sequences",
    "textual._two_way_dict": "the type in which DataTable keeps the places of columns",
}
