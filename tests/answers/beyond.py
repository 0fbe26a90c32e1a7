"""Right answers to the questions of lesson 08, written otherwise than the solutions shown."""

import math

import numpy as np
from scipy import signal

from lessons_lib.lessons.beyond import transfer

# --- three things to remember ----------------------------------------------------------------


class dense_parameters:
    with_a_one_added = 65 * 32 + 33 * 10
    by_layer = sum((n + 1) * units for n, units in ((64, 32), (32, 10)))
    whole = np.array(2410)


class forty_factors:
    rounded = (0.0148, 1, 45.3)
    by_logarithm = np.exp(40 * np.log([0.9, 1.0, 1.1]))
    multiplied = np.prod(np.tile([0.9, 1.0, 1.1], (40, 1)), axis=0)


class digit_loss:
    def looped(logits, label):
        largest = max(logits)
        total = 0.0
        for z in logits:
            total += math.exp(z - largest)
        return largest + math.log(total) - logits[label]

    def by_logaddexp(logits, label):
        return np.logaddexp.reduce(logits) - logits[label]

    def against_the_true_one(logits, label):
        ahead = logits - logits[label]
        return ahead.max() + np.log(np.exp(ahead - ahead.max()).sum())


# --- neighbours ------------------------------------------------------------------------------


class conv2d:
    def by_windows(X, K, padding):
        wide = np.pad(X, ((padding, padding), (padding, padding)))
        seen = np.lib.stride_tricks.sliding_window_view(wide, K.shape)
        return np.tensordot(seen, K, axes=2)

    def weight_by_weight(X, K, padding):
        X = np.pad(X, padding)
        rows, columns = X.shape[0] - K.shape[0] + 1, X.shape[1] - K.shape[1] + 1
        Z = 0
        for a in range(K.shape[0]):
            for b in range(K.shape[1]):
                Z = Z + K[a, b] * X[a : a + rows, b : b + columns]
        return Z

    def by_scipy(X, K, padding):
        return signal.correlate2d(np.pad(X, padding), K, mode="valid")

    def plain_lists(X, K, padding):
        height, width = X.shape

        def pixel(i, j):
            return X[i, j] if 0 <= i < height and 0 <= j < width else 0.0

        rows = range(-padding, height + padding - K.shape[0] + 1)
        columns = range(-padding, width + padding - K.shape[1] + 1)
        return [
            [sum(K[a, b] * pixel(i + a, j + b) for a, b in np.ndindex(*K.shape)) for j in columns]
            for i in rows
        ]


class conv_parameters:
    def by_filter(kernel, channels, filters, bias):
        one = kernel**2 * channels
        if bias:
            one += 1
        return one * filters

    def by_shape(kernel, channels, filters, bias):
        weights = np.prod((kernel, kernel, channels, filters))
        return weights + filters if bias else weights

    def counted(kernel, channels, filters, bias):
        return np.zeros((kernel, kernel, channels, filters)).size + len(np.zeros(filters)[:]) * bias


# --- very deep -------------------------------------------------------------------------------


class residual_block:
    def line_by_line(X, W1, b1, W2, b2, alpha, P=None):
        hidden = X @ W1 + b1
        hidden[hidden < 0] = 0
        out = alpha * (hidden @ W2 + b2)
        if P is not None:
            X = X @ P
        out += X
        return out

    def always_projected(X, W1, b1, W2, b2, alpha, P=None):
        P = np.eye(X.shape[1]) if P is None else P
        return X.dot(P) + np.where(X @ W1 + b1 > 0, X @ W1 + b1, 0).dot(alpha * W2) + alpha * b2

    def by_samples(X, W1, b1, W2, b2, alpha, P=None):
        rows = []
        for x in X:
            h = [max(0.0, z) for z in x @ W1 + b1]
            rows.append((x if P is None else x @ P) + alpha * (h @ W2 + b2))
        return np.array(rows)


class separable_multiplications:
    by_steps = 32 * 32 * 64 * 9 + 32 * 32 * 64 * 128
    by_fraction = round(32 * 32 * 9 * 64 * 128 * (1 / 128 + 1 / 9))
    whole = 8_978_432


class steer_deep:
    def batch_norm_with_a_skip(rescue_panel):
        rescue_panel.trainer.batch_norm = True
        rescue_panel.trainer.skip = 1
        rescue_panel.trainer.learning_rate = 0.003
        rescue_panel.step(500)

    def after_a_stuck_beginning(rescue_panel):
        rescue_panel.step(100)
        rescue_panel.controls["skip"].value = 1.0
        rescue_panel.step(600)

    def after_a_failed_run(rescue_panel):
        rescue_panel.trainer.learning_rate = 0.05
        rescue_panel.step(300)
        rescue_panel.trainer.turn("learning_rate", 0.01)
        rescue_panel.trainer.turn("skip", 1.0)
        rescue_panel.reset()
        rescue_panel.step(600)


