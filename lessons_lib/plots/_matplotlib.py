"""The hand that draws in print: a scene on matplotlib's Axes, and scenes as one PNG.

It serves what stands still: figures of a lesson, what a stored notebook shows in the place of a
panel, slides. Each drawing is made from nothing.
"""

import io
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any
from weakref import WeakSet

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Patch
from matplotlib.textpath import text_to_path
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from lessons_lib.plots._frame import short
from lessons_lib.plots._look import ON_PAPER, PAPER
from lessons_lib.plots._scene import Item, Scene

_DRAWN: WeakSet[Axes] = WeakSet()  # where a scene stands


def draw(ax: Axes, scene: Scene) -> None:
    """Draw a scene on an Axes, in the place of the one that may be there."""
    if ax in _DRAWN:
        ax.clear()
        ax.set_aspect("auto")
        ax.set_anchor("C")
    _DRAWN.add(ax)
    if not scene.frame:  # nothing has been drawn
        ax.set_axis_off()
        return
    _set_scales(ax, scene.frame)
    drawn = []
    for name, item in scene.items.items():
        if item.kind != "lens":
            mark = _MAKE[item.kind](ax, item)
            mark.set(gid=name, **_in_matplotlib(item.kind, item.look))
            drawn.append((item.look, mark))
    _set_frame(ax, scene.frame)
    if scene.legend is not None:
        handles = [_handle(drawn, entry) for entry in scene.legend["entries"]]
        _draw_legend(ax, handles, scene.legend)


def measures(ax: Axes) -> tuple[tuple[float, float], float]:
    """Return width and height of the place there is in pixels, and pixels in a point.

    It is the place before equal scales shrink the picture.
    """
    figure, place = ax.figure, ax.get_position(original=True)
    width, height = figure.get_size_inches() * figure.dpi
    return (place.width * width, place.height * height), figure.dpi / 72


