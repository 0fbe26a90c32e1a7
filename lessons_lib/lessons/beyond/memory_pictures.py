"""Pictures of memory: gradients through time, gates as heat maps, and how far one recalls."""

from collections.abc import Mapping, Sequence

import numpy as np

from lessons_lib.lessons.beyond.memory import Recurrent, first_bits, gradient_lengths, reach
from lessons_lib.plots import (
    BLUE,
    DIVERGING,
    GREY,
    INK,
    PAPER,
    PURPLE,
    VERMILLION,
    Pen,
    Picture,
    Place,
    series,
)

_LEAST, _MOST = 1e-9, 1e3  # relative lengths of a gradient that are drawn
GATES = ("forget", "input", "output", "cell")
_GAPS = (5, 10, 21, 40, 81)  # even and odd: a state that swings is right at every other one only


def gradient_through_time(
    ax: Place, *, gap: int, scale: float, forget_bias: float, seeds: int = 8
) -> Picture:
    """Draw how the gradient fades, or grows, on its way back from the end, before any training.

    The curves are medians over the seeds. The sentence says what reaches the first toss.

    Parameters
    ----------
    gap : int
        Steps from the first toss to the end.
    scale : float
        What the recurrent weights of the plain network, orthogonal, are multiplied by.
    forget_bias : float
        Of the LSTM at its start.
    seeds : int
        Of the weights.
    """
    networks = {
        "plain RNN": Recurrent.start("orthogonal", range(seeds), scale=scale),
        "LSTM": Recurrent.start("LSTM", range(seeds), forget_bias=forget_bias),
    }
    back = np.arange(gap + 1)
    limits = (0, max(gap, 1)), (_LEAST, _MOST)
    words = "steps back from the end", "length of the gradient, 1 at the end"
    pen = Pen(ax, "", *words, *limits, ylog=True, whole_x=True)
    pen.mark_y("as long as at the end", 1)
    reached = []
    for number, (name, network) in enumerate(networks.items()):
        lengths = np.median(gradient_lengths(network, gap), axis=0)[::-1]
        shown = np.clip(lengths, _LEAST, _MOST)
        pen.curve(name, back, shown, width=2.5, label=name, **series(number))
        reached.append(f"{name} {_in_words(lengths[-1])}")
    sets = {"color": INK, "size": 8, "sets": ("gap", ""), "clip": False}
    pen.dot("the first toss", gap, shown[-1], **sets)
    pen.legend("above", columns=2)
    steps = "1 step" if gap == 1 else f"{gap} steps"
    return pen.done(
        f"Of a gradient of 1 at the end there reaches the first toss, {steps} back: "
        f"{', '.join(reached)}."
    )


def _in_words(length: float) -> str:
    if length < 1e-3:
        return "less than 0.001"
    return f"{length:.2g}" if length < 100 else f"{length:,.0f}"


def recall_by_gap(
    ax: Place, fractions: Mapping[str, np.ndarray], gaps: Sequence[int], trained: int
) -> Picture:
    """Draw how many of the networks still recall at each gap, beyond the one they were taught.

    Parameters
    ----------
    fractions : dict of str to ndarray of shape (n_seeds, n_gaps)
        Of first tosses recalled, as `memory.reach` returns it.
    gaps : sequence of int
    trained : int
        The gap that all were trained at.
    """
    ticks = {gap: str(gap) for gap in gaps}
    limits = (min(gaps) * 0.9, max(gaps) * 1.1), (0, 1)
    words = "gap: tosses after the first one", "networks that recall"
    pen = Pen(ax, "", *words, *limits, xlog=2, yformat="percent", xticks=ticks)
    pen.mark_x("trained", trained)
    pen.text("trained here", trained * 1.04, 0.04, "trained here", color=PURPLE, size=9)
    told = []
    for number, (name, right) in enumerate(fractions.items()):
        able = np.mean(right >= 0.98, axis=0)
        look = {"width": 2.5, "marker": "o", "size": 5, "clip": False, "label": name}
        pen.curve(name, gaps, able, **look, **series(number))
        told.append(f"{name} {round(able[-1] * len(right))} of {len(right)}")
    pen.legend("above", columns=3)
    return pen.done(f"At a gap of {gaps[-1]} there still recall: {', '.join(told)}.")