# --- borrow ----------------------------------------------------------------------------------


class fine_tune:
    def functional(keras):
        source = transfer.source_body()
        body = keras.models.clone_model(source)
        body.set_weights(source.get_weights())
        body.trainable = False
        inputs = keras.Input((100,))
        model = keras.Model(inputs, keras.layers.Dense(5, "softmax")(body(inputs)))
        for rate in (0.01, 0.002):
            model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
            transfer.fit_few(model)
            body.trainable = True
        return model

    def layer_by_layer(keras):
        source = transfer.source_body()
        layers = [type(layer).from_config(layer.get_config()) for layer in source.layers]
        model = keras.Sequential([keras.Input((100,)), *layers])
        model.set_weights(source.get_weights())
        model.add(keras.layers.Dense(5, activation="softmax"))
        for layer in layers:
            layer.trainable = False
        model.compile(optimizer=keras.optimizers.Adam(0.01), loss="sparse_categorical_crossentropy")
        transfer.fit_few(model)
        for layer in layers:
            layer.trainable = True
        model.compile(optimizer=keras.optimizers.Adam(1e-4), loss="sparse_categorical_crossentropy")
        transfer.fit_few(model)
        return model

    def logits_and_sgd(keras):
        source = transfer.source_body()
        body = keras.models.clone_model(source)
        body.set_weights(source.get_weights())
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model = keras.Sequential([keras.Input((100,)), body, keras.layers.Dense(5)])
        for rate, learns in ((0.1, False), (0.01, True)):
            body.trainable = learns
            model.compile(optimizer=keras.optimizers.SGD(rate), loss=loss)
            transfer.fit_few(model)
        return model


class find_the_leak:
    def by_sets(X, y, sources, train, val, test):
        hidden = {*val.tolist(), *test.tolist()}
        found = []
        for rows, labels in sources:
            kept = [place for place, row in enumerate(rows) if row not in hidden]
            body = transfer.learn_body(X[rows[kept]], labels[kept])
            predict = transfer.learn_head(body(X[train]), y[train])
            found.append([np.mean(predict(body(X[some])) == y[some]) for some in (val, test)])
        best = int(np.argmax([on_val for on_val, _ in found]))
        return best, found[best][1]

    def trained_once_more(X, y, sources, train, val, test):
        def network(number):
            rows, labels = sources[number]
            clean = np.isin(rows, [*val, *test], invert=True)
            body = transfer.learn_body(X[rows[clean]], labels[clean])
            head = transfer.learn_head(body(X[train]), y[train])
            return lambda some: (head(body(X[some])) == y[some]).mean()

        best = max(range(len(sources)), key=lambda number: network(number)(val))
        return best, network(best)(test)

    def sources_cleaned_first(X, y, sources, train, val, test):
        clean = []
        for rows, labels in sources:
            places = np.flatnonzero(~(np.isin(rows, val) | np.isin(rows, test)))
            clean.append((rows[places], labels[places]))
        best, best_on_val, on_test = None, -np.inf, None
        for number, (rows, labels) in enumerate(clean):
            body = transfer.learn_body(X[rows], labels)
            predict = transfer.learn_head(body(X[train]), y[train])
            on_val = np.mean(predict(body(X[val])) == y[val])
            if on_val > best_on_val:
                best, best_on_val = number, on_val
                on_test = np.mean(predict(body(X[test])) == y[test])
        return best, on_test


# --- share -----------------------------------------------------------------------------------


