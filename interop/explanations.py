"""Asks a model that Inkling exported for explanations, in runtimes that know nothing of Inkling, and compares.

    python explanations.py MODEL REPORT IMAGES WORK

MODEL is a model folder, IMAGES an IDX file of pixels (gzip-compressed or not), REPORT a folder that `inkling explain` wrote for
the first of these images with saliency, guided-backprop, grad-cam and integrated-gradients:rule=midpoint. In WORK the model is
converted for LiteRT, ONNX Runtime and TensorFlow.js; explanations.mjs runs the last.

Exits with 1 if any number is further than 1e-4 of its map's largest from what it should be. Where rounding decides on which side of its
kink a ReLU lies, integrated gradients have two values: those that TensorFlow itself finds for an image a hair brighter or darker will do.
"""

import gzip
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import types

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import tensorflow as tf

TOLERANCE = 1e-4
SIGNATURES = ["serving_default", "classify_uint8", "saliency", "guided_backprop", "grad_cam", "integrated_gradients", "smooth_grad"]
HERE = pathlib.Path(__file__).parent

# Factors that move an image by its last bits, and by what sums of a thousand products round to.
HAIRS = [1 + sign * 2.0**-bits for bits in range(24, 18, -1) for sign in (1, -1)]

# Values on the other sides of kinks, by signature and name of the output.
sides = {}
failures = 0


def compare(runtime, signature, found, expected):
    """Prints a line for each output, and counts those that are too far off. A convergence delta, the small difference of large
    sums, is measured by the sums."""
    global failures
    for name, values in sorted(expected.items()):
        scale = expected["map"].sum((1, 2, 3)) if name == "convergence_delta" else values
        largest = max(float(np.abs(scale).max()), 1e-9)
        errors = [
            np.abs(np.asarray(found[name], np.float64) - right).reshape(len(values), -1).max(1)
            for right in (values, *sides.get((signature, name), []))
        ]
        error = float(np.min(errors, 0).max()) / largest
        bad = not error <= TOLERANCE
        failures += bad
        print(f"{runtime:28} {signature + '.' + name:40} {error:.1e}{'  TOO FAR' if bad else ''}")


def read_images(path, count):
    with (gzip.open if str(path).endswith(".gz") else open)(path, "rb") as file:
        header = file.read(16)
        rows, columns = int.from_bytes(header[8:12], "big"), int.from_bytes(header[12:16], "big")
        return np.frombuffer(file.read(count * rows * columns), np.uint8).reshape(count, rows, columns, 1)


def explained_in_java(report, count):
    """The raw maps of a report, by explainer."""
    images = json.loads((report / "explanations.json").read_text())["images"][:count]
    maps = {}
    for image in images:
        for explanation in image["explanations"]:
            maps.setdefault(explanation["explainer"], []).append(np.load(report / explanation["file"]))
    return {name: np.stack(values) for name, values in maps.items()}


def gradient(model, x, target):
    """The gradient of the chosen logits by TensorFlow's own tape."""
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        score = tf.reduce_sum(tf.gather(model(image=x)["logits"], target, batch_dims=1))
    return tape.gradient(score, x).numpy()


def in_tensorflow(loaded, inputs):
    """Every signature eagerly; the same in a tf.function is compared with it."""
    results = {}
    for name in SIGNATURES:
        tensors = {key: tf.constant(value) for key, value in inputs[name].items()}
        results[name] = {key: value.numpy() for key, value in loaded.signatures[name](**tensors).items()}
        traced = tf.function(lambda **given: loaded.signatures[name](**given))
        compare("tf.function", name, {key: value.numpy() for key, value in traced(**tensors).items()}, results[name])
    return results


def in_command_line(model, work, inputs, results):
    """saved_model_cli run; what it is not given takes its default."""
    for key, value in inputs["saliency"].items():
        np.save(work / f"{key}.npy", value)
    for name in ("saliency", "grad_cam"):
        out = work / "cli"
        subprocess.run(
            [sys.executable, "-m", "tensorflow.python.tools.saved_model_cli", "run",
             "--dir", model, "--tag_set", "serve", "--signature_def", name, "--inputs",
             f"image={work}/image.npy;class_index={work}/class_index.npy", "--outdir", out, "--overwrite"],
            check=True, capture_output=True)
        compare("saved_model_cli", name, {key: np.load(out / f"{key}.npy") for key in results[name]}, results[name])


def in_litert(model, inputs, results):
    from ai_edge_litert.interpreter import Interpreter

    for name in SIGNATURES:
        flat = tf.lite.TFLiteConverter.from_saved_model(str(model), signature_keys=[name]).convert()
        compare("LiteRT", name, Interpreter(model_content=flat).get_signature_runner(name)(**inputs[name]), results[name])


