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
from functools import cache
from typing import Any, NamedTuple, TypedDict, Unpack
from weakref import WeakKeyDictionary

import contourpy
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

# Okabe & Ito (2008), "Color Universal Design": distinguishable with colour-blindness.
BLUE, VERMILLION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
PURPLE, SKY, BLACK, GREY = "#CC79A7", "#56B4E9", "#222222", "#8A8A8A"
PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK)
MARKERS = ("o", "^", "s", "D", "v", "P", "X")
LINESTYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))
DIVERGING = (BLUE, "#BFDDEE", "#FFFFFF", "#F9CDB0", VERMILLION)  # low, middle, high
# What each Axes was told of its frame, and each artist of its data and its look.
_FRAMES: WeakKeyDictionary[Axes, dict] = WeakKeyDictionary()
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


class Look(TypedDict, total=False):
    """How a mark looks. Every mark has some of these properties and says which.

    Attributes
    ----------
    color : str
        Of line, area or letters; `Pen.segments` also takes one for each line.
    alpha : float
        From 0, invisible, to 1, opaque.
    zorder : float
        Marks with a higher number cover those with a lower one.
    label : str
        Name in the legend; without one the mark does not stand there.
    clip : bool
        Whether the mark ends at the picture's edge.
    width : float
        Of a line, in points.
    dash : str or tuple
        ``"-"``, ``"--"``, ``"-."``, ``":"`` or another of `LINESTYLES`; ``""`` for no line.
    cap : str
        How a line ends: ``"butt"`` at its end, ``"projecting"`` half its width later.
    marker : str
        Sign at each point, such as those of `MARKERS`.
    size : float
        Of a marker or of letters, in points.
    fill, edge : str
        Colours of a marker's inside and rim, where they are not ``color``.
    edge_width : float
        Of a marker's rim, in points.
    anchor : str
        Which part of a text stands at its point: ``"center"``, ``"top"``, ``"bottom"``,
        ``"left"``, ``"right"``, a corner such as ``"top left"``, or the middle of its
        ``"baseline"``; the baseline's left end if not given.
    italic, backdrop : bool
        Whether letters are slanted, and whether they stand on a white ground.
    turn : float
        Rotation of a text in degrees.
    parts : str
        ``"x"``, ``"y"`` or ``"xy"``: which coordinates of a text are parts of the picture's
        width and height, from 0 to 1, and not numbers on its axes.
    colors : str or sequence of str
        Colours of numbers, from the lowest to the highest: a name that matplotlib knows, or a
        few colours between which the others lie.
    limits : tuple of float
        The numbers that get the first and the last of ``colors``.
    smooth : bool
        Whether an image's pixels run into each other.
    """

    color: str | Sequence[str]
    alpha: float
    zorder: float
    label: str
    clip: bool
    width: float
    dash: str | tuple
    cap: str
    marker: str
    size: float
    fill: str
    edge: str
    edge_width: float
    anchor: str
    italic: bool
    backdrop: bool
    turn: float
    parts: str
    colors: str | Sequence[str]
    limits: tuple[float, float]
    smooth: bool


# matplotlib's word for each property of each mark, and how its value is written there.
_ALL = {"alpha": "alpha", "zorder": "zorder", "label": "label", "clip": "clip_on"}
_CURVE = _ALL | {
    "color": "color", "width": "linewidth", "dash": "linestyle", "marker": "marker",
    "size": "markersize", "fill": "markerfacecolor", "edge": "markeredgecolor",
    "edge_width": "markeredgewidth",
}  # fmt: skip
_POINTS = _ALL | {
    "color": "facecolor", "size": "sizes", "edge": "edgecolor", "edge_width": "linewidth",
    "colors": "cmap", "limits": "clim",
}  # fmt: skip
_SEGMENTS = _ALL | {"color": "color", "width": "linewidth", "dash": "linestyle", "cap": "capstyle"}
_IMAGE = _ALL | {"colors": "cmap", "limits": "clim", "smooth": "interpolation"}
_AREA = _ALL | {"color": "color"}
_TEXT = _ALL | {
    "color": "color", "size": "fontsize", "turn": "rotation", "italic": "style",
    "backdrop": "bbox", "anchor": "anchor",
}  # fmt: skip
_ARROW = _ALL | {"color": "color", "width": "linewidth"}
_VALUES: dict[str, Callable] = {
    "cmap": lambda colors: (
        colors
        if isinstance(colors, Colormap)
        else color_map(colors if isinstance(colors, str) else tuple(colors))
    ),
    "sizes": lambda size: [size**2],  # matplotlib wants areas
    "interpolation": lambda smooth: "bilinear" if smooth else "nearest",
    "style": lambda italic: "italic" if italic else "normal",
    "bbox": lambda on: {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.8},
}


