"""The networks whose explanations are compared: a list of operations each, and the same as a torch module.

An operation is a dictionary: "name", "type", "inputs" (names; "image" is the image) and what its type needs. Arrays have
TensorFlow's axes: kernels (rows, columns, in, out), dense weights (inputs, units) whose rows follow the flattened
(h, w, c) input. The torch module permutes them to its own axes, so that both compute the same function.
"""

import math

import numpy as np
import torch


class Network:
    def __init__(self, name, about, images, low, high, operations):
        self.name = name
        self.about = about
        self.images = images  # file name: (N, H, W, C) float32; "images" is the default
        self.low = low
        self.high = high
        self.operations = operations

    @property
    def shape(self):
        return self.images["images"].shape[1:]

    @property
    def classes(self):
        return [o for o in self.operations if "bias" in o][-1]["bias"].shape[0]

    def input(self, images="images"):
        return to_torch(self.images[images])

    def module(self, **choices):
        return Module(self, **choices).double().eval()


def to_torch(images):
    return torch.from_numpy(images.astype(np.float64).transpose(0, 3, 1, 2).copy())


def to_axes(maps):
    """(N, c, h, w) or (N, units) of torch or numpy as (N, h, w, c)."""
    maps = maps.detach().numpy() if isinstance(maps, torch.Tensor) else np.asarray(maps)
    if maps.ndim == 2:
        maps = maps[:, :, None, None]
    return maps.transpose(0, 2, 3, 1)


class Module(torch.nn.Module):
    """A network in torch.

    addition: makes the module of a residual sum from the number of channels, which each peer wants of its own kind, and
    stacked: whether that module takes one stacked tensor instead of two.
    separate_pools: clones what enters a max-pool, see the note on DeepLIFT.
    """

    def __init__(self, network, addition=None, stacked=False, separate_pools=False):
        super().__init__()
        self.operations = network.operations
        self.stacked = stacked
        self.separate_pools = separate_pools
        shapes = {"image": network.shape}
        for operation in network.operations:
            module, shape = build(operation, [shapes[i] for i in operation["inputs"]], addition)
            if module is not None:
                self.add_module(operation["name"], module)
            shapes[operation["name"]] = shape
        self.shapes = shapes

    def layer(self, name):
        return getattr(self, name)

    def forward(self, image):
        values = {"image": image}
        for operation in self.operations:
            inputs = [values[i] for i in operation["inputs"]]
            if operation["type"] == "concatenate":
                values[operation["name"]] = torch.cat(inputs, dim=1)
                continue
            if operation["type"] == "dense":
                inputs = [torch.flatten(inputs[0], 1)]
            elif operation["type"] == "max-pool" and self.separate_pools:
                inputs = [inputs[0].clone()]
            if operation["type"] == "add" and self.stacked:
                inputs = [torch.stack(inputs, dim=-1)]
            values[operation["name"]] = self.layer(operation["name"])(*inputs)
        return values[self.operations[-1]["name"]]


class Addition(torch.nn.Module):
    def __init__(self, channels):
        super().__init__()

    def forward(self, a, b):
        return a + b


class Contrast(torch.nn.Module):
    """The score of one class less that of another, (N)."""

    def __init__(self, module, why, why_not):
        super().__init__()
        self.module = module
        self.why = why
        self.why_not = why_not

    def forward(self, image):
        scores = self.module(image)
        return scores[:, self.why] - scores[:, self.why_not]


