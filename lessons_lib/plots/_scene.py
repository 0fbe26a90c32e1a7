"""What is seen in one picture, stated once and drawn by whoever shows it.

A scene holds numbers, words and looks, and knows neither matplotlib nor a browser.
"""

from typing import Any, NamedTuple


class Item(NamedTuple):
    """One mark of a picture.

    Attributes
    ----------
    kind : str
        ``"curve"``, ``"points"``, ``"segments"``, ``"image"``, ``"bars"``, ``"text"``,
        ``"arrow"``, ``"box"``, or ``"lens"``, which is not drawn: it says what can be seen in
        large.
    data : dict of str to ndarray, number, list or str
        What is shown; which entries there are depends on the kind, as `Pen` writes them.
    look : dict of str to object
        Properties of `Look`.
    """

    kind: str
    data: dict[str, Any]
    look: dict[str, Any]


class Scene:
    """What is seen in one picture.

    Parameters
    ----------
    pixels : tuple of float
        Width and height of the place for the marks; whoever shows the scene keeps it true.
    point : float
        Pixels in a point, the unit of widths and sizes.

    Attributes
    ----------
    items : dict of str to Item
        The marks by name, in drawing order; among them, a higher ``zorder`` covers a lower one.
    frame : dict of str to object
        The settings around the marks, all of them, as _frame.py names them; empty as long as
        nothing has been drawn.
    legend : dict or None
        Its ``place``, ``columns``, ``size``, ``sample``, whether it lies ``behind``, and its
        ``entries``, each with ``label``, ``kind`` and ``look``.
    """

    def __init__(
        self, pixels: tuple[float, float] = (400.0, 300.0), point: float = 100 / 72
    ) -> None:
        self.pixels, self.point = pixels, point
        self.items: dict[str, Item] = {}
        self.frame: dict[str, Any] = {}
        self.legend: dict[str, Any] | None = None

    def __getattr__(self, name: str) -> Any:
        """Say what to do where a picture is drawn as on a matplotlib Axes."""
        raise AttributeError(
            f"A scene has no {name!r}: it is no matplotlib Axes, since a page draws it. Say what "
            "is seen with a pen: pen = plots.Pen(ax); pen.curve('line', x, y); "
            "return pen.done('A sentence on it.')"
        )
