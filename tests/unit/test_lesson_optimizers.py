"""What lesson 04 says: its derivatives, its limits, and its claims about the race."""

import ast
from pathlib import Path

import numpy as np
import pytest

from lessons_lib import datasets, nn, optimizers
from lessons_lib.lessons.optimizers import experiments, pictures
from lessons_lib.lessons.optimizers._standardise import Standardise
from lessons_lib.lessons.optimizers.exercises import lesson

SOURCE = Path(__file__).parents[2] / "notebooks" / "src" / "04_optimizers.py"


def run(surface, steps, **settings):
    """Return a race after so many steps."""
    race = optimizers.Race(surface, **settings)
    race.step(steps)
    return race


def test_the_derivative_of_the_curve_is_measured_and_the_slides_is_not():
    """f(x) = 5x² − 2x + 4 has the slope 10x − 2 everywhere, and nowhere 10x + 2."""
    solution = lesson.questions["slope"].solution
    for x in np.linspace(-3, 3, 13):
        measured = nn.numerical_gradient(lambda x: 5 * x**2 - 2 * x + 4, float(x))
        assert solution(x) == pytest.approx(measured, abs=1e-6)
        assert abs(10 * x + 2 - measured) > 3


@pytest.mark.parametrize("name", ["bowl", "ravine", "turned ravine"])
@pytest.mark.parametrize(("share", "converges"), [(0.98, True), (1.02, False)])
def test_the_limit_is_two_over_the_largest_second_derivative(name, share, converges):
    """Just below 2/λ plain descent comes closer, just above it goes away."""
    surface, h = optimizers.surfaces[name], 1e-4
    columns = [
        (surface.gradient(h * axis) - surface.gradient(-h * axis)) / (2 * h) for axis in np.eye(2)
    ]
    largest = np.linalg.eigvalsh(np.array(columns))[-1]
    start = surface.start if name != "bowl" else (0.3, 0.1)
    race = run(name, 150, runners=["SGD"], learning_rate=share * 2 / largest, start=start)
    assert (race.heights[-1, 0] < race.heights[0, 0]) == converges


def test_the_exercise_on_the_limit_is_the_limit():
    """3x² + 12y²: below the answer both directions shrink, above it one grows."""
    limit = lesson.questions["largest_rate"].solution()
    factors = [abs(1 - share * limit * lam) for share in (0.99, 1.01) for lam in (6, 24)]
    assert [factor < 1 for factor in factors] == [True, True, True, False]


@pytest.mark.parametrize(
    ("name", "make", "arguments"),
    [
        ("momentum_step", lambda: optimizers.SGD(0.1, momentum=0.8), (0.1, 0.8)),
        ("adagrad_step", lambda: optimizers.AdaGrad(0.1, 0.0, 1e-3), (0.1, 1e-3)),
        ("rmsprop_step", lambda: optimizers.RMSprop(0.1, 0.8, 0.0, 1e-3), (0.1, 0.8, 1e-3)),
        ("adam_step", lambda: optimizers.Adam(0.1, 0.8, 0.95, 1e-12), (0.1, 0.8, 0.95, 1e-12)),
    ],
)
def test_what_learners_write_equals_the_library_over_many_steps(name, make, arguments):
    """The exercise's solution and the library's rule go the same way for 50 steps."""
    step, optimizer = lesson.questions[name].solution, make()
    rng = np.random.default_rng(0)
    w = rng.normal(size=3)
    theirs, memory = w.copy(), [np.zeros(3)] * (2 if name == "adam_step" else 1)
    for t in range(1, 51):
        g = rng.normal(size=3)
        count = (t,) if name == "adam_step" else ()
        w, *memory = step(w, g, *memory, *count, *arguments)
        optimizer.update([theirs], [g])
    np.testing.assert_allclose(w, theirs, rtol=1e-9)


def test_turning_the_ravine_costs_adaptive_rules_more_than_twice_the_steps():
    """RMSprop and Adam lose, SGD and momentum do not care how the valley lies."""
    straight, turned = (run(name, 400).arrivals for name in ("ravine", "turned ravine"))
    for name in ("RMSprop", "Adam"):
        assert turned[name] > 2 * straight[name]
    for name in ("SGD", "momentum", "Nesterov"):
        assert turned[name] < 1.1 * straight[name]


def test_on_rosenbrock_a_larger_rate_throws_off_sgd_and_brings_adam_home():
    """At 0.001 the adaptive rules crawl; at 0.05 those without a rate for each weight are lost."""
    assert not {"RMSprop", "Adam", "AdamW"} & set(run("Rosenbrock", 1000).arrivals)
    fast = run("Rosenbrock", 1000, learning_rate=0.05)
    assert {"SGD", "momentum", "Nesterov"} <= set(fast.standing().lost)
    assert {"Adam", "AdamW"} <= set(fast.standing().arrived)


def test_rmsprop_jumps_out_again_when_it_has_forgotten():
    """On the ravine it is home by step 100, and within a thousand steps high above for a moment."""
    relative = run("ravine", 1000, runners=["RMSprop"]).heights[:, 0]
    relative = relative / relative[0]
    assert relative[100:300].max() < 1e-3
    assert relative[300:].max() > 1e-2


