"""How a mark looks: colours, the declared properties, and which mark has which."""

from collections.abc import Sequence
from typing import TypedDict

# Okabe & Ito (2008), "Color Universal Design": distinguishable with colour-blindness.
BLUE, VERMILLION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
PURPLE, SKY, GREY = "#CC79A7", "#56B4E9", "#8A8A8A"
# Colours that the one who shows a picture has: of lines and letters, of the ground, and between.
INK, PAPER, FAINT = "ink", "paper", "faint"
COOL, WARM = "cool", "warm"  # tints of the ground: a little of BLUE, and of VERMILLION
ON_PAPER = {  # what they are in print
    INK: "#222222", PAPER: "#FFFFFF", FAINT: "#DDDDDD", COOL: "#BFDDEE", WARM: "#F9CDB0",
}  # fmt: skip
PALETTE = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, INK)
MARKERS = ("o", "^", "s", "D", "v", "P", "X")
LINESTYLES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (1, 1)), (0, (8, 2)))
# Of the runs beside the present one, whose curves are BLUE and VERMILLION.
RUN_COLORS = (GREY, GREEN, PURPLE, ORANGE, SKY, INK)
RUN_DASHES = ("-", "--", "-.", (0, (8, 2)), (0, (5, 1, 1, 1, 1, 1)), ":")
DIVERGING = (BLUE, COOL, PAPER, WARM, VERMILLION)  # low, middle, high


class Look(TypedDict, total=False):
    """How a mark looks: each has some of these properties, which its method names."""

    # Of line, area or letters, as "#0072B2" or one of ON_PAPER; segments also take one for each.
    color: str | Sequence[str]
    alpha: float  # from 0, invisible, to 1, opaque
    zorder: float  # marks with a higher number cover those with a lower one
    label: str  # in the legend; without one the mark does not stand there
    clip: bool  # whether the mark ends at the picture's edge
    width: float | Sequence[float]  # of a line, in points; segments also take one for each
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
    backdrop: bool  # whether letters stand on a ground of paper
    turn: float  # rotation of a text in degrees
    # "x", "y" or "xy": which coordinates of a text are fractions of the picture's width and height,
    # from 0 to 1, and not numbers on its axes.
    parts: str
    # Of numbers, from the lowest to the highest: a name that matplotlib knows, or a few colours
    # between which the others lie.
    colors: str | Sequence[str]
    limits: tuple[float, float]  # the numbers that get the first and the last of colors
    smooth: bool  # whether an image's pixels run into each other
    # The controls that whoever drags the mark turns: for points the names of that of x and that
    # of y, "" for none; for an image the name of the one that is painted on.
    sets: str | Sequence[str]
    # Where a dot stands when what it sets is 0, and where when it is 1; without them, the numbers
    # of its place are what it sets.
    zero: tuple[float, float]
    one: tuple[float, float]
    # Whether the panel is told what is pressed: a point, a box, a pixel of an image or a rectangle
    # that was dragged; "each" tells of every pixel of an image that a hand passes. For points and
    # boxes also the name of the control that gets its first value by the first of them, and so on.
    picks: bool | str
    moves: str  # "xy" or "y": whoever drags it tells the panel where to; points follow the hand


# Which properties each mark has, and in front of which others it stands if nobody says.
_ALL = ("alpha", "zorder", "label", "clip")
PROPERTIES: dict[str, tuple[str, ...]] = {
    "curve": (*_ALL, "color", "width", "dash", "marker", "size", "fill", "edge", "edge_width",
              "sets", "zero", "one"),
    "points": (*_ALL, "color", "marker", "size", "edge", "edge_width", "colors", "limits", "sets",
               "picks", "moves"),
    "segments": (*_ALL, "color", "width", "dash", "cap", "moves"),
    "image": ("alpha", "zorder", "colors", "limits", "smooth", "sets", "picks"),
    "bars": (*_ALL, "color"),
    "text": ("alpha", "zorder", "clip", "color", "size", "anchor", "italic", "turn", "backdrop",
             "parts"),
    "arrow": ("alpha", "zorder", "color", "width"),
    "box": ("alpha", "zorder", "color"),
    "lens": ("picks",),
}  # fmt: skip
ZORDERS = {
    "curve": 2, "points": 1, "segments": 2, "image": 0, "bars": 1, "text": 3, "arrow": 1, "box": 1,
    "lens": 0,
}  # fmt: skip
# How a number of an axis is written.
FORMATS = ("short", "steps", "percent")


def rgb(color: str) -> tuple[float, float, float]:
    """Return red, green and blue of a colour in print, from 0 to 1."""
    digits = ON_PAPER.get(color, color).lstrip("#")
    red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return red, green, blue


def series(number: int) -> Look:
    """Return colour and dash of curve ``number`` of several: each differs in both."""
    color, dash = (kinds[number % len(kinds)] for kinds in (PALETTE, LINESTYLES))
    return {"color": color, "dash": dash}


def run_look(number: int) -> Look:
    """Return colour and dash of a run beside the present one: six differ in both.

    Number 0 is grey and solid.
    """
    color, dash = (kinds[number % len(kinds)] for kinds in (RUN_COLORS, RUN_DASHES))
    return {"color": color, "dash": dash}
