"""What a run leaves behind: losses on a grid of steps, and which knob was turned when."""

Mark = tuple[int, str, object, object]


class History:
    """Losses and metrics by step, never more than `limit` rows.

    Rows stand at multiples of ``gap`` steps, plus one at the present step. When the history is
    full, neighbouring rows are merged in pairs and ``gap`` doubles, so a run of any length fits
    and the earlier part stays. Which rows are kept depends on the steps alone, not on how many
    steps were made per call.

    Parameters
    ----------
    names : sequence of str
        Columns beside ``"step"``.
    gap : int
        Steps between two rows, to begin with.
    limit : int, default 512
        Rows kept; an even number.
    """

    def __init__(self, names, gap: int, limit: int = 512):
        self.gap = gap
        self._limit = limit
        self._rows: list[list[float]] = []
        self._names = ["step", *names]

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, step: int, values) -> None:
        """Append one row; a former last row that is not on the grid gives way to it."""
        if self._rows and self._rows[-1][0] % self.gap:
            self._rows.pop()
        self._rows.append([step, *map(float, values)])
        if step % self.gap == 0 and len(self._rows) >= self._limit:
            self._thin()

    def steps_to_next_row(self, step: int) -> int:
        """Return how many steps after `step` the next row of the grid stands."""
        return self.gap - step % self.gap

    def steps_to_thinning(self, step: int) -> int:
        """Return how many steps may follow `step` before ``gap`` changes."""
        on_grid = sum(row[0] % self.gap == 0 for row in self._rows[-1:]) + len(self._rows[:-1])
        missing = self._limit - on_grid
        return self.steps_to_next_row(step) + (missing - 1) * self.gap

    def as_dict(self) -> dict[str, list]:
        """Return one new list per column: ``{"step": [...], "loss": [...], ...}``."""
        columns = zip(*self._rows, strict=True) if self._rows else [()] * len(self._names)
        return {name: list(column) for name, column in zip(self._names, columns, strict=True)}

    def copy(self) -> "History":
        """Return an independent copy."""
        new = History(self._names[1:], self.gap, self._limit)
        new._rows = [list(row) for row in self._rows]
        return new

    def _thin(self) -> None:
        old, self._rows, self.gap = self._rows, [], 2 * self.gap
        pending = None
        for row in old:
            if row[0] % self.gap == 0:
                self._rows.append(row if pending is None else _merged(pending, row, self._names))
                pending = None
            else:
                pending = row
        if pending is not None:
            self._rows.append(pending)


def _merged(earlier, later, names):
    """Training values are means over the steps before a row, validation values are at the row."""
    pairs = zip(names, earlier, later, strict=True)
    return [b if name == "step" or name.startswith("val_") else (a + b) / 2 for name, a, b in pairs]


class Marks:
    """Turns of the knobs, ``(step, name, old, new)``; the last `limit` of them."""

    def __init__(self, limit: int = 500):
        self._limit = limit
        self._marks: list[Mark] = []

    def add(self, step: int, name: str, old, new) -> None:
        """Record a turn; several turns of one knob at one step count as one."""
        if self._marks and self._marks[-1][:2] == (step, name):
            old = self._marks.pop()[2]
        if old != new:
            self._marks.append((step, name, old, new))
        del self._marks[: -self._limit]

    def as_list(self) -> list[Mark]:
        """Return the marks as a new list."""
        return list(self._marks)

    def copy(self) -> "Marks":
        """Return an independent copy."""
        new = Marks(self._limit)
        new._marks = list(self._marks)
        return new