def test_himmelblaus_start_leads_to_different_minima():
    """From the suggested start not all arrive in the same place."""
    race = run("Himmelblau", 1500)
    arrived = [race.runners.index(name) for name in race.standing().arrived]
    assert len({tuple(np.round(race.paths[-1, i], 1)) for i in arrived}) > 1


def test_with_little_friction_nesterov_brakes_and_momentum_swings():
    """μ = 0.99 on the bowl."""
    race = run("bowl", 150, runners=["momentum", "Nesterov"], momentum=0.99)
    assert race.heights[-1, 1] < 0.01 * race.heights[-1, 0]


def test_saddle_and_plateau_hold_sgd_longest_among_those_that_arrive():
    """SGD leaves the saddle long after the others; on the plateau it and AdaGrad are stuck."""
    arrivals = run("saddle", 400).arrivals
    assert arrivals["SGD"] > 1.5 * max(arrivals["momentum"], arrivals["Adam"])
    assert set(run("plateau", 150).standing().stuck) >= {"SGD", "AdaGrad"}


def test_momentum_rmsprop_and_adam_shorten_the_wait_on_the_ridge():
    """They are far to the side of it long before SGD is."""
    race = run("saddle", 400)
    left = dict(
        zip(race.runners, np.argmax(np.abs(race.paths[:, :, 1]) > 0.5, axis=0), strict=True)
    )
    for name in ("momentum", "RMSprop", "Adam"):
        assert 0 < left[name] < left["SGD"] / 2


def test_adagrad_is_stuck_on_the_plateau_because_of_where_its_sum_begins():
    """With G from 0 on, in the place of Keras's 0.1, it leaves."""
    race = optimizers.Race("plateau", ["AdaGrad"])
    race.optimizers["AdaGrad"].initial_accumulator_value = 0.0
    race.reset()
    race.step(150)
    assert race.heights[-1, 0] < 0.6 * race.heights[0, 0]


def test_curvatures_repel_and_minima_are_common_low_down():
    """In two dimensions (2 − √2) / 4 are minima and not a quarter; lifted by 3√n most are."""
    rng = np.random.default_rng(0)
    for n in (2, 6):
        matrices = rng.normal(size=(20_000, n, n))
        smallest = np.linalg.eigvalsh(matrices + matrices.swapaxes(1, 2))[:, 0]
        assert np.mean(smallest + 3 * np.sqrt(n) > 0) > 0.85
        if n == 2:
            assert np.mean(smallest > 0) == pytest.approx((2 - np.sqrt(2)) / 4, abs=0.01)


def test_the_noise_floor_is_that_of_the_formula():
    """At a constant rate η the distance settles at √(η / (2 − η)): 0.42 for 0.3, 0.23 for 0.1."""
    for rate in (0.1, 0.3):
        settled = experiments.settle("constant", rate)[200:].mean()
        assert settled == pytest.approx(np.sqrt(rate / (2 - rate)), rel=0.05)
    for kind in ("step", "exponential", "1/t", "cosine"):
        assert experiments.settle(kind, 0.3)[-1] < 0.6 * experiments.settle("constant", 0.3)[-1]


def test_walk_sees_every_sample_in_every_epoch():
    """So batches of one make 1,024 updates in four epochs, and the full batch makes 4."""
    assert len(experiments.walk(1, 0.01)) == 1025
    assert len(experiments.walk(256, 0.01)) == 5


@pytest.fixture(scope="module", params=[(0, 0), (1, 20)], ids=["the lesson's", "others"])
def wines(request):
    """Trials as in the lesson, with its split and first weights and with others."""
    split, seed = request.param
    wine = datasets.fetch_wine_quality()
    table = wine.frame.drop_duplicates()
    X = table[list(wine.feature_names)].to_numpy("float32")
    y = table["quality"].to_numpy("float32")
    X_train, X_val, y_train, y_val = datasets.train_val_split(X, y, seed=split)
    scale = datasets.standardize(X_train)
    data = scale(X_train), y_train, scale(X_val), y_val

    def network():
        made = nn.Sequential(
            [nn.Dense(11, 16, seed=seed), nn.ReLU(), nn.Dense(16, 1, seed=seed + 1)]
        )
        made.layers[-1].b[:] = y_train.mean()
        return made

    return experiments.Trials(network, *data), *data


def test_before_the_training_the_loss_is_near_the_targets_variance(wines):
    """With the output bias at the mean; and a batch is learned by heart."""
    trials, X, y, _, _ = wines
    network = trials.network()
    first = network.predict(X)[:, 0]
    assert np.mean((first - y) ** 2) < 4 * y.var() < np.mean((first - y.mean() - y) ** 2) / 5
    adam = optimizers.Adam(0.01)
    for _ in range(500):
        loss = network.train_on_batch(X[:32], y[:32, None], nn.MeanSquaredError(), adam)
    assert loss < 0.1 * y.var()


