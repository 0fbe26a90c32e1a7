"""Pictures of many networks in parallel: halving, and the edge of divergence."""

from collections.abc import Mapping

import numpy as np

from lessons_lib.lessons.tuning import caviar
from lessons_lib.plots import (
    BLUE,
    GREY,
    SKY,
    VERMILLION,
    Pen,
    Picture,
    Place,
    Ruler,
    population_map,
)

_SHOWN = 5  # curves of those that were stopped too early


def halved_curves(
    ax: Place, steps: np.ndarray, losses: np.ndarray, *, every: int, longer: bool = False
) -> Picture:
    """Draw the curves of many models of which the worse half stops again and again.

    Of those that would have ended lower than the best left over, the best are drawn on, dashed. The
    sentence says what halving costs, what the best left over is worth, and how many of those it
    has stopped.

    Parameters
    ----------
    steps : ndarray of shape (n_points,)
        After how many updates the losses were measured.
    losses : ndarray of shape (n_models, n_points)
        Validation losses of models that all train to the end, inf from where one diverged.
    every, longer
        As for `caviar.halve`.
    """
    halved, ends = caviar.halve(steps, losses, every, longer=longer), caviar.ends(losses)
    left = halved.winner
    better = np.flatnonzero(ends < ends[left])
    shown = better[np.argsort(ends[better], kind="stable")[:_SHOWN]]
    first = int(np.argmax(steps > 0))  # a logarithmic axis has no 0
    steps, losses = steps[first:], losses[:, first:]
    limits = (steps[0], steps[-1]), (0.8 * float(ends.min()), 1.2 * float(np.median(losses[:, 0])))
    pen = Pen(ax, "", "updates", "validation loss", *limits, xlog=True, ylog=True, xformat="steps")

    def lines(models, trained):
        return [
            np.column_stack([steps, losses[model]])[trained[model] & np.isfinite(losses[model])]
            for model in models
        ]

    until = steps <= halved.lasted[:, None]
    others = np.delete(np.arange(len(losses)), left)
    pen.segments("stopped", lines(others, until), color=GREY, width=0.7, alpha=0.5)
    pen.curve("left over", steps, losses[left], color=BLUE, width=2)
    after = steps >= halved.lasted[:, None]
    pen.segments("too early", lines(shown, after), color=VERMILLION, width=1.2, dash="--")
    pen.key("until it was stopped", color=GREY, width=1)
    pen.key("best of those left over", color=BLUE, width=2)
    pen.key("stopped, and would have ended lower", color=VERMILLION, dash="--", width=1.2)
    pen.legend("above", columns=3)
    return pen.done(
        f"First halved after {every:,} updates, it costs {halved.cost / halved.whole:.0%} of the "
        f"updates of a full training. What is left over ends at {ends[left]:.3f}, the best of all "
        f"at {ends.min():.3f}; {len(better)} of those that were stopped would have ended lower."
    )


def edge_and_limit(
    ax: Place,
    loss: np.ndarray,
    *,
    init_scale: np.ndarray,
    learning_rate: np.ndarray,
    limits: np.ndarray,
) -> Picture:
    """Draw the map of the edge, and over it the limit 2/λ of the output layer alone.

    The sentence says how many train on beyond the line, and how many diverge on the near side.

    Parameters
    ----------
    loss : ndarray of shape (n_scales, n_rates)
        Training losses, inf where a model diverged.
    init_scale, learning_rate : ndarray of shape (n_scales,) and (n_rates,)
        Their settings.
    limits : ndarray of shape (n_scales,)
        The limit for each scale, as `caviar.last_layer_limit` returns it.
    """
    pen = Pen(ax)
    pen.include(_edge(pen.blank(), loss, init_scale, learning_rate))
    rows, places = np.arange(len(limits)), Ruler(learning_rate).place(limits)
    inside = (places > -0.5) & (places < len(learning_rate) - 0.5)
    pen.curve("rim", places[inside], rows[inside], color="#222222", width=4.5, zorder=4)
    pen.curve("limit", places[inside], rows[inside], color=SKY, width=2.2, dash="--", zorder=5)
    top = np.flatnonzero(inside)[-1]
    pen.text("name", places[top] + 0.8, rows[top] - 1, "2/λ of the output layer", color="#FFFFFF",
             size=10, anchor="left", zorder=5)  # fmt: skip
    beyond, trains = learning_rate > limits[:, None], np.isfinite(loss)
    return pen.done(
        f"Beyond 2/λ of the output layer {trains[beyond].mean():.0%} go on training; on the near "
        f"side {1 - trains[~beyond].mean():.0%} diverge."
    )


def edge_window(
    ax: Place,
    loss: np.ndarray,
    *,
    init_scale: np.ndarray,
    learning_rate: np.ndarray,
    closer: Mapping[str, np.ndarray] | None = None,
    title: str = "",
) -> Picture:
    """Draw a map of the edge, and a rectangle for what the next one shows.

    Parameters
    ----------
    loss, init_scale, learning_rate
        As for `edge_and_limit`.
    closer : dict, optional
        ``init_scale`` and ``learning_rate`` of the next map.
    title : str
        Title of the picture.
    """
    box = None
    if closer is not None:
        box = (
            *_within(init_scale, closer["init_scale"]),
            *_within(learning_rate, closer["learning_rate"]),
        )
    pen = Pen(ax, title)
    pen.include(_edge(pen.blank(), loss, init_scale, learning_rate, box=box, legend=""))
    pairs = caviar.crossings(np.isinf(loss))
    diverged = np.isinf(loss).mean()
    return pen.done(
        f"{diverged:.0%} have diverged; the edge runs between {pairs:,} pairs of neighbours."
    )


def _edge(ax, loss, init_scale, learning_rate, **look):
    names = {"xlabel": "learning rate", "ylabel": "scale of the first weights"}
    return population_map(
        ax, loss, learning_rate, init_scale, **names, quantity="training loss", **look
    )


def _within(values, part):
    """Return the places nearest to the first and to the last value of another range."""
    first, last = np.rint(Ruler(values).place([part[0], part[-1]])).astype(int)
    return int(first), int(last)
