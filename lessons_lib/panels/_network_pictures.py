"""The pictures of a network in training: a table with a row each."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from ipywidgets import Widget

from lessons_lib import plots
from lessons_lib.panels._controls import Choice, Slider, Switch
from lessons_lib.panels._hand import can_paint, hand_control, painted, tool
from lessons_lib.panels._pick import Pick
from lessons_lib.panels._pieces import pieces, place_controls, silent_at_the_dot
from lessons_lib.panels._runner import Knob, every_knob
from lessons_lib.panels._valley import Valley

if TYPE_CHECKING:
    from lessons_lib.live import Chain
    from lessons_lib.panels._views import NetworkViews

_BY_KEYS = 5.0  # the whole picture's height: an arrow key is a fiftieth of it, with Shift a tenth


def _boundary(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw what the model says at every point of the plane."""
    task, X = seen.trainer.task, seen.points
    look = {"discrete": seen.set_to("discrete", False), "hand": tool(seen)}
    if seen.set_to("unseen", False):
        X_val, y_val = seen.trainer.validation_data
        look["unseen"] = (
            X_val.astype("float32"),
            y_val if task == "regression" else seen.labels_of(y_val),
        )
    if task == "regression":
        return plots.value_map(ax, seen.predict, X, seen.trainer.y, **look)
    look |= {"legend": "above"}
    if task == "multiclass":
        return plots.class_regions(ax, seen.predict, X, seen.labels, **look)
    return plots.decision_boundary(ax, seen.probability, X, seen.labels, **look)


def _boundary_controls(seen: NetworkViews) -> dict[str, Widget]:
    """Return what a press does, whether validation points are shown, and shades left out."""
    if not can_paint(seen):
        return {}
    controls = {"hand": hand_control(seen)}
    if seen.trainer.validation_data is not None:
        controls["unseen"] = Switch().widget("validation points")
    controls["discrete"] = Switch().widget("discretised output")
    return controls


