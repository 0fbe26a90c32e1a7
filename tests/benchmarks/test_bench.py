"""The bench command compares like with like and prints a table."""

import sys
from pathlib import Path

import numpy as np
import pytest

from lessons_lib import live

sys.path.insert(0, str(Path(__file__).parent))  # where the command runs them

import bench
import many
import remembered


def test_each_contender_makes_the_updates_it_reports(monkeypatch):
    """One turn each: all give a rate, except scikit-learn where there is dropout."""
    monkeypatch.setattr(bench, "_rate", lambda sprint: float(sprint()))
    rates = bench.measure_rates(bench.Workload(4, 0.2, "SGD"), rounds=1)
    assert list(rates) == list(bench.CONTENDERS)
    assert rates.pop("sklearn") is None
    assert rates == {"live": 1000, "fit": 100, "fit jit": 100, "on batch": 25, "NumPy nn": 250}


def test_scikit_learn_takes_part_without_dropout():
    """Twenty epochs of 25 batches, not stopped early."""
    assert bench._contender("sklearn", bench.Workload(4, 0.0, "Adam"))() == 500


@pytest.mark.parametrize(("rates", "cell"), [({"live": 9000.0, "fit": 90.0}, "90 (100x)")])
def test_a_cell_shows_rate_and_ratio(rates, cell):
    """The ratio is what can be compared between machines."""
    assert bench._cells({**dict.fromkeys(bench.CONTENDERS), **rates})[:2] == ["9,000", cell]


def test_an_unknown_option_is_refused(capsys):
    """With a usage line and exit status 2."""
    with pytest.raises(SystemExit) as stop:
        bench.bench(["--slow"])
    assert stop.value.code == 2
    assert "--slow" in capsys.readouterr().err


def test_the_report_ends_with_what_was_wanted(monkeypatch, capsys):
    """Table, waiting times and verdicts, whatever the speeds are."""
    rates = {**dict.fromkeys(bench.CONTENDERS), "live": 500.0, "fit": 10.0}
    monkeypatch.setattr(bench, "measure_rates", lambda workload, rounds: rates)
    monkeypatch.setattr(bench, "measure_model", lambda *a, rounds: ({"live": 9, "fit": 6}, False))
    monkeypatch.setattr(bench, "_print_waiting_times", lambda quick: None)
    monkeypatch.setattr(bench, "_print_many_models", lambda quick: None)
    monkeypatch.setattr(remembered, "print_remembered", lambda make, quick: None)
    assert bench.bench(["--quick"]) == 0
    printed = capsys.readouterr().out
    assert "10 (50x)" in printed
    assert "missed in 2 of 2" in printed
    assert "6 (1.5x)" in printed
    assert "As fast as fit on each: reached" in printed


@pytest.mark.parametrize("model", bench.MODELS[::3], ids=str)
def test_other_models_make_the_updates_they_report(monkeypatch, model):
    """Trainer and fit, one turn each, of eight updates."""
    monkeypatch.setattr(bench, "_rate", lambda sprint, seconds: float(sprint()))
    rates, _ = bench.measure_model(*model[1:], rounds=1)
    assert rates == {"live": 8, "fit": 8}


def test_the_c_loop_trains_as_a_population_does(tmp_path):
    """The same weights and the same mean loss after the same batches."""
    try:
        loop = many.CLoop(tmp_path)
    except FileNotFoundError as none:
        pytest.skip(str(none))
    X, y = bench._points()
    model = bench._of_many(8, "SGD", 0.0)
    rates = [0.01, many.RATE]
    population = live.Population(model, X, y, batch_size=many.BATCH_SIZE, learning_rate=rates)
    trainer = live.LiveTrainer(model, X, y, batch_size=many.BATCH_SIZE)
    order = np.stack([trainer.batch_indices(k) for k in range(100)])
    weights = [np.ascontiguousarray(w) for w in model.get_weights()]
    mean_loss = loop.train(weights, X, y, order)
    assert np.array(5e-324) * 1 > 0  # the process still knows the smallest numbers
    population.step(100)
    history = population.history(1)
    rows = np.diff([0, *history["step"]])
    assert mean_loss == pytest.approx(np.average(history["loss"], weights=rows), abs=1e-3)
    for ours, theirs in zip(population.to_keras(1).get_weights(), weights, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-4)


def test_each_contender_of_many_models_makes_the_updates_it_reports():
    """One turn each; without a C compiler, or with Adam, there is no C loop."""
    points = bench._points()
    found = many.measure_many(
        (8, "Adam", 0.0), bench._of_many, *points, lambda sprint: float(sprint()), rounds=1
    )
    assert found == {"population": 1000 * many.MODELS, "trainer": 1000, "C loop": None}


def test_the_report_on_many_models_compares_with_the_c_loop(monkeypatch, capsys):
    """Rates, ratios and the verdict; memory is measured in another process."""
    rates = {"population": 300.0, "trainer": 30.0, "C loop": 200.0}
    monkeypatch.setattr(many, "measure_many", lambda *a, rounds: rates)

    class Done:
        stdout = "812.0\n"

    monkeypatch.setattr(many.subprocess, "run", lambda *a, **k: Done)
    many.print_many(bench._of_many, *bench._points(), bench._rate, "bench.py", quick=True)
    printed = capsys.readouterr().out
    assert "30 (10x)" in printed
    assert "200 (1.5x)" in printed
    assert "widths 8 and 64: reached" in printed
    assert "812 MB" in printed


def test_what_a_memory_costs_is_measured_on_one_run():
    """Both trainers make all updates; the moments that were kept are counted."""
    made = []

    def make():
        made.append(bench._remembered((4,)))
        return made[-1]

    found = remembered.measure_remembered(make, turn=40, runs=2, updates=100, rewinds=3)
    assert made[1].updates == 100
    assert found.moments >= 1
    assert found.size > 0
    assert found.rewind > 0


def test_the_report_on_memory_says_whether_it_costs_too_much(monkeypatch, capsys):
    """Cost, waiting time, moments and megabytes of each network, and the verdict."""
    found = iter([(0.02, 0.03, 12, 80_000), (0.06, 0.2, 64, 45_000_000)])
    monkeypatch.setattr(
        remembered, "measure_remembered", lambda *a: remembered.Remembered(*next(found))
    )
    remembered.print_remembered(bench._remembered, quick=False)
    printed = capsys.readouterr().out
    assert printed.split("2-16-1")[1].split()[:5] == ["2.0%", "30", "ms", "12", "0.08"]
    assert "45.00" in printed
    assert "under 5% of the training: missed in 1 of 2" in printed
