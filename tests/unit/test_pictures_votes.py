"""Pictures of lesson 07 are judged by their marks' data: votes, and rules of thumb."""

import numpy as np
import pytest

from lessons_lib.lessons.tuning import rules, vote_pictures, votes

# Votes.


@pytest.fixture
def council():
    """Three voters: two are sure of opposite sides everywhere, the third is right half of the time.

    Of four new points, two of each class.
    """
    X, y = np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([0, 1])
    X_new, y_new = np.array([[0.0, 1], [1, 0], [0, 0], [1, 1]]), np.array([0, 1, 0, 1])

    def predict(points):
        n = len(points)
        return np.array([np.full(n, 0.9), np.full(n, 0.2), np.where(points[:, 0] > 0.5, 0.8, 0.3)])

    return votes.council(predict, X, y, X_new, y_new)


def test_one_voter_is_drawn_as_it_is(scene, council):
    """With one voter the picture is this voter's probability, and its accuracy is told."""
    picture = vote_pictures.council_boundary(scene, council, voters=1)
    assert np.all(picture.scene.items["vote"].data["values"] == 0.9)
    assert "right on 50.0%" in picture.sentence


def test_the_vote_is_the_mean_or_the_majority(scene, council):
    """The image holds the mean of probabilities, or the fraction of voters for class 1."""
    drawn = {
        kind: vote_pictures.council_boundary(scene, council, voters=3, vote=kind)
        .scene.items["vote"]
        .data["values"]
        for kind in votes.KINDS
    }
    by_mean, by_majority = drawn.values()
    np.testing.assert_allclose(by_mean[0, [0, -1]], [(0.9 + 0.2 + 0.3) / 3, (0.9 + 0.2 + 0.8) / 3])
    np.testing.assert_allclose(by_majority[0, [0, -1]], [1 / 3, 2 / 3])


def test_each_voter_has_a_line_of_its_own(scene, council):
    """The third voter's boundary stands at x₁ = 0.5, and those without one draw none."""
    picture = vote_pictures.council_boundary(scene, council, voters=3)
    counts = [len(picture.scene.items[f"voter {n}"].data["counts"]) for n in range(3)]
    assert counts == [0, 0, 1]


def test_copies_gain_nothing_in_the_picture(scene, council):
    """The line of copies is level, at the mean accuracy of the single voters."""
    picture = vote_pictures.council_accuracy(scene, council, voters=2)
    assert np.all(picture.scene.items["copies"].data["y"] == council.alone.mean())
    assert len(picture.scene.items["alone"].data["y"]) == 3


# Rules of thumb.


def made_up(loss_of_penalty, loss_of_dropout, spread=0.01):
    """Return results in which both kinds of remedy have one loss at every strength."""
    losses = {"none": 1.0, "penalty": loss_of_penalty, "dropout": loss_of_dropout}
    mean = np.array([[losses[remedy.kind]] for remedy in rules.REMEDIES])
    loss = mean + spread * np.tile([1, -1], rules.SEEDS // 2)
    return rules.Tried(loss, loss, 1 - loss / 2)


def test_the_map_holds_means_and_standard_errors(scene):
    """A cell's two numbers are those of numpy over the seeds."""
    tried = {1: made_up(0.3, 0.5), 4: made_up(0.4, 0.2)}
    items = vote_pictures.depth_and_remedy(scene, tried, seeds=8).scene.items
    error = tried[4].loss[0].std(ddof=1) / np.sqrt(8)
    assert items["mean 1 0"].data["words"] == "1.000"
    assert items["error 1 0"].data["words"] == f"± {error:.3f}"
    assert items["mean 1 1"].data["words"] == "0.400"


@pytest.mark.parametrize(
    ("penalty", "dropout", "seeds", "words"),
    [
        (0.3, 0.5, 8, "the penalty is better"),
        (0.5, 0.3, 8, ": dropout is better"),
        (0.3, 0.305, 8, "no clear difference"),
        (0.3, 0.5, 1, "from one seed nobody can tell"),
    ],
)
@pytest.mark.parametrize("measure", rules.MEASURES)
def test_the_verdict_needs_two_standard_errors(scene, penalty, dropout, seeds, words, measure):
    """What is better is said only where the difference is larger than its uncertainty."""
    told = vote_pictures.depth_and_remedy(
        scene, {2: made_up(penalty, dropout)}, seeds=seeds, measure=measure
    ).sentence
    assert told.startswith("2 hidden layers: ")
    assert words in told


def test_the_strength_is_chosen_on_the_validation_set(scene):
    """Framed is the lowest validation loss, even where another strength has the lower test loss."""
    test = made_up(0.3, 0.5).loss
    validation = test.copy()
    validation[2] -= 0.1  # the second penalty
    test[2] += 0.2
    tried = {1: rules.Tried(validation, test, 1 - test)}
    frames = vote_pictures.depth_and_remedy(scene, tried, seeds=8).scene.items["chosen"]
    middles = frames.data["xy"].reshape(-1, 5, 2)[:, :4].mean(axis=1)
    assert middles[1].round(6).tolist() == [2, 0]


def test_the_bars_are_two_standard_errors_long(scene):
    """Each point of the curve has its bar around it, and the best is named."""
    tried = {"bare": made_up(0.3, 0.5)}
    parameters = [10 * 2**n for n in range(len(rules.REMEDIES))]
    picture = vote_pictures.loss_by_parameters(scene, parameters, tried, seeds=8)
    bars = picture.scene.items["bare bars"].data["xy"].reshape(-1, 2, 2)
    np.testing.assert_allclose(bars[:, 1, 1] - bars[:, 0, 1], 4 * tried["bare"].error("loss", 8))
    assert "Bare: best with 20 parameters (0.300)" in picture.sentence