# Words of pictures that are still to be written in those above.
_OLD_WORDS = {
    "lw": "width", "ls": "dash", "ms": "size", "mec": "edge", "mfc": "fill", "mew": "edge_width",
    "linestyles": "dash", "capstyle": "cap",
}  # fmt: skip


@cache
def color_map(colors: str | tuple[str, ...]) -> Colormap | str:
    """Return the colours between a few, or matplotlib's of that name."""
    return colors if isinstance(colors, str) else LinearSegmentedColormap.from_list("", colors)


def rgb(color: str) -> tuple[float, float, float]:
    """Return red, green and blue of a colour, from 0 to 1."""
    return to_rgb(color)


def series(number: int) -> Look:
    """Return colour and dash of curve ``number`` of several: each differs in both."""
    return {
        "color": PALETTE[number % len(PALETTE)],
        "dash": LINESTYLES[number % len(LINESTYLES)],
    }


def level_lines(x: np.ndarray, y: np.ndarray, values: np.ndarray, level: float) -> list[np.ndarray]:
    """Return lines of shape (k, 2) where ``values``, shape (len(y), len(x)), equal ``level``."""
    return contourpy.contour_generator(x, y, values).lines(level)


class Pen:
    """Draws named marks on one Axes, creating each once, and the frame around them.

    A setting that is not given stays as it is; at first, as matplotlib has it.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw. Two pens on the same Axes share its marks.
    title, xlabel, ylabel : str, optional
        Texts around the picture.
    xlim, ylim : tuple of float, optional
        First and last number of each axis.
    xlog, ylog : bool or int, optional
        Whether equal distances on that axis mean equal ratios; a number is the base, 10
        otherwise.
    xticks, yticks : int, sequence of float or dict of float to str, optional
        At most how many intervals lie between numbers on that axis (of a logarithmic one:
        how many powers), or where its numbers stand, or what is written where.
    xformat, yformat : callable, optional
        Takes a number of that axis and returns how it is written.
    whole_x : bool
        Whether there are whole numbers only along x.
    tick_marks : bool
        False for no short strokes beside the names along y.
    label_gap : float, optional
        Between the label of y and its numbers, in points.
    equal : bool or str
        Whether both axes have the same scale; ``"top"`` if the picture then keeps to the top
        of its place.
    bare : bool
        Whether there is nothing around the marks: no axes, no numbers.

    Attributes
    ----------
    before : dict
        The settings that the drawing before has left; empty at the first one.
    xlim, ylim : tuple of float or None
        The limits, as far as they have been given.
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
        self.ax = ax
        self.artists: list[Artist] = []
        self._keys: dict[str, Look] = {}
        self._before = {child.get_gid(): child for child in ax.get_children() if child.get_gid()}
        self._frame = _FRAMES.setdefault(ax, {})
        if not self._before:  # a new Axes, or one that was cleared
            self._frame.clear()
        self.before = dict(self._frame)
        self.xlim = self.ylim = None
        self.frame(xlabel, ylabel, xlim, ylim, title=title, **settings)

    def frame(
        self,
        xlabel: str = "",
        ylabel: str = "",
        xlim: tuple[float, float] | None = None,
        ylim: tuple[float, float] | None = None,
        *,
        title: str = "",
        xlog: bool | int | None = None,
        ylog: bool | int | None = None,
        xticks: int | Sequence[float] | Mapping[float, str] | None = None,
        yticks: int | Sequence[float] | Mapping[float, str] | None = None,
        xformat: Callable[[float], str] | None = None,
        yformat: Callable[[float], str] | None = None,
        whole_x: bool = False,
        tick_marks: bool = True,
        label_gap: float | None = None,
        equal: bool | str = False,
        bare: bool = False,
    ) -> None:
        """Set what is around the marks: the settings of `Pen`."""
        ax, told = self.ax, self._frame
        for words, get, put in (
            (title, ax.get_title, ax.set_title),
            (xlabel, ax.get_xlabel, ax.set_xlabel),
            (ylabel, ax.get_ylabel, ax.set_ylabel),
        ):
            if words and get() != words:  # an equal frame must stay equal, or all is drawn anew
                put(words)
        for name, log in (("x", xlog), ("y", ylog)):
            if log is not None and getattr(ax, f"get_{name}scale")() != (
                "log" if log else "linear"
            ):
                base = {} if isinstance(log, bool) else {"base": log}
                getattr(ax, f"set_{name}scale")("log" if log else "linear", **base)
                told.pop(f"{name}ticks", None)  # matplotlib has forgotten them
                told.pop(f"{name}format", None)
        # Limits that happen to be there already still have to be fixed.
        if xlim is not None:
            self.xlim = told["xlim"] = float(xlim[0]), float(xlim[1])
            if ax.get_autoscalex_on() or ax.get_xlim() != self.xlim:
                ax.set_xlim(self.xlim)
        if ylim is not None:
            self.ylim = told["ylim"] = float(ylim[0]), float(ylim[1])
            if ax.get_autoscaley_on() or ax.get_ylim() != self.ylim:
                ax.set_ylim(self.ylim)
        if not self._before and ax.get_xscale() == "linear" and "xticks" not in told:
            # In a picture of a panel's size, more numbers would touch each other.
            ax.locator_params(axis="x", nbins=6)
        if whole_x and self._news("whole_x", True):
            ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        for axis, name, ticks, form in (
            (ax.xaxis, "x", xticks, xformat),
            (ax.yaxis, "y", yticks, yformat),
        ):
            if form is not None and self._news(f"{name}format", form):
                axis.set_major_formatter(FuncFormatter(lambda value, _, form=form: form(value)))
            if ticks is not None and self._news(f"{name}ticks", ticks):
                _set_ticks(axis, ticks, whole=name == "x" and whole_x)
        if not tick_marks and self._news("tick_marks", False):
            ax.tick_params(axis="y", length=0)
        if label_gap is not None and self._news("label_gap", label_gap):
            ax.yaxis.labelpad = label_gap
        if equal and self._news("equal", equal):
            ax.set_aspect("equal")
            if equal == "top":
                ax.set_anchor("N")
        if bare and self._news("bare", True):
            ax.set_axis_off()

    def _news(self, setting: str, value: Any) -> bool:
        """Note a setting; tell whether it is another than before."""
        if setting in self._frame and _same(self._frame[setting], value):
            return False
        self._frame[setting] = value
        return True

    @property
    def pixels(self) -> tuple[float, float]:
        """Width and height of the place there is, before equal scales shrink the picture."""
        figure, place = self.ax.figure, self.ax.get_position(original=True)
        width, height = figure.get_size_inches() * figure.dpi
        return place.width * width, place.height * height

    @property
    def point(self) -> float:
        """Pixels in a point, the unit of widths and sizes."""
        return self.ax.figure.dpi / 72

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
        look = _in_matplotlib(words, look)
        artist = self._before.get(name)
        if artist is None:
            artist = make()
            artist.set(gid=name, **look)
        else:
            old_data, old_look = _STATED[artist]
            if not _same(old_data, data):
                move(artist)
            changed = {key: v for key, v in look.items() if not _same(old_look.get(key), v)}
            if changed:
                artist.set(**changed)
        _STATED[artist] = tuple(np.array(d) if isinstance(d, np.ndarray) else d for d in data), look
        self.artists.append(artist)
        return artist

    def curve(self, name: str, x: np.ndarray, y: np.ndarray, **look: Unpack[Look]) -> Artist:
        """Draw a curve through the points ``x``, ``y``, each of shape (n,).

        It has color, width, dash, marker, size, fill, edge, edge_width, alpha, zorder, clip
        and label.
        """
        x, y = np.atleast_1d(x), np.atleast_1d(y)
        return self._draw(
            name, (x, y), _CURVE, look,
            make=lambda: self.ax.plot(x, y)[0],
            move=lambda line: line.set_data(x, y),
        )  # fmt: skip

    line = curve

    def training(self, x: np.ndarray, y: np.ndarray, name: str = "train", **look: Unpack[Look]):
        """Draw what was measured on training data: a `curve` in its colour, with its name."""
        base: Look = {"color": BLUE, "width": 2, "label": "training"}
        return self.curve(name, x, y, **(base | look))

    def validation(self, x: np.ndarray, y: np.ndarray, name: str = "val", **look: Unpack[Look]):
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

    def mark_x(self, name: str, x: float, reach=None, **look: Unpack[Look]) -> Artist:
        """Draw an upright line at ``x``, dotted, over ``reach`` or the whole height.

        It has the properties of a `curve`. The whole height is ``ylim``, given before.
        """
        base: Look = {"color": PURPLE, "width": 1.5, "dash": ":", "zorder": 1}
        return self.curve(name, [x, x], reach or self._limits("ylim"), **(base | look))

    def mark_y(self, name: str, y: float, reach=None, **look: Unpack[Look]) -> Artist:
        """Draw a level line at ``y``, dotted, over ``reach`` or the whole width.

        It has the properties of a `curve`. The whole width is ``xlim``, given before.
        """
        base: Look = {"color": GREY, "width": 1, "dash": ":"}
        return self.curve(name, reach or self._limits("xlim"), [y, y], **(base | look))

    def _limits(self, which: str) -> tuple[float, float]:
        limits = getattr(self, which)
        if limits is None:
            raise ValueError(
                f"A line over the whole picture needs limits: give Pen {which}, or the line reach."
            )
        return limits

    def points(
        self, name: str, xy: np.ndarray, values: np.ndarray | None = None, **look: Unpack[Look]
    ) -> Artist:
        """Draw markers at ``xy``, shape (n, 2), coloured by ``values``, shape (n,), if given.

        They have color, marker, size, edge, edge_width, alpha, zorder, clip and label; with
        values also colors and limits.
        """
        xy = np.asarray(xy, dtype=float).reshape(-1, 2)
        values = look.pop("c", values)
        if "s" in look:
            look["size"] = look.pop("s") ** 0.5
        if "edgecolors" in look:
            look["edge"] = look.pop("edgecolors")
        if "linewidths" in look:
            look["edge_width"] = look.pop("linewidths")
        if "cmap" in look:
            look["colors"] = look.pop("cmap")
            look["limits"] = (look.pop("vmin"), look.pop("vmax"))
        data = (xy,) if values is None else (xy, np.asarray(values))
        rest = {key: value for key, value in look.items() if key != "marker"}
        if values is None and "edge" not in rest and "color" in rest:
            rest["edge"] = rest["color"]

        def move(points):
            points.set_offsets(xy)
            if values is not None:
                points.set_array(values)

        return self._draw(
            name, data, _POINTS, rest,
            make=lambda: self.ax.scatter(*xy.T, c=values, marker=look.get("marker")),
            move=move,
        )  # fmt: skip

    def segments(self, name: str, ends: Sequence[np.ndarray], **look: Unpack[Look]) -> Artist:
        """Draw straight or broken lines: ``ends`` is a sequence of arrays of shape (k, 2).

        They have color, width, dash, cap, alpha, zorder, clip and label.
        """
        ends = [np.asarray(end, dtype=float) for end in ends]
        data = [len(end) for end in ends], np.concatenate(ends) if ends else np.empty((0, 2))
        base: Look = {"color": BLACK, "width": 1.5}
        if "colors" in look:
            look["color"] = look.pop("colors")
        if "linewidths" in look:
            look["width"] = look.pop("linewidths")
        return self._draw(
            name, data, _SEGMENTS, base | look,
            make=lambda: self.ax.add_collection(LineCollection(ends), autolim=False),
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
        if "cmap" in look:
            look["colors"] = look.pop("cmap")
        if "vmin" in look:
            look["limits"] = (look.pop("vmin"), look.pop("vmax"))
        top_down = top_down or look.pop("origin", "lower") == "upper"
        if "interpolation" in look:
            look["smooth"] = look.pop("interpolation") != "nearest"
        if look.pop("aspect", None) == "equal":
            self.frame(equal=True)

        def make():
            origin = "upper" if top_down else "lower"
            return self.ax.imshow(values, extent=extent, origin=origin, aspect=self.ax.get_aspect())

        def move(image):
            image.set_data(values)
            if tuple(image.get_extent()) != extent:
                image.set_extent(extent)

        base: Look = {"smooth": True}
        return self._draw(name, (values, extent), _IMAGE, base | look, make, move)

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
        base = look.pop("baseline", base)
        return self._draw(
            name, (heights, edges, base), _AREA, look,
            make=lambda: self.ax.stairs(heights, edges, baseline=base, fill=True),
            move=lambda stairs: stairs.set_data(heights, edges, base),
        )  # fmt: skip

    def text(self, name: str, x: float, y: float, words: str, **look: Unpack[Look]) -> Artist:
        """Write ``words`` at the point (x, y).

        They have color, size, anchor, italic, turn, backdrop, parts, alpha, zorder and clip.
        """
        transform = {
            "": self.ax.transData,
            "x": self.ax.get_yaxis_transform(),
            "y": self.ax.get_xaxis_transform(),
            "xy": self.ax.transAxes,
        }[look.pop("parts", "")]

        def move(text):
            text.set_position((x, y))
            text.set_text(words)

        return self._draw(
            name, (x, y, words), _TEXT, look,
            make=lambda: self.ax.text(x, y, words, transform=transform),
            move=move,
        )  # fmt: skip

    def arrow(
        self, name: str, start, end, *, head: float = 16, gap: tuple[float, float] = (2, 2),
        **look: Unpack[Look],
    ) -> Artist:  # fmt: skip
        """Draw an arrow from one point (x, y) to another.

        ``head`` is the size of its head and ``gap`` how far it stays from both points, all in
        points of print. It has color, width, alpha and zorder.
        """
        start, end = tuple(map(float, start)), tuple(map(float, end))
        base: Look = {"color": BLACK, "width": 2}
        return self._draw(
            name, (start, end), _ARROW, base | look,
            make=lambda: self.ax.add_patch(
                FancyArrowPatch(
                    start, end, arrowstyle="-|>", mutation_scale=head, shrinkA=gap[0],
                    shrinkB=gap[1],
                )
            ),
            move=lambda arrow: arrow.set_positions(start, end),
        )  # fmt: skip

    def box(
        self, name: str, centre, size, words: str, *, color: str, text_size: float = 11
    ) -> None:
        """Draw a pale box with round corners and write ``words`` into its middle.

        ``centre`` is a point (x, y), ``size`` width and height in the units of the axes.
        """
        (x, y), (width, height) = centre, size
        corner = (x - width / 2, y - height / 2)
        self._draw(
            name, (corner, size), _AREA, {"color": color, "alpha": 0.22},
            make=lambda: self.ax.add_patch(
                FancyBboxPatch(
                    corner, width, height, boxstyle="round,pad=0.02,rounding_size=0.06", lw=0
                )
            ),
            move=lambda box: box.set_bounds(*corner, width, height),
        )  # fmt: skip
        self.text(f"{name} words", x, y, words, anchor="center", size=text_size)

    def patch(self, name: str, make, **style) -> Artist:
        """Add the patch that ``make(**style)`` returns, once; for parts that never move."""
        return self._draw(
            name, (), {}, {}, make=lambda: self.ax.add_patch(make(**style)), move=lambda _: None
        )

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
        **style: Any,
    ) -> None:
        """Name the labelled marks, or the keys; made anew only when other names stand there.

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
        marks = {a.get_label(): a for a in self.artists if not a.get_label().startswith("_")}
        wanted = [label for label in self._keys or marks if label]
        old = self.ax.get_legend()
        if not wanted or (old is not None and [t.get_text() for t in old.get_texts()] == wanted):
            return
        handles = (
            [marks[label] for label in wanted]
            if not self._keys
            else [
                Line2D([], [], label=label, **_in_matplotlib(_CURVE, look))
                for label, look in self._keys.items()
            ]
        )
        place = style.pop("loc", place)
        style.pop("numpoints", None)
        look = {"ncols": columns, "fontsize": size, "handlelength": sample} | style
        look = {key: value for key, value in look.items() if value is not None}
        if place == "above":
            self._legend_above(handles, look)
        else:
            look = {"frameon": True, "framealpha": 0.9} | look
            self.ax.legend(handles=handles, loc=place, **look)
        if behind:
            self.ax.get_legend().set_zorder(0.5)

    def _legend_above(self, handles: list[Artist], look: dict) -> None:
        look = {"ncols": 5, "frameon": False, "fontsize": 9, "handlelength": 1.6} | look
        gaps = {"columnspacing": 0.9, "handletextpad": 0.5, "borderpad": 0.1, "borderaxespad": 0.2}
        place = {"loc": "lower left", "bbox_to_anchor": (-0.02, 1.0)}
        legend = self.ax.legend(handles=handles, **place, **gaps, **look)
        legend.set_zorder(-1)
        # A long legend may reach over its neighbour's margin; an empty title keeps its height free.
        legend.set_in_layout(False)
        if not self.ax.get_title():
            self.ax.set_title(" ")

    def include(self, picture: Picture) -> None:
        """Make a picture that was drawn on the same Axes a part of this one."""
        self.artists.extend(picture.artists)

    def done(self, sentence: str) -> Picture:
        """Hide what earlier calls drew and this one did not, and return the picture."""
        drawn = {artist.get_gid() for artist in self.artists}
        for name, artist in self._before.items():
            if artist.get_visible() != (name in drawn):
                artist.set_visible(name in drawn)
        return Picture(self.artists, sentence)


