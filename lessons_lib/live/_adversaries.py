"""Adversaries: a generator and a judge, two Keras models that train in turn."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from lessons_lib._ground.turns import Replayed, Turn, anew
from lessons_lib._ground.values import listed, shortened, whole_number
from lessons_lib.live._compiled import heads_of, loss_name
from lessons_lib.live._compiler import suits_xla
from lessons_lib.live._data import check_data, check_inputs
from lessons_lib.live._duel import MEASURED, NOISES, Duel, Looks, Noise, Round
from lessons_lib.live._duel_knobs import DUEL_KNOBS, LOSSES, DuelMark
from lessons_lib.live._giving_back import keras_model
from lessons_lib.live._knob import Knob
from lessons_lib.live._knobs import checked_batch_size
from lessons_lib.live._loop import SampleOrder, run_once, up_to_the_last_good
from lessons_lib.live._models import check_model
from lessons_lib.live._moments import Snapshot
from lessons_lib.live._network import Network
from lessons_lib.live._run import History, Run, Spent
from lessons_lib.live._structure import find_structure
from lessons_lib.live._task import doubt, last_activation
from lessons_lib.live._tensorflow import keras, on_cpu
from lessons_lib.live._trial import check_copy, check_own_layers


class Adversaries(Replayed):
    """Train two Keras models in turn: a generator makes samples, a judge tells them from data.

    A generative adversarial network (Goodfellow et al., 2014). An update is first
    ``judge_updates`` updates of the judge, each on a batch of the data, labelled 1, and a batch
    of made samples, labelled 0; then one of the generator, which makes the judge's loss smaller
    for made samples that are labelled 1. Both models are copied, the ones passed in are left as
    they are, and thousands of updates run in one compiled call. They give the weights that the
    same updates give with ``tf.GradientTape``.

    Parameters
    ----------
    generator : keras.Model
        Sequential or functional, compiled with an optimizer; it needs no loss. From noise of its
        input's shape it makes samples of the shape of `X`'s.
    judge : keras.Model
        Compiled with an optimizer and a loss that takes the labels 0 and 1, such as
        ``"binary_crossentropy"``.
    X : array_like of shape (n_samples, ...)
        The data.
    batch_size : int, default 32
        Samples per update, of either kind.
    noise : {"normal", "uniform"}, default "normal"
        What the generator reads: mean 0 and standard deviation 1, or between -1 and 1.
    seed : int, default 0
        Decides the order of the samples, the noise, and that of Dropout layers.
    jit_compile : bool, optional
        Compile with XLA; by default where that suits both models.

    Attributes
    ----------
    notice : str
        What the last rebuild kept; at first why the judge's loss cannot teach; or "".

    Raises
    ------
    TypeError, ValueError
        With one sentence on what does not fit and what to change.

    Examples
    --------
    >>> adversaries = Adversaries(generator, judge, X)  # doctest: +SKIP
    >>> adversaries.step(500)  # doctest: +SKIP
    500
    >>> adversaries.turn("judge_updates", 5)  # doctest: +SKIP
    >>> adversaries.generate(1000)  # doctest: +SKIP
    """

    def __init__(
        self,
        generator: keras.Model,
        judge: keras.Model,
        X: ArrayLike,
        batch_size: int = 32,
        noise: str = "normal",
        seed: int = 0,
        jit_compile: bool | None = None,
    ):
        _check_pair(generator, judge, X)
        self._X = check_inputs(judge, X)
        check_data(judge, self._X, np.arange(len(self._X)) % 2)  # the labels
        self._batch_size = checked_batch_size(batch_size, len(self._X))
        if not isinstance(noise, str) or noise not in NOISES:
            raise ValueError(f'noise is "normal" or "uniform"; received {shortened(noise)}.')
        seed = _seed(seed)
        self._models = generator, judge
        self._noise = Noise(noise, tuple(generator.inputs[0].shape[1:]), seed)
        self._order = SampleOrder(len(self._X), seed)
        self._jit = None if jit_compile is None else bool(jit_compile)
        self._judge_updates, self._loss = 1, LOSSES[0]
        self.notice = doubt(heads_of(judge)[0], last_activation(judge), np.array([0.0, 1.0]))
        self._shown: tuple[tuple, np.ndarray] | None = None  # noise that was last asked for
        with on_cpu():
            few = self._noise.draw(8, np.int32(0)).numpy()
            self._generator, self._judge = (
                _network(model, like, seed, bool(self.notice))
                for model, like in ((generator, few), (judge, self._X))
            )
            self._looks = Looks(self._generator, self._judge)
            self._make_loop()
        self._begin()

    # --- running ----------------------------------------------------------------------------

    def step(self, n: int = 1) -> int:
        """Make `n` updates, each of the judge first and then of the generator.

        Parameters
        ----------
        n : int, default 1

        Returns
        -------
        int
            Updates made: `n`, or fewer if a loss became no number on the way.
        """
        wanted = "n counts the updates to make, a whole number of at least 0"
        n, done, run = whole_number("n", n, wanted=wanted, floats=True), 0, self._run
        while done < n and run.failed is None:
            room = self._loop.room(run.position, self._judge_updates)
            some = min(n - done, room, run.history.steps_to_thinning(run.updates))
            made = self._advance(some)
            done += made.updates if made.good else self._stop_before(made.updates)
        return done

    def reset(self, seed: int | None = None) -> None:
        """Begin again: same initial weights, order and noise; the knobs as they are turned.

        Parameters
        ----------
        seed : int, optional
            Draw other initial weights with the layers' own initializers; they are the initial
            weights from then on.
        """
        seed = None if seed is None else _seed(seed)
        turns = anew(self._run.turns)
        with on_cpu():
            for place, network in enumerate(self._networks):
                if seed is not None:
                    network.draw(2 * seed + place)
                network.start()
            self._loop.drawn.assign(0)
        self._begin()
        self._run.turns = turns

    def snapshot(self) -> Snapshot:
        """Return the present moment, to come back to with :meth:`restore`."""
        return Snapshot(
            state=[v.numpy() for v in self._loop.state],
            beginning=tuple(network.beginning for network in self._networks),
            knobs={name: knob.kept(self) for name, knob in DUEL_KNOBS.items()},
            run=self._run.copy(),
            spent=Spent(),
        )

    def restore(self, snapshot: Snapshot) -> None:
        """Go back to a snapshot of these two: weights, knobs, history, what comes next."""
        if not isinstance(snapshot, Snapshot) or snapshot.knobs.keys() != DUEL_KNOBS.keys():
            raise TypeError(
                "restore takes what adversaries.snapshot() returned; received a "
                f"{type(snapshot).__name__}."
            )
        for name, kept in snapshot.knobs.items():
            DUEL_KNOBS[name].restore(self, kept)
        with on_cpu():
            for network, beginning in zip(self._networks, snapshot.beginning, strict=True):
                network.beginning = beginning
            for variable, value in zip(self._loop.state, snapshot.state, strict=True):
                variable.assign(value)
        self._run = snapshot.run.copy()
        self._restarts += 1

    @property
    def compiled(self) -> bool:
        """Whether the next step begins at once, and not with the compiler."""
        return self._loop.compiled

    def compile(self) -> None:
        """Compile the loop now; the run stays as it is."""
        if not self.compiled:
            self._call(0)

    def compile_ahead(self) -> Callable[[], None] | None:
        """Trace the loop; return what compiles it, which another thread may call."""
        try:
            return self._loop.compile_ahead()
        except Exception:  # models that cannot be traced: `compile` says why
            return None

    # --- knobs ------------------------------------------------------------------------------

    @property
    def knobs(self) -> Mapping[str, Knob]:
        """What can be turned, by name."""
        return dict(DUEL_KNOBS)

    def turn(self, name: str, value: Any, moment: float | None = None) -> None:
        """Turn a knob, from the next update on.

        Parameters
        ----------
        name : {"generator_rate", "judge_rate", "judge_updates", "generator_loss"}
            The two learning rates; how many updates the judge makes before each of the
            generator, 1 to 16; what the generator makes smaller: "non-saturating",
            -log D(G(z)), or "minimax", log(1 - D(G(z))), with a cross-entropy.
        value : object
        moment : float, optional
            When a hand turned it, in seconds: what it turns within one is one mark.

        Raises
        ------
        TypeError, ValueError
            With one sentence; the knob keeps its old value then.
        """
        knob = DUEL_KNOBS.get(name)
        if knob is None:
            raise ValueError(
                f"Adversaries have no knob {shortened(name)}: they have {listed(DUEL_KNOBS)}."
            )
        with on_cpu():
            value, old = knob.check(self, value), knob.read(self)
            if (notice := knob.apply(self, value)) is not None:
                self._make_loop()
                self.notice = notice
        self._run.turned(name, old, knob.read(self), moment)

    # --- what happened ----------------------------------------------------------------------

    @property
    def updates(self) -> int:
        """Updates made since the last reset."""
        return self._run.updates

    @property
    def history(self) -> dict[str, list]:
        """By step: ``generator_loss``, ``judge_loss``, ``score_real``, ``score_made``.

        Means over the updates since the row before. ``judge_loss`` is the mean of its losses on
        data and on made samples; with a cross-entropy it is log 2 = 0.69 where the judge cannot
        tell them apart. The scores are what it says of data and of made samples. At most 512
        rows, as a trainer's.
        """
        return self._run.history.as_dict()

    @property
    def marks(self) -> list[DuelMark]:
        """The last 500 turns of knobs: ``[(step, name, old, new), ...]``."""
        return [DuelMark(*turn) for turn in self._run.marks]

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All turns of knobs since the initial weights, as `replay` takes them."""
        return self._run.turns

    @property
    def ended(self) -> str | None:
        """Why no further step is made, in one sentence, or None."""
        if self._run.failed is None:
            return None
        rates = (DUEL_KNOBS[f"{who}_rate"].read(self) for who in ("generator", "judge"))
        return (
            "A loss is no number any more at step {:,}, with learning rates {:g} (generator) and "
            "{:g} (judge): turn both down and begin again.".format(self._run.failed, *rates)
        )

    @property
    def X(self) -> np.ndarray:
        """The data as the judge reads them."""
        return self._X

    def generate(self, n: int = 1000, seed: int = 0) -> np.ndarray:
        """Return `n` samples that the generator makes now, from other noise than it trains on.

        Parameters
        ----------
        n : int, default 1000
        seed : int, default 0
            The same seed is the same noise, so two moments of a run can be compared.
        """
        n = whole_number("n", n, 1, wanted="n counts samples, a whole number of at least 1")
        asked = n, _seed(seed)
        if self._shown is None or self._shown[0] != asked:  # a panel asks in every frame
            noise = Noise(self._noise.kind, self._noise.shape, (1 << 31) + asked[1])
            with on_cpu():
                self._shown = asked, noise.draw(n, np.int32(0)).numpy()
        return self._looks.made(self._shown[1])

    def made_of(self, noise: ArrayLike) -> np.ndarray:
        """Return the samples that the generator makes of this noise, one of each row."""
        return self._looks.made(check_inputs(self._models[0], noise))

    def judge_of(self, X: ArrayLike) -> np.ndarray:
        """Return what the judge says of samples, as its model does: 1 is "from the data"."""
        return self._looks.judged(check_inputs(self._models[1], X))

    def noise(self, draw: int) -> np.ndarray:
        """Return the noise of one draw, shape ``(batch_size, ...)``.

        They are counted from 0 since the last reset: each update of the judge is a draw, and each
        of the generator.
        """
        draw = whole_number("draw", draw)
        with on_cpu():
            return self._noise.draw(self._batch_size, np.int32(draw + 1)).numpy()

    def batch_indices(self, k: int) -> np.ndarray:
        """Return which samples update `k` of the judge is made on, counted from 0."""
        k = whole_number("k", k)
        return self._order.take(k * self._batch_size, self._batch_size)

    def to_keras(self) -> tuple[keras.Model, keras.Model]:
        """Return generator and judge as ordinary Keras models, compiled as they were."""
        with on_cpu():
            pairs = zip(self._models, self._networks, strict=True)
            return tuple(keras_model(model, network) for model, network in pairs)

    # --- inside -----------------------------------------------------------------------------

    @property
    def _networks(self) -> tuple[Network, Network]:
        return self._generator, self._judge

    def _begin(self) -> None:
        self._run = Run(History(MEASURED, 1), np.zeros(len(MEASURED) + 1))
        self._restarts += 1

    def _make_loop(self) -> None:
        """Make the loop for the present optimizers."""
        jit = self._jit
        if jit is None:
            shapes = self._noise.shape, self._X.shape[1:]
            jit = all(
                suits_xla(model, (self._batch_size, *shape))
                for model, shape in zip(self._models, shapes, strict=True)
            )
        drawn = self._loop.drawn.numpy() if hasattr(self, "_loop") else 0
        self._loop = Duel(*self._networks, self._X, self._noise, self._batch_size, self._order, jit)
        self._loop.drawn.assign(drawn)

    def _advance(self, updates: int) -> Round:
        """Run the loop once; record what it measured if all stayed finite."""
        made = self._call(updates)
        if made.good:
            size = self._batch_size * self._judge_updates
            self._run.advance(updates, size, made.rows, made.sums)
        return made

    def _call(self, updates: int) -> Round:
        run = self._run
        call = (updates, run.position, run.steps_to_next_row, run.history.gap, run.sums)
        how = self._judge_updates, self._loss == "minimax"
        return run_once(
            lambda: self._loop.run(*call, *how),
            lambda: self._loop,
            self._without_xla,
            "These models",
        )

    def _without_xla(self) -> None:
        self._jit = False
        self.notice = "XLA cannot compile these models here, so they run as a plain graph."
        with on_cpu():
            self._make_loop()

    def _stop_before(self, finite: int) -> int:
        """Stop before the update that diverged; return how many good ones were made."""
        failed = self._run.updates + finite + 1
        made = up_to_the_last_good(self._advance, finite)
        self._run.failed = failed
        return made


