"""Right answers to the questions of lesson 03, written otherwise than the solutions shown."""

import itertools

import numpy as np

from lessons_lib import nn
from lessons_lib.lessons.backprop import exercises


class one_step:
    measured_in_tenths = 9 / 10

    def against_the_slope():
        weight, rate, slope = 0.5, 0.1, -4.0
        return weight - rate * slope

    as_array = np.array([0.9])


class layer_by_hand:
    as_floats = np.array([4.0, 0.0])

    def unit_by_unit():
        sums = [2 * 1 + 1 * 3 - 1, 2 * -2 + 1 * 1 + 1]
        return [max(0, z) for z in sums]

    def as_a_row():
        Z = np.array([[2, 1]]) @ np.array([[1, -2], [3, 1]]) + np.array([-1, 1])
        return np.maximum(Z, 0)[0]


class slope_from_output:
    rounded = 0.09

    def by_z():
        z = np.log(0.9 / 0.1)
        return np.exp(-z) / (1 + np.exp(-z)) ** 2

    def measured():
        z, h = np.log(0.9 / 0.1), 1e-5
        return (nn.sigmoid(z + h) - nn.sigmoid(z - h)) / (2 * h)


class first_gradient:
    as_array = np.array([30.0])

    def measured():
        epsilon = 1e-5
        up = ((2 + epsilon) * 3 + 1 - 2) ** 2
        down = ((2 - epsilon) * 3 + 1 - 2) ** 2
        return (up - down) / (2 * epsilon)

    multiplied_out = 2 * 2 * 3**2 + 2 * 3 * (1 - 2)


class neuron_gradients:
    def node_by_node(w, x, b, y):
        p = w * x
        z = p + b
        a = nn.sigmoid(z)
        e = a - y
        de = 2 * e
        da = de
        dz = da * a * (1 - a)
        dp, db = dz, dz
        return dp * x, db

    def as_list(w, x, b, y):
        e = np.exp(w * x + b)
        a = e / (1 + e)
        db = 2 * (a - y) * e / (1 + e) ** 2
        return [x * db, db]

    def measured(w, x, b, y):
        def loss(w, b):
            return (nn.sigmoid(w * x + b) - y) ** 2

        h = 1e-5
        dw = (loss(w + h, b) - loss(w - h, b)) / (2 * h)
        db = (loss(w, b + h) - loss(w, b - h)) / (2 * h)
        return dw, db


class count_paths:
    one_by_one = sum(1 for _ in itertools.product(range(1), range(10), range(10)))
    as_power = 10**2
    as_float = 100.0


class product_node:
    def as_list(a, b):
        return [b * a, b, a]

    def in_arrays(a, b):
        return np.multiply(a, b), np.array(b), np.array(a)

    def measured(a, b):
        h = 1e-3
        slopes = [((a + h) * b - (a - h) * b) / (2 * h), (a * (b + h) - a * (b - h)) / (2 * h)]
        return a * b, *slopes


class in_order:
    def depth_first(graph):
        order = []

        def visit(node):
            if node not in order:
                for part, _ in graph[node]:
                    visit(part)
                order.append(node)

        for node in graph:
            visit(node)
        return order

    def while_some_are_missing(graph):
        order = []
        while len(order) < len(graph):
            ready = [n for n in graph if {part for part, _ in graph[n]} <= set(order)]
            order += [node for node in ready if node not in order]
        return order

    def by_depth(graph):
        def depth(node):
            return 1 + max((depth(part) for part, _ in graph[node]), default=0)

        return tuple(sorted(graph, key=depth))


class walk_back:
    def over_all_paths(order, graph):
        def share(node, of):
            if node == of:
                return 1.0
            return sum(slope * share(part, of) for part, slope in graph[node])

        return {node: share(order[-1], node) for node in order}

    def asking_who_uses_it(order, graph):
        gradients = {order[-1]: 1}
        for node in order[-2::-1]:
            users = [(user, slope) for user in order for part, slope in graph[user] if part == node]
            gradients[node] = sum(gradients[user] * slope for user, slope in users)
        return gradients

    def with_get(order, graph):
        gradients = {node: 0 for node in order} | {order[-1]: 1}
        for node in order[::-1]:
            for part, slope in graph[node]:
                gradients[part] = gradients.get(part) + slope * gradients[node]
        return gradients


class layer_shapes:
    def from_arrays(m, n_prev, n):
        A_prev, W, b = np.zeros((m, n_prev)), np.zeros((n_prev, n)), np.zeros(n)
        Z = A_prev @ W + b
        shapes = {"W": W.shape, "b": b.shape, "Z": Z.shape, "dZ": Z.shape}
        return shapes | {"dW": W.shape, "db": b.shape, "dA_prev": A_prev.shape}

    def with_lists(m, n_prev, n):
        W, b, Z = [n_prev, n], [n], [m, n]
        return {"dA_prev": [m, n_prev], "dZ": Z, "Z": Z, "W": W, "dW": W, "b": b, "db": b}

    def by_names(m, n_prev, n):
        shape = {"W": (n_prev, n), "b": (n,), "Z": (m, n), "A_prev": (m, n_prev)}
        gradients = {f"d{name}": shape[name] for name in ("Z", "W", "b", "A_prev")}
        return shape | gradients


