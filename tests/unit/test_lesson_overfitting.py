"""What lesson 05 says: its derivatives, its sum of errors, its cases."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lessons_lib import nn
from lessons_lib.lessons.overfitting import curves, digits, few_rows, lesson

SOURCE = Path(__file__).parents[2] / "notebooks" / "src" / "05_overfitting.py"


def solution(name):
    """Return the solution of a question."""
    return lesson.questions[name].solution


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.7), (0.4, 0.0), (0.3, 0.2)])
def test_gradient_of_the_penalties_is_measured(l1, l2):
    """The gradient of Σw³ + l1·Σ|w| + l2·Σw² agrees with finite differences."""
    W = np.random.default_rng(0).normal(size=(3, 2))

    def loss(W):
        return np.sum(W**3) + l1 * np.sum(np.abs(W)) + l2 * np.sum(W**2)

    measured = nn.numerical_gradient(loss, W.copy())
    np.testing.assert_allclose(
        solution("penalised_gradient")(W, 3 * W**2, l1, l2), measured, atol=1e-6
    )


def test_penalties_are_those_of_keras():
    """L1(λ) is λΣ|w| and L2(λ) is λΣw², without a half."""
    keras = pytest.importorskip("keras")
    W = np.array([[1.0, -2.0]], dtype="float32")
    assert float(keras.regularizers.L1(0.1)(W)) == pytest.approx(0.3)
    assert float(keras.regularizers.L2(0.1)(W)) == pytest.approx(0.5)


def test_inverted_dropout_keeps_the_mean():
    """Over many steps the mean is the output without dropout."""
    a, rng = np.array([1.0, -2.0, 0.5]), np.random.default_rng(0)
    noise = rng.random((50_000, 3))
    mean = solution("inverted_dropout")(np.broadcast_to(a, noise.shape), 0.4, noise).mean(axis=0)
    np.testing.assert_allclose(mean, a, atol=0.02)


def test_batch_norm_is_that_of_keras():
    """The solution agrees with the layer in training."""
    keras = pytest.importorskip("keras")
    Z = np.random.default_rng(1).normal(2, 3, (16, 4)).astype("float32")
    layer = keras.layers.BatchNormalization(epsilon=0.01)
    expected = np.asarray(layer(Z, training=True))
    ours = solution("batch_norm")(Z, np.ones(4), np.zeros(4), 0.01)
    np.testing.assert_allclose(ours, expected, atol=1e-5)


def test_bias_and_variance_add_up_exactly():
    """bias² + variance is the mean squared distance from the truth."""
    rng = np.random.default_rng(2)
    predictions, truth = rng.normal(size=(7, 5)), rng.normal(size=5)
    parts = solution("squared_bias_and_variance")(predictions, truth)
    assert sum(parts) == pytest.approx(np.mean((predictions - truth) ** 2))


def test_early_stopping_is_what_the_panel_draws():
    """The exercise's rule and the picture's rule agree on random losses."""
    from lessons_lib.lessons.overfitting import _fits

    rng = np.random.default_rng(3)
    for _ in range(50):
        losses = (1 / np.arange(1, 25) + 0.1 * rng.normal(size=24)).tolist()
        patience, delta = int(rng.integers(1, 8)), float(rng.choice([0.0, 0.013]))
        assert solution("stop_early")(losses, patience, delta) == _fits.stopping_epochs(
            losses, patience, delta
        )


def test_case_a_overfits():
    """Training ends below what can be reached, validation rises far above its lowest."""
    case = curves("A")
    assert case["loss"][-1] < 0.6 * case["achievable"]
    assert case["val_loss"][-1] > 1.5 * min(case["val_loss"])


def test_case_b_underfits():
    """Both losses rest, close together, far above what can be reached."""
    case = curves("B")
    assert case["loss"][-1] > 3 * case["achievable"]
    assert abs(case["loss"][-1] - case["loss"][-10]) < 0.01
    assert case["val_loss"][-1] < 1.2 * case["loss"][-1]


def test_case_c_jumps():
    """The training loss rises again and again."""
    assert np.sum(np.diff(curves("C")["loss"]) > 0.02) >= 5


def test_case_d_is_still_falling():
    """Both losses fall to the very end, far from what can be reached."""
    case = curves("D")
    for name in ("loss", "val_loss"):
        assert case[name][-1] < case[name][-10] < case[name][-20]
    assert case["loss"][-1] > 2 * case["achievable"]


def test_case_e_is_well():
    """Both losses end near what can be reached."""
    case = curves("E")
    assert max(case["loss"][-1], case["val_loss"][-1]) < 1.2 * case["achievable"]


def test_case_f_is_good_on_its_own_data_only():
    """Training ends where it can, not below; validation far above."""
    case = curves("F")
    assert 0.85 < case["loss"][-1] / case["achievable"] < 1.15
    assert case["val_loss"][-1] > 3 * case["achievable"]


def test_a_mistaken_diagnosis_is_told_by_what_is_seen():
    """Each mistaken case has its sentence; none of them names the right word, nor the others."""
    answer = lesson.questions["six_diagnoses"].solution() | {"B": "overfits", "D": "asleep"}
    told = lesson.questions["six_diagnoses"].judge(lambda: answer).text
    assert "Case B: Overfitting shows in" in told
    assert "Case D: 'asleep' is none of the words" in told
    assert "Case A" not in told
    assert "underfits" not in told.partition("Case D")[0]


def test_unknown_case_is_refused():
    """The message lists the cases."""
    with pytest.raises(ValueError, match="A, B, C"):
        curves("Z")


def test_every_term_of_the_glossary_is_used():
    """Each Chinese term of the glossary stands in the lesson's text too."""
    text = SOURCE.read_text("utf-8")
    before, _, glossary = text.partition("## Words of this lesson")
    terms = re.findall(r"^# \| [^|]+ \| ([^|]+) \|", glossary, flags=re.MULTILINE)[2:]
    assert len(terms) > 15
    missing = [term for row in terms for term in row.split("、") if term not in before]
    assert not missing


