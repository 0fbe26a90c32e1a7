"""Answering what each item of a pile is, with keys or buttons, as a control of a panel."""

from dataclasses import dataclass
from typing import NamedTuple

import ipywidgets as widgets
import traitlets

from lessons_lib._ground.values import one_line, whole_number

_MOST_IN_A_ROW = 5  # short answers; of words each has a row of its own


class Labelled(NamedTuple):
    """What the reader has answered so far.

    Attributes
    ----------
    count : int
        How many items there are.
    answers : tuple of str
        The answer to each item so far; the next item is number ``len(answers)``, from 0.
    stopped : bool
        Whether the reader has had enough before the last item.
    """

    count: int
    answers: tuple[str, ...] = ()
    stopped: bool = False

    @property
    def over(self) -> bool:
        """Whether no more answers are to come."""
        return self.stopped or len(self.answers) == self.count


@dataclass(frozen=True)
class Labels:
    """A button for each answer, which is given to one item of a pile after the other.

    An answer of a single letter or digit can also be given by that key, as long as anything in the
    panel has the focus; Backspace takes the last one back.

    Attributes
    ----------
    count : int
        Number of items, 1 or more.
    answers : tuple of str
        What an item can be.
    label : str, optional
        Words above the buttons; made from the parameter's name if not given.
    """

    count: int
    answers: tuple[str, ...]
    label: str = ""

    def __post_init__(self):
        wanted = "Labels need a count of items, a whole number of at least 1"
        whole_number("count", self.count, 1, wanted=wanted)
        answers = self.answers
        several = isinstance(answers, tuple | list) and len(answers) > 1
        if not several or not all(isinstance(one, str) and one.strip() for one in answers):
            raise ValueError(
                "Labels need two answers or more, each a text, such as ('yes', 'no'); received "
                f"answers={one_line(repr(answers), 60)}."
            )
        if len(set(answers)) < len(answers):
            raise ValueError(
                f"Labels need answers that differ; received answers={one_line(repr(answers), 60)}."
            )

    def widget(self, label: str) -> widgets.Widget:
        """Return the buttons, with a ``label`` above; their ``value`` is a `Labelled`."""
        return LabelsControl(int(self.count), tuple(self.answers), label)


class LabelsControl(widgets.VBox):
    """The widget that `Labels` stand for.

    Attributes
    ----------
    value : Labelled
        All answers so far.
    answers : ipywidgets.HBox
        A button for each answer.
    undo : ipywidgets.Button
        Takes the last answer back, or goes on where the reader had stopped.
    stop : ipywidgets.Button
        Ends it before the last item.
    """

    value = traitlets.Any()

    def __init__(self, count: int, answers: tuple[str, ...], label: str):
        self._label = label
        self._where = widgets.Label()
        buttons = [widgets.Button(description=answer) for answer in answers]
        for button in buttons:
            button.on_click(lambda pressed: self._answer(pressed.description))
        # The names by which _controls.js presses them for a key.
        self.answers = widgets.HBox(buttons).add_class("lessons-answers")
        short = max(map(len, answers)) <= 2
        rows = -(-len(answers) // _MOST_IN_A_ROW) if short else len(answers)
        columns = f"repeat({-(-len(answers) // rows)}, minmax(0, 1fr))"
        self.answers.layout.grid_template_columns = columns
        self.undo = widgets.Button(
            description="Undo", icon="undo", tooltip="take the last answer back (Backspace)"
        ).add_class("lessons-undo")
        self.undo.on_click(lambda _: self._take_back())
        self.stop = widgets.Button(
            description="Enough", icon="stop", tooltip="stop here, with the answers so far"
        )
        self.stop.on_click(lambda _: self._stop())
        ends = widgets.HBox([self.undo, self.stop]).add_class("lessons-ends")
        super().__init__([self._where, self.answers, ends], value=Labelled(count))
        self.add_class("lessons-tall").add_class("lessons-labels")
        self.observe(self._tell, names="value")
        self._tell()

    def _answer(self, answer: str) -> None:
        if not self.value.over:
            self.value = self.value._replace(answers=(*self.value.answers, answer))

    def _take_back(self) -> None:
        if self.value.stopped:
            self.value = self.value._replace(stopped=False)
        elif self.value.answers:
            self.value = self.value._replace(answers=self.value.answers[:-1])

    def _stop(self) -> None:
        if self.value.answers and not self.value.over:
            self.value = self.value._replace(stopped=True)

    def _tell(self, change=None) -> None:
        """Say how far the reader is."""
        count, answers, _ = self.value
        self._where.value = f"{self._label}: {len(answers)} of {count}"
