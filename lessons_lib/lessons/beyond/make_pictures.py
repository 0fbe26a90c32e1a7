"""Pictures of a generator and its judge: what is made, what is said of it, and of which noise."""

from collections.abc import Mapping

import numpy as np

from lessons_lib.lessons.beyond import make
from lessons_lib.plots import (
    BLUE,
    GREEN,
    GREY,
    INK,
    SKY,
    VERMILLION,
    Pen,
    Picture,
    Place,
    compared_curves,
    series,
)

_REACH = 4.5
_X = np.linspace(-_REACH, _REACH, 181)
_EDGES = np.linspace(-_REACH, _REACH, 46)
_NOISE = np.linspace(-3, 3, 121)


def made_and_judged(ax: Place, runners: Mapping, best: bool = False) -> Picture:
    """Draw the data's density, the numbers that are made, and what the judge says at each place.

    The sentence says where the made numbers lie, and how sure the judge is of them.

    Parameters
    ----------
    runners : dict of str to Adversaries
        One pair, under any name.
    best : bool
        Whether the best judge of these made numbers is drawn as well.
    """
    pair = next(iter(runners.values()))
    made = pair.generate(1000).ravel()
    heights = np.histogram(made, _EDGES)[0] / len(made) / np.diff(_EDGES)
    pen = Pen(ax, "Data, made numbers, judge", "number", "density, or what the judge says",
              (-_REACH, _REACH), (0, 1.05), xticks=5, yticks=6)  # fmt: skip
    pen.bars("made", heights, _EDGES, color=BLUE, alpha=0.5, label="made")
    data = make.density(_X)
    pen.curve("data", _X, data, color=INK, width=2, label="data")
    said = pair.judge_of(_X[:, None]).ravel()
    pen.curve("judge", _X, said, color=VERMILLION, width=2, dash="--", label="judge")
    if best:
        middles = (_EDGES[:-1] + _EDGES[1:]) / 2
        real = make.density(middles)
        answer = real / np.maximum(real + heights, 1e-9)
        pen.curve("best", middles, answer, color=GREEN, width=1.2, label="best judge")
    pen.legend("above", size=9)
    left, right = make.shares(made)
    off = 1 - left - right
    gone = [name for name, share in (("left", left), ("right", right)) if share < make.LOST]
    missed = f" The {gone[0]} bump is lost." if len(gone) == 1 else ""
    missed = " Both bumps are missed." if len(gone) == 2 else missed
    of_made = float(np.mean(pair.judge_of(made[:, None])))
    return pen.done(
        f"Step {pair.updates:,}: {left:.0%} of the made numbers lie in the left bump, {right:.0%} "
        f"in the right one, {off:.0%} elsewhere.{missed} The judge says {of_made:.2f} of them on "
        "average."
    )


def noise_to_number(ax: Place, runners: Mapping) -> Picture:
    """Draw what the generator makes of each noise, with the two bumps as bands.

    The sentence says how much of the noise leads into each bump.

    Parameters
    ----------
    runners : dict of str to Adversaries
        One pair, under any name.
    """
    pair = next(iter(runners.values()))
    pen = Pen(ax, "From noise to number", "noise", "number", (-3, 3), (-_REACH, _REACH),
              xticks=5, yticks=5)  # fmt: skip
    for number, centre in enumerate(make.CENTRES):
        low, high = centre - make.NEAR, centre + make.NEAR
        pen.bars(f"bump {number}", [high], [-3.0, 3.0], low, color=SKY, alpha=0.35,
                 label="" if number else "bumps")  # fmt: skip
    made = pair.made_of(_NOISE[:, None]).ravel()
    pen.curve("generator", _NOISE, made, color=BLUE, width=2.5, label="generator")
    bell = np.exp(-(_NOISE**2) / 2)
    pen.curve("noise", _NOISE, -_REACH + bell, color=GREY, width=1, dash=":", label="how often")
    pen.legend("above", size=9)
    weights = bell / bell.sum()
    inside = [weights[np.abs(made - centre) < make.NEAR].sum() for centre in make.CENTRES]
    return pen.done(
        f"{inside[0]:.0%} of the noise leads into the left bump, {inside[1]:.0%} into the right."
    )


def both_losses(ax: Place, runners: Mapping) -> Picture:
    """Draw the losses of both, with ln 2, where the judge only guesses.

    Parameters
    ----------
    runners : dict of str to Adversaries
        One pair, under any name.
    """
    history = next(iter(runners.values())).history
    curves = {
        who: {"step": history["step"], "loss": history[f"{who}_loss"]}
        for who in ("generator", "judge")
    }
    pen = Pen(ax)
    drawn = compared_curves(pen.blank(), curves, quantity="loss", title="Losses")
    pen.include(drawn)
    guessing = float(np.log(2))
    pen.mark_y("guessing", guessing, drawn.scene.frame["xlim"], width=1.5, label="ln 2")
    pen.legend("above", size=9)
    if not history["step"]:
        return pen.done(drawn.sentence)
    last = {who: f"{curve['loss'][-1]:.2f}" for who, curve in curves.items()}
    return pen.done(
        f"Losses: generator {last['generator']}, judge {last['judge']}; a judge that only guesses "
        f"has {guessing:.2f}."
    )


def shares_over_time(ax: Place, trainings: Mapping[str, np.ndarray], every: int = 50) -> Picture:
    """Draw which fraction of the made numbers lay in the right bump, over the steps.

    Parameters
    ----------
    trainings : dict of str to ndarray of shape (n_moments, 2)
        By name, what `make.over_time` returns.
    every : int
        Steps from one moment to the next.
    """
    pen = Pen(ax, "Which bump is made?", "step", "fraction in the right bump", ylim=(-0.03, 1.03),
              yticks=5, xformat="steps")  # fmt: skip
    said = []
    for number, (name, moments) in enumerate(trainings.items()):
        steps = every * np.arange(1, len(moments) + 1)
        pen.curve(
            f"right {name}", steps, moments[:, 1], label=name, **(series(number) | {"width": 2})
        )
        late = moments[len(moments) // 2 :, 1]
        said.append(f"{name} from {late.min():.0%} to {late.max():.0%}")
    pen.frame(xlim=(0, max(every * len(moments) for moments in trainings.values())))
    pen.mark_y("half", 0.5, pen.xlim, width=1)
    pen.legend("above")
    return pen.done(
        f"In the second half the fraction made in the right bump goes: {'; '.join(said)}."
    )
