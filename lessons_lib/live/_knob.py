"""A row of a table of knobs: one hyperparameter that can be turned while a model trains."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lessons_lib._ground.turns import said


@dataclass(frozen=True)
class Knob:
    """One row: a hyperparameter that can be turned while a model trains."""

    name: str  # the trainer's attribute
    meaning: str  # for whoever reads the attribute's help
    tooltip: str  # for whoever points at its control
    read: Callable[[Any], Any]  # (trainer) -> value
    check: Callable[[Any, Any], Any]  # (trainer, value) -> value to apply, or one sentence
    # (trainer, value) -> None, or what is told where the loop has to be made anew
    apply: Callable[[Any, Any], str | None]
    values: Callable[[Any], Iterable]  # (trainer) -> what a control offers beside the present one
    # "steps": a slider along the values; "range": over whole numbers; "list"; "switch": on or off;
    # "": none, it is turned on a picture or by code
    control: str
    compiles: bool = False  # whether every value needs a loop of its own, from the next step on
    quiet: bool = False  # whether a panel has a control for it only where it is asked for
    lasts: bool = True  # whether it is a state, and no event: a run begun anew goes on with it
    has: Callable[[Any], bool] = lambda trainer: True  # whether its model has this knob
    lacking: str = ""  # what is said where it has not
    words: str = ""  # label of the control; the name if not given
    short: str | None = None  # word before the value on the loss curve; `words` if not given
    # (value, new) -> whether a value has left nothing behind where it is turned on at once
    passing: Callable[[Any, Any], bool] | None = None
    say: Callable[[Any], str] = said  # value -> in words
    # (trainer, value) -> how a control writes it
    option: Callable[[Any, Any], str] = lambda trainer, value: said(value)
    keep: Callable[[Any], Any] | None = None  # what a snapshot keeps; `read` if not given
    # (trainer, kept) -> as `apply`; turns the knob if not given, unless None was kept
    bring_back: Callable[[Any, Any], str | None] | None = None

    def __post_init__(self):
        words = self.words or self.name
        object.__setattr__(self, "words", words)
        object.__setattr__(self, "short", words if self.short is None else self.short)

    def offers(self, trainer: Any) -> tuple:
        """Return the values that a control offers, the present one among them.

        Numbers ascend. They are chosen from a list and not on a continuous scale: a learning
        rate of 0.3 says more than one of 0.3162, and the model's own value, whatever it is, is
        one of the steps.
        """
        values, now = tuple(self.values(trainer)), self.read(trainer)
        if self.control == "list" and isinstance(now, str):
            return values if now in values else (now, *values)
        return tuple(sorted({*values, now}))

    def label(self, value: Any) -> str:
        """Return what it was turned to in few letters: ``lr 0.1``, ``width 8``, ``relu``."""
        number = f"{value:.2g}" if isinstance(value, float) else self.say(value)
        return f"{self.short} {number}".strip()

    def kept(self, trainer: Any) -> Any:
        """Return what a snapshot keeps, or None."""
        return self.read(trainer) if self.keep is None else self.keep(trainer)

    def restore(self, trainer: Any, kept: Any) -> str | None:
        """Turn the knob to what a snapshot has kept; return what is told, as `apply` does."""
        if self.bring_back is not None:
            return self.bring_back(trainer, kept)
        if kept is not None and self.read(trainer) != kept:
            trainer.turn(self.name, kept)
        return None
