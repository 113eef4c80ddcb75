"""Builds SavedModels that Inkling did not make, with what TensorFlow says of their logits, gradients and layers.

Usage: make_models.py FOLDER {keras3,keras2}

Nothing is downloaded: the weights are random, of a fixed seed, statistics of batch normalisation included. Each model becomes
FOLDER/NAME with the SavedModel in model/ and beside it images.npy, logits.npy, gradient.npy (of the class's logit with respect
to the images), layers/LAYER.npy and layers/LAYER.gradient.npy for every layer of Keras, and about.json.
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ["CUDA_VISIBLE_DEVICES"] = ""
GENERATION = sys.argv[2] if len(sys.argv) == 3 else "keras3"
os.environ["TF_USE_LEGACY_KERAS"] = "1" if GENERATION == "keras2" else "0"

import numpy as np
import tensorflow as tf

keras = tf.keras
L = keras.layers
CLASSES = 5
EXPLAINED = 3


def randomise(model, seed):
    """Weights that make every op count: no zero bias, no unit variance."""
    rng = np.random.default_rng(seed)
    for variable in model.weights:
        name = getattr(variable, "path", variable.name)
        shape = tuple(variable.shape)
        if not np.issubdtype(np.dtype(tf.as_dtype(variable.dtype).as_numpy_dtype), np.floating):
            continue
        if "variance" in name:
            value = rng.uniform(0.5, 2.0, shape)
        elif "gamma" in name:
            value = rng.uniform(0.7, 1.4, shape)
        elif len(shape) < 2:
            value = rng.normal(0.1, 0.3, shape)
        else:
            fan_in = np.prod(shape[:2]) if "depthwise" in name else np.prod(shape[:-1])
            value = rng.normal(0, np.sqrt(2.0 / fan_in), shape)
        variable.assign(value.astype("float32"))


def head(x, units=CLASSES, activation="softmax"):
    return L.Dense(units, activation=activation, name="predictions")(x)


def batch_norm_dropout(shape):
    x = inputs = keras.Input(shape, name="photo")
    for i, filters in enumerate((8, 12)):
        x = L.Conv2D(filters, 3, padding="same", use_bias=i == 1, name=f"conv{i}")(x)
        x = L.BatchNormalization(name=f"norm{i}")(x)
        x = L.Activation("relu", name=f"act{i}")(x)
        x = L.MaxPooling2D(name=f"pool{i}")(x)
        x = L.Dropout(0.3, name=f"drop{i}")(x)
    x = L.Flatten(name="flat")(x)
    x = L.Dense(16, activation="relu", name="hidden")(x)
    x = L.Dropout(0.5, name="drop_hidden")(x)
    return keras.Model(inputs, head(x), name="batch_norm_dropout")


def residual(shape):
    x = inputs = keras.Input(shape)
    x = L.Conv2D(8, 3, padding="same", activation="relu", name="stem")(x)
    for i, stride in enumerate((1, 2)):
        filters = 8 * stride
        way = L.Conv2D(filters, 3, strides=stride, padding="same", name=f"block{i}_a")(x)
        way = L.BatchNormalization(name=f"block{i}_a_norm")(way)
        way = L.ReLU(name=f"block{i}_a_relu")(way)
        way = L.Conv2D(filters, 3, padding="same", name=f"block{i}_b")(way)
        way = L.BatchNormalization(name=f"block{i}_b_norm")(way)
        if stride > 1:
            x = L.Conv2D(filters, 1, strides=stride, name=f"block{i}_way")(x)
        x = L.Add(name=f"block{i}_sum")([x, way])
        x = L.ReLU(name=f"block{i}_out")(x)
    x = L.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, head(x), name="residual")


def separable(shape):
    x = inputs = keras.Input(shape)
    x = L.Conv2D(8, 3, strides=2, padding="same", use_bias=False, name="conv")(x)
    x = L.BatchNormalization(name="conv_bn")(x)
    x = L.ReLU(6.0, name="conv_relu")(x)
    for i, stride in enumerate((1, 2)):
        if stride > 1:
            x = L.ZeroPadding2D(((0, 1), (0, 1)), name=f"pad_{i}")(x)
        x = L.DepthwiseConv2D(
            3, strides=stride, padding="same" if stride == 1 else "valid", depth_multiplier=1 + i, use_bias=False,
            name=f"dw_{i}")(x)
        x = L.BatchNormalization(name=f"dw_{i}_bn")(x)
        x = L.ReLU(6.0, name=f"dw_{i}_relu")(x)
        x = L.Conv2D(12, 1, use_bias=False, name=f"pw_{i}")(x)
        x = L.BatchNormalization(name=f"pw_{i}_bn")(x)
        x = L.ReLU(6.0, name=f"pw_{i}_relu")(x)
    x = L.SeparableConv2D(10, 3, padding="same", activation="relu", name="sep")(x)
    x = L.GlobalAveragePooling2D(keepdims=True, name="pool")(x)
    x = L.Conv2D(CLASSES, 1, name="conv_preds")(x)
    x = L.Reshape((CLASSES,), name="reshape")(x)
    return keras.Model(inputs, L.Activation("softmax", name="predictions")(x), name="separable")


def global_max(shape):
    x = inputs = keras.Input(shape)
    x = L.Conv2D(8, 5, activation="tanh", name="conv_a")(x)
    x = L.AveragePooling2D(3, name="mean_pool")(x)
    x = L.Conv2D(10, 3, dilation_rate=2, activation="relu", name="conv_b")(x)
    x = L.GlobalMaxPooling2D(name="most")(x)
    return keras.Model(inputs, head(x, activation=None), name="global_max")


def branches(shape):
    inputs = keras.Input(shape)
    a = L.Conv2D(6, 3, padding="same", activation="relu", name="near")(inputs)
    b = L.Conv2D(6, 5, padding="same", activation="relu", name="far")(inputs)
    x = L.Concatenate(name="both")([a, b])
    x = L.MaxPooling2D(name="pool")(x)
    x = L.Conv2D(8, 3, activation="relu", name="after")(x)
    c = L.GlobalAveragePooling2D(name="mean")(x)
    d = L.GlobalMaxPooling2D(name="most")(x)
    x = L.Concatenate(name="features")([c, d])
    return keras.Model(inputs, head(x), name="branches")


def swish_gelu(shape):
    x = inputs = keras.Input(shape)
    x = L.Conv2D(6, 3, activation="swish", name="swished")(x)
    x = L.Conv2D(8, 3, strides=2, activation="gelu", name="gelued")(x)
    x = L.Conv2D(8, 3, name="plain")(x)
    x = L.LayerNormalization(name="normed")(x)
    x = L.Activation("elu", name="elued")(x)
    x = L.GlobalAveragePooling2D(name="pool")(x)
    x = L.Dense(12, activation="gelu", name="hidden")(x)
    return keras.Model(inputs, head(x), name="swish_gelu")


def preprocessing(shape):
    x = inputs = keras.Input(shape)
    x = L.Rescaling(1 / 127.5, offset=-1, name="rescale")(x)
    x = L.Resizing(24, 28, name="resize")(x)
    x = L.Conv2D(8, 3, activation="relu", name="conv")(x)
    x = L.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, head(x), name="preprocessing")


def nested(shape):
    inner_in = keras.Input(shape)
    x = L.Conv2D(8, 3, strides=2, name="conv")(inner_in)
    x = L.BatchNormalization(name="norm")(x)
    x = L.LeakyReLU(name="leaky")(x)
    inner = keras.Model(inner_in, x, name="backbone")
    inputs = keras.Input(shape)
    x = inner(L.Rescaling(1 / 255, name="rescale")(inputs))
    x = L.Conv2D(8, 3, activation="relu", name="conv")(x)
    x = L.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, head(x), name="nested")


def binary(shape):
    model = keras.Sequential(
        [
            keras.Input(shape),
            L.Conv2D(6, 3, activation="relu", name="conv"),
            L.MaxPooling2D(name="pool"),
            L.Flatten(name="flat"),
            L.Dense(1, activation="sigmoid", name="predictions"),
        ],
        name="binary",
    )
    return model


def recurrent(shape):
    x = inputs = keras.Input(shape)
    x = L.Conv2D(4, 3, activation="relu", name="conv")(x)
    x = L.Reshape((shape[0] - 2, (shape[1] - 2) * 4), name="rows")(x)
    x = L.SimpleRNN(6, name="loop")(x)
    return keras.Model(inputs, head(x), name="recurrent")


def large(shape):
    x = inputs = keras.Input(shape)
    x = L.Rescaling(1 / 255, name="rescale")(x)
    for i, filters in enumerate((16, 24, 32, 48)):
        x = L.Conv2D(filters, 3, padding="same", use_bias=False, name=f"conv{i}")(x)
        x = L.BatchNormalization(name=f"norm{i}")(x)
        x = L.ReLU(name=f"relu{i}")(x)
        x = L.MaxPooling2D(name=f"pool{i}")(x)
    x = L.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(inputs, head(x), name="large")


def whole(layer):
    """Whether Keras runs this layer as one step whose output is a tensor of the graph of the outer model."""
    return not isinstance(layer, (keras.Model, L.InputLayer))


def last_step(model):
    return [layer for layer in model.layers if whole(layer)][-1]


def reference(model, images):
    """Logits, their gradient with respect to the images, and every layer's output and gradient."""
    layers = [layer for layer in model.layers if whole(layer)]
    final = last_step(model)
    probe = keras.Model(model.inputs, [layer.output for layer in layers] + [final.input])
    x = tf.constant(images)
    with tf.GradientTape() as tape:
        tape.watch(x)
        *outputs, before = probe(x, training=False)
        if isinstance(final, L.Dense):
            logits = tf.matmul(before, final.kernel) + final.bias
        else:
            logits = before
        score = tf.reduce_sum(logits[:, min(EXPLAINED, logits.shape[-1] - 1)])
    gradients = tape.gradient(score, [x] + outputs)
    named = {
        layer.name: (output.numpy(), gradient.numpy())
        for layer, output, gradient in zip(layers, outputs, gradients[1:])
        if gradient is not None and layer is not final
    }
    return logits.numpy(), gradients[0].numpy(), named


