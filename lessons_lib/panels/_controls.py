"""Controls for panels: from a short description to a labelled widget."""

import math
import numbers
from dataclasses import dataclass, field
from typing import Any

import ipywidgets as widgets

from lessons_lib.panels._runner import Knob, Runner


@dataclass(frozen=True)
class Slider:
    """A number chosen with a slider.

    Attributes
    ----------
    low, high : float
        Ends of the slider, both included.
    start : float, optional
        Value at first; the middle (on a logarithmic slider the geometric middle) if not given.
    step : float, optional
        Distance of neighbouring values; 1 for whole numbers, else a round number that divides the
        range in about a hundred.
    label : str, optional
        Words beside the slider; made from the parameter's name if not given.
    log : bool
        Whether equal distances mean equal ratios.
    """

    low: float
    high: float
    start: float | None = None
    step: float | None = None
    label: str = ""
    log: bool = False

    def __post_init__(self):
        for name in ("low", "high"):
            value = getattr(self, name)
            if not isinstance(value, numbers.Real) or not math.isfinite(value):
                raise TypeError(
                    f"A slider needs a finite number as its {name} end, received {value!r}."
                )
        if not self.low < self.high:
            raise ValueError(
                f"A slider needs its low end below its high end, received low={self.low}, "
                f"high={self.high}."
            )
        if self.log and self.low <= 0:
            raise ValueError(
                f"A logarithmic slider needs a low end above 0, received low={self.low}."
            )
        if self.start is not None and not self.low <= self.start <= self.high:
            raise ValueError(
                f"A slider must start between its ends {self.low} and {self.high}, "
                f"received start={self.start}."
            )

    @property
    def whole(self) -> bool:
        """Whether the slider gives whole numbers."""
        given = [self.low, self.high, *(v for v in (self.start, self.step) if v is not None)]
        return not self.log and all(isinstance(v, numbers.Integral) for v in given)

    def widget(self, label: str) -> widgets.Widget:
        """Return the slider with ``label`` beside it."""
        common = {"description": label, "continuous_update": True}
        if self.log:
            middle = math.sqrt(self.low * self.high)
            return widgets.FloatLogSlider(
                value=self.start if self.start is not None else middle,
                min=math.log10(self.low),
                max=math.log10(self.high),
                step=(math.log10(self.high) - math.log10(self.low)) / 100,
                readout_format=".2g",
                **common,
            )
        middle = (self.low + self.high) / 2
        start = self.start if self.start is not None else middle
        if self.whole:
            return widgets.IntSlider(
                value=round(start), min=self.low, max=self.high, step=self.step or 1, **common
            )
        step = self.step or _round_step(self.low, self.high, start)
        if self.start is None:
            start = self.low + step * round((middle - self.low) / step)
        digits = max(0, min(4, math.ceil(-math.log10(step) - 1e-9)))
        return widgets.FloatSlider(
            value=start,
            min=self.low,
            max=self.high,
            step=step,
            readout_format=f".{digits}f",
            **common,
        )


@dataclass(frozen=True)
class Choice:
    """One of several values.

    Attributes
    ----------
    options : tuple
        The values, or (words, value) pairs.
    start : object, optional
        The value at first; the first one if not given.
    label : str, optional
        Words beside the control.
    slider : bool
        Whether to slide along the values, in their order, and not to pick from a list.
    """

    options: tuple = field(default=())
    start: Any = None
    label: str = ""
    slider: bool = False

    def widget(self, label: str) -> widgets.Widget:
        """Return a drop-down list, or a slider, with ``label`` beside it."""
        chosen = {} if self.start is None else {"value": self.start}
        kind = widgets.SelectionSlider if self.slider else widgets.Dropdown
        return kind(options=list(self.options), description=label, **chosen)


@dataclass(frozen=True)
class Switch:
    """Something that is on or off."""

    start: bool = False
    label: str = ""

    def widget(self, label: str) -> widgets.Widget:
        """Return a checkbox with ``label`` beside it."""
        return widgets.Checkbox(value=self.start, description=label, indent=False)


def knob_control(knob: Knob, runner: Runner) -> widgets.Widget:
    """Return the control for a knob, at its present value."""
    offers, now = knob.offers(runner), knob.read(runner)
    if knob.control in ("steps", "list"):
        options = tuple((knob.option(runner, value), value) for value in offers)
        described = Choice(options, now, slider=knob.control == "steps")
    elif knob.control == "switch":
        described = Switch(now)
    else:
        log = knob.control == "log"
        step = None if log else round(offers[1] - offers[0], 9)
        described = Slider(offers[0], offers[-1], now, step=step, log=log)
    control = described.widget(knob.words)
    control.tooltip = knob.tooltip or None
    return control