def _space(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the input plane as the hidden layers bend it."""
    sight = seen.kept.setdefault("space", plots.Sight())
    return plots.bent_space(
        ax, seen.bent, seen.points, seen.labels, morph=seen.set_to("morph", 1.0), sight=sight,
        legend="above",
    )  # fmt: skip


def _space_controls(seen: NetworkViews) -> dict[str, Widget]:
    """Return how far the input plane is bent."""
    slider = Slider(0.0, 1.0, 1.0, step=0.02).widget("bent")
    slider.tooltip = "from 0, the input plane, to 1, the space that the last layer reads"
    return {"morph": slider}


def _landscape(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the loss on the plane of the path that the weights have gone."""
    trainer, of_batch = seen.trainer, seen.set_to("valley_of", False)
    trainer.keep_path()
    valley = seen.kept.setdefault("landscape", Valley())
    path = trainer.path[1]
    plane = valley.plane(trainer, path, of_batch, seen.playing())
    return plots.loss_slice(
        ax, plane.losses, plane.places(path), share=plane.share,
        over="the next batch" if of_batch else "the training points", legend="above",
    )  # fmt: skip


def _landscape_controls(seen: NetworkViews) -> dict[str, Widget]:
    """Return on which samples the loss of the landscape is measured."""
    choice = Choice((("all training points", False), ("the next batch", True)), False)
    control = choice.widget("valley of")
    control.tooltip = "whose loss is shown: a batch has a valley of its own"
    return {"valley_of": control}


def _fit(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the model's output over its one input."""
    if seen.trainer.task == "binary":
        second, words = seen.labels.astype(float), "probability of class 1"
        return plots.fitted_curve(
            ax, seen.probability, seen.points, second, ylabel=words, legend="above"
        )
    return plots.fitted_curve(ax, seen.predict, seen.points, seen.trainer.y, legend="above")


def _targets(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the model's output for each sample over its target."""
    return plots.predictions(ax, seen.trainer.predict, seen.trainer.X, seen.trainer.y)


def _curves(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the loss over the steps, with the knob turns and the other runs."""
    record = seen.record
    return plots.training_curves(
        ax,
        record.history,
        marks=[(mark.step, mark.name, mark.words) for mark in record.marks],
        others=seen.others,
        now=None if seen.memory is None else seen.memory.now,
        quantity=seen.quantity,
        log=seen.log,
    )


def _curve_controls(seen: NetworkViews) -> dict[str, Widget]:
    """Return whether the loss is on a log scale; of several outputs, which of them is drawn."""
    controls = {"log": Switch().widget("loss on a log scale")}
    if seen.several:
        names = [n for n in seen.trainer.history if n.endswith(("loss", "accuracy"))]
        names = sorted(n for n in names if not n.startswith("val_") and n != "loss")
        words = [(n.replace("_", " "), n) for n in names]
        choice = Choice((("loss (the sum)", "loss"), *words), "loss")
        controls["quantity"] = choice.widget("curves of")
    return controls


def _units(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw what each hidden unit sees."""
    chain = seen.trainer.chain()  # which may have another number of layers by now
    units = seen.units if chain is None else [len(on) for on in chain.on]
    return plots.hidden_units(ax, seen.hidden, seen.points, units=units)


def _network(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the units, and the weights between them."""
    chain, trainer, knobs = seen.trainer.chain(), seen.trainer, every_knob(seen.trainer)
    return plots.network_maps(
        ax,
        chain.ask,
        chain.kernels,
        seen.points,
        on=chain.on,
        inputs=chain.inputs,
        inputs_on=chain.inputs_on,
        off=knobs["lesions"].read(trainer) if "lesions" in knobs else (),
        silent=silent_at_the_dot(seen),
        middle=trainer.threshold if trainer.task == "binary" else 0.0,
        picks=True,
    )


def _network_picked(seen: NetworkViews, pick: Pick) -> tuple[str, Any] | None:
    """Return what a pressed unit or input is switched to, or to what a line was dragged."""
    chain, knobs = seen.trainer.chain(), every_knob(seen.trainer)
    parts = plots.network_parts(chain.kernels)
    if pick.item == "unit" and pick.index < len(parts.units):
        return _switched(seen, knobs, chain, *parts.units[pick.index])
    if pick.item == "edges" and pick.index < len(parts.edges) and any(pick.by):
        edge = parts.edges[pick.index]
        return "edge", (*edge, _dragged(chain.kernels, edge, pick))
    return None


def _switched(
    seen: NetworkViews, knobs: Mapping[str, Knob], chain: Chain, layer: int, unit: int
) -> tuple[str, Any] | None:
    """Return what a press on a unit turns: a hidden one goes off or on, and so does a feature."""
    if layer == 0:
        now = chain.inputs_on[unit - 1]
        return (chain.switches[unit - 1], not now) if chain.switches else None
    if layer > len(chain.on) or "lesions" not in knobs:
        return None
    lesions = {*knobs["lesions"].read(seen.trainer)} ^ {(layer, unit)}
    return "lesions", tuple(sorted(lesions))


def _dragged(kernels: list[np.ndarray], edge: tuple[int, int, int], pick: Pick) -> float:
    """Return a weight that was dragged upwards by a part of the picture's height, or by a key.

    For a hand the whole height is four times the strongest of the other weights: were it of all,
    the weight would run away from the hand as soon as it is the strongest itself.
    """
    layer, source, unit = edge
    weight, part = float(kernels[layer - 1][source - 1, unit - 1]), pick.by[1]
    if any(pick.way):
        return round(weight + _BY_KEYS * part, 2)
    sizes = [np.abs(kernel) for kernel in kernels]
    sizes[layer - 1][source - 1, unit - 1] = 0
    strongest = max(1.0, *(float(size.max(initial=0)) for size in sizes))
    return round(weight + 4 * strongest * part, 3)


def _kernels(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the first layer's weights as images."""
    return plots.kernel_images(ax, seen.trainer.first_kernels())


def _weights(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the weights' histograms."""
    return plots.weight_histograms(ax, _numbered(seen.trainer.kernels()))


def _gradients(ax: plots.Scene, seen: NetworkViews) -> plots.Picture:
    """Draw the gradient's norm in each layer."""
    return plots.gradient_norms(ax, _numbered(seen.trainer.gradient_norms()))


def _numbered(by_layer: dict) -> dict:
    """Return the same with names as "2 dense" in the place of "dense_37" or "stack 1"."""
    numbered = enumerate(by_layer.items(), 1)
    return {f"{i} {re.sub(r'[_ ][0-9]+$', '', name)}": value for i, (name, value) in numbered}


class View(NamedTuple):
    """A picture of a network.

    Attributes
    ----------
    draw : callable
        Takes a scene and `NetworkViews`, returns a `plots.Picture`.
    suits : callable
        Takes `NetworkViews`; whether it can be drawn.
    needs : str
        What it takes, for those who ask in vain.
    of_one : bool
        Whether it shows the only output of a model.
    asked : bool
        Whether it is shown only where it is asked for.
    controls : callable, optional
        Takes `NetworkViews`, returns controls that the picture reads for itself, by name.
    picked : callable, optional
        Takes `NetworkViews` and what was pressed or dragged in the picture, returns which knob is
        turned by that, and to what; None for none.
    """

    draw: Callable[[plots.Scene, NetworkViews], plots.Picture]
    suits: Callable[[NetworkViews], bool]
    needs: str
    of_one: bool = False
    asked: bool = False
    controls: Callable[[NetworkViews], dict[str, Widget]] | None = None
    picked: Callable[[NetworkViews, Pick], tuple[str, Any] | None] | None = None


VIEWS = {
    "boundary": View(
        _boundary,
        lambda v: v.n_inputs == 2 and (v.trainer.task == "multiclass" or v.one_answer),
        "data with two inputs and one target",
        of_one=True,
        controls=_boundary_controls,
        picked=painted,
    ),
    "fit": View(
        _fit,
        lambda v: v.n_inputs == 1 and v.one_answer and v.trainer.task != "multiclass",
        "data with one input and one target",
        of_one=True,
    ),
    "curves": View(_curves, lambda v: True, "nothing", controls=_curve_controls),
    "units": View(
        _units,
        lambda v: v.n_inputs in (1, 2) and len(v.units) > 0,
        "data with one or two inputs and a model with a hidden layer",
    ),
    "kernels": View(
        _kernels,
        lambda v: v.trainer.first_kernels() is not None,
        "a first layer that reads images, as Conv2D does, or Dense after Flatten (rows of pixels "
        "need a Reshape before it)",
    ),
    "weights": View(_weights, lambda v: bool(v.trainer.kernels()), "a model with weight matrices"),
    "gradients": View(
        _gradients, lambda v: bool(v.trainer.kernels()), "a model with weight matrices"
    ),
    "targets": View(
        _targets,
        lambda v: v.one_answer and v.trainer.task != "multiclass",
        "data with one target that is a number",
        of_one=True,
    ),
    "network": View(
        _network,
        lambda v: v.n_inputs in (1, 2) and v.trainer.chain() is not None,
        "data with one or two inputs and a chain of Dense layers",
        picked=_network_picked,
        asked=True,
    ),
    "space": View(
        _space,
        lambda v: v.n_inputs == 2 and v.trainer.can_bend,
        "two inputs and a classifier with a hidden layer before a last Dense layer",
        of_one=True,
        controls=_space_controls,
        asked=True,
    ),
    "pieces": View(
        pieces,
        lambda v: (
            v.n_inputs == 2
            and v.trainer.task == "binary"
            and v.trainer.can_bend
            and v.trainer.chain() is not None
        ),
        "two inputs and a chain of Dense layers that tells two classes apart",
        of_one=True,
        controls=place_controls,
        asked=True,
    ),
    "landscape": View(
        _landscape,
        lambda v: v.trainer.can_slice,
        "a model of 2 to 50,000 trained weights",
        controls=_landscape_controls,
        asked=True,
    ),
}
