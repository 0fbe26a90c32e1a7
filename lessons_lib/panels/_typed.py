"""What somebody has typed beside a slider: which number it is, and which value it sets."""

import math
import re
import unicodedata
from collections.abc import Iterable
from numbers import Real

import ipywidgets as widgets

from lessons_lib._ground.values import one_line
from lessons_lib.panels._controls import nearest, pairs_of, value_said

_KINDS = (
    widgets.IntSlider,
    widgets.FloatSlider,
    widgets.FloatLogSlider,
    widgets.SelectionSlider,
)
_MINUS = str.maketrans("−–", "--")


def typed_into(roots: Iterable[widgets.Widget]) -> list[widgets.Widget]:
    """Return all sliders in some widgets, each with a class by which the page knows its number."""
    sliders = []
    waiting = list(roots)
    while waiting:
        one = waiting.pop(0)
        waiting.extend(getattr(one, "children", ()))
        if isinstance(one, _KINDS):
            one.add_class(f"lessons-slider-{len(sliders)}")
            sliders.append(one)
    return sliders


def set_typed(slider: widgets.Widget, text: str) -> str:
    """Set a slider to what was typed, or to the nearest value that it has.

    Returns
    -------
    str
        One sentence where the slider is not what was typed; "" where it is.
    """
    said = one_line(text, 30)
    pairs = pairs_of(slider)
    for label, value in pairs:
        if label.casefold() == said.casefold():
            slider.value = value
            return ""
    numeric = all(isinstance(value, Real) for _, value in pairs)
    numbers = _numbers(text) if numeric else []
    if not numbers:
        wrong = f"“{said}” is not {'a number' if numeric else 'on this slider'}"
        why = wrong if said else "Nothing was typed"
        return f"{why}: {slider.description} is still {words_of(slider)}."
    low, high = _ends(slider)
    number = next((one for one in numbers if low <= one <= high), numbers[0])
    slider.value = nearest(slider, min(max(number, low), high))
    if math.isclose(number, value_said(slider, slider.value), rel_tol=1e-6, abs_tol=1e-12):
        return ""
    return f"{said} is not on this slider: {slider.description} is {words_of(slider)} now."


def words_of(slider: widgets.Widget) -> str:
    """Return a slider's value as it is written beside it."""
    if isinstance(slider, widgets.SelectionSlider):
        return slider.label
    return f"{value_said(slider, slider.value):.6g}"


def _numbers(text: str) -> list[float]:
    """Return the numbers that a text may mean, the likelier first; none if it is no number.

    ``0,5`` is a half, ``1,000`` a thousand or one, ``50 %`` a half, ``１`` one.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_MINUS).strip()
    found = []
    for comma, point in ((",", "."), (".", ",")):
        digits = rf"(?:[1-9]\d{{0,2}}(?:[{comma} '’]\d{{3}})+|\d*)"
        pattern = rf"([+-]?{digits}(?:[{point}]\d*)?(?:e[+-]?\d+)?)\s*(%?)"
        match = re.fullmatch(pattern, plain, re.IGNORECASE)
        if match and re.match(r"[+-]?[.,]?\d", plain):
            written = re.sub(rf"[{comma} '’]", "", match[1]).replace(point, ".")
            number = float(written) / (100 if match[2] else 1)
            if number not in found:
                found.append(number)
    return found


def _ends(slider: widgets.Widget) -> tuple[float, float]:
    """Return a slider's lowest and highest number; "fastest" is none."""
    if isinstance(slider, widgets.SelectionSlider):
        values = [value for _, value in pairs_of(slider) if math.isfinite(value)]
        return min(values), max(values)
    if isinstance(slider, widgets.FloatLogSlider):
        return slider.base**slider.min, slider.base**slider.max
    return slider.min, slider.max
