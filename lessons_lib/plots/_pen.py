"""A pen that states a picture: named marks with declared looks, and the frame around them.

Every picture function states its whole picture each time it is called: as items of a `Scene`,
which is all that those who draw it need. So one function serves a static figure, a slider that
redraws it sixty times a second and a network that is training. Whoever shows a scene again finds
out what has changed; the pen knows nothing of that, and no artist.

A picture function speaks of curves, points and boxes with the properties of `Look`, and of what
is around them in the words of `_frame.settings`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Unpack

import contourpy
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from lessons_lib.plots import _matplotlib
from lessons_lib.plots._frame import PLAIN, settings
from lessons_lib.plots._limits import limits_of
from lessons_lib.plots._look import (
    BLUE,
    GREY,
    INK,
    PAPER,
    PROPERTIES,
    PURPLE,
    VERMILLION,
    ZORDERS,
    Look,
)
from lessons_lib.plots._scene import Item, Scene

Place = Axes | Scene  # where a picture is drawn: in print, or where a panel shows it
Point = Sequence[float]  # two numbers


class Picture(NamedTuple):
    """What a picture function returns.

    Attributes
    ----------
    scene : Scene
        What is seen.
    sentence : str
        What the picture shows, for those who cannot see it and those who want to be sure.
    """

    scene: Scene
    sentence: str


def level_lines(
    x: np.ndarray, y: np.ndarray, values: np.ndarray, *levels: float
) -> list[np.ndarray]:
    """Return lines of shape (k, 2) where ``values``, shape (len(y), len(x)), equal a level."""
    found = contourpy.contour_generator(x, y, values)
    return [line for level in levels for line in found.lines(level)]


class Pen:
    """States the marks of one picture and the frame around them.

    Parameters
    ----------
    where : matplotlib.axes.Axes or Scene
        Where to draw. What an earlier pen has drawn there goes when this one is done.
    title, xlabel, ylabel, xlim, ylim, **others
        What is around the marks, as `settings` takes it.

    Attributes
    ----------
    before : dict
        The frame of the picture that the scene shows so far, empty if there is none.
    pixels : tuple of float
        Width and height of the place there is, before equal scales shrink the picture.
    point : float
        Pixels in a point, the unit of widths and sizes.
    """

    def __init__(
        self,
        where: Place,
        title: str = "",
        xlabel: str = "",
        ylabel: str = "",
        xlim: tuple[float, float] | None = None,
        ylim: tuple[float, float] | None = None,
        **others: Any,
    ):
        self._ax = None if isinstance(where, Scene) else where
        self._scene = where if self._ax is None else Scene(*_matplotlib.measures(where))
        self.before = self._scene.frame
        self.pixels, self.point = self._scene.pixels, self._scene.point
        self._items: dict[str, Item] = {}
        self._keys: dict[str, tuple[str, Look]] = {}
        self._frame: dict[str, Any] = {}
        self._legend: dict[str, Any] | None = None
        self.frame(xlabel, ylabel, xlim, ylim, title=title, **others)

    @property
    def xlim(self) -> tuple[float, float] | None:
        """The limits of x, if they have been given."""
        return _pair(self._frame.get("xlim"))

    @property
    def ylim(self) -> tuple[float, float] | None:
        """The limits of y, if they have been given."""
        return _pair(self._frame.get("ylim"))

    def frame(
        self,
        xlabel: str = "",
        ylabel: str = "",
        xlim: tuple[float, float] | None = None,
        ylim: tuple[float, float] | None = None,
        **others: Any,
    ) -> None:
        """Set what is given of the `settings` around the marks; the rest stays as it is."""
        self._frame |= settings(xlabel=xlabel, ylabel=ylabel, xlim=xlim, ylim=ylim, **others)

    def _draw(self, name: str, kind: str, data: dict[str, Any], look: Mapping[str, Any]) -> None:
        """Note a mark."""
        known = PROPERTIES[kind]
        if unknown := [key for key in look if key not in known]:
            raise TypeError(f"This mark has no {', '.join(unknown)}. It has: {', '.join(known)}.")
        self._items[name] = Item(kind, data, {"zorder": ZORDERS[kind], **look})

    def curve(self, name: str, x: np.ndarray, y: np.ndarray, **look: Unpack[Look]) -> None:
        """Draw a curve through the points ``x``, ``y``, each of shape (n,).

        It has color, width, dash, marker, size, fill, edge, edge_width, alpha, zorder, clip,
        label, sets, zero and one.
        """
        x, y = np.atleast_1d(x), np.atleast_1d(y)
        self._draw(name, "curve", {"x": x, "y": y}, look)

    def training(
        self, x: np.ndarray, y: np.ndarray, name: str = "train", **look: Unpack[Look]
    ) -> None:
        """Draw what was measured on training data: a `curve` in its colour, with its name."""
        base: Look = {"color": BLUE, "width": 2, "label": "training"}
        self.curve(name, x, y, **(base | look))

    def validation(
        self, x: np.ndarray, y: np.ndarray, name: str = "val", **look: Unpack[Look]
    ) -> None:
        """Draw what was measured on validation data: a dashed `curve` in its colour."""
        base: Look = {"color": VERMILLION, "width": 2, "dash": "--", "label": "validation"}
        self.curve(name, x, y, **(base | look))

    def dot(self, name: str, x: float, y: float, **look: Unpack[Look]) -> None:
        """Mark a place, or a few: ``x`` and ``y`` are numbers or have shape (n,).

        It has the properties of a `curve` without its line.
        """
        base: Look = {"marker": "o", "dash": "", "zorder": 4}
        self.curve(name, x, y, **(base | look))

    def handle(
        self,
        name: str,
        place: ArrayLike,
        sets: str,
        value: float,
        way: ArrayLike,
        **look: Unpack[Look],
    ) -> None:
        """Draw a `dot` by which a control is set that moves it along a straight line.

        Parameters
        ----------
        place : array_like of shape (2,)
            Where it is.
        sets : str
            The control.
        value : float
            What the control says now.
        way : array_like of shape (2,)
            How far the dot goes, across and up, where the value grows by 1.
        """
        (x, y), way = np.asarray(place, float).tolist(), np.asarray(way, float)
        zero = np.array([x, y]) - value * way
        axis = int(abs(way[1]) > abs(way[0]))  # along which it goes farther
        named: Look = {"sets": ("", sets) if axis else (sets, "")}
        base: Look = {"color": INK, "edge": PAPER, "size": 10, "zorder": 5}
        scale: Look = {"zero": tuple(zero.tolist()), "one": tuple((zero + way).tolist())}
        self.dot(name, x, y, **(base | look | named | scale))

    def here(self, x: float, y: float, **look: Unpack[Look]) -> None:
        """Mark where the learner stands: a large orange `dot` named "here"."""
        base: Look = {"color": VERMILLION, "size": 10}
        self.dot("here", x, y, **(base | look))

    def star(self, name: str, x: float, y: float, **look: Unpack[Look]) -> None:
        """Mark the best place: a pale `dot` with points, below the one "here"."""
        base: Look = {"marker": "*", "size": 15, "fill": PAPER, "edge": INK, "zorder": 2}
        self.dot(name, x, y, **(base | look))

    def mark_x(self, name: str, x: float, reach: Point | None = None, **look: Unpack[Look]) -> None:
        """Draw an upright line at ``x``, dotted, over ``reach`` or the whole height.

        It has the properties of a `curve`. The whole height is ``ylim``, given before.
        """
        base: Look = {"color": PURPLE, "width": 1.5, "dash": ":", "zorder": 1}
        self.curve(name, [x, x], reach or _whole("ylim", self.ylim), **(base | look))

    def mark_y(self, name: str, y: float, reach: Point | None = None, **look: Unpack[Look]) -> None:
        """Draw a level line at ``y``, dotted, over ``reach`` or the whole width.

        It has the properties of a `curve`. The whole width is ``xlim``, given before.
        """
        base: Look = {"color": GREY, "width": 1, "dash": ":"}
        self.curve(name, reach or _whole("xlim", self.xlim), [y, y], **(base | look))

    def points(
        self, name: str, xy: np.ndarray, values: np.ndarray | None = None, **look: Unpack[Look]
    ) -> None:
        """Draw markers at ``xy``, shape (n, 2), coloured by ``values``, shape (n,), if given.

        They have color, marker, size, edge, edge_width, alpha, zorder, clip, label, sets, picks
        and moves; with values also colors and limits.
        """
        data = {"xy": np.asarray(xy, dtype=float).reshape(-1, 2)}
        if values is not None:
            data["values"] = np.asarray(values)
        elif "edge" not in look and "color" in look:
            look["edge"] = look["color"]
        self._draw(name, "points", data, look)

    def segments(
        self, name: str, ends: Sequence[np.ndarray] | np.ndarray,
        words: Sequence[str] | None = None, **look: Unpack[Look],
    ) -> None:  # fmt: skip
        """Draw straight or broken lines: ``ends`` is a sequence of arrays of shape (k, 2).

        ``words`` says of each what a pointer is told. They have color, width, dash, cap, alpha,
        zorder, clip, label and moves.
        """
        if isinstance(ends, np.ndarray) and ends.ndim == 3:
            counts, xy = np.full(len(ends), ends.shape[1]), ends.reshape(-1, 2)
        else:
            counts = np.array([len(end) for end in ends], dtype=int)
            xy = np.concatenate(ends) if len(ends) else np.empty((0, 2))
        base: Look = {"color": INK, "width": 1.5}
        said = {} if words is None else {"words": list(words)}
        self._draw(name, "segments", {"counts": counts, "xy": xy, **said}, base | look)

    def level(
        self,
        name: str,
        x: np.ndarray,
        y: np.ndarray,
        values: np.ndarray,
        level: float,
        **look: Unpack[Look],
    ) -> None:
        """Draw `segments` where ``values``, shape (len(y), len(x)), equal ``level``."""
        self.segments(name, level_lines(x, y, values, level), **look)

    def image(
        self, name: str, values: np.ndarray, extent: tuple, *, top_down: bool = False,
        **look: Unpack[Look],
    ) -> None:  # fmt: skip
        """Draw numbers as colours, or colours, over ``extent``: left, right, bottom, top.

        ``values`` has shape (rows, columns), or (rows, columns, 3 or 4) for colours, row 0 at the
        bottom unless ``top_down``; where it is not a number nothing is drawn. It has colors,
        limits, smooth, alpha, zorder, sets and picks.
        """
        values = np.asarray(values)
        data = {"values": values, "extent": list(map(float, extent)), "top_down": top_down}
        base: Look = {"smooth": True}
        self._draw(name, "image", data, base | look)

    def cells(
        self, name: str, values: np.ndarray, extent: tuple, *, label: str, said: Sequence[str],
        states: np.ndarray, at: Sequence[int] = (0, 0), **look: Unpack[Look],
    ) -> None:  # fmt: skip
        """Draw an `image` whose pixels can be told of one by one, and be chosen.

        ``values`` has shape (rows, columns) and holds logarithms to base 10 of what ``label``
        names. ``said`` has words, and ``states``, shape (rows * columns,), the number of those
        for each pixel, row by row. ``at`` is row and column of the pixel to which a keyboard
        comes first.
        """
        self.image(name, values, extent, **({"smooth": False} | look))
        more = {"label": label, "said": list(said), "states": states, "at": list(map(int, at))}
        self._items[name].data.update(more)

    def grey_image(
        self, name: str, image: np.ndarray, left: float = 0.0, bottom: float = 0.0,
        **look: Unpack[Look],
    ) -> None:  # fmt: skip
        """Draw an image of shape (height, width), row 0 on top, with pixels of size 1.

        Its values reach from 0, paper, to 1, full ink. It has what an `image` has.
        """
        height, width = np.shape(image)
        extent = (left, left + width, bottom, bottom + height)
        base: Look = {"colors": (PAPER, INK), "limits": (0, 1), "smooth": False}
        self.image(name, np.clip(image, 0, 1), extent, top_down=True, **(base | look))

    def bars(
        self, name: str, heights: np.ndarray, edges: np.ndarray, base: float = 0.0,
        **look: Unpack[Look],
    ) -> None:  # fmt: skip
        """Draw a histogram: ``heights`` of shape (n,) between ``edges`` of shape (n + 1,).

        The bars begin at ``base``. They have color, alpha, zorder, clip and label.
        """
        data = {"heights": np.asarray(heights), "edges": np.asarray(edges), "base": float(base)}
        self._draw(name, "bars", data, look)

    def text(self, name: str, x: float, y: float, words: str, **look: Unpack[Look]) -> None:
        """Write ``words`` at the point (x, y).

        They have color, size, anchor, italic, turn, backdrop, parts, alpha, zorder and clip.
        """
        self._draw(name, "text", {"x": float(x), "y": float(y), "words": words}, look)

    def arrow(
        self, name: str, start: Point, end: Point, *, head: float = 16, gap: Point = (2, 2),
        **look: Unpack[Look],
    ) -> None:  # fmt: skip
        """Draw an arrow from one point (x, y) to another.

        ``head`` is the size of its head and ``gap`` how far it stays from both points, all in
        points of print. It has color, width, alpha and zorder.
        """
        ends = {"start": list(map(float, start)), "end": list(map(float, end))}
        base: Look = {"color": INK, "width": 2}
        data = {**ends, "head": float(head), "gap": list(map(float, gap))}
        self._draw(name, "arrow", data, base | look)

    def box(
        self,
        name: str,
        centre: Point,
        size: Point,
        words: str,
        *,
        color: str,
        text_size: float = 11,
    ) -> None:
        """Draw a pale box with round corners and write ``words`` into its middle.

        ``centre`` is a point (x, y), ``size`` width and height in the units of the axes.
        """
        (x, y), (width, height) = centre, size
        corner = [float(x - width / 2), float(y - height / 2)]
        data = {"corner": corner, "size": [float(width), float(height)]}
        self._draw(name, "box", data, {"color": color, "alpha": 0.22})
        self.text(f"{name} words", x, y, words, anchor="center", size=text_size)

    def lens(
        self, name: str, boxes: np.ndarray, words: Sequence[str], **look: Unpack[Look]
    ) -> None:
        """Say which parts of the picture can be looked at in large, which nothing is drawn for.

        ``boxes`` has shape (n, 4): left, right, bottom and top of each; ``words`` has a name for
        each. It has picks.
        """
        boxes = np.asarray(boxes, dtype=float).reshape(-1, 4)
        self._draw(name, "lens", {"boxes": boxes, "words": list(words)}, look)

    def key(self, label: str, **look: Unpack[Look]) -> None:
        """Name a look in the legend; where there are keys, they stand there and no marks.

        It has the properties of a `curve`.
        """
        self._keys[label] = ("curve", look)

    def swatch(self, label: str, color: str) -> None:
        """Name a colour of an `image` in the legend, as `key` names a look."""
        self._keys[label] = ("image", {"colors": (color, color)})

    def legend(
        self,
        place: str = "best",
        *,
        columns: int | None = None,
        size: float | None = None,
        sample: float | None = None,
        behind: bool = False,
    ) -> None:
        """Name the labelled marks, or the keys.

        Parameters
        ----------
        place : str
            ``"best"``, where it hides least; ``"upper left"`` and the like; or ``"above"`` the
            picture in a row, where a live one, whose marks move, has it.
        columns : int, optional
            Columns of names: 1, above the picture 5.
        size : float, optional
            Of the letters, in points.
        sample : float, optional
            Length of the samples, in letters.
        behind : bool
            Whether it lies under the curves.
        """
        named = dict(self._keys) or {
            item.look["label"]: (item.kind, item.look)
            for item in self._items.values()
            if item.look.get("label")
        }
        if not named:
            return
        entries = [{"label": n, "kind": kind, "look": look} for n, (kind, look) in named.items()]
        self._legend = {
            "place": place, "columns": columns, "size": size, "sample": sample, "behind": behind,
            "entries": entries,
        }  # fmt: skip

    def blank(self) -> Scene:
        """Return an empty scene as large as this picture, for a part of it; see `include`."""
        return Scene(self.pixels, self.point)

    def include(self, picture: Picture) -> None:
        """Make a picture that was drawn on a `blank` scene a part of this one.

        Its marks, and what this pen has not said of the frame and the legend, are taken over.
        """
        scene = picture.scene
        self._items |= scene.items
        self._frame = scene.frame | self._frame
        self._legend = self._legend or scene.legend

    def done(self, sentence: str) -> Picture:
        """Show the picture where it is drawn, and return it; a sentence's minus is a minus."""
        frame = PLAIN | self._frame
        items = self._items.values()
        for axis, name in enumerate("xy"):
            if frame[f"{name}lim"] is None:
                frame[f"{name}lim"] = list(limits_of(items, axis, frame[f"{name}log"]))
        scene = self._scene
        scene.items, scene.frame, scene.legend = self._items, frame, self._legend
        if self._ax is not None:
            _matplotlib.draw(self._ax, scene)
        return Picture(scene, re.sub(r"(?<![\w.])-(?=\d)", "−", sentence))


def _pair(limits: list[float] | None) -> tuple[float, float] | None:
    return None if limits is None else (limits[0], limits[1])


def _whole(which: str, limits: tuple[float, float] | None) -> tuple[float, float]:
    """Return the limits, or say that a line without them does not know how long it is."""
    if limits is None:
        raise ValueError(
            f"A line over the whole picture needs limits: give Pen {which}, or the line reach."
        )
    return limits
