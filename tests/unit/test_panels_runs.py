"""The table of runs: what it says of each, and what is done with a run when the page asks."""

from dataclasses import dataclass
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from lessons_lib.panels._runs import RunsTable, rows_of
from lessons_lib.plots import BLUE, VERMILLION, run_look, series


class Record(NamedTuple):
    """What is shown of a run."""

    history: dict
    marks: list


@dataclass
class Run:
    """A run as a memory has it."""

    name: str
    number: int
    records: dict
    origin: tuple | None = None
    shown: bool = True
    step: int = 20
    seconds: float = 1.25


@dataclass
class Memory:
    """A memory of runs, of which the last one is present."""

    runs: list

    @property
    def present(self):
        """The run that goes on."""
        return self.runs[-1]

    @property
    def others(self):
        """The runs whose curves are shown beside that one."""
        return [run for run in self.runs[:-1] if run.shown]

    def records(self, run):
        """Return what is shown of a run, by network."""
        return run.records

    def show(self, run, shown):
        """Show or hide a run."""
        run.shown = shown

    def go_to(self, run):
        """Go on with a run."""
        self.runs = [*(other for other in self.runs if other is not run), run]

    def drop(self, run):
        """Forget a run, but not the present one."""
        if run is self.present:
            raise ValueError("This is the present run.")
        self.runs.remove(run)

    def rename(self, run, name):
        """Call a run something else."""
        run.name = name


def record(losses, marks=(), **others):
    """Return a record with a row at every tenth step."""
    history = {"step": [10 * (n + 1) for n in range(len(losses))], "loss": losses, **others}
    return Record(history, list(marks))


def mark(step, change):
    """Return a turn of a knob."""
    return SimpleNamespace(step=step, change=change)


def memory():
    """Return two runs, the second forked from the first."""
    turns = [mark(0, "width 8 → 4"), mark(0, "l2 1 → 0"), mark(1500, "<b>")]
    first = record([0.5, 0.25], turns, val_loss=[0.5, 0.75])
    turns = [mark(0, "width 8 → 4"), mark(1000, "l2 0 → 1"), mark(1200, "l2 1 → 0")]
    second = record([0.125], turns, val_loss=[0.5])
    return Memory([
        Run("run 1", 0, {"": first}), Run("wide", 1, {"": second}, ("run 1", 1000), step=2000)
    ])  # fmt: skip


class TestRows:
    """`rows_of`."""

    def test_each_run_is_a_flat_dictionary(self):
        """With the last and the lowest of each loss, and every turn in words."""
        assert rows_of(memory()) == [
            {
                "run": "run 1", "present": False, "shown": True, "from": "", "updates": 20,
                "seconds": 1.25, "turned": "start: width 8 → 4, l2 1 → 0; 1,500: <b>",
                "loss": 0.25, "lowest loss": 0.25, "val_loss": 0.75, "lowest val_loss": 0.5,
            },
            {
                "run": "wide", "present": True, "shown": True, "from": "run 1 at step 1,000",
                "updates": 2000, "seconds": 1.25,
                "turned": "start: width 8 → 4; 1,000: l2 0 → 1; 1,200: l2 1 → 0",
                "loss": 0.125, "lowest loss": 0.125, "val_loss": 0.5, "lowest val_loss": 0.5,
            },
        ]  # fmt: skip

    def test_of_several_networks_each_has_a_row(self):
        """One that has ended came less far than the others."""
        run = Run("run 1", 0, {"small": record([0.5]), "large": record([0.5, 0.25])})
        rows = [(row["run"], row["network"], row["updates"]) for row in rows_of(Memory([run]))]
        assert rows == [("run 1", "small", 10), ("run 1", "large", 20)]

    @pytest.mark.parametrize(
        ("losses", "ends"),
        [([], (None, None)), ([2.0, float("inf")], (float("inf"), 2.0))],
    )
    def test_a_loss_that_is_no_number_is_never_the_lowest(self, losses, ends):
        """Before the first step there is neither."""
        (row,) = rows_of(Memory([Run("run 1", 0, {"": record(losses)})]))
        assert (row["loss"], row["lowest loss"]) == ends

    @pytest.mark.parametrize(
        ("history", "compared"),
        [
            ({"loss": [1.0], "accuracy": [0.5], "digit_loss": [1.0]}, ["loss"]),
            ({"judge_loss": [1.0], "score_real": [0.5]}, ["judge_loss"]),
            ({"height": [1.0]}, ["height"]),
            ({}, []),
        ],
    )
    def test_what_is_compared_are_losses_and_heights(self, history, compared):
        """A network's loss alone where it has parts; other measures have no lowest."""
        one = Record(history and {"step": [1], **history}, ())
        (row,) = rows_of(Memory([Run("run 1", 0, {"": one})]))
        assert list(row)[7:] == [key for name in compared for key in (name, f"lowest {name}")]


class Shown:
    """A table that is shown, and what became of it.

    Parameters
    ----------
    memory : Memory
        Its runs.
    """

    def __init__(self, memory):
        self.memory, self.said, self.waiting, self.another = memory, [], [], None
        self.table = RunsTable(memory, self.note, self.waiting.append)
        self.table.follow(shown=True)

    def note(self, message, another):
        """Note what the panel is told, and have the table follow, as a panel does."""
        self.table.follow(shown=True)
        self.said.append(message)
        self.another = another

    def ask(self, **message):
        """Let a page ask for something, and the kernel have time for it."""
        self.table._handle_custom_msg(message, [])
        while self.waiting:
            self.waiting.pop(0)()