def value_said(control: widgets.Widget, value: object) -> object:
    """Return what the readout says: a logarithmic slider gives 0.0446683…, shown as 0.045."""
    return float(f"{value:.2g}") if isinstance(control, widgets.FloatLogSlider) else value


def follow(control: widgets.Widget, value: object, words: str) -> None:
    """Let a control show a value, also one that it does not offer yet."""
    if isinstance(control, widgets.IntSlider):
        control.min, control.max = min(control.min, value), max(control.max, value)
    elif hasattr(control, "options"):
        values = [offered for _, offered in control.options]
        if value not in values:
            pairs = [*control.options, (words, value)]
            ordered = all(isinstance(v, int | float) for v in values)
            control.options = sorted(pairs, key=lambda pair: pair[1]) if ordered else pairs
    control.value = value


def same(one: object, other: object) -> bool:
    """Tell whether two values differ by rounding only: a browser sends −0.9000000000000001."""
    both = isinstance(one, numbers.Real) and isinstance(other, numbers.Real)
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) if both else one == other


def pairs_of(control: widgets.Widget) -> list[tuple[str, Any]]:
    """Return what a control chooses from, as words and value; nothing if it has a range."""
    options = getattr(control, "options", ())
    return [one if isinstance(one, tuple) else (str(one), one) for one in options]


def nearest(control: widgets.Widget, number: float) -> object:
    """Return the value nearest to a number among those that a control can have."""
    if pairs := pairs_of(control):
        return min((value for _, value in pairs), key=lambda value: abs(value - number))
    if isinstance(control, widgets.Checkbox):
        return number >= 0.5
    log = isinstance(control, widgets.FloatLogSlider)  # its ends and steps are exponents
    if log:
        number = math.log(max(number, 1e-300), control.base)
    steps = round((min(max(number, control.min), control.max) - control.min) / control.step)
    value = control.max if number >= control.max else control.min + steps * control.step
    if isinstance(control, widgets.IntSlider):
        return round(value)
    return control.base**value if log else round(value, 9)


def next_value(control: widgets.Widget, way: int) -> object:
    """Return the next larger value of a control, with ``way`` -1 the next smaller one.

    At its end it is the present one.
    """
    if pairs := pairs_of(control):
        ahead = [value for _, value in pairs if way * (value - control.value) > 0]
        return min(ahead, key=lambda value: way * value, default=control.value)
    if isinstance(control, widgets.Checkbox):
        return way > 0
    if isinstance(control, widgets.FloatLogSlider):
        return nearest(control, control.value * control.base ** (way * control.step))
    return nearest(control, control.value + way * control.step)


def _round_step(low: float, high: float, start: float) -> float:
    """Return a round step, 75 of them or more in the range, that leads from ``low`` to ``start``.

    A browser moves a slider's value to the nearest step, and would show another start.
    """
    unit = 10.0 ** math.floor(math.log10((high - low) / 75))
    step = max(m * unit for m in (1, 2, 5) if 75 * m * unit <= (high - low) * (1 + 1e-9))
    steps = (start - low) / step
    return step if math.isclose(steps, round(steps), abs_tol=1e-6) else step / 10


def control(name: str, description: Any) -> widgets.Widget:
    """Return the widget that a short description of a control stands for.

    Parameters
    ----------
    name : str
        The parameter's name; its words label the control unless the description has a label.
    description : Slider, Choice, Switch, Grid, Tags, Labels, tuple, list, dict or bool
        What can be chosen. (low, high) or (low, high, step) make a slider, a list or a dictionary
        (words to values) a choice, True or False a switch.

    Returns
    -------
    ipywidgets.Widget
        A control with a ``value``.

    Raises
    ------
    TypeError
        If the description is none of these.
    """
    if isinstance(description, bool):
        description = Switch(description)
    elif isinstance(description, dict):
        description = Choice(tuple(description.items()))
    elif isinstance(description, list):
        description = Choice(tuple(description))
    elif isinstance(description, tuple) and len(description) in (2, 3):
        if any(isinstance(one, str) for one in description):
            raise TypeError(
                f"Control {name!r} has words in a tuple, which stands for the ends of a slider. "
                f"To choose one of them, give a list: {list(description)!r}."
            )
        low, high, *step = description
        description = Slider(low, high, step=step[0] if step else None)
    if isinstance(description, type) or not callable(getattr(description, "widget", None)):
        raise TypeError(
            f"Control {name!r} needs (low, high), (low, high, step), a list, a dictionary, True, "
            f"False, or panels.Slider, panels.Choice, panels.Switch, panels.Grid, panels.Tags, "
            f"panels.Labels; received {description!r}."
        )
    return description.widget(description.label or name.replace("_", " "))