def in_onnx_runtime(model, work, inputs, results):
    import onnxruntime

    for name in SIGNATURES:
        file = work / f"{name}.onnx"
        subprocess.run(
            [sys.executable, "-m", "tf2onnx.convert", "--saved-model", model, "--signature_def", name, "--opset", "18", "--output", file],
            check=True, capture_output=True)
        session = onnxruntime.InferenceSession(file)
        outputs = [output.name for output in session.get_outputs()]
        given = {key: np.asarray(value) for key, value in inputs[name].items()}
        compare("ONNX Runtime", name, dict(zip(outputs, session.run(outputs, given))), results[name])


def in_tensorflow_js(model, work, inputs, results):
    # The converter of TensorFlow models alone: the package's own __init__ asks for JAX and more.
    root = pathlib.Path(importlib.util.find_spec("tensorflowjs").origin).parent
    for name, path in (("tensorflowjs", root), ("tensorflowjs.converters", root / "converters")):
        sys.modules[name] = types.ModuleType(name)
        sys.modules[name].__path__ = [str(path)]
    sys.modules["tensorflow_decision_forests"] = types.ModuleType("tensorflow_decision_forests")
    from tensorflowjs.converters import tf_saved_model_conversion_v2 as converter

    definitions = tf.compat.v1.saved_model.load(tf.compat.v1.Session(graph=tf.Graph()), ["serve"], str(model)).signature_def
    cases = []
    for name in SIGNATURES:
        converter.convert_tf_saved_model(str(model), str(work / "js" / name), signature_def=name)
        definition = definitions[name]
        cases.append({
            "signature": name,
            "inputs": [
                {"tensor": definition.inputs[key].name, "shape": np.shape(value), "values": np.ravel(value).tolist(),
                 "type": "float32" if np.asarray(value).dtype == np.float32 else "int32"}
                for key, value in inputs[name].items()
            ],
            "outputs": [{"name": key, "tensor": definition.outputs[key].name} for key in results[name]],
        })
    (work / "js" / "cases.json").write_text(json.dumps(cases))
    subprocess.run(["node", HERE / "explanations.mjs", work / "js"], check=True)
    found = json.loads((work / "js" / "found.json").read_text())
    for name in SIGNATURES:
        values = {key: np.reshape(found[name][key], expected.shape) for key, expected in results[name].items()}
        compare("TensorFlow.js", name, values, results[name])


def main():
    model, report, images, work = map(pathlib.Path, sys.argv[1:])
    work.mkdir(parents=True, exist_ok=True)
    count = 3
    raw = read_images(images, count)
    x = (raw / np.float32(255)).astype(np.float32)
    chosen = {"image": x, "class_index": np.full(count, -1, np.int32)}
    draws = np.random.default_rng(0).standard_normal((8, *x.shape[1:])).astype(np.float32)
    inputs = {
        "serving_default": {"image": x},
        "classify_uint8": {"image": raw},
        "saliency": chosen,
        "guided_backprop": chosen,
        "grad_cam": chosen,
        "integrated_gradients": {**chosen, "steps": np.int32(50)},
        "smooth_grad": {**chosen, "noise": np.float32(0.15), "draws": draws},
    }
    loaded = tf.saved_model.load(str(model))
    serving = loaded.signatures["serving_default"]
    results = in_tensorflow(loaded, inputs)

    paths = inputs["integrated_gradients"]
    sides["integrated_gradients", "map"] = [
        loaded.signatures["integrated_gradients"](
            **{key: tf.constant(value) for key, value in {**paths, "image": (x * hair).astype(np.float32)}.items()}
        )["map"].numpy()
        for hair in HAIRS
    ]

    target = results["serving_default"]["logits"].argmax(1)
    java = explained_in_java(report, count)
    for signature, explainer in (
        ("saliency", "saliency"), ("guided_backprop", "guided-backprop"), ("grad_cam", "grad-cam"),
        ("integrated_gradients", "integrated-gradients")):
        compare("Inkling's explainer", signature, {"map": java[explainer]}, {"map": results[signature]["map"]})
    compare("GradientTape", "saliency", results["saliency"], {"map": np.abs(gradient(serving, x, target))})
    spread = 0.15 * (x.max((1, 2, 3), keepdims=True) - x.min((1, 2, 3), keepdims=True))
    smooth = np.mean([gradient(serving, x + spread * draw, target) for draw in draws], 0)
    compare("GradientTape", "smooth_grad", results["smooth_grad"], {"map": smooth})
    # A digit whose class is chosen is explained for that class.
    other = (target + 1) % results["serving_default"]["logits"].shape[1]
    asked = loaded.signatures["saliency"](image=tf.constant(x), class_index=tf.constant(other, tf.int32))
    compare("GradientTape", "saliency", {"map": asked["map"].numpy()}, {"map": np.abs(gradient(serving, x, other))})

    in_command_line(model, work, inputs, results)
    in_litert(model, inputs, results)
    in_onnx_runtime(model, work, inputs, results)
    in_tensorflow_js(model, work, inputs, results)
    print(f"{failures} too far" if failures else f"all within {TOLERANCE:g} of the largest value")
    sys.exit(failures > 0)


main()
