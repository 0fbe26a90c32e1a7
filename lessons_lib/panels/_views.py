"""The views of a live panel: which pictures are drawn of a network, and what they ask it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets
import numpy as np

from lessons_lib import plots
from lessons_lib.panels._memory import Memory
from lessons_lib.panels._network_pictures import VIEWS
from lessons_lib.panels._page import Arrangement
from lessons_lib.panels._past import Record
from lessons_lib.panels._pick import Pick

if TYPE_CHECKING:
    from lessons_lib.live import LiveTrainer

_SIZES = {1: (6.0, 3.6), 2: (9.4, 3.5), 3: (9.4, 3.3)}  # inches by number of views
_TALL = (9.4, 6.2)  # two rows
_SHARES = {"boundary": 1.12, "curves": 1.25}  # of the width; the others have 1
_PREFERRED = 3
_LONGEST = 120  # characters of what went wrong


class NetworkViews:
    """What is seen of a network in training.

    A model that reads words or classes by number knows no fractions and no numbers beyond its
    data. So it is tried what the model takes before any picture asks for it.

    Parameters
    ----------
    trainer : lessons_lib.live.LiveTrainer
        The network.
    wanted : sequence of str, str or None
        Names of views; None for the first three that suit the data.

    Attributes
    ----------
    names : tuple of str
        The views that are drawn, from left to right.
    left_out : str
        One sentence on each view that suits the data but cannot be drawn for this model.
    controls : dict of str to ipywidgets.Widget
        What the pictures read for themselves when they are drawn, as their rows in `VIEWS` bring
        it: with curves ``"log"``, whether the loss is drawn on a logarithmic scale.
    units : list of int
        Units that each hidden layer was built with.
    whole : bool
        Whether the model is asked at whole numbers only, within the range of the data.
    memory : Memory or None
        What a panel remembers of the runs.
    kept : dict of str to object
        What a picture needs to know when it is drawn again, by the view's name.
    playing : callable
        Returns whether a panel lets the network train on and on.

    Raises
    ------
    ValueError
        If a name is unknown, or a view does not suit the data; says which do.
    """

    def __init__(self, trainer: LiveTrainer, wanted: Sequence[str] | str | None):
        self.trainer = trainer
        self.memory: Memory | None = None
        self.kept: dict[str, Any] = {}
        self.playing: Callable[[], bool] = lambda: False
        try:
            self.units = [layer.shape[-1] for layer in trainer.hidden(trainer.X[:1])]
        except Exception:  # a layer of the learner's own that no graph can run
            self.units = []
        self.whole = trainer.X.dtype.kind in "biu"
        self.whole = self.whole or self._knows_no_fractions()
        y = [] if self.several else trainer.y
        self._middle = (np.min(y) + np.max(y)) / 2 if len(y) else 0.0  # of two classes' targets
        self.controls: dict[str, widgets.Widget] = {}
        self.names, self.left_out = self._chosen(wanted)
        for name in self.names:
            if (controls := VIEWS[name].controls) is not None:
                self.controls |= controls(self)

    # --- for a panel --------------------------------------------------------------------------

    @property
    def arrangement(self) -> Arrangement:
        """How the views stand: beside each other, or in two rows."""
        count = len(self.names)
        if count > 3:
            return Arrangement(count, _TALL, columns=-(-count // 2))
        return Arrangement(
            count, _SIZES[count], widths=[_SHARES.get(name, 1.0) for name in self.names]
        )

    def draw(
        self, scenes: Sequence[plots.Scene], names: Sequence[str] | None = None
    ) -> list[plots.Picture]:
        """Draw each view, or those of some names, in its scene."""
        return [
            VIEWS[name].draw(scene, self)
            for scene, name in zip(scenes, names or self.names, strict=True)
        ]

    def picked(self, pick: Pick) -> tuple[str, Any] | None:
        """Return which knob is turned by what was pressed or dragged, and to what; or None."""
        row = VIEWS[self.names[pick.view]]
        return None if row.picked is None else row.picked(self, pick)

    def words(self, message: str, sentences: list[str]) -> list[str]:
        """Say only that the network has diverged, if it has; a loss that cannot teach, always.

        Where nothing is learned, what to do has the room, and of the pictures only the curves.
        """
        if self.trainer.ended:
            return [self.trainer.ended]
        if trouble := self.trainer.trouble:
            pairs = zip(self.names, sentences, strict=True)
            sentences = [sentence for name, sentence in pairs if name == "curves"]
        return [self.trainer.caution, message, trouble, *sentences, self.left_out]

    # --- for the pictures ---------------------------------------------------------------------

    def set_to(self, control: str, otherwise: Any) -> Any:
        """Return what a control of a picture is set to, or something else while there is none."""
        return self.controls[control].value if control in self.controls else otherwise

    @property
    def log(self) -> bool:
        """Whether the loss is drawn on a logarithmic scale."""
        return self.set_to("log", False)

    @property
    def several(self) -> bool:
        """Whether the model has several outputs."""
        return len(self.trainer.outputs) > 1

    @property
    def quantity(self) -> str:
        """Which entry of the history the curves show."""
        return self.set_to("quantity", "loss")

    @property
    def record(self) -> Record:
        """What is remembered of the whole present run."""
        if self.memory is None:
            return Record(self.trainer.history, self.trainer.marks)
        return self.memory.records(self.memory.present)[""]

    @property
    def others(self) -> list[plots.OtherRun]:
        """Runs that the curves are compared with."""
        runs = [] if self.memory is None else self.memory.others
        return [plots.OtherRun(r.name, r.records[""].history, r.number) for r in runs]

    @property
    def n_inputs(self) -> int:
        """Inputs per sample; 0 if a sample is not a plain row of numbers."""
        X = self.trainer.X
        return X.shape[1] if X.ndim == 2 else 0

    @property
    def one_answer(self) -> bool:
        """Whether there is one target per sample, for each output."""
        y = [*self.trainer.y.values()] if isinstance(self.trainer.y, dict) else self.trainer.y
        return all(one.ndim == 1 or one.shape[1] == 1 for one in (y if self.several else [y]))

    @property
    def points(self) -> np.ndarray:
        """The samples as places in a picture: booleans and whole numbers have no fractions."""
        return self.trainer.X.astype("float32")

    def predict(self, points: np.ndarray) -> np.ndarray:
        """Return the model's outputs at points of a picture, or at the ids nearest to them."""
        return self.trainer.predict(self._nearest(points))

    def probability(self, points: np.ndarray) -> np.ndarray:
        """Return the outputs of a binary classifier as the probability of the second class."""
        outputs = self.predict(points)
        if self.trainer.threshold == 0:  # logits, or the outputs of a tanh or hinge classifier
            return 0.5 * (1 + np.tanh(0.5 * outputs))
        return outputs

    @property
    def classes(self) -> int:
        """How many classes there are; 0 where the target is a number."""
        if self.trainer.task == "multiclass":
            return self.predict(self.points[:1]).shape[-1]
        return 2 if self.trainer.task == "binary" else 0

    @property
    def labels(self) -> np.ndarray:
        """The class numbers of the samples, shape (n_samples,)."""
        return self.labels_of(self.trainer.y)

    def labels_of(self, y: np.ndarray) -> np.ndarray:
        """Return class numbers for targets as the loss reads them: 0 and 1, -1 and 1, one-hot."""
        if self.trainer.task == "multiclass":
            return plots.class_numbers(y)
        return (np.ravel(y) > self._middle).astype(int)

    def samples_of(self, item: str) -> np.ndarray:
        """Return which samples are drawn as the points of that name."""
        if self.classes:
            return np.flatnonzero(self.labels == int(item.removeprefix("class ")))
        return np.arange(len(self.trainer.X))

    def hidden(self, points: np.ndarray) -> list[np.ndarray]:
        """Return the hidden units' outputs at points of a picture."""
        return self.trainer.hidden(self._nearest(points))

    def bent(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return points of a picture as the last layer reads them, its kernel and its bias."""
        return self.trainer.bent(self._nearest(points))

    def _nearest(self, points: np.ndarray) -> np.ndarray:
        if not self.whole:
            return points
        return np.clip(np.rint(points), self.points.min(axis=0), self.points.max(axis=0))

    def _knows_no_fractions(self) -> bool:
        if self.n_inputs not in (1, 2):
            return False
        X = self.trainer.X
        low, high = X.min(axis=0, keepdims=True), X.max(axis=0, keepdims=True)
        margin = 0.2 * (high - low)
        try:
            self.predict(np.concatenate([low - margin, low + margin / 3, high + margin]))
        except Exception:  # whatever a model answers to numbers that it does not know
            return True
        return False

    # --- which views --------------------------------------------------------------------------

    def _chosen(self, wanted) -> tuple[tuple[str, ...], str]:
        """Return the names of the views to draw, and why others are left out."""
        suitable = [name for name, view in VIEWS.items() if view.suits(self)]
        by_itself = [name for name in suitable if not VIEWS[name].asked]
        names = by_itself if wanted is None else self._checked(wanted, suitable)
        most = _PREFERRED if wanted is None else len(names)
        chosen, left_out = [], []
        for name in names:
            if len(chosen) == most:
                break
            if self.several and VIEWS[name].of_one:
                outputs = " and ".join(map(repr, self.trainer.outputs))
                why = f"it shows one output, and this model has several: {outputs}."
                left_out.append(f"The view {name!r} is left out: {why}")
            elif why := self._fault(name):
                left_out.append(f"The view {name!r} is left out: {why}")
            else:
                chosen.append(name)
        return tuple(chosen) or ("curves",), " ".join(left_out)

    def _checked(self, wanted, suitable: list[str]) -> tuple[str, ...]:
        names = (wanted,) if isinstance(wanted, str) else tuple(wanted)
        if not names:
            raise ValueError(f"views needs at least one of {_listed(VIEWS)}; received none.")
        for number, name in enumerate(names):
            if name not in VIEWS:
                raise ValueError(f"There is no view {name!r}. The views are {_listed(VIEWS)}.")
            if name in names[:number]:
                raise ValueError(f"The view {name!r} is named twice; once is enough.")
            if name not in suitable:
                raise ValueError(
                    f"The view {name!r} needs {VIEWS[name].needs}; this data has the shape "
                    f"{self.trainer.X.shape}. The views that suit it are {_listed(suitable)}."
                )
        return names

    def _fault(self, name: str) -> str:
        """Draw a view where nobody sees it; return why that fails, in a sentence, or ""."""
        try:
            VIEWS[name].draw(plots.Scene(), self)
        except Exception as error:  # whatever a model answers to a picture's questions
            words = " ".join(re.sub(r"\x1b\[\d*m", "", str(error)).split())
            words = words if len(words) <= _LONGEST else f"{words[: _LONGEST - 2]} …"
            return f"this model cannot be asked what it needs ({words.rstrip('.')})."
        return ""


def _listed(names) -> str:
    return ", ".join(repr(name) for name in names)