def _network(model: keras.Model, X: np.ndarray, seed: int, cautioned: bool) -> Network:
    """Return the copy of a model that trains."""
    structure = find_structure(model)
    check_own_layers(model)
    network = Network(model, structure, seed, cautioned)
    check_copy(model, network.model, X)
    return network


def _seed(seed: int) -> int:
    return whole_number("seed", seed, wanted="seed is a whole number of at least 0", floats=True)


def _check_pair(generator: keras.Model, judge: keras.Model, X: ArrayLike) -> None:
    """Raise unless both can be trained, and the one makes what the other judges."""
    for who, model in (("generator", generator), ("judge", judge)):
        if not isinstance(model, keras.Model):
            raise TypeError(
                "Adversaries are two Keras models, first the generator and then the judge; the "
                f"{who} received is a {type(model).__name__}."
            )
    if generator is judge:
        raise ValueError(
            "The generator and the judge are the same model: build two, one from noise to "
            "samples, the other from samples to a score."
        )
    if not generator.compiled:
        raise ValueError(
            "The generator is not compiled, so it has no optimizer: call generator.compile("
            'optimizer="adam") first; it needs no loss, since the judge gives it.'
        )
    if not generator.built and isinstance(generator, keras.Sequential):
        raise ValueError(
            "The generator does not say how much noise it reads: begin it with keras.Input((1,)), "
            "for one number a sample."
        )
    check_model(generator, None, needs_loss=False)
    check_model(judge, X)
    if len(judge.outputs) != 1 or len(generator.outputs) != 1:
        raise ValueError("The generator and the judge have one output each; here one has several.")
    made, read = (t[0] for t in (generator.outputs, judge.inputs))
    if tuple(made.shape[1:]) != tuple(read.shape[1:]):
        raise ValueError(
            f"The generator makes samples of shape {tuple(made.shape[1:])}, but the judge reads "
            f"samples of shape {tuple(read.shape[1:])}: the last layer of the generator has as "
            "many units as a sample has values."
        )
    if not all("float" in tensor.dtype for tensor in (generator.inputs[0], read)):
        raise ValueError(
            "Noise and samples are fractions, but one of the models begins with whole numbers: "
            "use keras.Input without dtype."
        )
    loss = loss_name(heads_of(judge)[0].function)
    if "hinge" in loss or "categorical" in loss:
        raise ValueError(
            "The judge's loss takes the labels 1 for data and 0 for what is made: compile it with "
            f'loss="binary_crossentropy", not {loss}.'
        )
