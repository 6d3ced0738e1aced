"""The least that Textual does: a line, an empty DataTable, a line of hints."""

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Static


class HelloApp(App[None]):
    """What the start of ours is compared with."""

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