def build(operation, shapes, addition):
    height, width, channels = shapes[0]
    kind = operation["type"]
    if kind == "convolution":
        rows, columns, inputs, outputs = operation["kernel"].shape
        stride = operation["stride"]
        same = operation["padding"] == "same"
        assert inputs == channels and not (same and stride > 1), operation["name"]
        module = torch.nn.Conv2d(
            inputs, outputs, (rows, columns), stride, (rows // 2, columns // 2) if same else 0)
        assign(module, operation["kernel"].transpose(3, 2, 0, 1), operation["bias"])
        if not same:
            height, width = (height - rows) // stride + 1, (width - columns) // stride + 1
        return module, (height, width, outputs)
    if kind == "depthwise-convolution":
        rows, columns, inputs, multiples = operation["kernel"].shape
        assert inputs == channels, operation["name"]
        module = torch.nn.Conv2d(
            inputs, inputs * multiples, (rows, columns), padding=(rows // 2, columns // 2), groups=inputs)
        kernel = operation["kernel"].reshape(rows, columns, 1, inputs * multiples)
        assign(module, kernel.transpose(3, 2, 0, 1), operation["bias"])
        return module, (height, width, inputs * multiples)
    if kind == "dense":
        weights = operation["weights"]
        assert weights.shape[0] == height * width * channels, operation["name"]
        module = torch.nn.Linear(*weights.shape)
        channels_first = weights.reshape(height, width, channels, -1).transpose(2, 0, 1, 3).reshape(weights.shape)
        assign(module, channels_first.T, operation["bias"])
        return module, (1, 1, weights.shape[1])
    if kind == "relu":
        return torch.nn.ReLU(), shapes[0]
    if kind == "leaky-relu":
        return torch.nn.LeakyReLU(operation["slope"]), shapes[0]
    if kind == "elu":
        return torch.nn.ELU(), shapes[0]
    if kind == "tanh":
        return torch.nn.Tanh(), shapes[0]
    if kind in ("max-pool", "average-pool"):
        window = operation["window"]
        module = torch.nn.MaxPool2d(window) if kind == "max-pool" else torch.nn.AvgPool2d(window)
        return module, (height // window, width // window, channels)
    if kind == "global-mean":
        return torch.nn.AdaptiveAvgPool2d(1), (1, 1, channels)
    if kind == "add":
        return (addition or Addition)(channels), shapes[0]
    if kind == "concatenate":
        return None, (height, width, sum(shape[2] for shape in shapes))
    raise ValueError(kind)


def assign(module, weight, bias):
    with torch.no_grad():
        module.weight.copy_(torch.from_numpy(np.ascontiguousarray(weight)))
        module.bias.copy_(torch.from_numpy(bias))


# ---------------------------------------------------------------------------------------------------------------------


def convolution(name, source, kernel, bias, stride=1, padding="same"):
    return {"name": name, "type": "convolution", "inputs": [source], "kernel": np.float32(kernel),
            "bias": np.float32(bias), "stride": stride, "padding": padding}


def dense(name, source, weights, bias):
    return {"name": name, "type": "dense", "inputs": [source], "weights": np.float32(weights), "bias": np.float32(bias)}


def pool(name, source, kind, window=2):
    return {"name": name, "type": kind, "inputs": [source], "window": window}


def relu(name, source):
    return {"name": name, "type": "relu", "inputs": [source]}


def mean(name, source):
    return {"name": name, "type": "global-mean", "inputs": [source]}


class Weights:
    """Drawn by seed, scaled so that activations keep their size from layer to layer."""

    def __init__(self, seed, bias=0.2):
        self.random = np.random.default_rng(seed)
        self.bias = bias

    def convolution(self, name, source, side, inputs, outputs, **geometry):
        kernel = self.random.standard_normal((side, side, inputs, outputs)) * math.sqrt(2 / (side * side * inputs))
        return convolution(name, source, kernel, self.biases(outputs), **geometry)

    def depthwise(self, name, source, side, inputs, multiples):
        kernel = self.random.standard_normal((side, side, inputs, multiples)) * math.sqrt(2 / (side * side))
        return {"name": name, "type": "depthwise-convolution", "inputs": [source], "kernel": np.float32(kernel),
                "bias": np.float32(self.biases(inputs * multiples)), "padding": "same", "stride": 1}

    def dense(self, name, source, inputs, outputs, gain=1.0):
        weights = self.random.standard_normal((inputs, outputs)) * gain * math.sqrt(2 / inputs)
        return dense(name, source, weights, self.biases(outputs))

    def biases(self, count):
        return self.random.uniform(-self.bias, self.bias, count) if self.bias else np.zeros(count)


def images(seed, count, height, width, channels):
    """Smooth blobs in [0, 1] with 10 % of uniform noise mixed in: no two pixels are equal, so no max-pool has a tie."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0:height, 0:width]
    batch = np.zeros((count, height, width, channels))
    for image in batch:
        for channel in range(channels):
            for _ in range(3):
                y, x = random.uniform(0, height), random.uniform(0, width)
                size = random.uniform(1, height / 3)
                image[:, :, channel] += np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * size**2))
    batch = 0.9 * np.minimum(batch, 1) + 0.1 * random.uniform(0, 1, batch.shape)
    return batch.astype(np.float32)


def plain():
    w = Weights(21)
    return Network(
        "plain", "SAME convolutions, ReLU, max-pool, global mean, one dense layer", {"images": images(11, 3, 12, 12, 1)}, 0, 1,
        [w.convolution("conv1", "image", 3, 1, 4), relu("relu1", "conv1"), pool("pool1", "relu1", "max-pool"),
         w.convolution("conv2", "pool1", 3, 4, 6), relu("relu2", "conv2"),
         mean("mean", "relu2"), w.dense("logits", "mean", 6, 4, gain=8)])


def strided():
    w = Weights(6)
    return Network(
        "strided", "VALID convolutions, the first of stride 2, on images that are not square; average pool that leaves a"
        " column out; dense head", {"images": images(12, 3, 13, 11, 2)}, 0, 1,
        [w.convolution("conv1", "image", 3, 2, 5, stride=2, padding="valid"), relu("relu1", "conv1"),
         pool("pool1", "relu1", "average-pool"), w.convolution("conv2", "pool1", 2, 5, 6, padding="valid"),
         relu("relu2", "conv2"), w.dense("logits", "relu2", 12, 3, gain=4)])


def residual():
    w = Weights(16, bias=0)
    return Network(
        "residual", "a residual sum whose shortcut is the block's input; no biases, so relevance is conserved",
        {"images": images(13, 2, 10, 10, 1)}, 0, 1,
        [w.convolution("conv1", "image", 3, 1, 4), relu("relu1", "conv1"), w.convolution("conv2", "relu1", 3, 4, 4),
         {"name": "sum", "type": "add", "inputs": ["conv2", "relu1"]}, relu("relu2", "sum"),
         pool("pool1", "relu2", "max-pool"), w.convolution("conv3", "pool1", 3, 4, 5), relu("relu3", "conv3"),
         mean("mean", "relu3"), w.dense("logits", "mean", 5, 3, gain=8)])


def colour():
    w = Weights(14)
    return Network(
        "colour", "three channels, max-pool, two dense layers", {"images": images(14, 2, 8, 8, 3), "references": images(18, 3, 8, 8, 3)}, 0, 1,
        [w.convolution("conv1", "image", 3, 3, 4), relu("relu1", "conv1"), pool("pool1", "relu1", "max-pool"),
         w.dense("dense1", "pool1", 64, 8), relu("relu2", "dense1"), w.dense("logits", "relu2", 8, 5, gain=2)])


def branches():
    w = Weights(13)
    return Network(
        "branches", "two branches joined along the channels, one of them a depthwise convolution; the image meets a window of 2×3",
        {"images": images(16, 2, 11, 10, 1)}, 0, 1,
        [convolution("conv1", "image", w.random.standard_normal((2, 3, 1, 3)) * 0.6, w.biases(3), padding="valid"), relu("relu1", "conv1"),
         w.convolution("conv2", "relu1", 1, 3, 3), relu("relu2", "conv2"),
         w.depthwise("depthwise", "relu1", 3, 3, 2), relu("relu3", "depthwise"),
         {"name": "joined", "type": "concatenate", "inputs": ["relu2", "relu3"]}, pool("pool1", "joined", "average-pool"),
         w.convolution("conv3", "pool1", 3, 9, 5), relu("relu4", "conv3"), mean("mean", "relu4"), w.dense("logits", "mean", 5, 4, gain=8)])


def activations():
    w = Weights(3)
    return Network(
        "activations", "activation functions that let negative values through", {"images": images(17, 2, 9, 8, 2)}, 0, 1,
        [w.convolution("conv1", "image", 3, 2, 4), {"name": "leaky", "type": "leaky-relu", "inputs": ["conv1"], "slope": 0.2},
         pool("pool1", "leaky", "max-pool"), w.convolution("conv2", "pool1", 3, 4, 5), {"name": "elu", "type": "elu", "inputs": ["conv2"]},
         w.dense("dense1", "elu", 80, 6), {"name": "tanh", "type": "tanh", "inputs": ["dense1"]}, w.dense("logits", "tanh", 6, 3, gain=2)])


def narrow():
    w = Weights(7)
    return Network(
        "narrow", "one channel in every layer", {"images": images(19, 2, 8, 10, 1)}, 0, 1,
        [w.convolution("conv1", "image", 3, 1, 1), relu("relu1", "conv1"), pool("pool1", "relu1", "max-pool"),
         w.convolution("conv2", "pool1", 3, 1, 1), relu("relu2", "conv2"), w.dense("logits", "relu2", 20, 3, gain=2)])


def unbiased():
    """`plain` without biases: where peers differ in what a rule does with the bias, this one compares the rest."""
    network = plain()
    for operation in network.operations:
        if "bias" in operation:
            operation["bias"] = np.zeros_like(operation["bias"])
    return Network("unbiased", "the network 'plain' without biases", network.images, 0, 1, network.operations)


def linear():
    w = Weights(5)
    return Network("linear", "one dense layer", {"images": images(15, 2, 6, 5, 1)}, 0, 1,
                   [w.dense("logits", "image", 30, 3)])


def one_convolution():
    """M1 of ground-truth.md: captum's BasicModel_ConvNet_One_Conv."""
    rising = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    dented = rising.copy()
    dented[0, 1, 1, 0] = -4
    weights = np.zeros((8, 4))
    for place in range(4):
        weights[2 * place] = 1
        weights[2 * place + 1] = 1 if place == 0 else -1
    return Network(
        "one-convolution", "captum's BasicModel_ConvNet_One_Conv: a 3×3 convolution with two filters of ones, four equal logits"
        " behind a ReLU", {"images": rising, "ones": np.ones_like(rising), "dented": dented, "plus-one": rising + 1}, -100, 100,
        [convolution("conv1", "image", np.ones((3, 3, 1, 2)), [-50, -75], padding="valid"), relu("relu1", "conv1"),
         dense("dense1", "relu1", weights, np.zeros(4)), relu("logits", "dense1")])


def multi_layer():
    """M2: captum's BasicModel_MultiLayer, images 1×3×1."""
    return Network(
        "multi-layer", "captum's BasicModel_MultiLayer: identity, four units of ones, ReLU, two logits of ones",
        {"images": pixels([20, 50, 30]), "one-pixel": pixels([0, 100, 0])}, -100, 100,
        [dense("dense1", "image", np.eye(3), np.zeros(3)), dense("dense2", "dense1", np.ones((3, 4)), [-10, 1, 1, 1]),
         relu("relu1", "dense2"), dense("logits", "relu1", np.ones((4, 2)), [-1, 1])])


def lrp_dense(name, corner):
    """M4: captum's SimpleLRPModel, with a second logit of zero, since a classifier has two."""
    first = np.full((3, 3), 2.0)
    first[0, 0] = corner
    second = np.full((3, 2), 3.0)
    second[:, 1] = 0
    return Network(
        name, "captum's SimpleLRPModel: dense 3×3 of 2 (the first weight %g), ReLU, dense of 3" % corner,
        {"images": pixels([1, 2, 3])}, 0, 10,
        [dense("dense1", "image", first, np.zeros(3)), relu("relu1", "dense1"), dense("logits", "relu1", second, np.zeros(2))])


def two_relus():
    """M5: 2·relu(a) + 2·relu(b − 1.5), and a second logit of zero."""
    return Network(
        "two-relus", "2·relu(a) + 2·relu(b − 1.5), as in captum's tests of DeepLIFT", {"images": pixels([1, 2])}, 0, 10,
        [dense("dense1", "image", np.eye(2), [0, -1.5]), relu("relu1", "dense1"),
         dense("logits", "relu1", [[2, 0], [2, 0]], np.zeros(2))])


def pixels(values):
    return np.float32(values).reshape(1, 1, -1, 1)


def all_networks():
    return [plain(), unbiased(), strided(), residual(), colour(), branches(),
            activations(), narrow(), linear(), one_convolution(), multi_layer(),
            lrp_dense("lrp-dense", 2), lrp_dense("lrp-dense-negative", -2), two_relus()]