def write_npy(path, values):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    np.save(path, np.ascontiguousarray(values, dtype="<f4"))


def write(folder, images, logits, gradient, layers, **about):
    write_npy(os.path.join(folder, "images.npy"), images)
    write_npy(os.path.join(folder, "logits.npy"), logits)
    write_npy(os.path.join(folder, "gradient.npy"), gradient)
    for name, (activation, layer_gradient) in layers.items():
        write_npy(os.path.join(folder, "layers", name + ".npy"), activation)
        write_npy(os.path.join(folder, "layers", name + ".gradient.npy"), layer_gradient)
    with open(os.path.join(folder, "about.json"), "w") as file:
        json.dump({"class": min(EXPLAINED, logits.shape[-1] - 1), **about}, file, indent=1)


def pictures(shape, most, count, seed):
    return (np.random.default_rng(seed).random((count,) + shape) * most).astype("float32")


def save(model, how, folder):
    if how == "export":
        model.export(folder, **({"verbose": False} if GENERATION == "keras3" else {}))
    elif how == "save":
        model.save(folder, save_format="tf")
    else:
        tf.saved_model.save(model, folder)


def branching(folder):
    """A module with a branch that reads a variable."""

    class Branching(tf.Module):
        def __init__(self):
            rng = np.random.default_rng(9)
            self.kernel = tf.Variable(rng.normal(size=(108, CLASSES)).astype("float32"))
            self.shift = tf.Variable(rng.normal(size=CLASSES).astype("float32"))

        @tf.function(input_signature=[tf.TensorSpec([None, 6, 6, 3], tf.float32, name="image")])
        def scores(self, image):
            z = tf.matmul(tf.reshape(image, [-1, 108]), self.kernel)
            return {"scores": tf.cond(tf.reduce_mean(image) > 0.5, lambda: z + self.shift, lambda: z - self.shift)}

    module = Branching()
    tf.saved_model.save(module, os.path.join(folder, "model"), signatures=module.scores)
    images = np.concatenate([pictures((6, 6, 3), 0.4, 2, 9)])
    logits = module.scores(tf.constant(images))["scores"].numpy()
    write(folder, images, logits, np.zeros_like(images), {}, range=[0, 1], cam=None, obstacle="If")


