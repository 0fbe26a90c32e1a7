"""Pictures of limits: what is answered outside the window of the data, and the final league."""

import numpy as np

from lessons_lib.lessons.beyond import limits
from lessons_lib.plots import (
    BLUE,
    GREEN,
    GREY,
    INK,
    PURPLE,
    VERMILLION,
    Pen,
    Picture,
    Place,
)

_CUPS, _SPREAD = (-60, 700), (0.1, 200)  # cups that are drawn: answers, and how far apart they are


def answers_outside(
    ax: Place, answers: limits.Answers, *, query: float, activation: str
) -> Picture:
    """Draw what networks, a forest and the truth say, inside and outside the window of the data.

    Parameters
    ----------
    answers : limits.Answers
    query : float
        The temperature that is asked about.
    activation : str
        Of the networks, one of `limits.ACTIVATIONS`.
    """
    asked, networks = answers.asked, answers.said(activation)
    pen = Pen(ax, "", "temperature of the day [°C]", "cups sold", (limits.FROM, limits.TO), _CUPS)
    for name, edge in (("coldest", limits.COLDEST), ("hottest", limits.HOTTEST)):
        pen.mark_x(name, edge)
    middle = (limits.COLDEST + limits.HOTTEST) / 2
    pen.text("window", middle, 665, "measured days", color=PURPLE, anchor="center", size=9)
    for number, one in enumerate(networks):
        pen.curve(f"seed {number}", asked, one, color=BLUE, width=0.8, alpha=0.5)
    mean = networks.mean(axis=0)
    pen.curve("networks", asked, mean, color=BLUE, width=2.5, label="networks")
    pen.curve("forest", asked, answers.forest, color=GREEN, width=2, dash="--", label="forest")
    pen.curve("truth", asked, limits.truth(asked), color=INK, width=2, dash=":", label="truth")
    days = np.column_stack([answers.degrees, answers.cups])
    pen.points("days", days, color=GREY, size=3)
    said, tree = (np.interp(query, asked, values) for values in (mean, answers.forest))
    pen.here(query, np.clip(said, *_CUPS), sets=("query", ""), clip=False)
    pen.legend("above", columns=3)
    return pen.done(
        f"At {query:.0f} °C the networks say {said:.0f} cups, the forest {tree:.0f}; the "
        f"truth is {limits.truth(query):.0f}."
    )


def disagreement(ax: Place, answers: limits.Answers, *, query: float, activation: str) -> Picture:
    """Draw how far networks that differ only in their seed are apart, and from where on it alarms.

    The parameters are those of `answers_outside`.
    """
    asked, spread = answers.asked, answers.spread(activation)
    limit = answers.limit(activation)
    words = "temperature of the day [°C]", "spread of the networks [cups]"
    pen = Pen(ax, "", *words, (limits.FROM, limits.TO), _SPREAD, ylog=True)
    for name, edge in (("coldest", limits.COLDEST), ("hottest", limits.HOTTEST)):
        pen.mark_x(name, edge)
    pen.mark_y("limit", limit, color=VERMILLION, dash="--", width=1.5)
    look = {"color": VERMILLION, "anchor": "bottom left", "size": 9}
    pen.text("alarm", limits.FROM + 0.5, limit * 1.1, "alarm above", **look)
    pen.curve("spread", asked, np.clip(spread, *_SPREAD), color=BLUE, width=2.5)
    here = float(np.interp(query, asked, spread))
    pen.here(query, np.clip(here, *_SPREAD), sets=("query", ""), clip=False)
    missed = float(np.mean(spread[~answers.inside] <= limit))
    words = "an alarm" if here > limit else "no alarm"
    return pen.done(
        f"At {query:.0f} °C they are {here:.1f} cups apart: {words}. Of what lies outside, "
        f"{missed:.0%} is not noticed."
    )


def league_table(ax: Place, league: limits.League) -> Picture:
    """Draw the mean squared error of each player, lowest on top, with two standard errors.

    Parameters
    ----------
    league : limits.League
    """
    names = sorted(league.names, key=lambda name: league.loss(name)[0], reverse=True)
    losses = np.array([league.loss(name) for name in names])
    ends = losses[:, 0] - 2 * losses[:, 1], losses[:, 0] + 2 * losses[:, 1]
    rows = np.arange(len(names))
    limits_of = (0.95 * ends[0].min(), 1.03 * ends[1].max()), (-0.6, len(names) - 0.4)
    label = "mean squared error on the folds, ± 2 standard errors"
    ticks = dict(enumerate(names))
    pen = Pen(ax, "", label, "", *limits_of, yticks=ticks, tick_marks=False)
    bars = [np.array([[low, row], [high, row]]) for low, high, row in zip(*ends, rows, strict=True)]
    pen.segments("errors", bars, color=BLUE, width=2.5)
    pen.dot("losses", losses[:, 0], rows, color=BLUE, size=8)
    for row, (loss, _) in enumerate(losses):
        pen.text(f"loss {row}", loss, row + 0.2, f"{loss:.3f}", anchor="bottom", size=9)
    lead, error = league.lead(names[-1], names[-2])
    return pen.done(
        f"Lowest is: {names[-1]}, ahead of {names[-2]} by {lead:.3f}, with a standard error of "
        f"this lead of {error:.3f}."
    )
