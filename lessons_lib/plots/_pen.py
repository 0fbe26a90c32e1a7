"""A pen that draws each named thing once and moves it afterwards.

Every plot function states its whole picture each time it is called. The pen turns that
into matplotlib artists: the first call with a name creates the artist, later calls with
the same name on the same Axes update it, and an update with equal data leaves it alone.
So one function serves a static figure, a slider that redraws it fifty times a second and
a network that is training, and only what moved has to be drawn again.
"""

from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import contourpy
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgba

# Okabe & Ito (2008), "Color Universal Design": distinguishable with colour-blindness.
BLUE, VERMILLION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
PURPLE, SKY, BLACK, GREY = "#CC79A7", "#56B4E9", "#222222", "#8A8A8A"
PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK)
MARKERS = ("o", "^", "s", "D", "v", "P", "X")
LINESTYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))
DIVERGING = LinearSegmentedColormap.from_list(
    "lessons", [BLUE, "#BFDDEE", "#FFFFFF", "#F9CDB0", VERMILLION]
)
# What each collection of lines was given: matplotlib can tell, but takes its time.
_SEGMENTS: WeakKeyDictionary[LineCollection, list[np.ndarray]] = WeakKeyDictionary()


class Picture(NamedTuple):
    """What a plot function returns.

    Attributes
    ----------
    artists : list of matplotlib.artist.Artist
        Everything it drew, in drawing order.
    sentence : str
        What the picture shows, for those who cannot see it and those who want to be sure.
    """

    artists: list[Artist]
    sentence: str


