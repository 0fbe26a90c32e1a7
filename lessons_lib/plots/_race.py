"""Pictures of a race of optimizers: the map with their paths, and how low each has come."""

import functools
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.lines import Line2D

from lessons_lib.plots._pen import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    Pen,
    Picture,
    legend_above,
)

# Colour, line style and marker: any one of the three tells the runners apart.
RUNNER_STYLES = {
    "SGD": (BLACK, "-", "o"),
    "momentum": (BLUE, "--", "s"),
    "Nesterov": (SKY, "-.", "D"),
    "AdaGrad": (ORANGE, "-", "^"),
    "RMSprop": (VERMILLION, "--", "v"),
    "AdaDelta": (GREY, "-.", "P"),
    "Adam": (GREEN, "-", "X"),
    "AdamW": (PURPLE, "--", "*"),
}
_LEVELS = 14  # shades of the map
_GROUND = LinearSegmentedColormap.from_list("ground", ["#FFFFFF", "#B4BCC4"])
_MOST_POINTS = 500  # of a drawn path
_DECADES = 6  # shown below the height of the start


def race_map(ax: Axes, race) -> Picture:
    """Draw a surface from above, darker where it is higher, and the paths of a race on it.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    race : object
        With ``surface``, ``runners``, ``paths`` of shape (steps + 1, runners, 2), ``steps`` and
        ``standing()``, such as ``lessons_lib.optimizers.Race``.

    Returns
    -------
    Picture
        Its sentence says who leads, who has arrived, is stuck, circles or is lost.
    """
    surface = race.surface
    pen = Pen(ax, " ", "x", "y", surface.xlim, surface.ylim)  # the title's room is the legend's
    # One image for each surface: their extents differ.
    extent = (*surface.xlim, *surface.ylim)
    pen.image(f"ground {surface.formula}", _ground(surface), extent, cmap=_GROUND)
    minima = np.array(surface.minima)
    goal = {"marker": "*", "s": 190, "color": "white", "edgecolors": BLACK, "linewidths": 1.0}
    pen.points("goal", minima, zorder=1.5, **goal)
    for i, name in enumerate(race.runners):
        color, style, marker = RUNNER_STYLES[name]
        shown = _thinned(race.steps)
        path = race.paths[shown, i]
        pen.line(f"path {name}", path[:, 0], path[:, 1], color=color, ls=style, lw=1.7)
        here = {"color": color, "marker": marker, "ms": 9, "mec": "white", "mew": 0.8, "ls": ""}
        pen.line(f"here {name}", path[-1:, 0], path[-1:, 1], zorder=3, **here)
    _name(ax, race.runners[:4])
    return pen.done(_standing_sentence(race))


def race_heights(ax: Axes, race) -> Picture:
    """Draw how far each runner of a race is above the lowest place, step by step.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Where to draw.
    race : object
        As for `race_map`, with ``heights`` of shape (steps + 1, runners).

    Returns
    -------
    Picture
        Its sentence says how high the lowest runner is.
    """
    top = 10.0 ** np.ceil(np.log10(max(race.heights[0, 0], 1e-12)) + 0.3)
    ylim = (top * 10.0 ** -(_DECADES + 1), top)
    end = next((e for e in (100, 200, 500, 1000, 2000, 5000, 10_000) if e >= race.steps), 20_000)
    if ax.get_yscale() != "log":
        ax.set_yscale("log")
    pen = Pen(ax, " ", "step", "height above the lowest place", (0, end), ylim)
    shown = _thinned(race.steps)
    for i, name in enumerate(race.runners):
        color, style, marker = RUNNER_STYLES[name]
        heights = np.clip(race.heights[shown, i], *ylim)
        pen.line(f"height {name}", shown, heights, color=color, ls=style, lw=1.9)
        here = {"color": color, "marker": marker, "ms": 9, "mec": "white", "mew": 0.8, "ls": ""}
        pen.line(f"here {name}", race.steps, heights[-1], zorder=3, clip_on=False, **here)
    _name(ax, race.runners[4:])
    best = int(np.argmin(race.heights[-1]))
    height = race.heights[-1, best]
    far = "at the lowest place" if height < 1e-6 else f"{height:.2g} above the lowest place"
    verdict = "is" if len(race.runners) == 1 else "is the lowest,"
    return pen.done(f"{race.runners[best]} {verdict} {far}." if race.steps else "")


@functools.lru_cache(maxsize=32)
def _ground(surface) -> np.ndarray:
    """Return the shade of each pixel of the map, in a few levels that hold equal areas."""
    x, y = (np.linspace(*limits, 240) for limits in (surface.xlim, surface.ylim))
    heights = surface.value(np.stack(np.meshgrid(x, y), axis=-1))
    # Levels by area: with levels by height, Rosenbrock's whole valley would have one shade.
    levels = np.quantile(heights, np.linspace(0, 1, _LEVELS + 1)[1:-1])
    return np.searchsorted(levels, heights).astype(float)


def _name(ax: Axes, names: Sequence[str]) -> None:
    """Put the runners' names above the Axes, once; four fit above each of two pictures."""
    if ax.get_legend() is None and names:
        looks = {name: RUNNER_STYLES[name] for name in names}
        handles = [
            Line2D([], [], color=color, ls=style, marker=marker, ms=7, mec="white", label=name)
            for name, (color, style, marker) in looks.items()
        ]
        legend_above(ax, handles=handles, handlelength=1.8, fontsize=8.5)
        # A row as wide as the Axes would make the layout narrow them.
        ax.get_legend().set_in_layout(False)


def _thinned(steps: int) -> np.ndarray:
    """Return which steps to draw: at regular, odd distances, and the last one.

    A path that jumps from side to side would seem straight at even distances.
    """
    distance = int(np.ceil((steps + 1) / _MOST_POINTS)) | 1
    return np.append(np.arange(0, steps, distance), steps)


def _standing_sentence(race) -> str:
    if race.steps == 0:
        x, y = race.paths[0, 0]
        return f"{_listed(race.runners)} {_waits(race.runners)} at ({x:.2f}, {y:.2f})."
    standing = race.standing()
    if not standing.leader:
        return f"After {race.steps} steps all are thrown off the map: the steps are too long."
    if len(race.runners) == 1:
        return f"After {race.steps} steps {race.runners[0]} {_alone(standing)}."
    parts = [f"After {race.steps} steps {standing.leader} leads."]
    groups = [
        ("Arrived", standing.arrived),
        ("Stuck", standing.stuck),
        ("Circling", standing.circling),
        ("Thrown off", standing.lost),
    ]
    parts += [f"{words}: {', '.join(names)}." for words, names in groups if names]
    if not (standing.stuck or standing.circling or standing.lost):
        parts.append("Nobody is stuck.")
    return " ".join(parts)


def _alone(standing) -> str:
    if standing.arrived:
        return "has arrived"
    return "is stuck" if standing.stuck else "circles" if standing.circling else "is on its way"


def _waits(names: Sequence[str]) -> str:
    return "waits" if len(names) == 1 else "wait"


def _listed(names: Sequence[str]) -> str:
    if len(names) > 3:
        return f"{len(names)} optimizers"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