def test_what_is_said_of_rates_on_the_wines(wines):
    """Adam at 0.001 beats the mean; each works where its range test says, and none for all."""
    trials, _, y, _, y_val = wines
    assert trials.learn("Adam", 0.001) < 0.9 * np.mean((y_val - y.mean()) ** 2)
    growing = optimizers.ExponentialDecay(1e-4, decay_steps=200, decay_rate=1e5)
    rates = np.array([growing(step) for step in range(200)])
    found = {
        name: pictures.fastest_fall(rates, trials.batch_losses(name, growing))
        for name in experiments.OPTIMIZERS
    }
    assert found["momentum"] < found["SGD"] < found["AdaGrad"] < found["AdaDelta"]
    ends = [trials.learn(name, rate) for name, rate in found.items()]
    assert max(ends) < 1.25 * min(ends)
    assert trials.learn("SGD", 1.0) == trials.learn("momentum", 1.0) == np.inf
    assert trials.learn("AdaDelta", 0.3) > 1.1 * max(ends)


def test_gliding_from_a_bias_of_zero_ends_near_the_mean(wines):
    """In 500 steps Adam comes far with the output bias at the mean, and without it does not."""
    trials, X, y, X_val, y_val = wines
    ends = []
    for bias in (y.mean(), 0.0):
        network, glide = trials.network(), optimizers.CosineDecay(0.01, 500)
        network.layers[-1].b[:] = bias
        network.fit(X, y, nn.MeanSquaredError(), optimizers.Adam(glide), epochs=17)
        ends.append(np.mean((network.predict(X_val)[:, 0] - y_val) ** 2))
    mean = np.mean((y_val - y.mean()) ** 2)
    assert ends[0] < 0.8 * mean
    assert ends[1] > 0.9 * mean


def test_what_is_said_of_batch_sizes_on_the_wines(wines):
    """At one rate the full batch is behind 32, at its own best rate it is close."""
    trials, X, *_ = wines
    small, full = (trials.learn("SGD", 0.03, batch_size=size) for size in (32, len(X)))
    assert full > 1.1 * small
    assert trials.learn("SGD", 0.3, batch_size=len(X)) < 1.2 * small


def test_adagrads_steps_die_like_one_over_the_root_of_their_number():
    """With equal gradients AdaGrad's step is η / √t; RMSprop's stays η."""
    w, moves = {"a": np.zeros(1), "r": np.zeros(1)}, {}
    rules = {"a": optimizers.AdaGrad(0.1, 0.0), "r": optimizers.RMSprop(0.1)}
    for _ in range(400):
        for name, rule in rules.items():
            before = w[name].copy()
            rule.update([w[name]], [np.ones(1)])
            moves[name] = float((before - w[name])[0])
    assert moves["a"] == pytest.approx(0.1 / np.sqrt(400), rel=1e-4)
    assert moves["r"] == pytest.approx(0.1, rel=1e-4)


def test_there_is_no_plotting_code_of_its_own_and_no_tensorflow_early():
    """Pictures come from the library; Keras is imported only where it is first needed."""
    import jupytext

    code = [cell.source for cell in jupytext.read(SOURCE).cells if cell.cell_type == "code"]
    names = [
        [
            alias.name
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Import | ast.ImportFrom)
            for alias in node.names
        ]
        for source in code
    ]
    first = next(i for i, imported in enumerate(names) if {"live", "keras"} & set(imported))
    assert first > len(code) / 2
    assert not [source for source in code if ".plot(" in source or ".scatter(" in source]


def test_the_loss_at_other_weights_is_that_of_a_network_with_them():
    """Where the path begins it is what Keras says of the model as it was given."""
    from lessons_lib import live

    import keras  # isort: skip - after live, which imports TensorFlow quietly

    keras.utils.set_random_seed(0)
    layers = [keras.Input((2,)), keras.layers.Dense(3, activation="tanh"), keras.layers.Dense(1)]
    model = keras.Sequential(layers)
    model.compile(optimizer=keras.optimizers.SGD(0.1), loss="mse")
    X, y = datasets.make_circles(40, seed=0)
    trainer = live.LiveTrainer(model, X, y)
    trainer.keep_path()
    trainer.step(20)
    path = trainer.path[1]
    first, last = experiments.losses_at(trainer, path[[0, -1]])
    assert first == pytest.approx(model.evaluate(X, y, verbose=0), rel=1e-4)
    assert last == pytest.approx(trainer.to_keras().evaluate(X, y, verbose=0), rel=1e-4)
    assert last != pytest.approx(first, rel=1e-2)


def test_the_layer_of_the_clinic_standardises_while_it_is_switched_on():
    """As `datasets.standardize` does, and passes on what it gets while it is off."""
    X = np.random.default_rng(0).normal(size=(30, 2)) * [1, 100] + [0, 50]
    mean, deviation = X.mean(axis=0).tolist(), X.std(axis=0).tolist()
    layer = Standardise(mean, deviation)
    np.testing.assert_allclose(layer(X), X, rtol=1e-5)
    layer.standardise.assign(True)
    np.testing.assert_allclose(layer(X), datasets.standardize(X)(X), atol=1e-4)