def session_style(folder):
    """As programs for TensorFlow 1 saved: a graph with variables, a saver, scores through a builder."""
    tf1 = tf.compat.v1
    shape = (28, 28, 1)
    rng = np.random.default_rng(7)
    with tf.Graph().as_default(), tf1.Session() as session:
        image = tf1.placeholder(tf.float32, (None,) + shape, name="x")

        def variable(name, *sides):
            value = rng.normal(0.05, np.sqrt(2.0 / np.prod(sides[:-1] or (9,))), sides).astype("float32")
            return tf1.get_variable(name, initializer=value)

        tf1.disable_resource_variables()
        with tf1.variable_scope("conv1"):
            x = tf.nn.conv2d(image, variable("kernel", 5, 5, 1, 8), 1, "SAME")
            first = x = tf.nn.relu(tf.nn.bias_add(x, variable("bias", 8)), name="relu")
            x = tf.nn.max_pool2d(x, 2, 2, "VALID", name="pool")
        tf1.enable_resource_variables()
        with tf1.variable_scope("conv2"):
            x = tf.nn.conv2d(x, variable("kernel", 3, 3, 8, 8), 1, "SAME")
            second = x = tf.nn.relu(x + variable("bias", 8), name="relu")
        with tf1.variable_scope("fc"):
            x = tf.reshape(x, [-1, 14 * 14 * 8])
            logits = tf.add(tf.matmul(x, variable("kernel", 14 * 14 * 8, CLASSES)), variable("bias", CLASSES), name="logits")
        probabilities = tf.nn.softmax(logits, name="prob")
        label = tf.argmax(probabilities, 1, name="label")
        gradient = tf.gradients(logits[:, EXPLAINED], image)[0]
        layer_gradients = tf.gradients(logits[:, EXPLAINED], [first, second])
        session.run(tf1.global_variables_initializer())
        builder = tf1.saved_model.Builder(os.path.join(folder, "model"))
        signature = tf1.saved_model.predict_signature_def({"x": image}, {"prob": probabilities, "label": label})
        builder.add_meta_graph_and_variables(session, ["serve"], {"serving_default": signature})
        builder.save()
        images = pictures(shape, 1, 3, 7)
        values = session.run([logits, gradient, first, layer_gradients[0], second, layer_gradients[1]], {image: images})
    write(folder, images, values[0], values[1], {"conv1/relu": values[2:4], "conv2/relu": values[4:]}, range=[0, 1], cam="conv2/relu", obstacle=None)


