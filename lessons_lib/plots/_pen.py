"""A pen that states a picture: named marks with declared looks, drawn once and then moved.

Every picture function states its whole picture each time it is called. The pen turns that
into matplotlib artists: the first call with a name creates the artist, later calls with
the same name on the same Axes update it, and an update with equal data and equal look leaves
it alone. So one function serves a static figure, a slider that redraws it fifty times a second
and a network that is training, and only what moved has to be drawn again.

All that is known of matplotlib stands here. A picture function speaks of curves, points and
boxes with the properties of `Look`, and of the frame around them with the settings of `Pen`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Unpack
from weakref import WeakKeyDictionary

import contourpy
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from lessons_lib.plots._frame import Frame, same
from lessons_lib.plots._look import (
    AREA,
    ARROW,
    BLACK,
    BLUE,
    CURVE,
    GREY,
    IMAGE,
    POINTS,
    PURPLE,
    SEGMENTS,
    TEXT,
    VERMILLION,
    Look,
    in_matplotlib,
)

Point = Sequence[float]  # two numbers
# What each artist has been told of its data and its look.
_STATED: WeakKeyDictionary[Artist, tuple] = WeakKeyDictionary()


class Picture(NamedTuple):
    """What a picture function returns.

    Attributes
    ----------
    artists : list of matplotlib.artist.Artist
        Everything it drew, in drawing order.
    sentence : str
        What the picture shows, for those who cannot see it and those who want to be sure.
    """

    artists: list[Artist]
    sentence: str


def level_lines(x: np.ndarray, y: np.ndarray, values: np.ndarray, level: float) -> list[np.ndarray]:
    """Return lines of shape (k, 2) where ``values``, shape (len(y), len(x)), equal ``level``."""
    return contourpy.contour_generator(x, y, values).lines(level)


class Pen:
    """Draws named marks on one Axes, creating each once, and the frame around them.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw. Two pens on the same Axes share its marks.
    title, xlabel, ylabel, xlim, ylim, **settings
        What is around the marks, as `Frame.set` takes it.

    Attributes
    ----------
    xlim, ylim : tuple of float or None
        The limits, as far as they have been given.
    before : dict
        The settings that the drawing before has left; empty at the first one.
    pixels : tuple of float
        Width and height of the place there is, before equal scales shrink the picture.
    point : float
        Pixels in a point, the unit of widths and sizes.
    """

    def __init__(
        self,
        ax: Axes,
        title: str = "",
        xlabel: str = "",
        ylabel: str = "",
        xlim: tuple[float, float] | None = None,
        ylim: tuple[float, float] | None = None,
        **settings: Any,
    ):
        self._ax = ax
        self._artists: list[Artist] = []
        self._keys: dict[str, Look] = {}
        self._before = {child.get_gid(): child for child in ax.get_children() if child in _STATED}
        self._frame = Frame(ax, new=not self._before)
        self.before, self.pixels, self.point = self._frame.before, *self._frame.measures()
        self.frame(xlabel, ylabel, xlim, ylim, title=title, **settings)

    def frame(
        self,
        xlabel: str = "",
        ylabel: str = "",
        xlim: tuple[float, float] | None = None,
        ylim: tuple[float, float] | None = None,
        **settings: Any,
    ) -> None:
        """Set what is around the marks, as `Frame.set` takes it."""
        self._frame.set(xlabel, ylabel, xlim, ylim, **settings)
        self.xlim, self.ylim = self._frame.xlim, self._frame.ylim

    def _draw(
        self,
        name: str,
        data: tuple,
        words: dict[str, str],
        look: Mapping,
        make: Callable[[], Artist],
        move: Callable[[Artist], Any],
    ) -> Artist:
        """Make the artist of that name, or bring data and look of the one there up to date."""
        look = in_matplotlib(words, look)
        artist = self._before.get(name)
        if artist is None:
            artist = make()
            artist.set(gid=name, **look)
        else:
            old_data, old_look = _STATED[artist]
            if not same(old_data, data):
                move(artist)
            changed = {key: v for key, v in look.items() if not same(old_look.get(key), v)}
            if changed:
                artist.set(**changed)
        _STATED[artist] = tuple(np.array(d) if isinstance(d, np.ndarray) else d for d in data), look
        self._artists.append(artist)
        return artist

    def curve(self, name: str, x: np.ndarray, y: np.ndarray, **look: Unpack[Look]) -> Artist:
        """Draw a curve through the points ``x``, ``y``, each of shape (n,).

        It has color, width, dash, marker, size, fill, edge, edge_width, alpha, zorder, clip
        and label.
        """
        x, y = np.atleast_1d(x), np.atleast_1d(y)
        return self._draw(
            name, (x, y), CURVE, look,
            make=lambda: self._ax.plot(x, y)[0],
            move=lambda line: line.set_data(x, y),
        )  # fmt: skip

    def training(
        self, x: np.ndarray, y: np.ndarray, name: str = "train", **look: Unpack[Look]
    ) -> Artist:
        """Draw what was measured on training data: a `curve` in its colour, with its name."""
        base: Look = {"color": BLUE, "width": 2, "label": "training"}
        return self.curve(name, x, y, **(base | look))

    def validation(
        self, x: np.ndarray, y: np.ndarray, name: str = "val", **look: Unpack[Look]
    ) -> Artist:
        """Draw what was measured on validation data: a dashed `curve` in its colour."""
        base: Look = {"color": VERMILLION, "width": 2, "dash": "--", "label": "validation"}
        return self.curve(name, x, y, **(base | look))

    def dot(self, name: str, x: float, y: float, **look: Unpack[Look]) -> Artist:
        """Mark a place, or a few: ``x`` and ``y`` are numbers or have shape (n,).

        It has the properties of a `curve` without its line.
        """
        base: Look = {"marker": "o", "dash": "", "zorder": 4}
        return self.curve(name, x, y, **(base | look))

    def here(self, x: float, y: float, **look: Unpack[Look]) -> Artist:
        """Mark where the learner stands: a large red `dot` named "here"."""
        base: Look = {"color": VERMILLION, "size": 10}
        return self.dot("here", x, y, **(base | look))

    def star(self, name: str, x: float, y: float, **look: Unpack[Look]) -> Artist:
        """Mark the best place: a white `dot` with points, below the one "here"."""
        base: Look = {"marker": "*", "size": 15, "fill": "white", "edge": BLACK, "zorder": 2}
        return self.dot(name, x, y, **(base | look))

    def mark_x(
        self, name: str, x: float, reach: Point | None = None, **look: Unpack[Look]
    ) -> Artist:
        """Draw an upright line at ``x``, dotted, over ``reach`` or the whole height.

        It has the properties of a `curve`. The whole height is ``ylim``, given before.
        """
        base: Look = {"color": PURPLE, "width": 1.5, "dash": ":", "zorder": 1}
        return self.curve(name, [x, x], reach or _whole("ylim", self.ylim), **(base | look))

    def mark_y(
        self, name: str, y: float, reach: Point | None = None, **look: Unpack[Look]
    ) -> Artist:
        """Draw a level line at ``y``, dotted, over ``reach`` or the whole width.

        It has the properties of a `curve`. The whole width is ``xlim``, given before.
        """
        base: Look = {"color": GREY, "width": 1, "dash": ":"}
        return self.curve(name, reach or _whole("xlim", self.xlim), [y, y], **(base | look))

    def points(
        self, name: str, xy: np.ndarray, values: np.ndarray | None = None, **look: Unpack[Look]
    ) -> Artist:
        """Draw markers at ``xy``, shape (n, 2), coloured by ``values``, shape (n,), if given.

        They have color, marker, size, edge, edge_width, alpha, zorder, clip and label; with
        values also colors and limits.
        """
        xy = np.asarray(xy, dtype=float).reshape(-1, 2)
        data = (xy,) if values is None else (xy, np.asarray(values))
        rest = {key: value for key, value in look.items() if key != "marker"}
        if values is None and "edge" not in rest and "color" in rest:
            rest["edge"] = rest["color"]

        def move(points):
            points.set_offsets(xy)
            if values is not None:
                points.set_array(values)

        return self._draw(
            name, data, POINTS, rest,
            make=lambda: self._ax.scatter(*xy.T, c=values, marker=look.get("marker")),
            move=move,
        )  # fmt: skip

    def segments(self, name: str, ends: Sequence[np.ndarray], **look: Unpack[Look]) -> Artist:
        """Draw straight or broken lines: ``ends`` is a sequence of arrays of shape (k, 2).

        They have color, width, dash, cap, alpha, zorder, clip and label.
        """
        ends = [np.asarray(end, dtype=float) for end in ends]
        data = [len(end) for end in ends], np.concatenate(ends) if ends else np.empty((0, 2))
        base: Look = {"color": BLACK, "width": 1.5}
        return self._draw(
            name, data, SEGMENTS, base | look,
            make=lambda: self._ax.add_collection(LineCollection(ends), autolim=False),
            move=lambda lines: lines.set_segments(ends),
        )  # fmt: skip

    def level(
        self,
        name: str,
        x: np.ndarray,
        y: np.ndarray,
        values: np.ndarray,
        level: float,
        **look: Unpack[Look],
    ) -> Artist:
        """Draw `segments` where ``values``, shape (len(y), len(x)), equal ``level``."""
        return self.segments(name, level_lines(x, y, values, level), **look)

    def image(
        self, name: str, values: np.ndarray, extent: tuple, *, top_down: bool = False,
        **look: Unpack[Look],
    ) -> Artist:  # fmt: skip
        """Draw numbers as colours, or colours, over ``extent``: left, right, bottom, top.

        ``values`` has shape (rows, columns) or (rows, columns, 3), row 0 at the bottom unless
        ``top_down``; where it is not a number nothing is drawn. It has colors, limits, smooth,
        alpha and zorder.
        """
        extent = tuple(map(float, extent))

        def make():
            origin = "upper" if top_down else "lower"
            return self._ax.imshow(
                values, extent=extent, origin=origin, aspect=self._ax.get_aspect()
            )

        def move(image):
            image.set_data(values)
            if tuple(image.get_extent()) != extent:
                image.set_extent(extent)

        base: Look = {"smooth": True}
        return self._draw(name, (values, extent), IMAGE, base | look, make, move)

    def grey_image(
        self, name: str, image: np.ndarray, left: float = 0.0, bottom: float = 0.0
    ) -> Artist:
        """Draw an image of shape (height, width), row 0 on top, with pixels of size 1.

        Its values reach from 0, background, to 1, full ink.
        """
        height, width = np.shape(image)
        extent = (left, left + width, bottom, bottom + height)
        look: Look = {"colors": "gray_r", "limits": (0, 1), "smooth": False}
        return self.image(name, np.clip(image, 0, 1), extent, top_down=True, **look)

    def bars(
        self, name: str, heights: np.ndarray, edges: np.ndarray, base: float = 0.0,
        **look: Unpack[Look],
    ) -> Artist:  # fmt: skip
        """Draw a histogram: ``heights`` of shape (n,) between ``edges`` of shape (n + 1,).

        The bars begin at ``base``. They have color, alpha, zorder, clip and label.
        """
        heights, edges = np.asarray(heights), np.asarray(edges)
        return self._draw(
            name, (heights, edges, base), AREA, look,
            make=lambda: self._ax.stairs(heights, edges, baseline=base, fill=True),
            move=lambda stairs: stairs.set_data(heights, edges, base),
        )  # fmt: skip

    def text(self, name: str, x: float, y: float, words: str, **look: Unpack[Look]) -> Artist:
        """Write ``words`` at the point (x, y).

        They have color, size, anchor, italic, turn, backdrop, parts, alpha, zorder and clip.
        """
        transform = {
            "": self._ax.transData,
            "x": self._ax.get_yaxis_transform(),
            "y": self._ax.get_xaxis_transform(),
            "xy": self._ax.transAxes,
        }[look.pop("parts", "")]

        def move(text):
            text.set_position((x, y))
            text.set_text(words)

        return self._draw(
            name, (x, y, words), TEXT, look,
            make=lambda: self._ax.text(x, y, words, transform=transform),
            move=move,
        )  # fmt: skip

    def arrow(
        self, name: str, start: Point, end: Point, *, head: float = 16, gap: Point = (2, 2),
        **look: Unpack[Look],
    ) -> Artist:  # fmt: skip
        """Draw an arrow from one point (x, y) to another.

        ``head`` is the size of its head and ``gap`` how far it stays from both points, all in
        points of print. It has color, width, alpha and zorder.
        """
        start, end = tuple(map(float, start)), tuple(map(float, end))
        base: Look = {"color": BLACK, "width": 2}
        return self._draw(
            name, (start, end), ARROW, base | look,
            make=lambda: self._ax.add_patch(
                FancyArrowPatch(
                    start, end, arrowstyle="-|>", mutation_scale=head, shrinkA=gap[0],
                    shrinkB=gap[1],
                )
            ),
            move=lambda arrow: arrow.set_positions(start, end),
        )  # fmt: skip

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
        corner = (x - width / 2, y - height / 2)
        self._draw(
            name, (corner, size), AREA, {"color": color, "alpha": 0.22},
            make=lambda: self._ax.add_patch(
                FancyBboxPatch(
                    corner, width, height, boxstyle="round,pad=0.02,rounding_size=0.06", lw=0
                )
            ),
            move=lambda box: box.set_bounds(*corner, width, height),
        )  # fmt: skip
        self.text(f"{name} words", x, y, words, anchor="center", size=text_size)

    def key(self, label: str, **look: Unpack[Look]) -> None:
        """Name a look in the legend; where there are keys, they stand there and no marks.

        It has the properties of a `curve`.
        """
        self._keys[label] = look

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
            picture in a row. What lies above a moving curve is drawn in every frame, which
            costs as much as all curves together, so in a live picture it stands there.
        columns : int, optional
            Columns of names: 1, above the picture 5.
        size : float, optional
            Of the letters, in points.
        sample : float, optional
            Length of the samples, in letters.
        behind : bool
            Whether it lies under the curves.
        """
        marks = {mark.get_label(): mark for mark in self._artists}
        names = [name for name in self._keys or marks if name and not name.startswith("_")]
        if not names or names == self._frame.named():
            return
        handles = [
            Line2D([], [], label=name, **in_matplotlib(CURVE, self._keys[name]))
            if self._keys
            else marks[name]
            for name in names
        ]
        look = {"ncols": columns, "fontsize": size, "handlelength": sample}
        look = {key: value for key, value in look.items() if value is not None}
        self._frame.legend(handles, place, look, behind)

    def include(self, picture: Picture) -> None:
        """Make a picture that was drawn on the same Axes a part of this one."""
        self._artists.extend(picture.artists)

    def done(self, sentence: str) -> Picture:
        """Hide what earlier calls drew and this one did not, and return the picture."""
        drawn = {artist.get_gid() for artist in self._artists}
        for name, artist in self._before.items():
            if artist.get_visible() != (name in drawn):
                artist.set_visible(name in drawn)
        return Picture(self._artists, sentence)


def _whole(which: str, limits: tuple[float, float] | None) -> tuple[float, float]:
    """Return the limits, or say that a line without them does not know how long it is."""
    if limits is None:
        raise ValueError(
            f"A line over the whole picture needs limits: give Pen {which}, or the line reach."
        )
    return limits