class shape_bug:
    def new_axis(y_pred, y):
        return (y_pred - y[:, np.newaxis]) / y.shape[0]

    def back_to_column(y_pred, y):
        return ((y_pred[:, 0] - y) / len(y)).reshape(-1, 1)

    def looped(y_pred, y):
        return np.array([[(p - t) / len(y)] for p, t in zip(y_pred[:, 0], y, strict=True)])


class forward:
    def last_layer_apart(X, parameters):
        cache = []
        for W, b in parameters[:-1]:
            Z = X @ W + b
            cache.append((X, Z))
            X = np.tanh(Z)
        W, b = parameters[-1]
        Z = X @ W + b
        cache.append((X, Z))
        return 1 / (1 + np.exp(-Z)), cache

    def with_lists(X, parameters):
        activations, sums = [X], []
        for i, (W, b) in enumerate(parameters):
            sums.append(np.dot(activations[-1], W) + b)
            last = i == len(parameters) - 1
            activations.append((nn.sigmoid if last else np.tanh)(sums[-1]))
        return activations[-1], list(zip(activations[:-1], sums, strict=True))

    def recursive(X, parameters):
        (W, b), rest = parameters[0], parameters[1:]
        Z = np.einsum("ij,jk->ik", X, W) + b
        if not rest:
            return nn.sigmoid(Z), [(X, Z)]
        hidden = 2 * nn.sigmoid(2 * Z) - 1
        y_pred, cache = exercises.forward.solution(hidden, rest)
        return y_pred, [(X, Z), *cache]


class two_sided:
    def step_by_step(f, x, epsilon):
        rise = f(x + epsilon) - f(x - epsilon)
        run = (x + epsilon) - (x - epsilon)
        return rise / run

    def mean_of_both(f, x, epsilon):
        right_of = (f(x + epsilon) - f(x)) / epsilon
        left_of = (f(x) - f(x - epsilon)) / epsilon
        return (right_of + left_of) / 2

    def by_library(f, x, epsilon):
        return nn.numerical_gradient(f, x, epsilon)


class output_gradient:
    def two_links(y_pred, y):
        dA = (y_pred - y) / (y_pred * (1 - y_pred)) / y.shape[0]
        return dA * y_pred * (1 - y_pred)

    def by_cases(y_pred, y):
        return np.where(y == 1, -(1 - y_pred), y_pred) / y.size

    def by_library(y_pred, y):
        loss = nn.BinaryCrossentropy()
        loss.forward(y, y_pred)
        return loss.backward() * y_pred * (1 - y_pred)


class tanh_backward:
    def by_cosh(dA, Z):
        return dA / np.cosh(Z) ** 2

    def in_steps(dA, Z):
        A = np.tanh(Z)
        slope = (1 - A) * (1 + A)
        return np.multiply(slope, dA)

    def by_library(dA, Z):
        layer = nn.Tanh()
        layer.forward(Z)
        return layer.backward(dA)


class dense_backward:
    def einsum(dZ, A_prev, W):
        dW = np.einsum("mi,mj->ij", A_prev, dZ)
        return dW, np.einsum("mj->j", dZ), np.einsum("mj,ij->mi", dZ, W)

    def looped(dZ, A_prev, W):
        dW, db, rows = np.zeros_like(W), np.zeros_like(W[0]), []
        for dz, a in zip(dZ, A_prev, strict=True):
            dW = dW + np.outer(a, dz)
            db = db + dz
            rows.append(W @ dz)
        return dW, db, np.array(rows)

    def turned_twice(dZ, A_prev, W):
        return (dZ.T @ A_prev).T, np.ones(len(dZ)) @ dZ, (W @ dZ.T).T


class backward:
    def by_index(y_pred, y, cache, parameters):
        gradients = [None] * len(parameters)
        dZ = (y_pred - y) / y.shape[0]
        for i in range(len(parameters) - 1, -1, -1):
            A_prev = cache[i][0]
            gradients[i] = (A_prev.T @ dZ, dZ.sum(axis=0))
            if i > 0:
                dA = dZ @ parameters[i][0].T
                dZ = dA / np.cosh(cache[i - 1][1]) ** 2
        return gradients

    def with_parts(y_pred, y, cache, parameters):
        gradients = []
        dZ = exercises.output_gradient.solution(y_pred, y)
        for i in reversed(range(len(parameters))):
            dW, db, dA = exercises.dense_backward.solution(dZ, cache[i][0], parameters[i][0])
            gradients.insert(0, (dW, db))
            if i:
                dZ = exercises.tanh_backward.solution(dA, cache[i - 1][1])
        return gradients

    def sample_by_sample(y_pred, y, cache, parameters):
        total = [[np.zeros_like(W), np.zeros_like(b)] for W, b in parameters]
        for k in range(len(y)):
            dz = (y_pred[k] - y[k]) / len(y)
            for i in reversed(range(len(parameters))):
                a = cache[i][0][k]
                total[i][0] = total[i][0] + np.outer(a, dz)
                total[i][1] = total[i][1] + dz
                dz = (parameters[i][0] @ dz) * (1 - a**2)
        return [tuple(pair) for pair in total]