def test_changed_images_keep_their_form_and_their_range():
    """Augmentation returns the images first, then the copies, and labels that add up to 1."""
    rng = np.random.default_rng(0)
    X, labels = rng.random((12, 64)).astype("float32"), np.eye(10)[rng.integers(0, 10, 12)]
    changes = {"turned": lambda image, rng: digits.rotated(image, rng.uniform(-20, 20))}
    more, targets = digits.augmented(X, labels, changes, copies=3, seed=0)
    assert more.shape == (48, 64)
    np.testing.assert_array_equal(more[:12], X)
    assert 0 <= more.min() <= more.max() <= 1
    np.testing.assert_allclose(targets.sum(axis=1), 1)


def test_unchanged_copies_are_mixed_with_others_as_their_labels_are():
    """Where nothing else is changed, a copy is that mixture of images that its label tells."""
    X, labels = np.eye(10, 16), np.eye(10)
    same = {"same": lambda image, rng: image}
    more, targets = digits.augmented(X, labels, same, copies=4, seed=1, mixed=0.5)
    np.testing.assert_allclose(more[:, :10], targets)
    assert {0.8, 1.0} <= set(np.round(targets.max(axis=1), 6))


def test_scaling_an_image_keeps_its_middle():
    """A square in the middle grows by the factor on each side."""
    image = np.zeros((9, 9))
    image[3:6, 3:6] = 1
    larger = digits.scaled(image, 2.0)
    assert larger[4, 4] == 1
    assert larger.sum() == pytest.approx(4 * image.sum(), rel=0.25)


def test_small_network_is_judged_on_the_other_table():
    """A linear unit finds a linear rule; on rows of another rule its error is the distance."""
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"x": rng.normal(size=60)})
    table["y"] = 2 * table["x"] + 5
    same = few_rows.small_network_error((), table[:40], table[40:], target="y")
    shifted = table[40:].assign(y=table["y"] + 1)
    other = few_rows.small_network_error((), table[:40], shifted, target="y")
    assert same < 0.1
    assert other == pytest.approx(1, abs=0.1)


def test_the_test_set_is_opened_once():
    """No code between the split and "Open the envelope" names it, and the digits' is left alone."""
    cells = re.split(r"^# %%", SOURCE.read_text("utf-8"), flags=re.MULTILINE)
    opened = next(n for n, cell in enumerate(cells) if "## Open the envelope" in cell)
    code = ["" if "[markdown]" in cell.splitlines()[0] else cell for cell in cells[1:]]
    named = [n for n, cell in enumerate(code, start=1) if re.search(r"\bsealed\b", cell)]
    made, *uses = named
    assert "sealed = table.sample(" in code[made - 1]
    assert len(uses) == 1
    assert uses[0] > opened
    assert not any("digits.X_test" in cell or "digits.y_test" in cell for cell in code)
