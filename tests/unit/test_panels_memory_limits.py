"""How much a panel remembers: runs, moments and bytes; and that it lets go of all of it."""

import gc
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

from lessons_lib import datasets, panels
from lessons_lib._ground import turns as turning
from lessons_lib._ground.turns import Turn
from lessons_lib.panels import _memory
from lessons_lib.panels._memory import MOST_MOMENTS, MOST_RUNS, ROOM, Memory


class Network:
    """Counts steps, and says that each of its moments has so many bytes."""

    def __init__(self, size=1000):
        self.size, self.updates, self.turns, self.restarts = size, 0, (), 0
        self.ended, self.notice, self.compiled, self.value = None, "", True, 0
        self.knobs = {"value": SimpleNamespace(read=lambda network: network.value)}

    def step(self, n=1):
        """Count."""
        self.updates += n
        return n

    def turn(self, name, value, moment=None):
        """Set the one knob."""
        self.turns = (*self.turns, Turn(self.updates, name, value, self.value))
        self.value = value

    def reset(self, seed=None):
        """Count from 0."""
        self.updates, self.turns = 0, turning.anew(self.turns)
        self.restarts += 1

    def snapshot(self):
        """Return the count and the knob, as large as they are said to be."""
        moment = SimpleNamespace(at=(self.updates, self.value, self.turns))
        moment.held = {id(moment): self.size}
        return moment

    def restore(self, snapshot):
        """Go back."""
        self.updates, self.value, self.turns = snapshot.at

    def replay(self, turns, step):
        """Go on as it was."""
        turning.replay(self, turns, step)


@pytest.fixture
def always(monkeypatch):
    """Let a moment be kept after every call of `step`, however little that has trained."""
    monkeypatch.setattr(_memory, "_APART", 0)


def trained(size, calls, runs=1):
    """Return the memory of runs, each of so many calls of ten steps."""
    memory = Memory(Network(size))
    for number in range(runs):
        if number:
            memory.reset()
        for _ in range(calls):
            memory.step(10)
    return memory


@pytest.mark.usefixtures("always")
class TestMoments:
    """Those of a run, and their bytes."""

    def test_a_long_run_keeps_64_along_all_its_steps(self):
        """The first and the latest are among them, and no gap is much wider than the others."""
        memory = trained(size=1000, calls=500)
        steps = [moment.step for moment in memory.present.moments]
        assert len(steps) == MOST_MOMENTS == 64
        assert (steps[0], steps[-1]) == (0, 5000)
        assert steps == sorted(steps)
        assert np.diff(steps).max() <= 5000 / 16

    def test_every_step_can_be_gone_to_all_the_same(self):
        """Those between two moments are made again."""
        memory = trained(size=1000, calls=500)
        for step in (0, 1, 777, 4999, 5000):
            memory.rewind(step)
            assert memory.runner.updates == step

    def test_all_moments_together_have_room(self):
        """Six runs of a network whose moments have 1 MB each: 64 MB at most."""
        memory = trained(size=1_000_000, calls=80, runs=6)
        assert len(memory.runs) == 6
        assert 0 < memory.size <= ROOM == 64e6

    def test_what_moments_share_counts_once(self):
        """Bytes are counted by whose they are."""
        memory = trained(size=1000, calls=3)
        for moment in memory.present.moments:
            moment.snapshot.held = {7: 500}
        assert memory.size == 500

    def test_earlier_runs_can_be_gone_back_to_where_there_is_room(self):
        """Each stands where it was left."""
        memory = trained(size=1000, calls=20, runs=3)
        memory.go_to(memory.runs[0])
        assert memory.runner.updates == 200
        memory.rewind(123)
        assert memory.runner.updates == 123


@pytest.mark.usefixtures("always")
class TestLargeNetworks:
    """A moment of 3 million weights with Adam has 36 MB: there is room for one."""

    SIZE = 36_000_000

    def test_its_steps_are_made_again_from_the_beginning(self):
        """Only the first moment is kept, and every step can be gone to."""
        memory = trained(self.SIZE, calls=20)
        assert [moment.step for moment in memory.present.moments] == [0]
        for step in (150, 30, 0, 200):
            memory.rewind(step)
            assert memory.runner.updates == step

    def test_its_earlier_runs_take_no_room(self):
        """The first start and that of the present run are kept; of the others the curves are."""
        memory = trained(self.SIZE, calls=3, runs=6)
        assert len(memory.runs) == 6
        assert memory.size == 2 * sum(memory.present.moments[0].snapshot.held.values())
        assert [len(run.moments) for run in memory.runs] == [0, 0, 0, 0, 0, 1]

    def test_it_is_said_that_such_a_run_is_gone(self):
        """And the present one stays."""
        memory = trained(self.SIZE, calls=3, runs=3)
        with pytest.raises(ValueError, match="no room to keep the weights of run 1"):
            memory.go_to(memory.runs[0])
        assert memory.present is memory.runs[-1]

    def test_one_that_is_larger_than_all_the_room_still_runs(self):
        """One beginning is kept in any case."""
        memory = trained(size=1_000_000_000, calls=5)
        memory.rewind(20)
        assert memory.runner.updates == 20
        assert len(memory.present.moments) == 1


class TestRuns:
    """Six of them, the present one among them."""

    def test_a_seventh_takes_the_place_of_the_oldest(self):
        """Its number, which decides colour and line, is free then."""
        memory = trained(size=10, calls=1, runs=7)
        assert [run.name for run in memory.runs] == [f"run {n}" for n in range(2, 8)]
        assert len(memory.runs) == MOST_RUNS
        assert sorted(run.number for run in memory.runs) == list(range(6))
        assert memory.present.number == 0

    def test_one_that_was_given_a_name_stays_longer(self):
        """Somebody cared for it: the oldest without a name of its own goes."""
        memory = trained(size=10, calls=1, runs=6)
        memory.rename(memory.runs[0], "slow")
        memory.reset()
        memory.step(5)
        assert [run.name for run in memory.runs[:2]] == ["slow", "run 3"]

    def test_where_all_have_names_the_oldest_goes(self):
        """There is no more room than for six."""
        memory = trained(size=10, calls=1, runs=6)
        for run in memory.runs:
            memory.rename(run, f"my {run.name}")
        memory.reset()
        assert memory.runs[0].name == "my run 2"
        assert len(memory.runs) == MOST_RUNS

    def test_a_fork_is_one_more(self):
        """A run that was forked five times: six; and once more: six."""
        memory = trained(size=10, calls=2)
        for _ in range(6):
            memory.rewind(5)
            memory.step(10)
        assert len(memory.runs) == MOST_RUNS
        assert memory.present.origin == ("run 1", 5)

    def test_a_run_without_a_step_takes_no_place(self):
        """Reset pressed again and again leaves one empty run."""
        memory = trained(size=10, calls=1)
        for _ in range(9):
            memory.reset()
        assert len(memory.runs) == 2


def test_a_retired_panel_frees_what_it_remembered():
    """Moments and runs go with the panel: whoever runs a cell again and again has room."""
    import keras

    X, y = datasets.make_circles(60, noise=0.1, seed=0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])
    model.compile("sgd", loss="binary_crossentropy")
    panel = panels.live(model, X, y, batch_size=10)
    panel.step(20)
    panel.rewind(10)
    panel.step(5)
    kept = [weakref.ref(panel.memory), *map(weakref.ref, panel.memory.runs)]
    kept.append(weakref.ref(panel.memory.present.moments[0].snapshot))
    panel.retire()
    del panel
    gc.collect()
    assert [reference() for reference in kept] == [None] * len(kept)
