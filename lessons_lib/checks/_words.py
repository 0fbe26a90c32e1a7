"""Says in words how many numbers there are, for those to whom a shape says nothing yet."""

_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def counted(count: int, thing: str) -> str:
    """Return "one number", "three numbers", "40 numbers"."""
    word = _COUNTS[count] if count < len(_COUNTS) else str(count)
    return f"{word} {thing}" + ("" if count == 1 else "s")


def form_of(shape: tuple[int, ...]) -> str:
    """Return what an array of this shape looks like.

    Returns
    -------
    str
        "one number", "three numbers", "a table of three rows and two columns".
    """
    if len(shape) < 2:
        return counted(*shape or (1,), "number")
    if len(shape) == 2:
        return f"a table of {counted(shape[0], 'row')} and {counted(shape[1], 'column')}"
    return f"an array with {len(shape)} axes"


def misfit(received: tuple[int, ...], expected: tuple[int, ...]) -> str:
    """Return "three numbers are expected, one number came", with both shapes.

    Parameters
    ----------
    received, expected : tuple of int
        Two shapes that differ.

    Returns
    -------
    str
        Without the shapes where one is (), which says little to a beginner.
    """
    came, wanted = form_of(received), form_of(expected)
    text = f"{wanted} {'are' if wanted.endswith('numbers') else 'is'} expected, {came} came"
    if () in (received, expected):
        return text
    return f"{text} (shape {received} instead of {expected})"
