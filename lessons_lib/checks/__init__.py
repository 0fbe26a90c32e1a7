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
``self``, and they may use the module's imports. The class's name is the question's. ::

    from lessons_lib.checks import Function, Lesson, wrong

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

        forgot_abs = wrong(
            lambda y_true, y_pred: np.mean(y_true - y_pred),
            "Without the absolute value, errors of opposite sign cancel.",
        )

        @wrong(why=lambda case: f"Your value is {case.ratio:.3g} times ours, and there are "
                                f"{len(case['y_true'])} rows.")
        def forgot_mean(y_true, y_pred):       # the same for an answer of several statements
            errors = y_true - y_pred
            return np.sum(np.abs(errors))

A wrong answer is one line whatever the kind of question, ``name = wrong(answer, why)``: the
answer is a function, a value, a function of ``keras`` that builds a model, or the text of an
option. Right answers in other styles stand in ``tests/answers``, where the tests find them.

What the shared test asks of every question: the solution and at least three more answers are
right, the untouched starter is not attempted, at least three wrong ones are each recognised as
themselves, and there are at least two hints, none of which contains a line of the solution,
or a part of one that does two things. Inputs must therefore tell all wrong answers apart; a case
that fails one of them only (n = 1, equal values, large values) is what an edge case is for.

Kinds and what they say
-----------------------
A question says no more than its kind knows, and what has no default there must be said; their
classes declare it.

Every question
    ``concepts``, ``hints``, ``takeaway``, ``time_limit`` (s of computing); ``id`` where the
    question was called otherwise before: progress is kept under its first name.
`Function`
    ``solution``, ``starter``, ``inputs``; ``rtol``, ``atol`` (by default 1e-6, or 1e-4 where
    float32 took part); ``exact_shape = True`` where (n,) must not be (n, 1); ``only_keys = True``
    where a returned dict must hold no other keys than ours; ``parts = ("dX", "dW", "db")`` names
    the parts of a returned tuple; ``single_precision = False`` where float32 inputs make no sense
    (finite differences). ``table(solution)`` returns headings and rows of text; they stand under
    the question's text. ``accept(case)`` returns a sentence, or an empty one, instead of the
    comparison with the solution: for random functions and gradients checked numerically. Results
    may be numbers, arrays, text, None, and tuples, lists and dicts of these. A starter may be a
    broken function to be repaired: an answer that still behaves like it is not attempted. Inputs
    must stay as they were.
`Number`, `Array`
    ``solution()``; ``rtol``, ``atol``. A wrong answer is a value, or a function of nothing where
    it is to be computed late.
`Choice`
    ``options = (wrong("text", "the misconception, named"), right("text", "why"), ...)`` in the
    order shown; letters are given to them.
`Prediction`
    A choice with ``experiment()``, which runs what is predicted and returns its letter.
`KerasModel`
    ``solution(keras)`` returns a model, and so does each wrong answer; ``same_function``,
    ``input_shape``, ``output_shape``, ``parameters``, ``learns``,
    ``accept(model)``. For an open task ("the smallest network that ...") set ``same_function =
    False`` and judge by ``parameters``, ``learns`` or ``accept``; ``solution`` is not called then.
    ``leaves``, ``is_linear``, ``is_probability``, ``output_range`` and ``share_right`` say what a
    model is made of and what it computes, nested or functional, whatever its weights are;
    ``loss_is``, ``loss_is_accuracy``, ``is_adam`` and ``rates``, what it was compiled with.

