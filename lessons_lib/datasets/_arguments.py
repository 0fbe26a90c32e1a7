"""Checks of the arguments that many functions share: each error says how to mend the call."""

import math
import numbers


def whole_number(name, value, at_least):
    """Return `value` as an int, or explain why it is not a whole number >= `at_least`."""
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise TypeError(
            f"{name} must be a whole number, {at_least} or more; received {value!r} "
            f"of type {type(value).__name__}. Write for example {name}={max(at_least, 2)}."
        )
    if value < at_least:
        raise ValueError(f"{name} must be {at_least} or more; received {value}.")
    return int(value)


def finite_number(name, value):
    """Return `value` as a float, or explain why it is not a finite number."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise TypeError(
            f"{name} must be a number; received {value!r} of type {type(value).__name__}."
        )
    if not math.isfinite(value):
        raise ValueError(f"{name} must be a finite number; received {value}.")
    return float(value)


def noise_level(noise):
    """Return `noise` as a float, or explain why it is not a standard deviation."""
    noise = finite_number("noise", noise)
    if noise < 0:
        raise ValueError(
            f"noise is a standard deviation and must be 0 or more; received {noise}. "
            "Use noise=0 for points without noise."
        )
    return noise
