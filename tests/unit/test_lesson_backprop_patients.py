"""What the two patients of lesson 03 have, and that it is no accident of one start."""

import numpy as np
import pytest

from lessons_lib.lessons.backprop import patients

WAITED = 300  # updates, as somebody waits who turns nothing


def first_layer(panel):
    """Return the weights of the first layer, and what its units put out for the training points."""
    chain = panel.trainer.chain()
    return chain.kernels[0], chain.ask(panel.trainer.X)[1]


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_patient_3_has_no_weight_and_gets_none(seed):
    """However it is drawn anew and however long it runs, all weights stay 0."""
    panel = patients.patient_3()
    if seed is not None:
        panel.reset(seed)
    panel.step(WAITED)
    assert not any(kernel.any() for kernel in panel.trainer.chain().kernels)
    assert panel.trainer.history["val_loss"][-1] > 0.5


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_patient_4_stands_at_the_ends_of_its_sigmoids(seed):
    """Nearly every output is 0 or 1, for other starts too, and so the loss stays where it is."""
    panel = patients.patient_4()
    if seed is not None:
        panel.reset(seed)
    weights, _ = first_layer(panel)
    panel.step(WAITED)
    later, outputs = first_layer(panel)
    assert np.mean(np.minimum(outputs, 1 - outputs) < 0.01) > 0.8
    assert np.abs(later - weights).max() < 0.1 * np.abs(weights).max()
    assert panel.trainer.history["val_loss"][-1] > 0.5