`Steering`
    A run that the learner steers; the answer is the live panel, or its trainer, and judged is how
    the run went. ``start()`` returns what the notebook hands out; ``solution(wine_panel)`` and
    the wrong answers steer it, and the parameter's name is the notebook's. ``budget`` counts
    updates; ``goals = (Goal("val_loss", below=0.25), ...)`` say what the run must have reached
    where it stands, each a column of the history or a function of the `Steered` run; ``fixed =
    ("l2",)`` names knobs that stay as they are; ``accept(run)`` returns a sentence on what is
    still wrong. A run without updates is not attempted. Named by the kind itself, each with its
    sentence: ``other_data``, ``other_network``, ``began_there`` (trained elsewhere),
    ``turned_fixed``, ``ruined``, ``over_budget``, ``turned_nothing``, ``went_past``,
    ``not_reached``. A wrong answer of such a name says more on it; one of any other name says by
    ``when(run)`` what a run must not have done, and such a run is not right whatever it reaches.
    ``run.turns``, ``run.turned_in_vain(*names)``, ``run.value(name, step)``,
    ``run.at(column, step)``, ``run.ruins`` and ``run.reached`` say when what happened;
    ``steers(updates, learning_rate=0.1)`` is an answer that turns knobs, then makes updates.
    `restore`, and the button that goes back, take turns and history back: a run saved so is a good
    run. The updates taken back and the ruins stay counted until the next reset, which begins a run
    of its own, with the whole budget::

        @lesson.question
        class save_it(Steering):
            """Training `panel` ends in ruin ... within 2,000 updates."""

            budget = 2_000
            goals = (Goal("val_loss", below=0.25),)

            def start():
                return panels.live(...)

            def solution(panel):
                panel.trainer.learning_rate = 0.01
                panel.step(1_500)

            turned_nothing = wrong(steers(100), "Which knob makes steps small?")
            too_late = wrong(
                _after_the_ruin,               # a function that steers a fresh run so
                "The rate came down only after the loss was no number any more.",
                when=lambda run: any(turn.step >= ruin.step for ruin in run.ruins
                                     for turn in run.turned("learning_rate")),
            )

`Patient`
    A `Steering` of a network that is sick: ``check.patient_1(sick_panel, "dead ReLUs")``. Its
    ``diagnosis`` is one of `DIAGNOSES`, which the learner names once the run is saved;
    ``saturated = wrong("saturated sigmoids", "why it was not that one")`` says more than the
    general sign where two are easily taken for each other.

`OwnWork`
    A question about a record of the learner's own work, ``check.baseline(project)``, whose answer
    is another one for each table. ``about`` is the record's class, ``start()`` returns one as the
    notebook hands it out. ``solution(project)`` returns the number that the learner writes into
    ``project.baseline``, and so do the wrong answers; or it returns nothing and does the work
    itself. ``needs(project)`` returns a sentence where something must be done before;
    ``accept(project)`` returns what is still wrong, in the place of a comparison; ``expected`` is
    what is compared with where the solution would change the record.

``wrong(answer, why, when=predicate)`` also recognises answers that only resemble this one:
``when(case)`` must hold on every input that is wrong. A `KerasModel`'s ``when(model)`` decides
alone, since models that are built alike may be compiled and trained differently, and so does a
`Steering`'s and a `Patient`'s ``when(run)``, and the ``when(project)`` of an `OwnWork`.

Cells
-----
``notebooks/build.py`` puts ``question.starter_cell`` into the cell tagged ``question.cell_tag``
(``exercise:mae``); replaced by ``question.solution_cell`` it must run green. ``question.text``
goes into the cell tagged ``question:mae``. A `Choice` shows its text itself.
'''

from lessons_lib.checks._answers import Answer, Case, right, wrong
from lessons_lib.checks._blocks import Table, Text
from lessons_lib.checks._choice import Choice, Prediction
from lessons_lib.checks._compiled import is_adam, loss_is, loss_is_accuracy, rates
from lessons_lib.checks._feedback import Feedback, Outcome
from lessons_lib.checks._function import Function
from lessons_lib.checks._keras import KerasModel
from lessons_lib.checks._learning import Learns
from lessons_lib.checks._lesson import Lesson
from lessons_lib.checks._models import is_linear, is_probability, leaves, output_range, share_right
from lessons_lib.checks._own_work import OwnWork
from lessons_lib.checks._patient import DIAGNOSES, Patient
from lessons_lib.checks._progress import COLUMNS as PROGRESS_COLUMNS
from lessons_lib.checks._progress import rows as progress_rows
from lessons_lib.checks._progress import summary as progress_summary
from lessons_lib.checks._question import Question
from lessons_lib.checks._steered import Goal, Steered, Turn, steers
from lessons_lib.checks._steering import Steering
from lessons_lib.checks._value import Array, Number

__all__ = [
    "DIAGNOSES",
    "PROGRESS_COLUMNS",
    "Answer",
    "Array",
    "Case",
    "Choice",
    "Feedback",
    "Function",
    "Goal",
    "KerasModel",
    "Learns",
    "Lesson",
    "Number",
    "Outcome",
    "OwnWork",
    "Patient",
    "Prediction",
    "Question",
    "Steered",
    "Steering",
    "Table",
    "Text",
    "Turn",
    "is_adam",
    "is_linear",
    "is_probability",
    "leaves",
    "loss_is",
    "loss_is_accuracy",
    "output_range",
    "progress_rows",
    "progress_summary",
    "rates",
    "right",
    "share_right",
    "steers",
    "wrong",
]