def recall_now(ax: Place, networks: Mapping[str, Recurrent], *, gap: int) -> Picture:
    """Draw how well networks that train recall at other gaps than the one they train at.

    Parameters
    ----------
    networks : dict of str to Recurrent
    gap : int
        At which they train.
    """
    ticks = {one: str(one) for one in _GAPS}
    words = "gap it is asked at", "fraction recalled"
    pen = Pen(ax, "", *words, (4.5, 90), (0, 1), xlog=2, xticks=ticks)
    pen.mark_y("by chance", 0.5)
    pen.mark_x("trained", gap)
    told = []
    for number, (name, network) in enumerate(networks.items()):
        (right,) = reach(network, _GAPS, n=100)
        look = {"width": 2, "marker": "o", "size": 6, "clip": False, "label": name}
        pen.curve(name, _GAPS, right, **look, **series(number))
        told.append(f"{name} {right[-1]:.2f}")
    pen.legend("above", columns=2)
    return pen.done(f"Asked at a gap of {_GAPS[-1]}, they recall {', '.join(told)}.")


def one_sequence(first: str, gap: int, coins: int) -> np.ndarray:
    """Return one sequence of tosses, of shape (1, gap + 1, 1).

    Parameters
    ----------
    first : {"heads", "tails"}
    gap : int
        Tosses after the first one.
    coins : int
        Which tosses follow.
    """
    if first not in ("heads", "tails"):
        raise ValueError(f'The first toss is "heads" or "tails"; received {first!r}.')
    X = first_bits(gap, 1, seed=100 + coins)[0][:, -gap - 1 :].astype(float)
    X[0, 0, 0] = 1 if first == "heads" else -1
    return X


def gate_map(
    ax: Place, lstm: Recurrent, *, first: str, gap: int, coins: int, shown: str
) -> Picture:
    """Draw what a gate, or the cell state, does at each step, in each unit, as colours.

    Above it stand the tosses: blue for tails, orange for heads.

    Parameters
    ----------
    lstm : Recurrent
        One trained LSTM.
    first, gap, coins
        The tosses, as `one_sequence` takes them.
    shown : {"forget", "input", "output", "cell"}
    """
    if shown not in GATES:
        names = ", ".join(f'"{name}"' for name in GATES)
        raise ValueError(f"An LSTM shows one of {names}; received {shown!r}.")
    X = one_sequence(first, gap, coins)
    values = getattr(lstm.gates(X), shown)[0, :, 0]  # (steps, units)
    steps, units = values.shape
    limit = max(1.0, float(np.abs(values).max())) if shown == "cell" else 1.0
    look = {"colors": DIVERGING, "limits": (-limit, limit)} if shown == "cell" else {
        "colors": (PAPER, BLUE), "limits": (0, 1)
    }  # fmt: skip
    ticks = {0: "unit 1", units - 1: f"unit {units}", units + 0.5: "toss"}
    limits = (-0.5, max(steps, 2) - 0.5), (-0.5, units + 1)
    name = "cell state" if shown == "cell" else f"{shown} gate"
    title = f"{name}, from −{limit:.1f} to {limit:.1f}" if shown == "cell" else f"{name}, 0 to 1"
    pen = Pen(ax, title, "step", "", *limits, yticks=ticks, tick_marks=False, whole_x=True)
    pen.image(shown, values.T, (-0.5, steps - 0.5, -0.5, units - 0.5), smooth=False, **look)
    tosses = (-0.5, steps - 0.5, units, units + 1)
    colours = {"colors": (BLUE, PAPER, VERMILLION), "limits": (-1, 1), "smooth": False}
    pen.image("tosses", X[0, :, 0][None], tosses, **colours)
    at_first, later = values[0].mean(), values[1:].mean() if steps > 1 else values[0].mean()
    if shown != "cell":
        return pen.done(
            f"The {name}, mean over the units: {at_first:.2f} at the first toss, {later:.2f} after."
        )
    kept = int(np.argmax(np.abs(values[-1])))
    return pen.done(
        f"After the first toss, {first}, the cell state of unit {kept + 1} is "
        f"{values[0, kept]:.1f}; at the end it is {values[-1, kept]:.1f}."
    )


def said_so_far(ax: Place, lstm: Recurrent, *, first: str, gap: int, coins: int) -> Picture:
    """Draw the probability of heads that the network would answer after each toss.

    The parameters are those of `gate_map`.
    """
    X = one_sequence(first, gap, coins)
    said = lstm.said(X)[0, :, 0]
    steps = np.arange(len(said))
    limits = (-0.5, max(len(said), 2) - 0.5), (0, 1)
    words = "asked after step", "probability that the first was heads"
    pen = Pen(ax, "", *words, *limits, whole_x=True)
    pen.mark_y("no idea", 0.5, color=GREY, dash="--")
    pen.curve("said", steps, said, color=BLUE, width=2.5, marker="o", size=4, clip=False)
    last = {"sets": ("gap", ""), "clip": False}
    pen.here(steps[-1], said[-1], **last)
    answer = "heads" if said[-1] > 0.5 else "tails"
    verdict = "right" if answer == first else "wrong"
    return pen.done(f"Asked {gap} tosses later it says {answer}, with {said[-1]:.2f}: {verdict}.")
