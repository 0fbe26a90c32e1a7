"""What can be turned while two models train in turn: a table with one row each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lessons_lib._ground.values import shortened, whole_number
from lessons_lib.live._knob import Knob
from lessons_lib.live._knobs import KNOBS, Mark
from lessons_lib.live._network import Network

MOST_JUDGE_UPDATES = 16  # a loop holds so many batches at least
LOSSES = ("non-saturating", "minimax")


def _rate(who: str, network_of: Callable[[Any], Network]) -> Knob:
    """Return a trainer's learning rate as that of one of the two."""

    def apply(adversaries: Any, value: float) -> str | None:
        if network_of(adversaries).set_learning_rate(value):
            return None
        return f"A fixed learning rate replaces the schedule of the {who}."

    def rate(adversaries: Any) -> float:
        return network_of(adversaries).learning_rate

    row = KNOBS["learning_rate"]
    return replace(
        row,
        name=f"{who}_rate",
        words=f"{who}'s rate",
        short=f"{who} lr",
        meaning=f"Learning rate of the {who}; 0 lets it stand still.",
        tooltip=f"learning rate: how long each step of the {who} is; at 0 it stands still",
        read=rate,
        apply=apply,
        values=lambda adversaries: (0.0, *row.values(adversaries)),
        keep=lambda adversaries: (
            None if network_of(adversaries).has_schedule else rate(adversaries)
        ),
    )


def _checked_loss(adversaries: Any, value: Any) -> str:
    if value not in LOSSES:
        raise ValueError(
            f'generator_loss is "non-saturating" or "minimax"; received {shortened(value)}.'
        )
    return value


_ROWS = (
    _rate("generator", lambda adversaries: adversaries._generator),
    _rate("judge", lambda adversaries: adversaries._judge),
    Knob(
        name="judge_updates",
        words="judge's updates",
        short="judge",
        meaning="Updates of the judge before each of the generator.",
        tooltip="updates of the judge before each of the generator",
        read=lambda adversaries: adversaries._judge_updates,
        check=lambda adversaries, value: whole_number(
            "judge_updates",
            value,
            1,
            MOST_JUDGE_UPDATES,
            wanted="judge_updates counts the updates of the judge before each of the generator, "
            f"a whole number from 1 to {MOST_JUDGE_UPDATES}",
            floats=True,
        ),
        apply=lambda adversaries, value: setattr(adversaries, "_judge_updates", value),
        values=lambda adversaries: (1, 2, 3, 5, 10, 16),
        control="steps",
    ),
    Knob(
        name="generator_loss",
        words="generator's loss",
        short="",
        meaning="""What the generator makes smaller (Goodfellow et al., 2014, section 3).

        "non-saturating": the judge's loss where made samples count as real, -log D(G(z)) with a
        cross-entropy; "minimax": minus the judge's loss on made samples, log(1 - D(G(z))).
        """,
        tooltip="what the generator makes smaller",
        read=lambda adversaries: adversaries._loss,
        check=_checked_loss,
        apply=lambda adversaries, value: setattr(adversaries, "_loss", value),
        values=lambda adversaries: LOSSES,
        control="list",
    ),
)
DUEL_KNOBS: dict[str, Knob] = {knob.name: knob for knob in _ROWS}


class DuelMark(Mark):
    """A turn of a knob of two models."""

    @property
    def row(self) -> Knob:
        """The knob's row."""
        return DUEL_KNOBS[self.name]