class TestWhatIsShown:
    """The lines that the page gets."""

    def test_losses_and_turns_are_written_in_words(self):
        """Where a run was forked, and what was turned since; before that it was the other run."""
        table = Shown(memory()).table.table
        assert table["losses"] == ["training loss", "validation loss"]
        assert [(run["name"], run["numbers"], run["turned"]) for run in table["runs"]] == [
            ("run 1", ["20", "1.25", "0.25", "0.25", "0.75", "0.5"],
             "start: width 8 → 4, l2 1 → 0; 1,500: <b>"),
            ("wide", ["2,000", "1.25", "0.125", "0.125", "0.5", "0.5"],
             "from run 1 at step 1,000: l2 0 → 1; 1,200: l2 1 → 0"),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("losses", "words"),
        [
            ([], ["–", "–"]),
            ([2.0, float("inf")], ["infinite", "2"]),
            ([2.0, 1e30], ["1e30", "2"]),
            ([float("nan")], ["undefined", "–"]),
        ],
    )
    def test_losses_that_are_no_ordinary_numbers_are_words(self, losses, words):
        """Before the first step, and after a divergence."""
        (run,) = Shown(Memory([Run("run 1", 0, {"": record(losses)})])).table.table["runs"]
        assert run["numbers"][2:] == words

    def test_a_run_looks_as_its_curves_do(self):
        """Training and validation of the present run, and of one that is alone beside it."""
        first, second = Shown(memory()).table.table["runs"]
        assert [look["color"] for look in second["looks"]] == [BLUE, VERMILLION]
        assert {look["color"] for look in first["looks"]} == {run_look(0)["color"]}
        assert [look["dash"] for look in first["looks"]] == [
            look["dash"] for look in second["looks"]
        ]

    def test_of_several_other_runs_each_has_one_line(self):
        """In its colour and with its dash."""
        runs = [Run(f"run {n}", n, {"": record([0.5], val_loss=[0.5])}) for n in range(3)]
        *others, _ = Shown(Memory(runs)).table.table["runs"]
        assert [run["looks"] for run in others] == [[run_look(0)], [run_look(1)]]

    def test_networks_have_their_colours_and_the_dash_of_their_run(self):
        """As in the picture that compares them."""
        both = {"small": record([0.5]), "large": record([0.25])}
        runs = [Run("a", 1, both), Run("b", 2, both, ("a", 10))]
        first, second = Shown(Memory(runs)).table.table["runs"]
        for number, (past, now) in enumerate(
            zip(first["networks"], second["networks"], strict=True)
        ):
            assert now["looks"] == [series(number)]
            assert past["looks"] == [run_look(1) | {"color": series(number)["color"]}]
        assert first["looks"][0]["dash"] == run_look(1)["dash"]
        assert (first["turned"], second["turned"]) == ("", "from a at step 10")
        assert first["numbers"] == ["20", "1.25", "", ""]
        assert [line["numbers"][2:] for line in first["networks"]] == [
            ["0.5", "0.5"],
            ["0.25", "0.25"],
        ]

    def test_nothing_is_sent_unless_something_has_changed(self):
        """While it is hidden there is nothing at all."""
        shown, sent = Shown(memory()), []
        shown.table.observe(sent.append, names="table")
        shown.table.follow(shown=True)
        assert sent == []
        shown.memory.present.step += 1
        shown.table.follow(shown=True)
        assert len(sent) == 1
        shown.table.follow(shown=False)
        assert shown.table.table == {}


class TestWhatIsAsked:
    """Messages from the page."""

    def test_a_curve_is_hidden(self):
        """The panel is told, and the table shows it at once."""
        shown = Shown(memory())
        shown.ask(act="show", run="run 1", to=False)
        assert (shown.said, shown.another) == (["The curve of run 1 is hidden."], False)
        assert shown.table.table["runs"][0]["shown"] is False

    def test_one_goes_back_to_a_run(self):
        """It is the present one then, and the panel knows."""
        shown = Shown(memory())
        shown.ask(act="go_to", run="run 1")
        assert shown.memory.present.name == "run 1"
        assert (shown.said, shown.another) == (["Back in run 1, at step 20."], True)

    def test_a_run_is_dropped_and_another_renamed(self):
        """Both are said."""
        shown = Shown(memory())
        shown.ask(act="rename", run="wide", to="wider")
        shown.ask(act="drop", run="run 1")
        assert [run["name"] for run in shown.table.table["runs"]] == ["wider"]
        assert shown.said == ["The name of wide is wider now.", "Dropped run 1."]

    def test_what_is_refused_is_explained(self):
        """In the words of the memory."""
        shown = Shown(memory())
        shown.ask(act="drop", run="wide")
        assert shown.said == ["This is the present run."]

    def test_a_run_that_is_gone_is_let_be(self):
        """Its button was pressed twice, or in two windows."""
        shown = Shown(memory())
        shown.ask(act="drop", run="run 0")
        assert shown.said == []

    def test_nothing_is_done_in_the_middle_of_other_work(self):
        """Only when the kernel has time."""
        shown = Shown(memory())
        shown.table._handle_custom_msg({"act": "drop", "run": "run 1"}, [])
        assert len(shown.memory.runs) == 2
