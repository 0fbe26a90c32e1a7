"""How a mark looks: colours, the declared properties, and matplotlib's words for them."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import TypedDict

from matplotlib.colors import Colormap, LinearSegmentedColormap, to_rgb

# Okabe & Ito (2008), "Color Universal Design": distinguishable with colour-blindness.
BLUE, VERMILLION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
PURPLE, SKY, BLACK, GREY = "#CC79A7", "#56B4E9", "#222222", "#8A8A8A"
PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK)
MARKERS = ("o", "^", "s", "D", "v", "P", "X")
LINESTYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))
DIVERGING = (BLUE, "#BFDDEE", "#FFFFFF", "#F9CDB0", VERMILLION)  # low, middle, high


class Look(TypedDict, total=False):
    """How a mark looks: each has some of these properties, which its method names."""

    color: str | Sequence[str]  # of line, area or letters; segments also take one for each
    alpha: float  # from 0, invisible, to 1, opaque
    zorder: float  # marks with a higher number cover those with a lower one
    label: str  # in the legend; without one the mark does not stand there
    clip: bool  # whether the mark ends at the picture's edge
    width: float  # of a line, in points
    dash: str | tuple  # one of LINESTYLES, or "" for no line
    cap: str  # how a line ends: "butt" at its end, "projecting" half its width later
    marker: str  # the sign at each point, such as one of MARKERS
    size: float  # of a marker or of letters, in points
    fill: str  # of a marker, where it is not its color
    edge: str  # the rim of a marker, where it is not its color
    edge_width: float  # of that rim, in points
    # Which part of a text stands at its point: "center", "top", "bottom", "left", "right", a
    # corner such as "top left", or the middle of its "baseline"; without it, that's left end.
    anchor: str
    italic: bool  # whether letters are slanted
    backdrop: bool  # whether letters stand on a white ground
    turn: float  # rotation of a text in degrees
    # "x", "y" or "xy": which coordinates of a text are parts of the picture's width and height,
    # from 0 to 1, and not numbers on its axes.
    parts: str
    # Of numbers, from the lowest to the highest: a name that matplotlib knows, or a few colours
    # between which the others lie.
    colors: str | Sequence[str]
    limits: tuple[float, float]  # the numbers that get the first and the last of colors
    smooth: bool  # whether an image's pixels run into each other


# matplotlib's word for each property of each mark, and how its value is written there.
_ALL = {"alpha": "alpha", "zorder": "zorder", "label": "label", "clip": "clip_on"}
CURVE = _ALL | {
    "color": "color", "width": "linewidth", "dash": "linestyle", "marker": "marker",
    "size": "markersize", "fill": "markerfacecolor", "edge": "markeredgecolor",
    "edge_width": "markeredgewidth",
}  # fmt: skip
POINTS = _ALL | {
    "color": "facecolor", "size": "sizes", "edge": "edgecolor", "edge_width": "linewidth",
    "colors": "cmap", "limits": "clim",
}  # fmt: skip
SEGMENTS = _ALL | {"color": "color", "width": "linewidth", "dash": "linestyle", "cap": "capstyle"}
IMAGE = _ALL | {"colors": "cmap", "limits": "clim", "smooth": "interpolation"}
AREA = _ALL | {"color": "color"}
TEXT = _ALL | {
    "color": "color", "size": "fontsize", "turn": "rotation", "italic": "style",
    "backdrop": "bbox", "anchor": "anchor",
}  # fmt: skip
ARROW = _ALL | {"color": "color", "width": "linewidth"}
_VALUES: dict[str, Callable] = {
    "cmap": lambda colors: _color_map(colors if isinstance(colors, str) else tuple(colors)),
    "sizes": lambda size: [size**2],  # matplotlib wants areas
    "interpolation": lambda smooth: "bilinear" if smooth else "nearest",
    "style": lambda italic: "italic" if italic else "normal",
    "bbox": lambda on: {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.8},
}


@cache
def _color_map(colors: str | tuple[str, ...]) -> Colormap | str:
    """Return the colours between a few, or matplotlib's of that name."""
    return colors if isinstance(colors, str) else LinearSegmentedColormap.from_list("", colors)


def rgb(color: str) -> tuple[float, float, float]:
    """Return red, green and blue of a colour, from 0 to 1."""
    return to_rgb(color)


def series(number: int) -> Look:
    """Return colour and dash of curve ``number`` of several: each differs in both."""
    color, dash = (kinds[number % len(kinds)] for kinds in (PALETTE, LINESTYLES))
    return {"color": color, "dash": dash}


def in_matplotlib(words: dict[str, str], look: Mapping) -> dict:
    """Return a look in matplotlib's words."""
    if unknown := [key for key in look if key not in words]:
        raise TypeError(f"This mark has no {', '.join(unknown)}. It has: {', '.join(words)}.")
    style = {words[key]: value for key, value in look.items()}
    style = {key: _VALUES[key](v) if key in _VALUES else v for key, v in style.items()}
    anchor = style.pop("anchor", None)
    if anchor is not None:
        sides = anchor.split()
        level = next((s for s in sides if s in ("top", "bottom", "baseline")), "center")
        style |= {"va": level}
        style |= {"ha": next((s for s in sides if s in ("left", "right")), "center")}
    return style
