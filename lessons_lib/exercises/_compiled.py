"""What a learner's Keras model was compiled with, read through Keras's public interface."""


def loss_name(model):
    """Return the name of a model's loss in small letters without underscores, "" for none.

    Parameters
    ----------
    model : keras.Model
        Compiled with a name, a function or an object, or not at all.

    Returns
    -------
    str
        "meansquarederror" or "mse", "binarycrossentropy", …
    """
    loss = _loss(model)
    if isinstance(loss, dict):  # an object or a function, as Keras writes it down
        config = loss.get("config")
        loss = config.get("name") if isinstance(config, dict) else config
    return str(loss or "").replace("_", "").lower()


def expects_logits(model):
    """Tell whether a model's loss takes its outputs for logits.

    Parameters
    ----------
    model : keras.Model

    Returns
    -------
    bool
    """
    loss = _loss(model)
    config = loss.get("config") if isinstance(loss, dict) else None
    return isinstance(config, dict) and bool(config.get("from_logits"))


def _loss(model):
    loss = (model.get_compile_config() or {}).get("loss") if model.compiled else None
    if isinstance(loss, (list, tuple)) and len(loss) == 1:
        return loss[0]
    return loss