class Pen:
    """Draws named artists on one Axes, creating each once.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw. Two pens on the same Axes share its artists.
    title, xlabel, ylabel : str, optional
        Texts of the Axes.
    xlim, ylim : tuple of float, optional
        Limits of the Axes; left to matplotlib when not given.
    """

    def __init__(
        self,
        ax: Axes,
        title: str = "",
        xlabel: str = "",
        ylabel: str = "",
        xlim: tuple[float, float] | None = None,
        ylim: tuple[float, float] | None = None,
    ):
        self.ax = ax
        self.artists: list[Artist] = []
        self._before = {child.get_gid(): child for child in ax.get_children() if child.get_gid()}
        self._once(ax.get_title, ax.set_title, title)
        self.frame(xlabel, ylabel, xlim, ylim)

    def frame(self, xlabel="", ylabel="", xlim=None, ylim=None, equal: bool = False) -> None:
        """Set labels and limits; ``equal`` gives both axes the same scale."""
        ax = self.ax
        self._once(ax.get_xlabel, ax.set_xlabel, xlabel)
        self._once(ax.get_ylabel, ax.set_ylabel, ylabel)
        # Limits that happen to be there already still have to be fixed.
        if xlim is not None and (
            ax.get_autoscalex_on() or tuple(ax.get_xlim()) != tuple(map(float, xlim))
        ):
            ax.set_xlim(*xlim)
        if ylim is not None and (
            ax.get_autoscaley_on() or tuple(ax.get_ylim()) != tuple(map(float, ylim))
        ):
            ax.set_ylim(*ylim)
        if equal and ax.get_aspect() != 1.0:
            ax.set_aspect("equal")
        if not self._before and ax.get_xscale() == "linear":
            # In a picture of a panel's size, more numbers would touch each other.
            ax.locator_params(axis="x", nbins=6)

    @staticmethod
    def _once(get, put, value: Any) -> None:
        """Set a property only when it differs, so that equal frames stay equal."""
        if value and get() != value:
            put(value)

    def _keep(self, name: str, artist: Artist) -> Artist:
        artist.set_gid(name)
        self.artists.append(artist)
        return artist

    def _recall(self, name: str) -> Artist | None:
        artist = self._before.get(name)
        if artist is not None:
            self.artists.append(artist)
        return artist

    def line(self, name: str, x, y, **style) -> Artist:
        """Draw a curve through the points ``x``, ``y``, each of shape (n,)."""
        x, y = np.atleast_1d(x), np.atleast_1d(y)
        line = self._recall(name)
        if line is None:
            return self._keep(name, self.ax.plot(x, y, **style)[0])
        old_x, old_y = line.get_data(orig=False)
        if not (np.array_equal(old_x, x) and np.array_equal(old_y, y, equal_nan=True)):
            line.set_data(x, y)
        self._once(line.get_label, line.set_label, style.get("label"))
        if "color" in style:
            self._once(line.get_color, line.set_color, style["color"])
        return line

    def points(self, name: str, xy: np.ndarray, **style) -> Artist:
        """Draw markers at ``xy``, shape (n, 2)."""
        xy = np.asarray(xy, dtype=float).reshape(-1, 2)
        points = self._recall(name)
        if points is None:
            return self._keep(name, self.ax.scatter(xy[:, 0], xy[:, 1], **style))
        if not np.array_equal(points.get_offsets(), xy):
            points.set_offsets(xy)
        return points

    def image(self, name: str, values: np.ndarray, extent, **style) -> Artist:
        """Draw ``values``, shape (rows, columns), row 0 at the bottom, over ``extent``."""
        image = self._recall(name)
        if image is None:
            look = {"origin": "lower", "interpolation": "bilinear"}
            style = look | {"aspect": self.ax.get_aspect()} | style
            return self._keep(name, self.ax.imshow(values, extent=extent, **style))
        if not np.array_equal(image.get_array(), values):
            image.set_data(values)
        if not np.array_equal(image.get_extent(), extent):
            image.set_extent(extent)
        return image

    def segments(
        self, name: str, ends: np.ndarray, colors=BLACK, linewidths=1.5, **style
    ) -> Artist:
        """Draw straight or broken lines: ``ends`` is a sequence of arrays of shape (k, 2)."""
        ends = [np.asarray(end, dtype=float) for end in ends]
        lines = self._recall(name)
        if lines is None:
            style = {"colors": colors, "linewidths": linewidths} | style
            lines = LineCollection(ends, **style)
            _SEGMENTS[lines] = [end.copy() for end in ends]
            return self._keep(name, self.ax.add_collection(lines, autolim=False))
        old = _SEGMENTS.get(lines, [])
        if len(old) != len(ends) or not all(map(np.array_equal, old, ends)):
            lines.set_segments(ends)
            _SEGMENTS[lines] = [end.copy() for end in ends]
        rgba = np.array([to_rgba(c) for c in ([colors] if isinstance(colors, str) else colors)])
        if not np.array_equal(lines.get_colors(), rgba):
            lines.set_color(rgba)
        if not np.array_equal(lines.get_linewidths(), np.atleast_1d(linewidths)):
            lines.set_linewidths(linewidths)
        return lines

    def level(self, name: str, x, y, values: np.ndarray, level: float, **style) -> Artist:
        """Draw where ``values``, shape (len(y), len(x)), equal ``level``."""
        lines = contourpy.contour_generator(x, y, values).lines(level)
        return self.segments(name, lines, **style)

    def bars(self, name: str, heights, edges, **style) -> Artist:
        """Draw a histogram: ``heights`` of shape (n,) between ``edges`` of shape (n + 1,)."""
        stairs = self._recall(name)
        if stairs is None:
            return self._keep(name, self.ax.stairs(heights, edges, **({"fill": True} | style)))
        old = stairs.get_data()
        if not (np.array_equal(old.values, heights) and np.array_equal(old.edges, edges)):
            stairs.set_data(heights, edges)
        return stairs

    def text(self, name: str, x: float, y: float, words: str, **style) -> Artist:
        """Write ``words`` at the point (x, y)."""
        text = self._recall(name)
        if text is None:
            return self._keep(name, self.ax.text(x, y, words, **style))
        if text.get_position() != (x, y):
            text.set_position((x, y))
        if text.get_text() != words:
            text.set_text(words)
        return text

    def patch(self, name: str, make, **style) -> Artist:
        """Add the patch that ``make(**style)`` returns, once; for parts that never move."""
        patch = self._recall(name)
        if patch is None:
            return self._keep(name, self.ax.add_patch(make(**style)))
        return patch

    def legend(self, loc: str = "best", **style) -> None:
        """Add a legend of the labelled artists, once; ``loc="above"`` puts it above the Axes."""
        if self.ax.get_legend() is not None:
            return
        if loc == "above":
            legend_above(self.ax, **style)
        else:
            self.ax.legend(loc=loc, **({"frameon": True, "framealpha": 0.9} | style))

    def done(self, sentence: str) -> Picture:
        """Hide what earlier calls drew and this one did not, and return the picture."""
        for name, artist in self._before.items():
            drawn = artist in self.artists
            if artist.get_visible() != drawn and name is not None:
                artist.set_visible(drawn)
        return Picture(self.artists, sentence)


def legend_above(ax: Axes, **style) -> None:
    """Add a legend in one row above the Axes, where it hides nothing and is drawn only once.

    A legend inside the Axes lies over what moves, so a blitted picture draws it in every
    frame, which costs as much as all curves together.
    """
    style = {"ncols": 5, "frameon": False, "fontsize": 9, "handlelength": 1.6} | style
    spaces = {"columnspacing": 0.9, "handletextpad": 0.5, "borderpad": 0.1, "borderaxespad": 0.2}
    legend = ax.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.0), **spaces, **style)
    legend.set_zorder(-1)
    # A long legend may reach over its neighbour's margin; an empty title keeps its height free.
    legend.set_in_layout(False)
    if not ax.get_title():
        ax.set_title(" ")


def legend_below(pen: Pen, **look) -> None:
    """Add a legend under the curves: what lies above a moving curve is drawn in every frame."""
    pen.legend(**look)
    if pen.ax.get_legend().get_zorder() != 0.5:
        pen.ax.get_legend().set_zorder(0.5)