class safe_epsilon:
    def looped(z, x):
        return min(abs(a / b) for a, b in zip(z, x, strict=True))

    def sorted_first(z, x):
        return np.sort(np.abs(z / x))[0]

    def by_crossings(z, x):
        places = -z / x  # where z + ε·x is 0
        return np.abs(places).min()


class bug_of_room:
    as_tuple = (0, 4, 6, 7, 2, 8, 3, 1)

    def as_list():
        return [0, 4, 6, 7, 2, 8, 3, 1]

    def by_room():
        found = {1: 4, 2: 6, 3: 7, 4: 2, 5: 8, 6: 3, 7: 1}
        return np.array([found.get(room, 0) for room in range(8)], dtype=float)


class repaired:
    def whole_walk(y_pred, y, cache, parameters):
        return exercises.backward.solution(y_pred, y, cache, parameters)

    def by_sums(y_pred, y, cache, parameters):
        (X, Z1), (A1, Z2), (A2, _) = cache
        dZ3 = (y_pred - y) / y.shape[0]
        dZ2 = (dZ3 @ parameters[2][0].T) / np.cosh(Z2) ** 2
        dZ1 = np.einsum("mj,ij->mi", dZ2, parameters[1][0]) / np.cosh(Z1) ** 2
        return [(A.T @ dZ, np.ones(len(dZ)) @ dZ) for A, dZ in ((X, dZ1), (A1, dZ2), (A2, dZ3))]

    def with_parts(y_pred, y, cache, parameters):
        return backward.with_parts(y_pred, y, cache, parameters)


class is_parameter:
    as_tuple = (0, 1, 0, 1, 0, 0, 1, 0)
    as_truth = (False, True, False, True, False, False, True, False)

    def by_places():
        answer = np.zeros(8)
        answer[[1, 3, 6]] = 1
        return answer


class patient_3:
    def lines_of_both_layers(case_3):
        trainer = case_3.trainer
        for unit, weight in enumerate((1.0, 0.5, -0.7, -1.0), start=1):
            trainer.edge = (1, 1 + unit % 2, unit, weight)
        for unit, weight in enumerate((0.5, -0.5, 0.7), start=1):
            trainer.edge = (2, unit, 1, weight)
        case_3.step(900)

    def noise_that_breaks_the_likeness(case_3):
        trainer = case_3.trainer
        trainer.activation, trainer.dropout = "sigmoid", 0.3
        trainer.optimizer, trainer.learning_rate = "adam", 0.1
        case_3.step(300)
        trainer.dropout = 0.0
        case_3.step(700)

    def three_units_of_relu(case_3):
        trainer = case_3.trainer
        for edge in ((1, 1, 1, 1.0), (1, 2, 2, 1.0), (1, 1, 3, -1.0), (1, 2, 4, -0.8)):
            trainer.edge = edge
        trainer.activation = "relu"
        case_3.step(900)


class patient_4:
    def pressed_harder_for_a_shorter_time(case_4):
        case_4.trainer.l2 = 0.03
        case_4.step(45)
        case_4.trainer.l2 = 0.0
        case_4.step(1000)

    def steps_that_ask_only_for_the_sign(case_4):
        case_4.controls["optimizer"].value = "Adam"
        case_4.controls["learning_rate"].value = 0.3
        case_4.step(900)
        case_4.controls["learning_rate"].value = 0.03
        case_4.step(500)

    def units_without_a_ceiling(case_4):
        trainer = case_4.trainer
        trainer.activation = "relu"
        trainer.optimizer, trainer.learning_rate = "adam", 0.1
        case_4.step(1000)

    def weights_by_hand(case_4):
        trainer = case_4.trainer
        rng = np.random.default_rng(1)
        for source in (1, 2):
            for unit in range(1, 7):
                trainer.edge = (1, source, unit, float(3 * rng.normal()))
        case_4.step(1200)


class quiz_fork:
    as_float = 240.0

    def multiplied_out():
        return 5 * 3 * 4**2  # L = 5u³

    def measured():
        return nn.numerical_gradient(lambda u: u**2 * 5 * u, 4.0)


class quiz_cache:
    as_float = 5056.0

    def from_arrays():
        units = [30, 16, 8, 1]
        parameters = [(np.zeros(s), np.zeros(s[1])) for s in itertools.pairwise(units)]
        _, cache = exercises.forward.solution(np.zeros((64, 30)), parameters)
        return sum(array.size for pair in cache for array in pair)

    def by_layers():
        return 64 * (30 + 16) + 64 * (16 + 8) + 64 * (8 + 1)


class quiz_cost:
    rounded = 33_333
    generous = 33_300

    def in_seconds():
        return 2 * 50_000 * 0.002 / 0.006


class quiz_factor:
    as_float = 4.0

    def solved():
        ks = np.linspace(1, 10, 9001)
        return ks[np.argmin(np.abs((ks - 1) / (ks + 1) - 0.6))]

    def multiplied():
        return 1.6 / 0.4