KERAS3 = [
    (batch_norm_dropout, (32, 32, 3), 1, ["export", "tf.saved_model"], "act1"),
    (residual, (32, 32, 3), 1, ["export"], "block1_out"),
    (separable, (32, 32, 3), 1, ["export"], "sep"),
    (global_max, (32, 32, 3), 1, ["export"], "conv_b"),
    (branches, (32, 32, 3), 1, ["export"], "after"),
    (swish_gelu, (32, 32, 3), 1, ["export"], "elued"),
    (preprocessing, (40, 48, 3), 255, ["export"], "conv"),
    (nested, (32, 32, 3), 255, ["export"], "conv"),
    (binary, (28, 28, 1), 1, ["export"], "conv"),
    (recurrent, (12, 10, 1), 1, ["export"], None),
    (large, (224, 224, 3), 255, ["export"], "relu3"),
]
KERAS2 = [
    (batch_norm_dropout, (32, 32, 3), 1, ["export", "save", "tf.saved_model"], "act1"),
    (residual, (32, 32, 3), 1, ["save"], "block1_out"),
    (separable, (32, 32, 3), 1, ["save"], "sep"),
    (global_max, (32, 32, 3), 1, ["save"], "conv_b"),
    (branches, (32, 32, 3), 1, ["save"], "after"),
    (swish_gelu, (32, 32, 3), 1, ["save"], "plain"),
    (preprocessing, (40, 48, 3), 255, ["save"], "conv"),
    (nested, (32, 32, 3), 255, ["save"], "conv"),
    (binary, (28, 28, 1), 1, ["save"], "conv"),
    (recurrent, (12, 10, 1), 1, ["save"], None),
]


def main(folder):
    for seed, (make, shape, most, ways, cam) in enumerate(KERAS3 if GENERATION == "keras3" else KERAS2):
        keras.backend.clear_session()
        model = make(shape)
        randomise(model, seed)
        images = pictures(shape, most, 2 if shape[0] > 100 else 3, seed)
        found = reference(model, images)
        for how in ways:
            target = os.path.join(folder, f"{GENERATION}-{make.__name__}-{how.split('.')[-1]}".replace("_", "-"))
            save(model, how, os.path.join(target, "model"))
            write(target, images, *found, range=[0, most], cam=cam, obstacle=None if cam else "While")
            print(target)
    if GENERATION == "keras3":
        branching(os.path.join(folder, "module-branching"))
        session_style(os.path.join(folder, "tf1-builder"))


if __name__ == "__main__":
    if len(sys.argv) != 3 or GENERATION not in ("keras3", "keras2"):
        sys.exit(__doc__)
    main(sys.argv[1])
