"""The bench command compares like with like and prints a table."""

import importlib.util
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("bench", Path(__file__).with_name("bench.py"))
bench = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(bench)


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
