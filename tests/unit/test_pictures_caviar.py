"""Pictures of lesson 07 are judged by their marks' data: halving, and the edge of divergence."""

import itertools

import numpy as np

from lessons_lib.lessons.tuning import caviar, caviar_pictures


def test_halved_curves_end_where_a_model_was_stopped(scene):
    """The worse half ends at the first halving, and what would have ended lower goes on, dashed."""
    steps = np.arange(0, 401, 100)
    losses = np.array([[1, 0.5, 0.4, 0.3, 0.3], [1, 0.6, 0.5, 0.5, 0.5], [1, 0.9, 0.5, 0.1, 0.1]])
    picture = caviar_pictures.halved_curves(scene, steps, losses, every=100)
    items = picture.scene.items
    np.testing.assert_array_equal(items["left over"].data["y"], losses[0, 1:])
    assert items["stopped"].data["counts"].tolist() == [2, 1]
    assert items["too early"].data["xy"][:, 1].tolist() == [0.9, 0.5, 0.1, 0.1]
    assert "1 of those that were stopped would have ended lower" in picture.sentence


def test_the_limit_stands_where_its_learning_rates_are(scene):
    """The line goes through the columns of the limits, and what lies beyond it is counted."""
    rates, scales = np.geomspace(0.01, 10, 4), np.array([0.5, 1.0, 2.0])
    loss = np.array([[1, 1, 1, np.inf], [1, 1, np.inf, 1], [1, np.inf, np.inf, np.inf]])
    picture = caviar_pictures.edge_and_limit(
        scene, loss, init_scale=scales, learning_rate=rates, limits=np.array([2, 0.5, 0.2])
    )
    line = picture.scene.items["limit"].data
    np.testing.assert_allclose(line["x"], 2 + np.log10([2, 0.5, 0.2]))
    assert line["y"].tolist() == [0, 1, 2]
    assert "20% go on training; on the near side 14% diverge" in picture.sentence


def test_the_window_shows_its_edge(scene):
    """The next window is drawn, and the pairs of neighbours at the edge are counted."""
    loss = np.where(np.tri(4, dtype=bool), 1.0, np.inf)
    scales = rates = np.geomspace(0.1, 1, 4)
    closer = {"init_scale": np.array([0.2, 0.5]), "learning_rate": np.array([0.1, 0.2])}
    picture = caviar_pictures.edge_window(
        scene, loss, init_scale=scales, learning_rate=rates, closer=closer
    )
    corners = picture.scene.items["box"].data["xy"]
    assert corners.min(axis=0).tolist() == [-0.5, 0.5]
    assert corners.max(axis=0).tolist() == [1.5, 2.5]
    assert "38% have diverged; the edge runs between 6 pairs" in picture.sentence


def test_each_view_lies_within_the_one_before():
    """Four times closer and closer; the rectangle of each next one is about a quarter wide."""
    for view, closer in itertools.pairwise(caviar.VIEWS):
        for name, values in view.items():
            assert values[0] < closer[name][0] < closer[name][-1] < values[-1]
            part = np.log(closer[name][-1] / closer[name][0]) / np.log(values[-1] / values[0])
            assert 0.15 < part < 0.3
