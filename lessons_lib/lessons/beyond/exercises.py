"""Questions of lesson 08: which structure fits what is known about the data."""

import numpy as np

from lessons_lib.checks import (
    Array,
    Choice,
    Function,
    Goal,
    KerasModel,
    Lesson,
    Number,
    Prediction,
    Steering,
    is_linear,
    right,
    steers,
    wrong,
)
from lessons_lib.lessons.beyond import convolution, deep, eyes, transfer

lesson = Lesson("08", "beyond")


# --- three things to remember ----------------------------------------------------------------


@lesson.question
class dense_parameters(Number):
    """**From lesson 2.** A network reads images of 8×8 grey pixels as a list of 64 numbers. It has
    a hidden Dense layer of 32 units and an output layer of 10. How many parameters does it have?
    """

    concepts = ("A7",)
    hints = (
        "A Dense layer has one weight for each input of each unit. What else does a unit have?",
        "Count the two layers apart. The second one reads what the first one gives, not pixels.",
    )
    takeaway = (
        "2,410, and most of them join a pixel to a unit. A layer that looks at neighbourhoods "
        "needs far fewer, as this lesson shows."
    )

    def solution():
        return (64 * 32 + 32) + (32 * 10 + 10)

    no_biases = wrong(
        64 * 32 + 32 * 10, "These are the weights alone. Each of the 42 units has a bias, too."
    )
    hidden_alone = wrong(
        64 * 32 + 32, "This is the hidden layer. The output layer has weights and biases, too."
    )
    eight_inputs = wrong(
        8 * 32 + 32 + 32 * 10 + 10, "An image of 8×8 pixels gives 64 inputs, not 8."
    )
    pixels_again = wrong(
        64 * 32 + 32 + 64 * 10 + 10,
        "The output layer reads the 32 hidden units here, not the 64 pixels once more.",
    )


@lesson.question
class forty_factors(Array):
    """**From lesson 2.** On its way back through 40 layers a gradient is multiplied by the same
    factor at each of them. It begins with the size 1. What is its size at the end if the factor is
    0.9, if it is 1, and if it is 1.1? Give an array of three numbers.
    """

    concepts = ("A8", "A9")
    rtol = 0.01
    hints = (
        "After two layers with 0.9 the size is 0.81. And after three?",
        "The same factor 40 times is a power. `**` computes one, also of a whole array.",
    )
    takeaway = (
        "≈ 0.015, 1 and ≈ 45: vanished, whole, exploded. Forty layers, or forty moments of a "
        "series, need a path whose factor is 1. This lesson shows two: the skip and the gate."
    )

    def solution():
        return np.array([0.9, 1.0, 1.1]) ** 40

    added = wrong(
        40 * np.array([0.9, 1.0, 1.1]),
        "This is the factor times 40. Each layer multiplies what the one before it has left.",
    )
    losses_added = wrong(
        1 + 40 * np.array([-0.1, 0.0, 0.1]),
        "A tenth is lost or won 40 times, but each time a tenth of what is *left*, not of the 1 at "
        "the beginning.",
    )
    one_layer = wrong(
        np.array([0.9, 1.0, 1.1]), "This is the size after one layer. There are 40 of them."
    )
    upside_down = wrong(
        1 / np.array([0.9, 1.0, 1.1]) ** 40,
        "Divided instead of multiplied: with a factor of 0.9 the gradient gets smaller.",
    )


@lesson.question
class digit_loss(Function):
    """**From lessons 2 and 6.** Write `digit_loss(logits, label)`: the cross-entropy of one image.
    `logits` are ten numbers, one for each digit, before the softmax; `label` is the true digit, a
    whole number. It must also hold for logits of 1000 and of −1000.
    """

    concepts = ("A5", "C5")
    hints = (
        "Softmax makes probabilities of logits. The loss asks for one of them only: which?",
        "Cross-entropy is minus the logarithm of the probability of the true digit.",
        "Softmax does not change when the same number is taken from all logits. Which number keeps "
        "every power of e at 1 or below? And how is the logarithm of a fraction written without a "
        "division?",
    )
    takeaway = (
        "This is the loss behind every digit network of this lesson, whatever its structure: the "
        "structure changes, and the question at the end stays."
    )

    def solution(logits, label):
        shifted = logits - np.max(logits)
        return np.log(np.sum(np.exp(shifted))) - shifted[label]

    def starter(logits, label):
        return ...

    def inputs(rng):
        for label in (0, 3, 9):
            yield rng.normal(0, 2, 10), label
        yield np.zeros(10), 7
        yield np.where(np.arange(10) == 4, 1000.0, 0.0), 4
        yield np.where(np.arange(10) == 4, 1000.0, 0.0), 2
        yield np.where(np.arange(10) == 4, 2.0, -1000.0), 5
        yield np.full(10, 1000.0), 1

    overflows = wrong(
        lambda logits, label: np.log(np.sum(np.exp(logits))) - logits[label],
        "Right for small logits. But e^1000 is more than a float can hold. Take the largest logit "
        "from all of them first; the softmax does not notice.",
    )
    sign_lost = wrong(
        lambda logits, label: (
            logits[label] - np.max(logits) - np.log(np.sum(np.exp(logits - np.max(logits))))
        ),
        "This is the logarithm of the probability, and it is negative. The loss has a minus before "
        "it: sure and right costs nothing, sure and wrong costs much.",
    )
    probability = wrong(
        lambda logits, label: (
            np.exp(logits[label] - np.max(logits)) / np.sum(np.exp(logits - np.max(logits)))
        ),
        "This is the probability of the true digit. The loss is minus its logarithm.",
    )
    of_the_guess = wrong(
        lambda logits, label: np.log(np.sum(np.exp(logits - np.max(logits)))),
        "This is the loss of the digit that the network prefers. The loss asks for the probability "
        "of the *true* digit, also where the network prefers another one.",
    )
    shift_forgotten = wrong(
        lambda logits, label: np.log(np.sum(np.exp(logits - np.max(logits)))) - logits[label],
        "The largest logit was taken from the logits in the sum, but not from the one of the true "
        "digit. Both must be shifted alike.",
    )
    clipped = wrong(
        lambda logits, label: (
            -np.log(
                np.exp(logits[label] - np.max(logits)) / np.sum(np.exp(logits - np.max(logits)))
                + 1e-7
            )
        ),
        "A small number inside the logarithm saves it from 0, and changes the loss: sure and wrong "
        "then costs about 16, however sure. Take the logarithm before the division.",
    )


# --- three eyes on one digit -----------------------------------------------------------------


@lesson.question
class who_suffers(Prediction):
    """All pixels of all images get another order, the same for every image. A dense network and a
    convolution are trained on such images. Then they read digits that were moved by **one pixel**
    to the side before their pixels were shuffled. Compare them with two networks that read the
    same moved digits with all pixels in their places: whose accuracy suffers from the shuffling?
    """

    concepts = ("X1",)
    hints = (
        "Which of the two would notice if you wrote the 64 pixels in another order, before any "
        "training?",
        "A kernel is laid on pixels that lie beside each other, everywhere. What lies beside each "
        "other after the shuffling?",
    )
    options = (
        wrong(
            "Both suffer: nobody can read a shuffled digit.",
            "You cannot, because your eyes look for neighbours, too. A dense network has no "
            "neighbours to lose: one weight for each pixel, wherever it stands.",
        ),
        wrong(
            "The dense network alone: it has to find out where each pixel is now.",
            "It finds that out for nothing: its weights begin at random, so no order of the pixels "
            "is better than another.",
        ),
        right(
            "The convolution alone: it is no better than the dense network then.",
            "It has assumed that neighbours belong together, and that the same pattern may stand "
            "anywhere. Shuffled, neither is true: a moved digit is made of other pixels, as it has "
            "always been for the dense network.",
        ),
        wrong(
            "Neither: every pixel is still there, so nothing is lost.",
            "Nothing is lost that could be learnt from enough images. But what the convolution "
            "knew before it had seen any is false now.",
        ),
    )
    takeaway = (
        "An architecture helps where what it assumes is true. A dense layer assumes nothing about "
        "the order of its inputs, so no order helps it, and none harms it."
    )

    def experiment():
        cost = eyes.who_suffers()
        suffer = [name for name in ("dense", "convolution") if cost[name] > 0.15]
        return {"": "d", "dense": "b", "convolution": "c"}.get("".join(suffer), "a")


# --- neighbours ------------------------------------------------------------------------------


def _correlated(X, K, padding):
    """Return X, with zeros around it, correlated with K."""
    return convolution.conv2d(X, K, padding=padding)


