"""What a panel with a clock needs: something that runs, and views of it.

`lessons_lib.live.LiveTrainer` and `lessons_lib.optimizers.Race` are runners. Whoever speaks this
protocol can be played, paused, stepped and turned by a panel that knows hardly anything else
of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from ipywidgets import Widget

from lessons_lib.panels._page import Arrangement
from lessons_lib.plots import Picture, Scene

if TYPE_CHECKING:
    from lessons_lib.panels._memory import Memory


@runtime_checkable
class Knob(Protocol):
    """What can be turned, as a control shows it.

    Attributes
    ----------
    words : str
        Label of the control.
    tooltip : str
        What it does, for whoever points at the control; or "".
    control : {"steps", "range", "log", "list", "switch", ""}
        A slider along the values; a slider from the first to the last value, in steps as between
        the first two, or of equal ratios; a list to choose from; a box to tick. "" has none: it
        is turned on a picture, or by code.

    One whose turn lets the runner begin again says so: it has ``begins_anew``, which is True.
    """

    words: str
    tooltip: str
    control: str

    def read(self, runner: Any) -> Any:
        """Return the present value."""

    def offers(self, runner: Any) -> Sequence:
        """Return the values that the control offers, the present one among them."""

    def option(self, runner: Any, value: Any) -> str:
        """Return how the control writes a value, where it chooses from several."""


@runtime_checkable
class Runner(Protocol):
    """What goes on step by step while its knobs are turned.

    Attributes
    ----------
    knobs : dict of str to Knob
        What can be turned, in the order of the controls.
    ended : str or None
        One sentence on why no further step is made, and what to do.
    notice : str
        One sentence on what the last turn made anew, where that has to be explained; or "".
    compiled : bool
        Whether the next step begins at once.
    updates : int
        Steps made since the beginning.
    restarts : int
        How often it was reset or restored.
    turns : object
        All turns of knobs since the beginning, as `replay` takes them; the knobs as they are
        turned are among them where it began anew.

    Some have more, which a panel shows or uses where it is there:

    more_knobs : dict of str to Knob
        What can be turned beside `knobs`; it has a control where one is asked for, or none.
    history : dict of str to list of float
        ``"step"`` and what was measured then: the curves, and the losses in the table of runs.
    marks : sequence
        The latest turns, each with ``step`` and, in words, ``change``.
    runners : dict of str to Runner
        Those that it consists of, by name; then each of them has `history` and `marks`.
    start_seed : int or None
        With which seed the latest new start was made.
    way_back, go_back()
        The step, or a dict of steps by name, to which it can go back from ruined weights; None or
        empty where nothing is ruined. And the way.
    take_left()
        Once, a snapshot of the moment at which it became something else by itself, as when a
        control made other runners; None if it did not.
    """

    knobs: Mapping[str, Knob]
    ended: str | None
    notice: str
    compiled: bool
    updates: int
    restarts: int
    turns: Any

    def step(self, n: int = 1) -> int:
        """Make ``n`` steps, fewer where it ends on the way; return how many."""

    def reset(self, seed: int | None = None) -> None:
        """Begin again, the knobs as they are turned; from elsewhere where ``seed`` is given."""

    def turn(self, name: str, value: Any, moment: float | None = None) -> None:
        """Set a knob from the next step on; a ValueError says why a value is refused.

        While it runs, `moment` says when the hand turned it, in seconds, for whoever keeps a
        record of the turns: what a hand turns within a second belongs together.
        """

    def compile(self) -> None:
        """Make ready for the next step, and leave no trace in the run."""

    def compile_ahead(self) -> Callable[[], None] | None:
        """Do what of `compile` needs this thread; return the rest, which any thread can do.

        None if there is nothing left, or nothing that another thread could do.
        """

    def snapshot(self) -> Any:
        """Return the present moment.

        It has ``held``: how many bytes it keeps from being freed, by the id of whose they are,
        since moments share some.
        """

    def restore(self, snapshot: Any) -> None:
        """Go back to a moment: the knobs, and what comes next."""

    def replay(self, turns: Any, step: int) -> None:
        """Go on to a step as a run did, with those of its `turns` that were not made yet.

        What was turned at that very step is left out, unless it is the beginning.
        """


def every_knob(runner: Runner) -> dict[str, Knob]:
    """Return all that can be turned, whether it has a control or not."""
    return {**runner.knobs, **getattr(runner, "more_knobs", {})}


class Views(Protocol):
    """Pictures of a runner.

    Attributes
    ----------
    arrangement : Arrangement
        How the pictures stand.
    controls : dict of str to ipywidgets.Widget
        What the views read for themselves when they draw.
    memory : Memory
        What the panel remembers of the runner; the panel gives it.
    """

    arrangement: Arrangement
    controls: Mapping[str, Widget]
    memory: Memory

    def draw(self, scenes: Sequence[Scene]) -> list[Picture]:
        """State one picture in each scene."""

    def words(self, message: str, sentences: list[str]) -> Iterable[str | None]:
        """Return what the panel says: a message if there is one, the pictures' sentences."""