class two_heads:
    def by_name(keras):
        inputs = keras.layers.Input(shape=(8, 8, 1), name="image")
        x = keras.layers.Reshape((64,))(inputs)
        x = keras.layers.Activation("relu")(keras.layers.Dense(16)(x))
        outputs = {
            "digit": keras.layers.Dense(10, "softmax", name="digit")(x),
            "box": keras.layers.Dense(5, "softmax", name="box")(x),
        }
        model = keras.Model(inputs, outputs)
        losses = {name: keras.losses.SparseCategoricalCrossentropy() for name in outputs}
        model.compile(keras.optimizers.Adam(0.01), losses, metrics={"digit": "accuracy"})
        return model

    def on_a_body_model(keras):
        body = keras.Sequential(
            [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(16, "relu")]
        )
        inputs = keras.Input((8, 8, 1))
        seen = body(inputs)
        heads = [keras.layers.Dense(units, "softmax")(seen) for units in (10, 5)]
        model = keras.Model(inputs, heads)
        model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
        return model

    def with_softmax_layers(keras):
        inputs = keras.Input((8, 8, 1))
        body = keras.layers.ReLU()(keras.layers.Dense(16)(keras.layers.Flatten()(inputs)))
        digit = keras.layers.Softmax()(keras.layers.Dense(10)(body))
        box = keras.layers.Softmax()(keras.layers.Dense(5)(body))
        model = keras.Model(inputs, (digit, box))
        loss = keras.losses.sparse_categorical_crossentropy
        model.compile("adam", loss=[loss, loss], loss_weights=[1.0, 0.5])
        return model


# --- memory ----------------------------------------------------------------------------------


class lstm_step:
    def by_slices(x, h, c, W, U, b):
        u = h.shape[1]
        z = np.dot(x, W) + np.dot(h, U) + b
        gates = 1 / (1 + np.exp(-z))
        c_new = gates[:, u : 2 * u] * c + gates[:, :u] * np.tanh(z[:, 2 * u : 3 * u])
        return gates[:, 3 * u :] * np.tanh(c_new), c_new

    def stacked(x, h, c, W, U, b):
        z = np.hstack([x, h]) @ np.vstack([W, U]) + b
        i, f, g, o = np.moveaxis(z.reshape(len(x), 4, -1), 1, 0)
        c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
        return [np.tanh(c) / (1 + np.exp(-o)), c]

    def one_by_one(x, h, c, W, U, b):
        units = c.shape[1]
        h_new, c_new = np.zeros_like(c), np.zeros_like(c)
        for row in range(len(x)):
            for k in range(units):
                i, f, g, o = (
                    x[row] @ W[:, part * units + k]
                    + h[row] @ U[:, part * units + k]
                    + b[part * units + k]
                    for part in range(4)
                )
                c_new[row, k] = (0.5 + 0.5 * np.tanh(f / 2)) * c[row, k]
                c_new[row, k] += (0.5 + 0.5 * np.tanh(i / 2)) * np.tanh(g)
                h_new[row, k] = (0.5 + 0.5 * np.tanh(o / 2)) * np.tanh(c_new[row, k])
        return h_new, c_new


# --- make ------------------------------------------------------------------------------------


class best_judge:
    def counted(p_data, p_made):
        return 1 - p_made / np.add(p_data, p_made)

    def by_stacking(p_data, p_made):
        both = np.stack([p_data, p_made])
        return (both / both.sum(axis=0))[0]

    def place_by_place(p_data, p_made):
        answer = np.empty_like(p_data)
        for place in np.ndindex(p_data.shape):
            answer[place] = p_data[place] / (p_data[place] + p_made[place])
        return answer

    def against_the_real_ones(p_data, p_made):
        answer = np.zeros_like(p_data)
        there = p_data > 0
        answer[there] = 1 / (1 + p_made[there] / p_data[there])
        return answer


# --- where next ------------------------------------------------------------------------------


class six_cards:
    def lists():
        return {
            "A": ["forest", "columns"],
            "B": ["convolution", "neighbours"],
            "C": ["borrow", "related source"],
            "D": ["lstm", "order"],
            "E": ["two heads", "shared features"],
            "F": ["pipeline", "stages"],
        }

    def capitals():
        return {
            "A": ("Forest", "Columns"),
            "B": ("Convolution", "Neighbours"),
            "C": ("Borrow", "Related source"),
            "D": ("LSTM", "Order"),
            "E": ("Two heads", "Shared features"),
            "F": ("Pipeline", "Stages"),
        }

    def zipped():
        structures = ("forest", "convolution", "borrow", "lstm", "two heads", "pipeline")
        reasons = ("columns", "neighbours", "related source", "order", "shared features", "stages")
        pairs = zip(structures, reasons, strict=True)
        return dict(zip("ABCDEF", pairs, strict=True))


# --- quiz ------------------------------------------------------------------------------------


class quiz_head:
    with_a_one_added = 17 * 5
    counted = sum(16 + 1 for _ in range(5))
    whole = np.array(85)


class quiz_memory_left:
    rounded = 0.366
    by_logarithm = math.exp(100 * math.log(0.99))
    multiplied = np.prod(np.full(100, 0.99))


class quiz_judge:
    rounded = 0.693
    by_name = np.log(2)
    both_kinds = np.mean([-math.log(0.5), -math.log(1 - 0.5)])