class Print:
    """Scenes beside each other as PNGs, one after the other, in places found for the first ones.

    Parameters
    ----------
    count : int
        Scenes.
    size : tuple of float
        Width and height in inches.
    dpi : float
        Pixels in an inch.
    widths : sequence of float, optional
        Relative widths of the scenes of one row.
    columns : int, optional
        Scenes in a row; all in one row if not given.
    """

    def __init__(
        self,
        count: int,
        size: tuple[float, float],
        dpi: float,
        widths: Sequence[float] | None = None,
        columns: int | None = None,
    ):
        self._figure = Figure(figsize=size, dpi=dpi, layout="constrained")
        self._figure.get_layout_engine().set(w_pad=0.07)
        columns = columns or count
        grid = {"width_ratios": widths} if widths else {}
        rows = -(-count // columns)
        places = self._figure.subplots(rows, columns, squeeze=False, **grid).flat
        self._places = [*places][:count]
        for ax in [*places][count:]:
            ax.remove()

    def png(self, scenes: Sequence[Scene]) -> bytes:
        """Return scenes, from left to right and then downwards, as they are now."""
        for ax, scene in zip(self._places, scenes, strict=True):
            draw(ax, scene)
        file = io.BytesIO()
        FigureCanvasAgg(self._figure).print_png(file)
        self._figure.set_layout_engine("none")
        return file.getvalue()


def png_of(
    scenes: Sequence[Scene],
    size: tuple[float, float],
    dpi: float,
    widths: Sequence[float] | None = None,
    columns: int | None = None,
) -> bytes:
    """Return scenes beside each other as one PNG; see `Print`."""
    return Print(len(scenes), size, dpi, widths, columns).png(scenes)


# --- marks ------------------------------------------------------------------------------------


def _curve(ax: Axes, item: Item) -> Artist:
    return ax.plot(item.data["x"], item.data["y"])[0]


def _points(ax: Axes, item: Item) -> Artist:
    return ax.scatter(*item.data["xy"].T, c=item.data.get("values"), marker=item.look.get("marker"))


def _segments(ax: Axes, item: Item) -> Artist:
    ends = np.split(item.data["xy"], np.cumsum(item.data["counts"])[:-1])
    ends = ends if len(item.data["counts"]) else []
    return ax.add_collection(LineCollection(ends), autolim=False)


def _image(ax: Axes, item: Item) -> Artist:
    origin = "upper" if item.data["top_down"] else "lower"
    values, extent = item.data["values"], item.data["extent"]
    return ax.imshow(values, extent=extent, origin=origin, aspect=ax.get_aspect())


def _bars(ax: Axes, item: Item) -> Artist:
    heights, edges, base = (item.data[key] for key in ("heights", "edges", "base"))
    return ax.stairs(heights, edges, baseline=base, fill=True)


def _text(ax: Axes, item: Item) -> Artist:
    transform = {
        "": ax.transData,
        "x": ax.get_yaxis_transform(),
        "y": ax.get_xaxis_transform(),
        "xy": ax.transAxes,
    }[item.look.get("parts", "")]
    return ax.text(item.data["x"], item.data["y"], item.data["words"], transform=transform)


def _arrow(ax: Axes, item: Item) -> Artist:
    start, end, head, (tail, tip) = (item.data[key] for key in ("start", "end", "head", "gap"))
    arrow = FancyArrowPatch(
        start, end, arrowstyle="-|>", mutation_scale=head, shrinkA=tail, shrinkB=tip
    )
    return ax.add_patch(arrow)


def _box(ax: Axes, item: Item) -> Artist:
    style = "round,pad=0.02,rounding_size=0.06"
    box = FancyBboxPatch(item.data["corner"], *item.data["size"], boxstyle=style, lw=0)
    return ax.add_patch(box)


_MAKE: dict[str, Callable[[Axes, Item], Artist]] = {
    "curve": _curve, "points": _points, "segments": _segments, "image": _image, "bars": _bars,
    "text": _text, "arrow": _arrow, "box": _box,
}  # fmt: skip

# --- looks ------------------------------------------------------------------------------------

# matplotlib's word for each property of each mark, and how its value is written there.
_ALL = {"alpha": "alpha", "zorder": "zorder", "label": "label", "clip": "clip_on"}
_WORDS = {
    "curve": _ALL | {
        "color": "color", "width": "linewidth", "dash": "linestyle", "marker": "marker",
        "size": "markersize", "fill": "markerfacecolor", "edge": "markeredgecolor",
        "edge_width": "markeredgewidth",
    },
    "points": _ALL | {
        "color": "facecolor", "size": "sizes", "edge": "edgecolor", "edge_width": "linewidth",
        "colors": "cmap", "limits": "clim",
    },
    "segments": _ALL | {
        "color": "color", "width": "linewidth", "dash": "linestyle", "cap": "capstyle",
    },
    "image": _ALL | {"colors": "cmap", "limits": "clim", "smooth": "interpolation"},
    "bars": _ALL | {"color": "color"},
    "text": _ALL | {
        "color": "color", "size": "fontsize", "turn": "rotation", "italic": "style",
        "backdrop": "bbox", "anchor": "anchor",
    },
    "arrow": _ALL | {"color": "color", "width": "linewidth"},
    "box": _ALL | {"color": "color"},
}  # fmt: skip
_GAPS = {"columnspacing": 0.9, "handletextpad": 0.5, "borderpad": 0.1}  # above a picture, letters
_GROUND = {"facecolor": ON_PAPER[PAPER], "edgecolor": "none", "alpha": 0.8, "pad": 0.8}


def _in_print(color: str | Sequence[str]) -> str | list[str]:
    """Return a colour as it is on paper, or the colours of several."""
    if isinstance(color, str):
        return ON_PAPER.get(color, color)
    return [ON_PAPER.get(one, one) for one in color]


@cache
def _color_map(colors: str | tuple[str, ...]) -> Colormap | str:
    """Return the colours between a few, or matplotlib's of that name."""
    if isinstance(colors, str):
        return colors
    return LinearSegmentedColormap.from_list("", _in_print(colors))


_VALUES: dict[str, Callable] = {
    **dict.fromkeys(
        ("color", "facecolor", "edgecolor", "markerfacecolor", "markeredgecolor"), _in_print
    ),
    "cmap": lambda colors: _color_map(colors if isinstance(colors, str) else tuple(colors)),
    "sizes": lambda size: [size**2],  # matplotlib wants areas
    "interpolation": lambda smooth: "bilinear" if smooth else "nearest",
    "style": lambda italic: "italic" if italic else "normal",
    "bbox": lambda on: _GROUND if on else None,
}


def _in_matplotlib(kind: str, look: Mapping) -> dict[str, Any]:
    """Return a look in matplotlib's words; what it has none for, a mark is made with."""
    words = _WORDS[kind]
    style = {words[key]: value for key, value in look.items() if key in words}
    style = {key: _VALUES[key](v) if key in _VALUES else v for key, v in style.items()}
    if "anchor" in style:
        sides = style.pop("anchor").split()
        style["va"] = next((s for s in sides if s in ("top", "bottom", "baseline")), "center")
        style["ha"] = next((s for s in sides if s in ("left", "right")), "center")
    return style


# --- what is around the marks -----------------------------------------------------------------


def _steps(value: float) -> str:
    """Write 500, 1,500, 20k: numbers that stay narrow in a run of a million steps."""
    if abs(value) >= 1e6:
        return f"{value / 1e6:g}M"
    return f"{value / 1e3:g}k" if abs(value) >= 1e4 else f"{value:,.0f}"


_FORMATS: dict[str, Callable[[float], str]] = {
    "short": short,
    "steps": _steps,
    "percent": lambda value: f"{value:.0%}",
}


def _set_scales(ax: Axes, frame: dict) -> None:
    """Set what marks have to know when they are made."""
    for name in "xy":
        if base := frame[f"{name}log"]:
            getattr(ax, f"set_{name}scale")("log", base=base)
    if frame["equal"]:
        ax.set_aspect("equal")
    if frame["equal"] == "top":
        ax.set_anchor("N")


def _set_frame(ax: Axes, frame: dict) -> None:
    """Set title, labels, numbers and limits."""
    ax.set(title=frame["title"], xlabel=frame["xlabel"], ylabel=frame["ylabel"])
    for name, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
        if (form := frame[f"{name}format"]) is not None:
            axis.set_major_formatter(FuncFormatter(lambda v, _, write=_FORMATS[form]: write(v)))
        if (ticks := frame[f"{name}ticks"]) is not None:
            _set_ticks(axis, ticks)
    if frame["xticks"] is None and not frame["xlog"]:
        # In a picture of a panel's size, more numbers would touch each other.
        ax.locator_params(axis="x", nbins=6)
    if frame["whole_x"]:
        ax.xaxis.get_major_locator().set_params(integer=True)
    if not frame["tick_marks"]:
        ax.tick_params(axis="y", length=0)
    if frame["label_gap"] is not None:
        ax.yaxis.labelpad = frame["label_gap"]
    if frame["bare"]:
        ax.set_axis_off()
    ax.set(xlim=frame["xlim"], ylim=frame["ylim"])


def _set_ticks(axis: Axis, ticks: int | list) -> None:
    """Say where the numbers of an axis stand: how many, where, or what is written where."""
    log = axis.get_scale() == "log"
    if isinstance(ticks, int):
        axis.set_major_locator(LogLocator(numticks=ticks) if log else MaxNLocator(ticks))
        if log:
            axis.set_minor_formatter(NullFormatter())
        return
    places, words = [place for place, _ in ticks], [word for _, word in ticks]
    axis.set_ticks(places, None if set(words) <= {None} else words)
    if log:
        axis.minorticks_off()


def _handle(drawn: list[tuple[dict, Artist]], entry: dict) -> Artist:
    """Return what stands beside a name: the mark that has it, or a line with the look of a key."""
    for look, mark in drawn:
        if "label" in look and look == entry["look"]:  # a key's look has no label
            return mark
    if entry["kind"] == "image":
        return Patch(facecolor=_in_print(entry["look"]["colors"][0]), label=entry["label"])
    return Line2D([], [], label=entry["label"], **_in_matplotlib("curve", entry["look"]))


def _draw_legend(ax: Axes, handles: list[Artist], legend: dict) -> None:
    """Name looks in a legend."""
    look = {"ncols": "columns", "fontsize": "size", "handlelength": "sample"}
    look = {word: legend[key] for word, key in look.items() if legend[key] is not None}
    if legend["place"] != "above":
        frame = {"frameon": True, "framealpha": 0.9}
        made = ax.legend(handles=handles, loc=legend["place"], **(frame | look))
    else:
        corner = {"loc": "lower left", "bbox_to_anchor": (-0.02, 1.0), "borderaxespad": 0.2}
        look = {"ncols": 5, "frameon": False, "fontsize": 9, "handlelength": 1.6} | look
        look["ncols"] = _columns(ax, [handle.get_label() for handle in handles], look)
        made = ax.legend(handles=handles, **corner, **_GAPS, **look)
        # A long one may reach over its neighbour's margin.
        made.set_in_layout(False)
        # An empty title keeps its height free, and lines below a title keep theirs.
        rows = -(-len(handles) // look["ncols"])
        ax.set_title(ax.get_title() + "\n ".join([" "] * (rows + bool(ax.get_title()))))
    if legend["behind"]:
        made.set_zorder(0.5)


def _room_above(ax: Axes) -> float:
    """Return how wide a legend above an Axes may be, in points.

    A constrained layout gives the Axes its width later: about what its column has of the figure.
    """
    figure, spec = ax.figure, ax.get_subplotspec()
    width = measures(ax)[0][0] * 72 / figure.dpi
    if spec is None or figure.get_layout_engine() is None:
        return 1.1 * width
    ratios = spec.get_gridspec().get_width_ratios()
    share = sum(ratios[n] for n in spec.colspan) / sum(ratios)
    return max(width, 0.86 * share * 72 * figure.get_figwidth())


def _columns(ax: Axes, labels: list[str], look: dict) -> int:
    """Return how many columns of a legend above an Axes fit into its width, and that of numbers."""
    letter = FontProperties(size=look["fontsize"])
    widths = [
        text_to_path.get_text_width_height_descent(label, letter, ismath="$" in label)[0]
        for label in labels
    ]
    room = _room_above(ax)
    beside = (look["handlelength"] + _GAPS["handletextpad"]) * look["fontsize"]
    for columns in range(min(look["ncols"], len(labels)), 1, -1):
        # The first columns have one more where it does not come out even.
        ends = np.cumsum([len(part) for part in np.array_split(widths, columns)])
        parts = np.split(np.array(widths), ends[:-1])
        between = (columns - 1) * _GAPS["columnspacing"] * look["fontsize"]
        if sum(part.max() + beside for part in parts) + between <= room:
            return columns
    return 1