@lesson.question
class conv2d(Function):
    """Write `conv2d(X, K, padding)`: the feature map of a kernel. `X` is an image, an array of
    shape (height, width); `K` has shape (kernel_height, kernel_width). First put `padding` rows
    and columns of zeros around the image. Then lay the kernel on every place at which it fits
    whole. At each place multiply each weight with the pixel under it, and add. Two loops are fine.
    """

    concepts = ("X1",)
    hints = (
        "How many places are there? In a row of 8 numbers a kernel of 3 can begin at 0, 1, ..., 5. "
        "Make an array of zeros of that size first.",
        "What the kernel sees at a place is a part of the image, such as `X[i : i + 3, j : j + 3]` "
        "for a kernel of 3×3.",
        "`np.pad(A, 2)` puts two rows and columns of zeros around an array.",
    )
    takeaway = (
        "This is the whole layer, but for the bias and for more channels. Keras computes the same, "
        "and calls it a convolution. Mathematics calls it a cross-correlation, and turns the "
        "kernel around before it says convolution. A network that learns its kernel does not care."
    )

    def solution(X, K, padding):
        X = np.pad(X, padding)
        height, width = K.shape
        Z = np.zeros((X.shape[0] - height + 1, X.shape[1] - width + 1))
        for i in range(Z.shape[0]):
            for j in range(Z.shape[1]):
                Z[i, j] = np.sum(X[i : i + height, j : j + width] * K)
        return Z

    def starter(X, K, padding):
        return ...

    def inputs(rng):
        shapes = ((8, 8), (3, 3), 0), ((5, 7), (2, 3), 0), ((4, 6), (3, 3), 1), ((3, 4), (1, 1), 0)
        for size, kernel, padding in (*shapes, ((6, 5), (5, 3), 2), ((3, 3), (3, 3), 0)):
            yield rng.integers(1, 9, size) / 4, rng.integers(-4, 5, kernel) / 2, padding

    @wrong(
        why="This is a convolution as mathematics defines it: the kernel is turned around by 180 "
        "degrees, `K[::-1, ::-1]`. Here, as in Keras, it stays as it is."
    )
    def turned_around(X, K, padding):
        return _correlated(X, K[::-1, ::-1], padding)

    @wrong(
        why=lambda case: (
            f"Your map has the shape {np.shape(case.received)}. The kernel fits at one more place "
            f"in each direction: in n numbers a kernel of k can begin at n − k + 1 places."
        )
    )
    def one_place_short(X, K, padding):
        return _correlated(X, K, padding)[:-1, :-1]

    padding_ignored = wrong(
        lambda X, K, padding: _correlated(X, K, 0),
        "Right without padding. Where `padding` is not 0, zeros come around the image first.",
    )

    @wrong(
        why='The map has the size of the image here, as with `padding="same"` in Keras. Here the '
        "kernel is laid only where it fits whole, and `padding` says how many zeros there are."
    )
    def always_same(X, K, padding):
        around = [((side - 1) // 2, side // 2) for side in K.shape]
        return _correlated(np.pad(X, around), K, 0)

    @wrong(
        why="Around the image stand copies of its edge here. The exercise asks for zeros: what is "
        "outside is unknown, and 0 says so."
    )
    def edge_repeated(X, K, padding):
        return _correlated(np.pad(X, padding, mode="edge"), K, 0)

    mean = wrong(
        lambda X, K, padding: _correlated(X, K, padding) / K.size,
        "This is the mean of the products. A place gets their sum.",
    )
    pixels_alone = wrong(
        lambda X, K, padding: _correlated(X, np.ones(K.shape), padding),
        "The pixels are added, and the weights of the kernel are not used.",
    )
    rows_for_columns = wrong(
        lambda X, K, padding: _correlated(X, K, padding).T,
        "Rows and columns of the result are exchanged: `Z[i, j]` is the place i rows down and j "
        "columns to the right.",
    )


@lesson.question
class conv_parameters(Function):
    """Write `conv_parameters(kernel, channels, filters, bias)`: the number of parameters of a
    convolution layer. Its kernels have `kernel` × `kernel` places, its input `channels` channels,
    its output `filters` feature maps. `bias` is True or False.
    """

    concepts = ("X1", "A7")
    single_precision = False
    hints = (
        "One filter sees all channels of the input. How many weights does it have?",
        "How many biases are there in a Dense layer? Which part of a convolution layer is what a "
        "unit was there?",
        "`True` counts as 1 in Python, and `False` as 0.",
    )
    takeaway = (
        "Height and width of the image do not appear. That is what knowledge about neighbours "
        "buys: the same few weights serve an image of any size."
    )

    def solution(kernel, channels, filters, bias):
        return kernel * kernel * channels * filters + filters * bias

    def starter(kernel, channels, filters, bias):
        return ...

    def inputs(rng):
        yield 3, 1, 8, True
        yield 3, 3, 32, False
        for kernel in (1, 2, 5, 7):
            yield kernel, int(rng.integers(2, 9)), int(rng.integers(10, 70)), bool(kernel % 2)
        yield 4, 6, 11, True

    one_channel = wrong(
        lambda kernel, channels, filters, bias: kernel * kernel * filters + filters * bias,
        "Each filter has a layer of weights for *each* channel of its input, and adds up what it "
        "finds in all of them.",
    )
    one_row = wrong(
        lambda kernel, channels, filters, bias: kernel * channels * filters + filters * bias,
        "A kernel is a square: `kernel` rows of `kernel` weights for each channel.",
    )
    bias_each_channel = wrong(
        lambda kernel, channels, filters, bias: (kernel**2 + bias) * channels * filters,
        "A filter has one bias, whatever the number of channels: it adds it once, to the sum over "
        "all of them.",
    )
    one_bias = wrong(
        lambda kernel, channels, filters, bias: kernel**2 * channels * filters + bias,
        "Each filter has a bias of its own, as each unit of a Dense layer has.",
    )
    bias_of_the_input = wrong(
        lambda kernel, channels, filters, bias: kernel**2 * channels * filters + channels * bias,
        "The biases belong to what comes out: one for each filter, not one for each channel that "
        "comes in.",
    )
    always_biases = wrong(
        lambda kernel, channels, filters, bias: kernel**2 * channels * filters + filters,
        "With `bias=False` there are none.",
    )
    never_biases = wrong(
        lambda kernel, channels, filters, bias: kernel**2 * channels * filters,
        "These are the weights alone. With `bias=True` each filter has one number more.",
    )


# --- very deep -------------------------------------------------------------------------------


def _relu(Z):
    return np.maximum(Z, 0)


def _block(gives):
    """Return a block of which ``gives(around, branch, alpha)`` says what it gives."""

    def block(X, W1, b1, W2, b2, alpha, P=None):
        return gives(X if P is None else X @ P, _relu(X @ W1 + b1) @ W2 + b2, alpha)

    return block


@lesson.question
class residual_block(Function):
    """Write `residual_block(X, W1, b1, W2, b2, alpha, P=None)`, one block with a way around it
    (skip weight s = 1). The branch is f(X): `X @ W1 + b1`, then ReLU, then `@ W2 + b2`, and no
    ReLU behind it (as in He et al., 2016). The block gives what goes around it plus `alpha`
    times the branch. Where `P` is None, `X` itself goes around; otherwise the branch puts out
    another number of columns, and `X @ P` goes around. With `alpha` = 0 the block changes nothing
    of what goes around.
    """

    concepts = ("X2",)
    hints = (
        "Compute the branch first: two layers, as in lesson 2, with a ReLU between them only.",
        "Then ask what goes around: `X`, or `X @ P` where there is a `P`.",
        "Add them at the very end: what goes around with the weight 1, the branch with `alpha`. "
        "With `alpha` = 0 a negative number must come out as it went in.",
    )
    takeaway = (
        "At α = 0 the block is the identity, so forty of them are, too: depth can no longer stand "
        "in the way of what a shallow network knows already (He et al., 2015)."
    )

    def solution(X, W1, b1, W2, b2, alpha, P=None):
        branch = np.maximum(X @ W1 + b1, 0) @ W2 + b2
        around = X if P is None else X @ P
        return around + alpha * branch

    def starter(X, W1, b1, W2, b2, alpha, P=None):
        return ...

    def inputs(rng):
        for n, wide, hidden, alpha, out in (
            *((3, 4, 5, 0.0, None), (2, 3, 3, 1.0, None), (4, 2, 6, 0.5, None)),
            *((3, 3, 4, -0.5, 3), (3, 4, 4, 0.7, 2)),
        ):
            ends = out or wide
            W1, W2 = rng.normal(0, 1, (wide, hidden)), rng.normal(0, 1, (hidden, ends))
            b1, b2 = rng.normal(0, 1, hidden), rng.normal(0, 1, ends)
            P = None if out is None else rng.normal(0, 1, (wide, out))
            yield rng.normal(0, 1, (n, wide)), W1, b1, W2, b2, alpha, P

    activated_after = wrong(
        _block(lambda around, branch, alpha: _relu(around + alpha * branch)),
        "Nearly. The ReLU behind the sum cuts off what goes around, too: with `alpha` = 0 a −1 "
        "comes out as 0. Nothing may stand on the way around.",
    )
    activated_branch = wrong(
        _block(lambda around, branch, alpha: around + alpha * _relu(branch)),
        "A second ReLU closes the branch: it could only add, and never take away. Here the one "
        "ReLU stands between the two layers.",
    )
    no_relu = wrong(
        lambda X, W1, b1, W2, b2, alpha, P=None: (
            (X if P is None else X @ P) + alpha * ((X @ W1 + b1) @ W2 + b2)
        ),
        "Without a ReLU between them, the two layers of the branch are one linear map (lesson 2).",
    )
    nothing_around = wrong(
        _block(lambda around, branch, alpha: alpha * branch),
        "This is the branch alone, a plain network. With `alpha` = 0 it gives 0, and not what came "
        "in: add what goes around.",
    )
    alpha_around = wrong(
        _block(lambda around, branch, alpha: alpha * around + branch),
        "Here `alpha` weighs the way around. That is s, the *skip weight* of the panel. In this "
        "block s is 1, and `alpha` weighs the branch.",
    )
    alpha_on_both = wrong(
        _block(lambda around, branch, alpha: alpha * (around + branch)),
        "`alpha` weighs the whole sum, so with `alpha` = 0 nothing comes out. It weighs the branch "
        "only.",
    )
    shared_out = wrong(
        _block(lambda around, branch, alpha: (1 - alpha) * around + alpha * branch),
        "This is a mixture: the more branch, the less goes around (a highway layer does this, "
        "Srivastava et al., 2015). In a residual block what goes around keeps its weight 1.",
    )
    never_projected = wrong(
        lambda X, W1, b1, W2, b2, alpha, P=None: X + alpha * (_relu(X @ W1 + b1) @ W2 + b2),
        "Where `P` is given, `X` has not the columns of the branch, or not their meaning: `X @ P` "
        "goes around then.",
    )
    first_bias_alone = wrong(
        lambda X, W1, b1, W2, b2, alpha, P=None: (
            (X if P is None else X @ P) + alpha * (_relu(X @ W1 + b1) @ W2)
        ),
        "The second layer has a bias, too: `b2` belongs to the branch.",
    )


@lesson.question
class separable_multiplications(Number):
    """A layer reads a map of 32×32 places and 64 channels and makes one of 32×32 places and 128
    channels, with kernels of 3×3 and padding `"same"`. It is *depthwise separable*: first each
    channel gets a kernel of its own, then each of the 128 new channels is a weighted sum of the 64,
    place by place. How many multiplications are that, biases apart?
    """

    concepts = ("X2",)
    hints = (
        "Count for one place first, then multiply by the number of places.",
        "At one place each of 64 channels needs 9 multiplications in the first step. In the "
        "second, each of 128 sums has 64 terms.",
    )
    takeaway = (
        "8,978,432 in the place of 75,497,472: one part in 8.4, which is 1/128 + 1/9 as Howard et "
        "al. (2017) have it. So networks fit into a telephone."
    )

    def solution():
        return 32 * 32 * (64 * 3 * 3 + 64 * 128)

    whole_kernels = wrong(
        32 * 32 * 64 * 3 * 3 * 128,
        "This is an ordinary convolution, in which each of 128 filters reads all 64 channels with "
        "3×3 weights. Here the two steps are apart, so their multiplications are added.",
    )
    first_step = wrong(
        32 * 32 * 64 * 9, "This is the first step alone. The weighted sums multiply, too."
    )
    second_step = wrong(
        32 * 32 * 64 * 128, "This is the second step alone. The kernels multiply, too."
    )
    one_place = wrong(64 * 9 + 64 * 128, "This is one place. There are 32×32 of them.")
    kernels_for_all = wrong(
        32 * 32 * (128 * 9 + 64 * 128),
        "The kernels of the first step read the 64 channels that come in, one each, and not 128.",
    )


def _most(run, name):
    """Return the largest value that a knob has had."""
    return max([run.knobs[name], *(v for turn in run.turned(name) for v in (turn.old, turn.new))])


@lesson.question
class steer_deep(Steering):
    """Rescue the plain network of forty blocks in `rescue_panel`: bring its validation loss below
    0.7 within 800 updates. It stands at ≈ 2.3, ln 10: a guess among ten digits. The depth stays;
    everything else may be turned, also while it trains. Stop when it is there, and run this cell.
    "Reset" begins a new run with a whole budget; updates that you take back stay spent.
    """

    concepts = ("X2", "T1")
    budget = deep.BUDGET
    goals = (Goal("val_loss", below=0.7),)
    fixed = ("depth",)
    hints = (
        "Look at the right picture before the first step: of how large a gradient does the first "
        "layer hear?",
        "A gradient is multiplied by s + f′ in each block, and a sigmoid's slope is at most ¼. "
        "Which knob makes this about 1?",
        "0.8 multiplied 40 times is 0.0001, and 1 multiplied 40 times is 1: go all the way with "
        "the skip weight. Then train on: 400 updates or more.",
    )
    takeaway = (
        "The number of weights was never the trouble: what had to be mended is the way on which "
        "the gradient comes back."
    )

    def start():
        return deep.rescue_panel()

    def solution(rescue_panel):
        rescue_panel.trainer.skip = 1.0
        rescue_panel.step(600)

    turned_nothing = wrong(
        steers(200),
        "More updates do not help: the gradient of the first layer is 0 as far as float32 can "
        "tell, so its weights stand still.",
    )
    turned_fixed = wrong(
        steers(300, depth=2),
        "A shallower network learns, and is no rescue: the forty blocks are to stay. Which knob "
        "opens a way through them?",
    )
    faster_only = wrong(
        steers(300, learning_rate=0.1),
        "A larger learning rate, another optimizer or other batches multiply a gradient that is "
        "about 0, and 0 stays 0. Look at the gradients on the right, and at the skip weight.",
        when=lambda run: (
            not run.reached
            and bool(run.turns)
            and {turn.name for turn in run.turns}
            <= {"learning_rate", "optimizer", "batch_size", "l1", "l2"}
        ),
    )
    half_way = wrong(
        steers(300, skip=0.5),
        lambda run: (
            f"A skip weight of {_most(run, 'skip'):g} is too little for 40 blocks: multiplied 40 "
            f"times it is {_most(run, 'skip') ** deep.BLOCKS:.1g}. The gradient has to come "
            "through whole."
        ),
        when=lambda run: (
            not run.reached and 0 < _most(run, "skip") < 0.95 and not _most(run, "batch_norm")
        ),
    )
    over_budget = wrong(
        steers(deep.BUDGET + 50, skip=1.0),
        "Whoever pays for each update decides before the first.",
    )
    not_reached = wrong(
        steers(20, skip=1.0),
        "Does the dashed curve fall? Then train on. Does it stand or jump? Turn the learning rate "
        "down, or the skip weight up.",
    )


# --- borrow ----------------------------------------------------------------------------------


def _tuned(
    keras, copied="whole", begin="body", frozen="body", rates=(0.01, 0.001), unfreeze=True,
    again=True, phases=2,
):  # fmt: skip
    """Return a network that was fine-tuned in a way that the names of the arguments say."""
    source = transfer.source_body()
    body = source if copied == "no" else keras.models.clone_model(source)
    if copied == "whole":
        body.set_weights(source.get_weights())
    head = keras.layers.Dense(5, activation="softmax")
    model = keras.Sequential([keras.Input((100,)), body, head])
    parts = {"body": [body], "first layer": body.layers[:1], "all": [model], "head": [head]}
    for part in parts.get(frozen, ()):
        part.trainable = False
    for number, rate in enumerate(rates[:phases]):
        for part in (model, body, *body.layers) if number and unfreeze else ():
            part.trainable = True
        if number == 0 or again:
            adam = keras.optimizers.Adam(rate)
            model.compile(adam, loss="sparse_categorical_crossentropy")
        transfer.fit_few(model)
    return model


def _not_fine_tuned(model):
    """Return what is still wrong with a fine-tuned network, or an empty text."""
    phases = transfer.phases_of(model)
    if len(phases) != 2:
        times = "never" if not phases else f"in {len(phases)} phases"
        return (
            f"This network was trained {times}, expected are two phases: make it anew, then "
            "compile and call `transfer.fit_few` twice."
        )
    first, second = phases
    if first.body_arrays != 4:
        return (
            f"Before the last layer stand {first.body_arrays} kernels and biases, and the body has "
            "4: the body, then one new layer of 5 units."
        )
    borrowed = first.knew and not first.shared
    head_alone = first.head_moved and not first.body_moved
    smaller = 0 < second.learning_rate < first.learning_rate
    if borrowed and head_alone and smaller and second.body_moved == 4 and second.head_moved:
        return ""
    return (
        f"In the first phase {first.body_moved} of the body's 4 kernels and biases have moved "
        f"(expected: 0), in the second {second.body_moved} (expected: 4), at the learning rates "
        f"{first.learning_rate:g} and {second.learning_rate:g}."
    )


def _phases(model, count=2):
    """Return the phases of a network that was trained in as many; others resemble nothing."""
    phases = transfer.phases_of(model)
    if len(phases) < count:
        raise ValueError("fewer phases")
    return phases


@lesson.question
class fine_tune(KerasModel):
    """Fine-tune a borrowed body in two phases. `transfer.source_body()` returns a Keras network
    that was trained on the digits 0 to 4, without its last layer: 100 inputs, 64 outputs.

    1. Make a copy of it, with its weights; the original stays as it is.
    2. Put a new head on the copy: a Dense layer of 5 units with softmax.
    3. Freeze the copy. Compile with `keras.optimizers.Adam(0.01)` and the loss
       `"sparse_categorical_crossentropy"`, and train: `transfer.fit_few(model)`.
    4. Let the body learn again, with a smaller learning rate, and call `transfer.fit_few(model)`
       once more.

    Name the whole network `fine_tune`.
    """

    concepts = ("X3",)
    input_shape = (100,)
    output_shape = (5,)
    same_function = False
    accept = _not_fine_tuned
    hints = (
        "`keras.models.clone_model(network)` makes a network of the same form. Are its weights the "
        "same? `get_weights` and `set_weights` help.",
        "A layer, or a whole network in a network, is frozen by its `trainable`. What the "
        "optimizer may move is settled when the model is compiled and begins to train.",
        "So after each change of `trainable` comes `compile`, with a new optimizer, and then the "
        "training.",
    )
    takeaway = (
        "The head first: while it is random, its gradients would pull a good body to pieces. Then "
        "everything, in small steps (after Chollet, 2020). With very few images, stop after the "
        "first phase."
    )

    def solution(keras):
        source = transfer.source_body()
        body = keras.models.clone_model(source)
        body.set_weights(source.get_weights())
        head = keras.layers.Dense(5, activation="softmax")
        model = keras.Sequential([keras.Input((100,)), body, head])
        body.trainable = False
        model.compile(keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
        transfer.fit_few(model)
        body.trainable = True
        model.compile(keras.optimizers.Adam(0.001), loss="sparse_categorical_crossentropy")
        transfer.fit_few(model)
        return model

    not_copied = wrong(
        lambda keras: _tuned(keras, copied="no"),
        "Your network and the source *share* their weights: training one has changed the other. "
        "Whoever needs the source next finds it spoilt. Work with a copy.",
        when=lambda model: any(phase.shared for phase in _phases(model, 1)),
    )
    copied_without_weights = wrong(
        lambda keras: _tuned(keras, copied="form"),
        "The copy has the form of the source and not its weights: `clone_model` draws new ones. So "
        "nothing was borrowed. Give the copy the weights of the source.",
        when=lambda model: _phases(model)[0].body_arrays == 4 and not _phases(model)[0].knew,
    )
    all_frozen = wrong(
        lambda keras: _tuned(keras, frozen="all"),
        "In the first phase nothing has moved, the head neither. Freeze the body alone: a "
        "network's `trainable` reaches all layers in it.",
        when=lambda model: not _phases(model)[0].body_moved and not _phases(model)[0].head_moved,
    )
    head_frozen = wrong(
        lambda keras: _tuned(keras, frozen="head"),
        "In the first phase the head stayed and the body moved. It is the other way round: the "
        "head is new and has everything to learn.",
        when=lambda model: _phases(model)[0].body_moved and not _phases(model)[0].head_moved,
    )
    froze_one_layer = wrong(
        lambda keras: _tuned(keras, frozen="first layer"),
        "In the first phase a part of the body is frozen, and a part has moved. Freeze all of it.",
        when=lambda model: 0 < _phases(model)[0].body_moved < _phases(model)[0].body_arrays,
    )
    forgot_to_freeze = wrong(
        lambda keras: _tuned(keras, frozen="nothing"),
        "In the first phase the body has moved. Either it was never frozen, or only after the "
        "training had begun: first `trainable = False`, then `compile`, then train.",
        when=lambda model: bool(_phases(model)[0].body_moved),
    )
    stopped_early = wrong(
        lambda keras: _tuned(keras, phases=1),
        "The first phase is right: the frozen weights have stayed. The second one is missing, in "
        "which the body learns, too.",
        when=lambda model: len(_phases(model, 1)) == 1 and not _phases(model, 1)[0].body_moved,
    )
    not_compiled_again = wrong(
        lambda keras: _tuned(keras, again=False),
        "The body may learn in the second phase, and it has not moved: the model was not compiled "
        "again. Keras settles at `compile` what is trained, and says nothing. Compile once more, "
        "with a new optimizer.",
        when=lambda model: not _phases(model)[1].body_moved and len(model.trainable_variables) == 6,
    )
    never_unfrozen = wrong(
        lambda keras: _tuned(keras, unfreeze=False),
        "In the second phase the body is still frozen, so only the head has learnt. Set "
        "`trainable` to True where you had set it to False, then compile.",
        when=lambda model: not _phases(model)[1].body_moved,
    )
    same_rate = wrong(
        lambda keras: _tuned(keras, rates=(0.01, 0.01)),
        "Both phases are right, but the learning rate stayed as it was. In large steps the body "
        "soon forgets what it was borrowed for: take a smaller one, 0.001 for instance.",
        when=lambda model: _phases(model)[1].learning_rate == _phases(model)[0].learning_rate,
    )
    rates_exchanged = wrong(
        lambda keras: _tuned(keras, rates=(0.001, 0.01)),
        "The learning rate is larger in the second phase. It is the other way round: the head "
        "begins at random and may take large steps, the body knows something already.",
        when=lambda model: _phases(model)[1].learning_rate > _phases(model)[0].learning_rate,
    )


def _searched_sources(without, chosen_on, reported):
    """Return a transfer experiment, as `find_the_leak` has it.

    ``without`` names the sets whose rows are taken out of each source; ``reported`` takes the
    accuracies of all sources on each set, and the place of the winner.
    """

    def search(X, y, sources, train, val, test):
        sets = {"train": train, "val": val, "test": test}
        out = np.concatenate([np.zeros(0, int), *(sets[name] for name in without)])
        accuracies: dict = {name: [] for name in sets}
        for rows, labels in sources:
            kept = ~np.isin(rows, out)
            body = transfer.learn_body(X[rows[kept]], labels[kept])
            predict = transfer.learn_head(body(X[train]), y[train])
            for name, some in sets.items():
                accuracies[name].append(np.mean(predict(body(X[some])) == y[some]))
        winner = int(np.argmax(accuracies[chosen_on]))
        return winner, reported(accuracies, winner)

    return search


@lesson.question
class find_the_leak(Function):
    """Find the leaks, and repair the function. It looks for the source from which to borrow a body,
    and reports the accuracy to expect on new images. Its reports are too good.

    `X` are all images, one a row. `train`, `val` and `test` are the rows of the target, whose
    classes are in `y`. `sources` is a list of pairs (`rows`, `labels`): the images of a source, and
    its labels for them. Sources are collected elsewhere, so a source may hold images of the target.
    Those of its training set may stay.

    Return the number of the source with the highest accuracy on the validation set (of equal ones,
    the first), and the accuracy of this one network on the test set. `transfer.learn_body` and
    `transfer.learn_head` are right.
    """

    concepts = ("X3", "T8")
    parts = ("source", "accuracy")
    single_precision = False
    hints = (
        "Go line by line and ask: which images have a say here? In the last line those of the test "
        "set must, in all others they must not.",
        "A body is trained, too. What has it seen before the target comes? `np.isin(a, b)` says of "
        "each value of a whether it is in b.",
        "The validation set judges which source is best. Can it do so fairly if a source has seen "
        "its images?",
        "Keep the accuracy on the test set of the best source so far, and compare something else.",
    )
    takeaway = (
        "A body from elsewhere brings what it has seen along. Before you believe a score, ask what "
        "the source was trained on: large collections often hold images of well-known test sets, "
        "or copies of them (Barz and Denzler, 2020)."
    )

    def solution(X, y, sources, train, val, test):
        judges = np.concatenate([val, test])
        highest = -1.0
        for number, (rows, labels) in enumerate(sources):
            new = ~np.isin(rows, judges)
            body = transfer.learn_body(X[rows[new]], labels[new])
            predict = transfer.learn_head(body(X[train]), y[train])
            accuracy = np.mean(predict(body(X[val])) == y[val])
            if accuracy > highest:
                highest, best = accuracy, number
                on_test = np.mean(predict(body(X[test])) == y[test])
        return best, on_test

    def starter(X, y, sources, train, val, test):
        highest = -1.0
        for number, (rows, labels) in enumerate(sources):
            body = transfer.learn_body(X[rows], labels)
            predict = transfer.learn_head(body(X[train]), y[train])
            accuracy = np.mean(predict(body(X[test])) == y[test])
            if accuracy > highest:
                highest, best = accuracy, number
        return best, highest

    def inputs(rng):
        for _ in range(3):
            X, y, sources, *sets = _sources_that_tempt(rng)
            yield X, y, sources, *sets
        yield X, y, [sources[0], sources[0]], *sets  # of equal ones, the first

    choice_repaired = wrong(
        _searched_sources([], "val", lambda accuracies, winner: accuracies["test"][winner]),
        "The source is chosen on the validation set now, and the test set is opened for one "
        "network. But the *body* has seen test images: they are among the rows of the sources, "
        "with labels. Take them out before it learns.",
    )
    body_repaired = wrong(
        _searched_sources(
            ["val", "test"], "test", lambda accuracies, winner: accuracies["test"][winner]
        ),
        "The bodies are clean now. The source is still chosen by its accuracy on the *test* set: "
        "the validation set must choose.",
    )
    only_test_removed = wrong(
        _searched_sources(["test"], "val", lambda accuracies, winner: accuracies["test"][winner]),
        "No body has seen test images now. But some have seen *validation* images, so these choose "
        "the source that remembers them, not the one that helps. Take both out.",
    )
    only_validation_removed = wrong(
        _searched_sources(["val"], "val", lambda accuracies, winner: accuracies["test"][winner]),
        "The validation images are out, so the choice is fair. The *test* images are still in the "
        "sources, and the accuracy you report is that of a body which knows them.",
    )
    reports_validation = wrong(
        _searched_sources(
            ["val", "test"], "val", lambda accuracies, winner: accuracies["val"][winner]
        ),
        "The source is right. The accuracy you report is the winner's on the *validation* set, "
        "where it was also lucky. Report the one on the test set.",
    )
    best_on_test = wrong(
        _searched_sources(
            ["val", "test"], "val", lambda accuracies, winner: max(accuracies["test"])
        ),
        "The source is right, but your accuracy is the highest of *all* sources on the test set. "
        "Only the winner meets the test set.",
    )
    last_of_all = wrong(
        _searched_sources(
            ["val", "test"], "val", lambda accuracies, winner: accuracies["test"][-1]
        ),
        "The source is right, but your accuracy is that of the *last* network of the loop: "
        "`predict` and `body` have gone on. Note it while the best one is there.",
    )
    training_removed = wrong(
        _searched_sources(
            ["train", "val", "test"], "val", lambda accuracies, winner: accuracies["test"][winner]
        ),
        "You took the target's training images out of the sources as well. They are no leak: "
        "nobody is judged by them. They may stay.",
    )


def _sources_that_tempt(rng):
    """Draw a transfer experiment in which every wrong way gives another result than ours."""
    sizes = np.array([12, 14, 16])  # of training, validation and test set
    n = sizes.sum()
    wrong_ways = [known.answer for known in find_the_leak.wrong.values()]
    while True:
        y = rng.integers(0, 2, size=n + 20)
        X = rng.normal(size=(len(y), 4))
        X[:, 0] += y
        sources = []
        for _ in range(4):
            rows = rng.choice(len(y), size=n, replace=False)
            sources.append((rows, np.where(rng.random(n) < 0.8, y[rows], 1 - y[rows])))
        drawn = X, y, sources, *np.split(rng.permutation(n), np.cumsum(sizes)[:-1])
        ours = find_the_leak.solution(*drawn)
        if all(way(*drawn) != ours for way in wrong_ways):
            return drawn


# --- share -----------------------------------------------------------------------------------


@lesson.question
class two_heads(KerasModel):
    """Build `two_heads`, a functional Keras model. It reads images of shape `(8, 8, 1)`, flattens
    them, and gives them to **one** body: a Dense layer of 16 ReLU units. Two heads read this body.
    The first has a probability for each of the ten digits, the second one for each of the five
    boxes. Compile it with Adam for labels that are class numbers, such as 7 and 3.
    """

    concepts = ("X4",)
    same_function = False
    input_shape = (8, 8, 1)
    hints = (
        "A functional model is a set of calls: each layer is called on what another one has given. "
        "What the body gives has a name, and two layers may be called on the same name.",
        "`keras.Model(inputs, outputs)` takes a list of outputs, and `compile` a list of losses, "
        "or one loss for all. Class numbers need the *sparse* one.",
    )
    takeaway = (
        "1,295 parameters, and 1,040 of them belong to both tasks. Whatever one task teaches the "
        "body, the other one has too."
    )

    def solution(keras):
        inputs = keras.Input((8, 8, 1))
        body = keras.layers.Dense(16, activation="relu")(keras.layers.Flatten()(inputs))
        digit = keras.layers.Dense(10, activation="softmax", name="digit")(body)
        box = keras.layers.Dense(5, activation="softmax", name="box")(body)
        model = keras.Model(inputs, [digit, box])
        model.compile("adam", ["sparse_categorical_crossentropy"] * 2)
        return model

    def accept(model):
        units = [output.shape[-1] for output in model.outputs]
        if units != [10, 5] and (units != [5, 10] or _in_an_order(model)):
            return f"Two outputs are expected, of 10 and of 5 values; here they have {units}."
        digit, box = _weights_of_heads(model)
        if not (digit & box and digit - box and box - digit):
            return "Both heads read one body, and neither reads the other."
        if not _gives_probabilities(model):
            return "The values of each head are probabilities: above 0, and their sum is 1."
        if model.count_params() != 1295:
            return f"The model has {model.count_params():,} parameters, expected 1,295."
        if not _has_bent_body(model):
            return "The body has ReLU units."
        return (
            "" if _learns_class_numbers(model) else "Compile it for labels that are class numbers."
        )

    two_bodies = wrong(
        lambda keras: _with_heads(keras, bodies=2),
        "Each head has a body of its own: these are two networks that share nothing but the "
        "images. Make one body, and call both heads on what it gives.",
        when=lambda model: _are(model, lambda digit, box: not digit & box),
    )
    head_on_head = wrong(
        lambda keras: _with_heads(keras, box_reads="digit"),
        "One head reads what the other one gives, and not the body: it can know of the image only "
        "what ten probabilities tell. Call both heads on the body.",
        when=lambda model: _are(model, lambda digit, box: digit <= box or box <= digit),
    )
    one_long_head = wrong(
        lambda keras: _with_heads(keras, joined=True),
        "This is one output, so one softmax shares out its probabilities over the values of both "
        "tasks. Each task needs an output of its own: `keras.Model(inputs, [digit, box])`.",
        when=lambda model: len(model.outputs) == 1,
    )
    ten_boxes = wrong(
        lambda keras: _with_heads(keras, units=(10, 10)),
        "Both heads have ten units. There are ten digits, but only five boxes.",
        when=lambda model: [output.shape[-1] for output in model.outputs] == [10, 10],
    )
    other_order = wrong(
        lambda keras: _with_heads(keras, units=(5, 10)),
        "The outputs stand in the other order: the first is to be the digit's. `fit` would compare "
        "the boxes with the digits.",
        when=lambda model: (
            [output.shape[-1] for output in model.outputs] == [5, 10] and _in_an_order(model)
        ),
    )
    no_softmax = wrong(
        lambda keras: _with_heads(keras, activation="sigmoid"),
        "The values of a head do not add up to 1. A digit lies in exactly one box: give both heads "
        '`activation="softmax"`.',
        when=lambda model: _are(model) and not _gives_probabilities(model),
    )
    linear_body = wrong(
        lambda keras: _with_heads(keras, body=None),
        'The body has no activation: body and head together are one linear layer. `"relu"` bends '
        "it.",
        when=lambda model: _are(model) and not _has_bent_body(model),
    )
    not_compiled = wrong(
        lambda keras: _with_heads(keras, loss=None),
        "The model is not compiled: it has no losses and no optimizer.",
        when=lambda model: _are(model) and not model.compiled,
    )
    other_loss = wrong(
        lambda keras: _with_heads(keras, loss="categorical_crossentropy"),
        "The loss does not suit labels such as 7 and 3. `categorical_crossentropy` wants a row of "
        "zeros with a single 1 for each image, and `mse` takes a class for an amount: use "
        "`sparse_categorical_crossentropy` for both heads.",
        when=lambda model: _are(model) and model.compiled and not _learns_class_numbers(model),
    )


def _with_heads(
    keras, bodies=1, box_reads="body", joined=False, units=(10, 5), activation="softmax",
    body="relu", loss="sparse_categorical_crossentropy",
):  # fmt: skip
    """Return a model of a body with two heads, or of something that only looks like it."""
    inputs = keras.Input((8, 8, 1))
    flat = keras.layers.Flatten()(inputs)
    made = [keras.layers.Dense(16, activation=body)(flat) for _ in range(bodies)]
    if joined:
        model = keras.Model(inputs, keras.layers.Dense(15, activation=activation)(made[0]))
    else:
        digit = keras.layers.Dense(units[0], activation=activation)(made[0])
        read = digit if box_reads == "digit" else made[-1]
        model = keras.Model(
            inputs, [digit, keras.layers.Dense(units[1], activation=activation)(read)]
        )
    if loss is not None:
        model.compile("adam", loss)
    return model


def _are(model, so=lambda digit, box: bool(digit & box)):
    """Tell whether a model has a head for the digit and one for the box of which this is so."""
    units = sorted(output.shape[-1] for output in model.outputs)
    return units == [5, 10] and so(*_weights_of_heads(model))


def _in_an_order(model):
    """Tell whether the outputs of a model are known by their places, and not by names."""
    return not isinstance(model.output, dict)


def _weights_of_heads(model):
    """Return the weights that lead to the digit, and those that lead to the box, by identity."""
    import keras

    outputs = sorted(model.outputs, key=lambda output: -output.shape[-1])
    parts = [keras.Model(model.inputs, output) for output in outputs]
    return [{id(weight) for weight in part.weights} for part in parts]


def _gives_probabilities(model):
    """Tell whether all outputs are rows of probabilities."""
    import keras

    images = np.random.default_rng(0).uniform(0, 5, (20, 8, 8, 1)).astype("float32")
    rows = [np.asarray(values) for values in keras.tree.flatten(model(images))]
    return all(np.all(r >= 0) and np.allclose(r.sum(axis=-1), 1, atol=1e-3) for r in rows)


def _has_bent_body(model):
    """Tell whether something bends between the images and the first head's weights."""
    import keras

    return not is_linear(keras.Model(model.inputs, model.outputs[0]))


def _learns_class_numbers(model):
    """Tell whether the losses are those of class numbers, for both heads."""
    import keras

    given = model.loss if model.compiled else None
    losses = [*given.values()] if isinstance(given, dict) else given
    losses = losses if isinstance(losses, list | tuple) else [losses]
    truth, rows = np.array([2, 0, 4]), np.full((3, 5), 0.15) + 0.25 * np.eye(5)[[2, 1, 4]]
    wanted = -np.mean(np.log(rows[np.arange(3), truth]))
    try:
        found = [np.mean(keras.losses.get(loss)(truth, rows)) for loss in losses]
    except Exception:  # whatever a loss says of class numbers
        return False
    return len(found) in (1, 2) and np.allclose(found, wanted, rtol=1e-3)


# --- memory ----------------------------------------------------------------------------------


def _lstm_parts(x, h, c, W, U, b):
    """Return an LSTM's four sums z for i, f, g and o."""
    return np.split(x @ W + h @ U + b, 4, axis=-1)


def _squash(z):
    return 1 / (1 + np.exp(-z))


def _lstm(order="ifgo", gate=_squash, candidate=np.tanh):
    """Return an LSTM's step with its parts in an order, and what makes gates and candidate."""

    def step(x, h, c, W, U, b):
        z = dict(zip(order, _lstm_parts(x, h, c, W, U, b), strict=True))
        c = gate(z["f"]) * c + gate(z["i"]) * candidate(z["g"])
        return gate(z["o"]) * np.tanh(c), c

    return step


@lesson.question
class lstm_step(Function):
    """Write `lstm_step(x, h, c, W, U, b)`: one step of an LSTM, for `n` sequences at once. `x` of
    shape (n, n_in) is the input of this step; `h` and `c`, both of shape (n, units), are the state
    and the cell state of the step before. `W` has the shape (n_in, 4 · units), `U` the shape
    (units, 4 · units) and `b` the shape (4 · units,). As in Keras, their columns are those of `i`,
    `f`, `g` and `o`, in this order, `units` columns each. Return the new state and the new cell
    state, `h, c`.
    """

    concepts = ("X6",)
    parts = ("h", "c")
    hints = (
        "First all sums at once: the input times `W`, the state before times `U`, and the bias. "
        "That has the shape (n, 4 · units).",
        "`np.split(A, 3, axis=1)` cuts an array into three parts of equally many columns.",
        "Three of the four are gates: the sigmoid σ(z) = 1 / (1 + e⁻ᶻ) makes numbers from 0 to 1 "
        "of them. The candidate `g` gets tanh.",
        "The new cell state: what the forget gate leaves of the old one, and what the input gate "
        "lets in of the candidate. The new state is made of the new cell state.",
    )
    takeaway = (
        "Along the cell state there is no weight matrix between one step and the next, only the "
        "forget gate. While it is near 1, the cell state stays, and its gradient as well."
    )

    def solution(x, h, c, W, U, b):
        z_i, z_f, z_g, z_o = np.split(x @ W + h @ U + b, 4, axis=1)
        i, f, o = (1 / (1 + np.exp(-z)) for z in (z_i, z_f, z_o))
        c = f * c + i * np.tanh(z_g)
        h = o * np.tanh(c)
        return h, c

    def starter(x, h, c, W, U, b):
        return ...

    def inputs(rng):
        for n, n_in, units in ((1, 1, 1), (2, 3, 2), (5, 1, 4), (1, 4, 3), (4, 4, 4)):
            x, h, c = (rng.normal(size=(n, size)) for size in (n_in, units, units))
            weights = (rng.normal(size=(rows, 4 * units)) for rows in (n_in, units))
            yield x, np.tanh(h), 1.5 * c, *weights, rng.normal(size=4 * units)

    input_and_forget_exchanged = wrong(
        _lstm("figo"),
        "The input gate and the forget gate are exchanged. The columns stand in the order i, f, "
        "g, o; the forget gate is what the old cell state is multiplied by.",
    )
    output_before_candidate = wrong(
        _lstm("ifog"),
        "The third and the fourth part are exchanged: the candidate g comes before the output "
        "gate o.",
    )
    squashed_otherwise = wrong(
        _lstm(gate=np.tanh, candidate=_squash),
        "The sigmoid and tanh are exchanged. A gate says how much, from 0 to 1: the sigmoid. The "
        "candidate says what, from −1 to 1: tanh.",
    )
    candidate_from_sigmoid = wrong(
        _lstm(candidate=_squash),
        "The candidate gets the sigmoid here, as the gates do. Then it could only ever add, never "
        "take away. It gets tanh.",
    )

    @wrong(
        why="Nothing is forgotten here: the old cell state is not multiplied by the forget gate. "
        "So were the first LSTMs (Hochreiter and Schmidhuber, 1997); the forget gate came with "
        "Gers, Schmidhuber and Cummins (2000)."
    )
    def forgot_to_forget(x, h, c, W, U, b):
        i, _, g, o = _lstm_parts(x, h, c, W, U, b)
        c = c + _squash(i) * np.tanh(g)
        return _squash(o) * np.tanh(c), c

    @wrong(
        why="The new state is made of the old cell state here. First comes the new cell state, "
        "then the state that is made of it."
    )
    def output_too_early(x, h, c, W, U, b):
        i, f, g, o = _lstm_parts(x, h, c, W, U, b)
        return _squash(o) * np.tanh(c), _squash(f) * c + _squash(i) * np.tanh(g)

    @wrong(
        why="The cell state is right. Before the output gate it passes through tanh, so that the "
        "state stays between −1 and 1."
    )
    def no_tanh_at_the_end(x, h, c, W, U, b):
        _, c = lstm_step.solution(x, h, c, W, U, b)
        return _squash(_lstm_parts(x, h, 0, W, U, b)[3]) * c, c

    @wrong(
        why="The state before, h, takes no part. Without `U` no gate knows what has happened so "
        "far."
    )
    def state_before_ignored(x, h, c, W, U, b):
        return lstm_step.solution(x, np.zeros_like(h), c, W, U, b)

    @wrong(why="The bias is missing. It belongs into all four sums.")
    def bias_missing(x, h, c, W, U, b):
        return lstm_step.solution(x, h, c, W, U, np.zeros_like(b))

    @wrong(why="Both are right, in the other order: return h first, then c.")
    def returned_the_other_way_round(x, h, c, W, U, b):
        return lstm_step.solution(x, h, c, W, U, b)[::-1]


# --- make ------------------------------------------------------------------------------------


@lesson.question
class best_judge(Function):
    """Write `best_judge(p_data, p_made)`: what the best of all judges says at some places, the
    probability that a number from there is real. `p_data` is how dense real numbers lie at each
    place, and `p_made` how dense made ones lie; both are arrays of one shape. The judge sees as
    many of the one kind as of the other. At no place are both densities 0.
    """

    concepts = ("X9",)
    hints = (
        "Take a place with 30 real numbers and 10 made ones. You see a number there. How sure can "
        "you be that it is a real one?",
        "It is the part of the real ones among all that lie there. So what stands below the line?",
        "Where the two densities are equal, it must say 0.5.",
    )
    takeaway = (
        "p_data / (p_data + p_made) (Goodfellow and others, 2014, proposition 1). It follows from "
        "the loss: at each place p_data·log J + p_made·log(1 − J) is largest where its slope, "
        "p_data/J − p_made/(1 − J), is 0. If the generator makes just what the data are, even the "
        "best judge says 0.5 everywhere."
    )

    def solution(p_data, p_made):
        return p_data / (p_data + p_made)

    def starter(p_data, p_made):
        return ...

    def inputs(rng):
        yield np.array([0.3, 0.1, 0.2]), np.array([0.1, 0.3, 0.2])
        yield np.array([0.5, 0.0, 0.2]), np.array([0.0, 0.4, 0.1])
        yield rng.uniform(0.01, 1, 6), rng.uniform(0.01, 1, 6)
        yield rng.uniform(0.01, 1, (2, 3)), rng.uniform(0.01, 1, (2, 3))

    swapped = wrong(
        lambda p_data, p_made: p_made / (p_data + p_made),
        "This is the probability that the number is *made*. Here 1 stands for real.",
    )
    ratio = wrong(
        lambda p_data, p_made: p_data / np.maximum(p_made, 1e-12),
        "This says how many times as many real numbers lie there. It can be larger than 1, and a "
        "probability cannot: divide by all that lie there.",
    )
    hard = wrong(
        lambda p_data, p_made: (p_data > p_made).astype(float),
        "A judge that says only 0 or 1 is punished hard each time it is wrong, and where both "
        "kinds lie it must be wrong sometimes. The best one says how sure it can be.",
    )
    difference = wrong(
        lambda p_data, p_made: p_data - p_made,
        "The difference can be below 0, and it is 0 where the judge cannot tell: there it should "
        "say 0.5.",
    )
    squashed = wrong(
        lambda p_data, p_made: 1 / (1 + np.exp(p_made - p_data)),
        "A sigmoid of the difference is 0.5 where both are equal, but 0.3 against 0.1 must give "
        "three of four. The sigmoid belongs around the logarithm of the ratio.",
    )
    whole_sum = wrong(
        lambda p_data, p_made: p_data / np.sum(p_data + p_made),
        "Here the sum runs over all places. Each place is judged alone: add its two densities.",
    )
    data_alone = wrong(
        lambda p_data, p_made: p_data / np.max(p_data),
        "This looks at the real numbers alone. A place with many of them is no proof, if even more "
        "made ones lie there.",
    )


# --- where next ------------------------------------------------------------------------------


# The words of an answer, and what each says: of what is trained, and of the data.
_STRUCTURES = {
    "forest": "decision trees",
    "dense": "Dense layers",
    "convolution": "from scratch",
    "lstm": "a memory with gates",
    "borrow": "another network's layers",
    "two heads": "one body, two outputs",
    "pipeline": "steps, one by one",
}
_REASONS = {
    "columns": "each column means something else, and rows are few",
    "neighbours": "what belongs together lies close together, anywhere",
    "order": "what came before decides, however long ago",
    "related source": "a task with more data needs the same first layers",
    "shared features": "two labels of one input need the same features",
    "stages": "the steps in between are known, and have labels",
}
# Why a structure is not the first to try for a card; ``None``: any other one.
_OBJECTIONS = {
    ("A", "dense"): "a network can learn this table, and on 800 rows of measurements it usually "
    "comes in behind a model that needs no tuning (lesson 7). Try that one first.",
    ("A", "convolution"): "floor and year stand side by side by accident. Exchange two columns: "
    "the flat is the same, and what a kernel sees is not.",
    ("A", "lstm"): "a flat has no before and after. The columns might stand in any order.",
    ("A", None): "the card names a table, and nothing else. What wins on small tables?",
    ("B", "dense"): "it would have to learn a crack anew for each place at which there may be one.",
    ("B", "forest"): "it asks single pixels, each at its fixed place. The crack is at another "
    "place in each photo.",
    ("B", "borrow"): "that can be a good start where there is a source. The card names none, and "
    "40,000 photos are many.",
    ("B", None): "what do you know about a crack: what does it look like, and where is it?",
    ("C", "convolution"): "the right eyes, but 90 photos are too few to form them from scratch. "
    "What else is on the card?",
    ("C", "dense"): "from 90 photos it learns 90 photos by heart. What else is on the card?",
    ("C", None): "90 photos are very few. What else is on the card?",
    ("D", "convolution"): "a kernel sees a few moments side by side. The second click may come 400 "
    "moments after the first.",
    ("D", "dense"): "it would need to see every distance between two clicks at every place, and "
    "learn each of them anew.",
    (
        "D",
        "forest",
    ): "it asks single moments, each at its fixed place. The clicks come at any time.",
    ("D", None): "at the second click the network must still know of the first. Which structure "
    "keeps something that long?",
    ("E", "convolution"): "the right body, but one label leaves half of the question open, and two "
    "networks of this kind do not fit. What can be computed once for both?",
    ("E", "dense"): "neither does it see neighbourhoods, nor does it say how two labels share. "
    "What can be computed once for both?",
    ("E", "pipeline"): "neither label is a step on the way to the other one. They stand side by "
    "side.",
    ("E", None): "two questions are asked about each photo, and the memory is small. What can be "
    "computed once for both?",
    ("F", "convolution"): "from photo to total in one network, from 150 examples: it would have to "
    "discover reading and adding at once. You know both.",
    ("F", "dense"): "from photo to total in one network, from 150 examples: it would have to "
    "discover reading and adding at once. You know both.",
    ("F", "borrow"): "digit layers are a help. But then 150 totals have to teach the adding, "
    "which you can write in one line.",
    ("F", None): "150 totals are few. What do you know about how a total comes about?",
}


def _objection(card, answer, expected):
    """Return what is said against an answer to a card; empty where there is nothing to say."""
    fitting, decisive = expected
    structure, reason = (word.strip().lower() for word in answer)
    if structure in _REASONS and reason in _STRUCTURES:
        return f"Card {card}: first the structure, then the reason."
    if structure not in _STRUCTURES:
        return f"Card {card}: {structure!r} is none of the structures: {', '.join(_STRUCTURES)}."
    if reason not in _REASONS:
        return f"Card {card}: {reason!r} is none of the reasons: {', '.join(_REASONS)}."
    if structure != fitting:
        why = _OBJECTIONS.get((card, structure), _OBJECTIONS[card, None])
        return f"Card {card}, {structure}: {why}"
    if reason != decisive:
        return (
            f"Card {card}: {structure} fits. But {reason!r} says: {_REASONS[reason]}. Even where "
            "that is true of this card, it does not decide for this structure. What does?"
        )
    return ""


def _decided(**others):
    """Return the six answers, some of them replaced."""
    return six_cards.solution() | others


@lesson.question
class six_cards(Function):
    """Write `six_cards()`: which structure would you try *first* for each card, and what decides
    for it? It returns a dictionary: for each letter a pair of words, first a structure of the
    left column, then a reason of the right one. A word may stand more than once, or not at all.
    """

    concepts = ("X8",)
    single_precision = False
    hints = (
        "Ask each card the same three questions. How many examples are there? What do you know "
        "about them before any training? What else is on the card: another network, other labels?",
        "Four cards show photos, and a convolution could read all of them. For one card that is "
        "the whole answer. What else stands on the other three?",
        'A reason is good if it would *not* hold for the card beside it. "These are images" '
        "holds for four of them.",
    )
    takeaway = (
        "Each of these is a first try, not a last word: the validation set decides. But you can "
        "say why you began there, and that is what a defence is."
    )

    def table(solution):
        reasons = [*_REASONS.items(), ("", "")]
        pairs = zip(_STRUCTURES.items(), reasons, strict=True)
        rows = [(*one, *other) for one, other in pairs]
        return ("structure", "", "reason", ""), rows

    def solution():
        return {
            "A": ("forest", "columns"),
            "B": ("convolution", "neighbours"),
            "C": ("borrow", "related source"),
            "D": ("lstm", "order"),
            "E": ("two heads", "shared features"),
            "F": ("pipeline", "stages"),
        }

    def starter():
        return {
            "A": (..., ...),
            "B": (..., ...),
            "C": (..., ...),
            "D": (..., ...),
            "E": (..., ...),
            "F": (..., ...),
        }

    def inputs(rng):
        yield ()

    def accept(case):
        said = (
            _objection(card, case.received[card], wanted) for card, wanted in case.expected.items()
        )
        return "\n\n".join(filter(None, said))

    one_for_all = wrong(
        lambda: dict.fromkeys("ABCDEF", ("convolution", "neighbours")),
        "One structure for all is a habit, not a choice. Only for one of the six is this the first "
        "thing to try.",
    )
    no_assumption = wrong(
        lambda: dict.fromkeys("ABCDEF", ("dense", "columns")),
        "Dense layers assume nothing, so they need the most examples. Each card says something "
        "that you know; which structure has it built in?",
    )
    network_for_a_table = wrong(
        lambda: _decided(A=("dense", "columns")), f"Card A, dense: {_OBJECTIONS['A', 'dense']}"
    )
    fixed_places = wrong(
        lambda: _decided(B=("dense", "neighbours")), f"Card B, dense: {_OBJECTIONS['B', 'dense']}"
    )
    from_scratch = wrong(
        lambda: _decided(C=("convolution", "neighbours")),
        f"Card C, convolution: {_OBJECTIONS['C', 'convolution']}",
    )
    too_short_a_view = wrong(
        lambda: _decided(D=("convolution", "neighbours")),
        f"Card D, convolution: {_OBJECTIONS['D', 'convolution']}",
    )
    one_label = wrong(
        lambda: _decided(E=("convolution", "neighbours")),
        f"Card E, convolution: {_OBJECTIONS['E', 'convolution']}",
    )
    all_at_once = wrong(
        lambda: _decided(F=("convolution", "neighbours")),
        f"Card F, convolution: {_OBJECTIONS['F', 'convolution']}",
    )


# --- quiz ------------------------------------------------------------------------------------


@lesson.question
class quiz_skips(Choice):
    """A network of 40 layers does not learn. With a skip around each layer, x + f(x) in the place
    of f(x), it does. What have the skips changed?
    """

    concepts = ("X2",)
    hints = (
        "Take the derivative of x + f(x) with respect to x. Which part of it does not depend on f?",
        "Compare the factor that a gradient meets at each layer, without a skip and with one.",
    )
    options = (
        right(
            "The gradient has a path on which each layer multiplies it by 1.",
            "The derivative of x + f(x) is 1 + f′(x): even where f′ is tiny, the 1 is left (He and "
            "others, 2016).",
        ),
        wrong(
            "They make the network shallower: most layers are left out.",
            "No layer is left out. Each adds its part to what comes past it, and all are trained.",
        ),
        wrong(
            "They add parameters, and a larger network can learn more.",
            "A skip that only adds has no parameters at all.",
        ),
        wrong(
            "They make the learning rate larger in the first layers.",
            "The learning rate is the same everywhere. What reaches the first layers is not.",
        ),
    )


@lesson.question
class quiz_outside(Choice):
    """A network predicts the sale of umbrellas from the rain of the day. All days that it was
    trained on had less than 30 mm; its test error, on other days of the same kind, is small. What
    does that say about a day of 80 mm?
    """

    concepts = ("X7",)
    hints = (
        "Where have the days of the test set come from?",
        "Two networks with the same test error: must they agree at 80 mm?",
    )
    options = (
        wrong(
            "The same small error: the test set has shown that it generalises.",
            "It generalises to days like those of the test set, and none of these had 80 mm.",
        ),
        right(
            "Nothing: no day like it was in any of the sets.",
            "What lies beyond comes from the form of the network, not from data. Ask somebody who "
            "knows about umbrellas what to expect there.",
        ),
        wrong(
            "A somewhat larger error, since 80 mm is somewhat further away.",
            "Nothing limits how large: there was no data there, neither to learn from nor to judge "
            "by.",
        ),
        wrong(
            "That a random forest would do better there.",
            "A forest has not seen such a day either; it says there what it said at its last one.",
        ),
    )


@lesson.question
class quiz_head(Number):
    """You borrow a network that turns an image into 16 numbers, freeze all its layers, and put a
    new Dense layer on top that tells five classes apart. How many parameters are trained?
    """

    concepts = ("X3",)
    hints = (
        "What is frozen is used and not changed, so it does not count.",
        "What does a Dense layer of five units have, if 16 numbers come in?",
    )
    takeaway = (
        "85, and so a few dozen images can be enough. All other parameters were paid for by "
        "somebody else's data."
    )

    def solution():
        return 16 * 5 + 5

    no_biases = wrong(16 * 5, "These are the weights. Each of the five units has a bias, too.")
    one_bias_too_many = wrong(
        16 * 5 + 16, "The biases belong to the five new units, not to the 16 inputs."
    )
    units_alone = wrong(5, "Five units are new. Each of them has a weight for every input.")
    none_at_all = wrong(0, "The borrowed layers stay as they are, but the new one must learn.")


@lesson.question
class quiz_memory_left(Number):
    """The cell of an LSTM holds 1. At each of the next 100 moments its forget gate is 0.99, and
    nothing is written into it. What does the cell hold then?
    """

    concepts = ("X6",)
    rtol = 0.01
    hints = (
        "The forget gate says which fraction of the cell is kept from one moment to the next.",
        "The same factor at each moment, 100 times.",
    )
    takeaway = (
        "≈ 0.37. With 0.9 hardly anything would be left. The network learns how open the gate must "
        "be for what it has to remember."
    )

    def solution():
        return 0.99**100

    forgotten_at_once = wrong(
        0.01**100,
        "The forget gate says how much is *kept*, in spite of its name: 0.99 of it, not 0.01.",
    )
    added = wrong(
        0.0,
        "A hundred times a hundredth is everything, if it is always a hundredth of the 1. It is a "
        "hundredth of what is left.",
    )
    one_moment = wrong(0.99, "This is what is left after one moment. There are 100.")
    what_is_lost = wrong(1 - 0.99**100, "This is what has been lost. What is left?")


@lesson.question
class quiz_judge(Number):
    """A generator has become so good that the judge cannot tell its numbers from real ones: it
    says 0.5 to each. What is the judge's loss, its mean binary cross-entropy?
    """

    concepts = ("X9",)
    rtol = 0.01
    hints = (
        "What does one sample cost whose true answer got the probability 0.5?",
        "It is the same for a real number and for a made one. You know this loss from lesson 1, as "
        "the one before any training.",
    )
    takeaway = (
        "ln 2 ≈ 0.69, the loss of knowing nothing. In this game a judge at ln 2 is not a bad one: "
        "it may have a good opponent."
    )

    def solution():
        return -np.log(0.5)

    nothing = wrong(0.0, "A loss of 0 is that of a judge who is sure, and always right.")
    half = wrong(0.5, "This is the probability. The loss is minus its logarithm.")
    sign = wrong(np.log(0.5), "The logarithm of 0.5 is negative. A loss has a minus before it.")
    two_halves = wrong(
        -2 * np.log(0.5), "Real and made samples were added here. The loss is the mean of all."
    )
