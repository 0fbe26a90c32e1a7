"""What a learner is told: an outcome, a headline and a few blocks."""

import enum
import html
from dataclasses import dataclass, replace

from lessons_lib.checks._blocks import INK, Text


class Outcome(enum.Enum):
    """The three things a check can find."""

    NOT_ATTEMPTED = "not attempted"
    NOT_YET = "not yet"
    RIGHT = "right"


# The sign before the headline, and the colour of the edge, of Okabe and Ito (2008), told apart by
# colour-blind readers too. Only the edge is coloured: the words take the theme's own colour and
# so are readable on light and on dark.
_LOOKS = {
    Outcome.NOT_ATTEMPTED: ("○", "#8c8c8c"),
    Outcome.NOT_YET: ("△", "#D55E00"),
    Outcome.RIGHT: ("✓", "#0072B2"),
    None: ("·", "#8c8c8c"),
}


@dataclass(frozen=True, repr=False)
class Feedback:
    """What a check, a hint or a solution says.

    Its plain text and its HTML hold neither times nor counts of attempts, so that a stored
    output can be compared with a new one.

    Parameters
    ----------
    title : str
        The question's name.
    blocks : tuple of blocks
        `Text`, `Code`, `Facts`, `Options` or `Table`.
    outcome : Outcome or None
        None where nothing was judged.
    label : str
        The first words; by default those of the outcome.
    wrong : str or None
        The name of the wrong answer that was recognised.
    """

    title: str
    blocks: tuple = ()
    outcome: Outcome | None = None
    label: str = ""
    wrong: str | None = None

    @property
    def text(self) -> str:
        """The plain text."""
        return "\n".join([self._headline(), *(block.plain() for block in self.blocks)])

    def with_note(self, note: str) -> "Feedback":
        """Return this feedback with one more sentence at its end, or itself for no note."""
        return replace(self, blocks=(*self.blocks, Text(note))) if note else self

    def _headline(self):
        sign, _ = _LOOKS[self.outcome]
        label = self.label or (self.outcome.value.capitalize() if self.outcome else "")
        return f"{sign} {label} · {self.title}"

    def __repr__(self):
        return self.text

    def _repr_html_(self):
        _, edge = _LOOKS[self.outcome]
        body = "".join(block.html() for block in self.blocks)
        return (
            f"<div style='border-left:5px solid {edge};padding:0.3em 0.9em;"
            f"margin:0.3em 0;{INK}'><div><b>{html.escape(self._headline())}</b></div>{body}</div>"
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": self.text, "text/html": self._repr_html_()}
