"""Say why a run blew up, and what to turn."""

import math


def divergence_sentence(
    step: int, learning_rate: float, l2: float, largest_input: float, largest_target: float
) -> str:
    """Return one sentence on a loss that stopped being a number.

    Parameters
    ----------
    step : int
        The update that failed, counted from 1.
    learning_rate, l2 : float
        The knobs at that moment.
    largest_input, largest_target : float
        Largest absolute value in X and in y.
    """
    rate = f"{learning_rate:g}"
    size = max(largest_input, largest_target)
    # One step shrinks a weight by the factor 1 - 2 * learning_rate * l2: below -1 it grows.
    if step > 1 and learning_rate * l2 > 1:
        return (
            f"Diverged at step {step} with l2 {l2:g}: with learning rate {rate} the penalty alone "
            f"overshoots; try l2 {_rounded(0.01 / learning_rate):g}."
        )
    if (step == 1 or learning_rate <= 0.01) and size > 50:
        what = "inputs" if largest_input >= largest_target else "targets"
        return (
            f"Diverged at step {step} with learning rate {rate}: the {what} reach {size:.3g}, "
            f"which makes the gradients huge; scale the {what} to about -1 ... 1."
        )
    if step == 1:
        return (
            "Diverged at step 1, before any weight was changed: the loss of the initial weights is "
            "not a finite number; look at the loss function, or begin with smaller weights."
        )
    return (
        f"Diverged at step {step} with learning rate {rate}: the steps overshoot; "
        f"try {_rounded(learning_rate / 10):g}."
    )


def _rounded(value: float) -> float:
    """Round to one significant digit, the kind of number one would type."""
    return round(value, -math.floor(math.log10(value))) if value > 0 else 0.0
