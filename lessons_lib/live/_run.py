"""How far a run has come, and what it left behind."""

from dataclasses import dataclass, field, replace

from lessons_lib.live._history import History, Marks


@dataclass
class Sums:
    """Training loss and hits added up since the last row on the history's grid."""

    loss: float = 0.0
    hits: float = 0.0
    updates: int = 0


@dataclass
class Run:
    """Progress of one run, from its initial weights on.

    Attributes
    ----------
    updates : int
        Parameter updates made.
    position : int
        Samples taken from the order so far.
    anchor : tuple of int
        ``(updates, position)`` when the batch size was last set.
    diverged : str or None
        Why the run stopped.
    """

    history: History
    marks: Marks = field(default_factory=Marks)
    updates: int = 0
    position: int = 0
    anchor: tuple[int, int] = (0, 0)
    sums: Sums = field(default_factory=Sums)
    diverged: str | None = None

    def advance(self, updates: int, batch_size: int) -> None:
        """Count `updates` more."""
        self.updates += updates
        self.position += updates * batch_size

    def copy(self) -> "Run":
        """Return an independent copy."""
        return replace(
            self,
            history=self.history.copy(),
            marks=self.marks.copy(),
            sums=replace(self.sums),
        )
