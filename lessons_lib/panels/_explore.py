"""Panels that are a picture of their controls and of nothing else."""

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lessons_lib.panels._controls import control
from lessons_lib.panels._furniture import knob_grid
from lessons_lib.panels._page import Arrangement
from lessons_lib.panels._panel import Panel


class Explorer(Panel):
    """A stateless picture of its controls; made by `explore`.

    Attributes
    ----------
    values : dict
        The present value of every control.
    """

    def __init__(
        self, draws: Sequence[Callable], controls: dict[str, Any], arrangement: Arrangement
    ):
        made = {name: control(name, given) for name, given in controls.items()}
        super().__init__(
            arrangement,
            made,
            answer=self.draw,
            redraw=self.draw,
            failed=self._failed,
            below=[knob_grid(made.values())],
        )
        self._draws = [(draw, wanted_by(draw, controls)) for draw in draws]
        self.draw()

    @property
    def values(self) -> dict:
        """The present value of every control."""
        return {name: widget.value for name, widget in self.controls.items()}

    def draw(self) -> None:
        """Draw the picture for the present values."""
        values = self.values
        pictures = [
            draw(scene, **{name: values[name] for name in wanted})
            for scene, (draw, wanted) in zip(self.scenes, self._draws, strict=True)
        ]
        self.show()
        sentences = [getattr(picture, "sentence", "") for picture in pictures]
        self.say(" ".join(filter(None, [self._told(), *sentences])))

    def _failed(self, error: Exception) -> None:
        self.say(f"This picture could not be drawn: {error}")


def explore(
    *draws: Callable,
    size: tuple[float, float] | None = None,
    widths: Sequence[float] | None = None,
    dpi: int = 110,
    **controls: Any,
) -> Explorer:
    """Return a picture that follows its controls.

    Parameters
    ----------
    *draws : callable
        One function per picture, drawn beside each other. Each takes where to draw, then those
        controls that it names, by keyword, and draws with a `lessons_lib.plots.Pen`, as the
        functions of `lessons_lib.plots` do.
        Fix other arguments with `functools.partial`.
    size : tuple of float, optional
        Width and height of the whole picture in inches: its shape, and its size where it is
        stored.
    widths : sequence of float, optional
        Relative widths of the pictures.
    dpi : int
        Dots per inch of the stored picture.
    **controls : Slider, Choice, Switch, (low, high), (low, high, step), list, dict or bool
        What the reader can change, by parameter name.

    Returns
    -------
    Explorer
        A panel; make it the last line of a cell.

    Raises
    ------
    TypeError
        If there is nothing to draw, or a control that no picture takes.

    Examples
    --------
    >>> from functools import partial
    >>> from lessons_lib import panels, plots
    >>> panel = panels.explore(partial(plots.linear_unit, x=x, y=y), w=(-3, 3), b=(-3, 3))
    """
    if not draws or not all(map(callable, draws)):
        raise TypeError(
            "panels.explore needs at least one function that draws, such as "
            f"plots.activation; received {draws!r}."
        )
    unused = set(controls).difference(*(wanted_by(draw, controls) for draw in draws))
    if unused:
        names = ", ".join(sorted(unused))
        raise TypeError(
            f"No picture of this panel takes the control {names}. Give the drawing function a "
            "parameter of that name, or leave the control out."
        )
    count = len(draws)
    size = size or (4.0 * count + 0.8 + (count == 1), 3.8)
    return Explorer(draws, controls, Arrangement(count, size, dpi, widths))


def wanted_by(draw: Callable, controls: Iterable[str]) -> list[str]:
    """Return those controls that ``draw`` takes by name."""
    parameters = inspect.signature(draw).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return list(controls)
    return [name for name in controls if name in parameters]
