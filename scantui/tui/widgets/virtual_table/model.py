"""The model of a table's rows, and the read-only collections by which it answers what DataTable asks of its rows."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Protocol, TypeAlias, TypeVar, overload

from rich.text import Text
from textual.widgets.data_table import ColumnKey, Row, RowKey

Cell: TypeAlias = Text | str
_Value = TypeVar("_Value")


class RowModel(Protocol):
    """The rows to show, in their order; its owner may change it, and then calls the table's `rows_changed`."""

    def __len__(self) -> int: ...

    def key_at(self, index: int) -> str:
        """Return the key of the row at `index`, in constant time."""

    def index_of(self, key: str) -> int:
        """Return where the row `key` is shown, in logarithmic time; raise KeyError when it is not shown."""

    def cells_at(self, index: int) -> Sequence[Cell]:
        """Return one cell for each column; a `str` is shown literally, never as markup."""


def row_cells(model: RowModel, index: int, count: int) -> list[Cell]:
    """Return exactly `count` cells: the model may follow a change of the columns a moment later."""
    cells = list(model.cells_at(index)[:count])
    return cells + [""] * (count - len(cells))


def _row(model: RowModel, index: int) -> Row:
    return Row(RowKey(model.key_at(index)), height=1)


class _ByRowKey(Mapping[RowKey, _Value]):
    """A dictionary of DataTable with an entry for each row; an entry is made when it is read."""

    def __init__(self, model: RowModel) -> None:
        self._model = model

    @abstractmethod
    def _value_at(self, index: int) -> _Value: ...

    def __len__(self) -> int:
        return len(self._model)

    def __iter__(self) -> Iterator[RowKey]:
        return (RowKey(self._model.key_at(index)) for index in range(len(self._model)))

    def __getitem__(self, key: RowKey | str) -> _Value:
        text = key if isinstance(key, str) else key.value
        if text is None:
            raise KeyError(key)
        return self._value_at(self._model.index_of(text))


class RowMapping(_ByRowKey[Row]):
    """`DataTable.rows`."""

    def _value_at(self, index: int) -> Row:
        return _row(self._model, index)


class RowLocations(_ByRowKey[int]):
    """`DataTable._row_locations`: key to index and back."""

    def _value_at(self, index: int) -> int:
        return index

    def get_key(self, index: int) -> RowKey | None:
        return RowKey(self._model.key_at(index)) if 0 <= index < len(self._model) else None


class RowData(_ByRowKey[dict[ColumnKey, Cell]]):
    """`DataTable._data`: the cells of a row by their columns."""

    def __init__(self, model: RowModel, column_keys: Callable[[], Iterable[ColumnKey]]) -> None:
        super().__init__(model)
        self._column_keys = column_keys

    def _value_at(self, index: int) -> dict[ColumnKey, Cell]:
        keys = list(self._column_keys())
        return dict(zip(keys, row_cells(self._model, index, len(keys)), strict=True))


class OrderedRows(Sequence[Row]):
    """`DataTable.ordered_rows`, where also a slice makes a row only when it is read."""

    def __init__(self, model: RowModel, indices: range) -> None:
        self._model = model
        self._indices = indices

    def __len__(self) -> int:
        return len(self._indices)

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> OrderedRows: ...
    def __getitem__(self, index: int | slice) -> Row | OrderedRows:
        if isinstance(index, slice):
            return OrderedRows(self._model, self._indices[index])
        return _row(self._model, self._indices[index])
