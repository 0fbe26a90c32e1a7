"""Pictures of a race of optimizers: the map with their paths, and how low each has come."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lessons_lib._ground.values import listed
from lessons_lib.plots._course import THIS_RUN, OtherRun, lowest_of
from lessons_lib.plots._look import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PAPER,
    PURPLE,
    SKY,
    VERMILLION,
    Look,
    run_look,
)
from lessons_lib.plots._pen import Pen, Picture, Place
from lessons_lib.plots._training import OTHER, draw_now

# Colour, line style and marker: any one of the three tells the runners apart.
RUNNER_STYLES = {
    "SGD": (INK, "-", "o"),
    "momentum": (BLUE, "--", "s"),
    "Nesterov": (SKY, "-.", "D"),
    "AdaGrad": (ORANGE, "-", "^"),
    "RMSprop": (VERMILLION, "--", "v"),
    "AdaDelta": (GREY, "-.", "P"),
    "Adam": (GREEN, "-", "X"),
    "AdamW": (PURPLE, "--", "*"),
}
# Factors of widths and sizes by line style: where two go the same way, the wide line and the
# large sign of the one below are seen beside those of the one on top.
_WIDER = {"-": 2.0, "--": 1.0, "-.": 1.0}
_LARGER = {"-": 1.35, "--": 1.0, "-.": 0.85}
_LEVELS = 14  # shades of the map
_GROUND = {"colors": (PAPER, "#8C98A4"), "alpha": 0.65}  # low and high
_MOST_POINTS = 500  # of a drawn path
_LATER: Look = OTHER | {"color": INK, "dash": ":"}  # what came after a step gone back to
_DECADES = 6  # shown below the height of the start


def race_map(ax: Place, race: Any) -> Picture:
    """Draw a surface from above, darker where it is higher, and the paths of a race on it.

    The sentence says who leads, who has arrived, is stuck, circles or is lost.

    Parameters
    ----------
    race : object
        With ``surface``, ``runners``, ``paths`` of shape (steps + 1, runners, 2), ``steps`` and
        ``standing()``, such as ``lessons_lib.optimizers.Race``.
    """
    surface = race.surface
    # The title's room is the legend's. In unequal units no step would go against the slope.
    pen = Pen(ax, " ", "x", "y", surface.xlim, surface.ylim, equal=True)
    ground = f"ground {surface.formula}"
    pen.image(ground, _ground(surface), (*surface.xlim, *surface.ylim), **_GROUND)
    goal = {"marker": "*", "size": 13.8, "color": PAPER, "edge": INK, "edge_width": 1.0}
    pen.points("goal", np.array(surface.minima), zorder=1.5, **goal)
    start = {"color": INK, "fill": PAPER, "edge_width": 1.2, "size": 12, "zorder": 1.6}
    pen.dot("start", *race.paths[0, 0], **start, label="start", sets=("across", "up"))
    shown = _thinned(race.steps)
    for i, name in enumerate(race.runners):
        path = race.paths[shown, i]
        _draw_runner(pen, name, f"path {name}", path[:, 0], path[:, 1], width=1.7)
    _name(pen, race.runners[:4])
    return pen.done(_standing_sentence(race))


def race_heights(
    ax: Place,
    race: Any,
    *,
    others: Sequence[OtherRun] = (),
    whole: Mapping[str, Sequence[float]] | None = None,
) -> Picture:
    """Draw how far each runner of a race is above the lowest place, step by step.

    The sentence says how high the lowest runner is, and which of several races came lowest.

    Parameters
    ----------
    race : object
        As for `race_map`, with ``heights`` of shape (steps + 1, runners).
    others : sequence of OtherRun
        Races to compare with, a thin line each. Their histories have ``"step"`` and
        ``"height"``, that of whichever runner was lowest at the step.
    whole : dict of str to list of float, optional
        The history of the whole race, where it has been taken back to an earlier step: a line
        says where it stands, and what came after is a thin line of the lowest.
    """
    top = 10.0 ** np.ceil(np.log10(max(race.heights[0, 0], 1e-12)) + 0.3)
    ylim = (top * 10.0 ** -(_DECADES + 1), top)
    others = [other for other in others if len(other.history["step"])]
    present = _lowest(race) if whole is None else whole
    ends = [history["step"][-1] for history in (present, *(other.history for other in others))]
    end = next((e for e in (100, 200, 500, 1000, 2000, 5000, 10_000) if e >= max(ends)), 20_000)
    pen = Pen(ax, " ", "step", "height above the lowest place", (0, end), ylim, ylog=True)
    shown = _thinned(race.steps)
    for i, name in enumerate(race.runners):
        heights = np.clip(race.heights[shown, i], *ylim)
        _draw_runner(pen, name, f"height {name}", shown, heights, width=1.9, clip=False)
    if whole is not None:
        _draw_lowest(pen, "later", THIS_RUN, whole, ylim, _LATER, since=race.steps)
        draw_now(pen, race.steps)
    for number, other in enumerate(others):
        look = run_look(other.number) | OTHER
        _draw_lowest(pen, f"other {number}", other.label, other.history, ylim, look)
    _name(pen, race.runners[4:])
    best = int(np.argmin(race.heights[-1]))
    height = race.heights[-1, best]
    far = "at the lowest place" if height < 1e-6 else f"{height:.2g} above the lowest place"
    verdict = "is" if len(race.runners) == 1 else "is the lowest,"
    where = "" if whole is None else f"Step {race.steps:,} of {whole['step'][-1]:,}."
    standing = f"{race.runners[best]} {verdict} {far}." if race.steps else ""
    return pen.done(" ".join(filter(None, [where, standing, _lowest_of(present, others)])))


def _lowest(race: Any) -> dict[str, np.ndarray]:
    """Return how low the lowest runner was at each step, as a history."""
    return {"step": np.arange(race.steps + 1), "height": race.heights.min(axis=1)}


def _draw_lowest(
    pen: Pen,
    mark: str,
    name: str,
    history: Mapping[str, Sequence[float]],
    ylim: tuple[float, float],
    look: Look,
    since: int = 0,
) -> None:
    """Draw how low the lowest of a race was from a step on, and name the race."""
    steps, heights = (np.asarray(history[column]) for column in ("step", "height"))
    steps, heights = steps[steps >= since], heights[steps >= since]
    shown = _thinned(len(steps) - 1)
    pen.curve(mark, steps[shown], np.clip(heights[shown], *ylim), **look)
    pen.key(name, **look)


def _lowest_of(present: Mapping, others: Sequence[OtherRun]) -> str:
    """Say which of several races came lowest, and when."""
    if not others:
        return ""
    histories = {other.name: other.history for other in others} | {THIS_RUN: present}
    races = {name: (history["step"], history["height"]) for name, history in histories.items()}
    who, height, step = lowest_of(races)
    return f"Lowest of all runs: {listed(who)}, {height:.2g} at step {step:,}."


def _draw_runner(pen: Pen, name: str, mark: str, x, y, width: float, clip: bool = True) -> None:
    """Draw the way of a runner, and its sign at the end, which ``clip`` may cut off."""
    color, dash, marker = RUNNER_STYLES[name]
    pen.curve(mark, x, y, color=color, dash=dash, width=width * _WIDER[dash], label=name)
    size = 9 * _LARGER[dash]
    look = {"color": color, "marker": marker, "size": size, "edge": PAPER, "edge_width": 0.8}
    pen.dot(f"here {name}", x[-1], y[-1], zorder=3, clip=clip, label=name, **look)


@functools.lru_cache(maxsize=32)
def _ground(surface) -> np.ndarray:
    """Return the shade of each pixel of the map, in a few levels that hold equal areas."""
    x, y = (np.linspace(*limits, 240) for limits in (surface.xlim, surface.ylim))
    heights = surface.value(np.stack(np.meshgrid(x, y), axis=-1))
    # Levels by area: with levels by height, Rosenbrock's whole valley would have one shade.
    levels = np.quantile(heights, np.linspace(0, 1, _LEVELS + 1)[1:-1])
    shades = np.searchsorted(levels, heights).astype(float)
    shades.setflags(write=False)  # kept for every picture of this surface
    return shades


def _name(pen: Pen, names: Sequence[str]) -> None:
    """Put the runners' names above the picture; four fit above each of two pictures."""
    for name in names:
        color, dash, marker = RUNNER_STYLES[name]
        pen.key(name, color=color, dash=dash, marker=marker, size=7, edge=PAPER)
    pen.legend("above", sample=1.8, size=8.5)


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
    return listed(names)
