"""Questions answered by choosing, and predictions made before something is run."""

import re
import unicodedata
from collections.abc import Callable

from lessons_lib.checks._blocks import Code, Options, Text
from lessons_lib.checks._feedback import Feedback, Outcome
from lessons_lib.checks._question import Question
from lessons_lib.checks._read import kind_of
from lessons_lib.checks._source import function_code

LETTERS = "abcdefgh"
# Cyrillic and Greek letters that look like those, in small and in capitals.
_LOOK_ALIKE = str.maketrans("авсеһнαβεη", "abcehhabeh")


class Choice(Question):
    """One of several answers, given by its letter: ``check.name("b")``.

    ``options`` holds `right` and `wrong` in the order shown; exactly one is right. An
    untouched choice shows the question, so its cell needs nothing beside it.
    """

    kind = "choice"
    options: tuple
    call_to_answer = "Answer with a letter"

    def __init__(self, number: str):
        super().__init__(number)
        if sum(option.is_right for option in self.options) != 1:
            raise ValueError(f"Choice {self.name} must have exactly one `right` option.")
        self.lettered = dict(zip(LETTERS, self.options, strict=False))
        self.right_letter = next(k for k, option in self.lettered.items() if option.is_right)

    @property
    def starter_code(self) -> str:
        """The dots that stand for the letter."""
        return "..."

    @property
    def solution_code(self) -> str:
        """The right letter, quoted."""
        return f'"{self.right_letter}"'

    def _cell(self, code):
        return f"check.{self.name}({code})"

    def ask(self) -> Feedback:
        """Return the question with its options."""
        return Feedback(self.name, self._question_blocks(), label="Question")

    def explain(self) -> Feedback:
        """Return the right option, why it is right, and why the others are not."""
        option = self.lettered[self.right_letter]
        blocks = [Text(f"**{self.right_letter})** {option.answer}"), Text(option.why)]
        for letter, other in self.lettered.items():
            if not other.is_right:
                blocks.append(Text(f"Not {letter}): {other.why}"))
        return Feedback(self.name, tuple(blocks), label="Solution")

    def sentence_on(self, mistake: str) -> str:
        """Return the option of a letter, and what is said of it."""
        option = self.lettered.get(mistake)
        return "" if option is None else f"**{option.answer}** {option.why}"

    def letter_of(self, answer: object) -> str | None:
        """Return the letter that an answer means, or None."""
        if type(answer) is not str or len(answer) > 1000:
            return None
        said = bare(answer)
        letter = re.sub(r"^(option|answer|choice|letter) ", "", said).translate(_LOOK_ALIKE)
        if letter in self.lettered:
            return letter
        options = self.lettered.items()
        exact = [k for k, option in options if answer.strip() == option.answer]
        alike = [(k, bare(option.answer)) for k, option in options]
        similar = [k for k, text in alike if said in (text, f"{k} {text}")]
        return next((found[0] for found in (exact, similar) if len(found) == 1), None)

    def _written(self, answer):
        return self.letter_of(answer)

    def _judge(self, answer):
        letter = self.letter_of(answer)
        if letter is None:
            return self._no_option(answer)
        option, question = self.lettered[letter], self._question_blocks(letter)
        if option.is_right:
            return self._right(*question, option.why, self.takeaway)
        return self._not_yet(*question, option.why, wrong=letter)

    def _no_option(self, answer):
        letters = ", ".join(f'"{letter}"' for letter in self.lettered)
        what = "text that is none of them" if type(answer) is str else kind_of(answer)
        return self._no_answer(
            *self._question_blocks(),
            f"The answer is one of {letters}, with its quotes; this is {what}.",
        )

    def _question_blocks(self, chosen=""):
        options = tuple((letter, option.answer) for letter, option in self.lettered.items())
        return (Text(self.text), Options(options, chosen))

    def _invitation(self):
        return (*self._question_blocks(), Text(f"{self.call_to_answer}: {self._how_to_answer()}."))

    def _how_to_answer(self):
        """Return how an answer is written; no letter is an example, since one would be right."""
        *letters, last = self.lettered
        call = f'check.{self.name}("…")'
        return f"`{call}`, with {', '.join(letters)} or {last} in the place of the dots"


class Prediction(Choice):
    """A choice made before something is run, revealed after.

    ``check.name("b")`` records, ``reveal.name()`` judges. ``experiment`` takes nothing, runs
    what the prediction is about and returns the letter of what happened: a test holds the
    right option against it, and the solution shows its source.
    """

    kind = "prediction"
    experiment: Callable
    call_to_answer = "Predict before you go on"

    def explain(self) -> Feedback:
        """Return what happens, why, and the code that shows it."""
        feedback = super().explain()
        code = function_code(self.experiment, self.name)
        return Feedback(self.name, (*feedback.blocks, Code(code)), label="Solution")

    def record(self, letter: str) -> Feedback:
        """Return what is said when a prediction is recorded."""
        return Feedback(
            self.name,
            (
                *self._question_blocks(letter),
                Text(f"You predict {letter}). Now run it and see. Then `reveal.{self.name}()`."),
            ),
            label="Recorded",
        )

    def too_late(self, first: str, letter: str) -> Feedback:
        """Return what is said when a prediction is changed after the reveal."""
        return Feedback(
            self.name,
            (
                Text(
                    f"You predicted {first}) before it was revealed, so {letter}) is no "
                    f"prediction any more. {first}) stays recorded; having guessed otherwise is "
                    "how a prediction teaches."
                ),
            ),
            label="Already revealed",
        )

    def reveal(self, letter: str | None) -> Feedback:
        """Return the verdict on a recorded prediction; ``letter`` is None where there is none."""
        if letter is None:
            return self._not_attempted(
                Text(
                    f"There is no prediction to compare with. Make one first, with "
                    f"`check.{self.name}`; guessing is allowed."
                )
            )
        truth = self.lettered[self.right_letter]
        predicted = self.lettered[letter]
        if predicted.is_right:
            return self._right(f"You predicted it: {truth.answer}", truth.why, self.takeaway)
        return Feedback(
            self.name,
            (
                *self._question_blocks(letter),
                Text(f"You predicted {letter}). {predicted.why}"),
                Text(f"What happens: {truth.answer} {truth.why}"),
            ),
            Outcome.NOT_YET,
            label="It went otherwise",
            wrong=letter,
        )


def bare(text: str) -> str:
    """Return the words of a text alone: without capitals, quotes, brackets and final marks."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = re.sub(r"[()\[\]{}]", " ", re.sub(r"[`*'\"“”‘’«»„]", "", text))
    # A mark inside belongs to the word, as in 0.5; behind a single first letter it ends it.
    text = re.sub(r"[.:;,!?]+(?=\s|$)", " ", text).strip()
    return " ".join(re.sub(r"^([^\W\d])[.:;,]", r"\1 ", text).split())
