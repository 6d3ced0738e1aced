"""The least that Textual does: a line, an empty DataTable, hints; collects no garbage, as scantui at its start."""

import gc

gc.disable()

from textual.app import App, ComposeResult  # noqa: E402
from textual.widgets import DataTable, Static  # noqa: E402


class HelloApp(App[None]):
    """The baseline of the start."""

    def compose(self) -> ComposeResult:
        yield Static("hello", markup=False)
        yield DataTable()
        yield Static("q:Quit", markup=False)

    def on_mount(self) -> None:
        table = self.query_one(DataTable)
        for label in ("ST", "NO", "NAME", "DATASET", "AGE", "DUR"):
            table.add_column(label, width=8)


if __name__ == "__main__":
    HelloApp().run(mouse=False)
