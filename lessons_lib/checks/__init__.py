'''Questions that know which mistake was made.

A lesson's questions live in ``lessons_lib/lessons/<word>/exercises.py``. A notebook uses them by::

    from lessons_lib.lessons.neuron import check, hint, progress, reveal, solution

    check.linear_unit(linear_unit)   # not attempted, not yet, or right
    hint.linear_unit()               # the next hint each time
    solution.linear_unit()           # the solution, asking once if nothing was tried
    ask.quiz_bias()                  # the question alone, for a slide
    reveal.huge_learning_rate()      # what became of a prediction
    progress()                       # a table of what has been answered

Writing a question
------------------
A question is a class whose docstring is its text (`` `code` ``, ``**bold**`` and fenced code are
understood, ``$...$`` is set by the notebook) and whose functions are plain functions: no
``self``, and they may use the module's imports. The class's name is the question's. Begin a
module of questions with ``# ruff: noqa: D102, D205, D400``: its functions are shown to learners
as they stand. ::

    from lessons_lib.checks import Function, Lesson, mistake, variant

    lesson = Lesson("01", "neuron")
    check, hint, solution, ask, reveal, progress = lesson.verbs

    @lesson.question
    class mae(Function):
        """Write `mae(y_true, y_pred)`, the mean absolute error."""

        concepts = ("N7",)
        hints = ("Errors of +1 and −1 must not cancel.", "`np.abs`, then `np.mean`.")
        takeaway = "Told when the answer is right: why it matters, or what comes next."

        def solution(y_true, y_pred):          # shown to the learner under the question's name
            return np.mean(np.abs(y_true - y_pred))

        def starter(y_true, y_pred):           # what the notebook's cell holds at first
            return ...

        def inputs(rng):                       # tuples of arguments; called with several seeds,
            for n in (1, 2, 7, 32):            # the last time cast to float32
                yield rng.normal(size=n), rng.normal(size=n)

        @variant
        def looped(y_true, y_pred):            # right answers written otherwise, for the tests
            return sum(abs(t - p) for t, p in zip(y_true, y_pred)) / len(y_true)

        @mistake("Without the absolute value, errors of opposite sign cancel.")
        def forgot_abs(y_true, y_pred):
            return np.mean(y_true - y_pred)

        @mistake(lambda case: f"... your value is {case.ratio:.3g} times ours, and there are "
                              f"{len(case['y_true'])} rows.")
        def forgot_mean(y_true, y_pred):
            return np.sum(np.abs(y_true - y_pred))

What the shared test asks of every question: the solution and at least three variants are
right, the untouched starter is not attempted, at least three mistakes are each recognised as
themselves, and there are at least two hints, none of which contains a line of the solution,
or a part of one that does two things. Inputs must therefore tell all mistakes apart; a case that
fails one mistake only (n = 1, equal values, large values) is what an edge case is for.

Kinds and their class attributes
--------------------------------
Every question
    ``hints``, ``takeaway``, ``concepts``, ``time_limit`` (s of computing).
    ``table(solution)``, where there is one, returns headings and rows of text; they stand under
    the question's text.
`Function`
    ``solution``, ``starter``, ``inputs``; ``rtol``, ``atol`` (by default 1e-6, or 1e-4 where
    float32 took part); ``exact_shape = True`` where (n,) must not be (n, 1); ``only_keys = True``
    where a returned dict must hold no other keys than ours; ``parts = ("dX",
    "dW", "db")`` names the parts of a returned tuple; ``in_place = ("params",)`` for arguments
    that the function is to change, all others must stay as they were; ``single_precision =
    False`` where float32 inputs make no sense (finite differences). ``accept(case)`` returns a
    sentence, or an empty one, instead of the comparison with the solution: for random functions
    and gradients checked numerically. Results may be numbers, arrays, text, None, and tuples,
    lists and dicts of these. A starter may be a broken function to be repaired: an answer that
    still behaves like it is not attempted.
`Number`, `Array`
    ``solution()``; mistakes and variants are functions that return a value; ``rtol``, ``atol``.
`Choice`
    ``options = (wrong("text", "the misconception, named"), right("text", "why"), ...)`` in the
    order shown; letters are given to them. Variants come by themselves.
`Prediction`
    A choice with ``experiment()``, which runs what is predicted and returns its letter.
`KerasModel`
    ``solution()`` returns a model (with ``import keras`` inside); ``same_function``,
    ``input_shape``, ``output_shape``, ``parameters``, ``needs``, ``without``, ``learns``,
    ``accept(model)``. For an open task ("the smallest network that ...") set ``same_function =
    False`` and judge by ``parameters``, ``learns`` or ``accept``; ``solution`` is not called then.
    ``leaves``, ``is_linear``, ``is_probability``, ``output_range`` and ``share_right`` say what a
    model is made of and what it computes, nested or functional, whatever its weights are.

``@mistake(message, when=predicate)`` also recognises answers that only resemble the mistake:
``when(case)`` must hold on every input that is wrong. A `KerasModel`'s ``when(model)`` decides
alone, since models that are built alike may be compiled and trained differently.

Cells
-----
A question's cell carries the tag ``question.cell_tag`` (``exercise:mae``) and holds exactly
``question.starter_cell``; replaced by ``question.solution_cell`` it must run green.
``question.text`` is Markdown for the cell above it. A `Choice` shows its text itself.
'''

from lessons_lib.checks._choice import Choice, Option, Prediction, right, wrong
from lessons_lib.checks._feedback import Feedback, Outcome
from lessons_lib.checks._function import Function
from lessons_lib.checks._keras import KerasModel
from lessons_lib.checks._learning import Learns
from lessons_lib.checks._lesson import Lesson
from lessons_lib.checks._models import is_linear, is_probability, leaves, output_range, share_right
from lessons_lib.checks._progress import COLUMNS as PROGRESS_COLUMNS
from lessons_lib.checks._progress import rows as progress_rows
from lessons_lib.checks._progress import summary as progress_summary
from lessons_lib.checks._question import Case, Mistake, Question, Variant, mistake, variant
from lessons_lib.checks._value import Array, Number

__all__ = [
    "PROGRESS_COLUMNS",
    "Array",
    "Case",
    "Choice",
    "Feedback",
    "Function",
    "KerasModel",
    "Learns",
    "Lesson",
    "Mistake",
    "Number",
    "Option",
    "Outcome",
    "Prediction",
    "Question",
    "Variant",
    "is_linear",
    "is_probability",
    "leaves",
    "mistake",
    "output_range",
    "progress_rows",
    "progress_summary",
    "right",
    "share_right",
    "variant",
    "wrong",
]