def _set_ticks(axis, ticks, whole: bool) -> None:
    """Say where the numbers of an axis stand: how many, where, or what is written where."""
    log = axis.get_scale() == "log"
    if isinstance(ticks, Mapping):
        axis.set_ticks(list(ticks), list(ticks.values()))
    elif not isinstance(ticks, int):
        axis.set_ticks(list(ticks))
    elif log:
        axis.set_major_locator(LogLocator(numticks=ticks))
        axis.set_minor_formatter(NullFormatter())
    else:
        axis.set_major_locator(MaxNLocator(ticks, integer=whole))
    if log and not isinstance(ticks, int):
        axis.minorticks_off()


def _in_matplotlib(words: dict[str, str], look: Mapping) -> dict:
    """Return a look in matplotlib's words."""
    look = {_OLD_WORDS.get(key, key): value for key, value in look.items()}
    style = {words.get(key, key): value for key, value in look.items()}
    style = {key: _VALUES[key](v) if key in _VALUES else v for key, v in style.items()}
    anchor = style.pop("anchor", None)
    if anchor is not None:
        sides = anchor.split()
        level = next((s for s in sides if s in ("top", "bottom", "baseline")), "center")
        style |= {"va": level}
        style |= {"ha": next((s for s in sides if s in ("left", "right")), "center")}
    return style


def _same(old: Any, new: Any) -> bool:
    """Tell whether two statements say the same, arrays and missing numbers included."""
    if old is new:
        return True
    if isinstance(old, np.ndarray) or isinstance(new, np.ndarray):
        old, new = np.asarray(old), np.asarray(new)
        return np.array_equal(old, new, equal_nan=old.dtype.kind == new.dtype.kind == "f")
    if isinstance(old, list | tuple) and isinstance(new, list | tuple):
        return len(old) == len(new) and all(map(_same, old, new))
    return old == new


def legend_above(ax: Axes, handles, **style) -> None:
    """Add a legend in one row above the Axes, where it hides nothing and is drawn only once."""
    Pen(ax)._legend_above(handles, style)


def legend_below(pen: Pen, **look) -> None:
    """Add a legend under the curves."""
    pen.legend(behind=True, **look)
