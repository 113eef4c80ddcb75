"""What pytorch-grad-cam finds: the map of the layer before its ReLU, its scaling to [0, 1] and its resizing to the image."""

import contextlib
import os

import numpy as np
from pytorch_grad_cam import (
    AblationCAM, EigenCAM, FullGrad, GradCAM, GradCAMPlusPlus, HiResCAM, LayerCAM, ScoreCAM, XGradCAM)

PEER = "grad-cam"

ABLATION = ("ours leaves out the division by the score, which is one factor for the whole map and turns it round where the score is"
            " negative: pytorch-grad-cam's map is multiplied by the score")

# Ours has a map before the ReLU, too, unless all its weights and activations are at least zero.
METHODS = {
    "grad-cam": (GradCAM, True, None),
    "grad-cam-plus-plus": (GradCAMPlusPlus, False, "pytorch-grad-cam adds 1e-6 to the denominator of α"),
    "hires-cam": (HiResCAM, True, None),
    "layer-cam": (LayerCAM, False, None),
    "xgrad-cam": (XGradCAM, True, "pytorch-grad-cam adds 1e-7 to the sum of activations"),
}

# Where gradients are small, so is the denominator.
TOLERANCES = {"grad-cam-plus-plus": {"tolerance": 0.005}}


def run(kind, network, targets, layers, images):
    """The raw map of each layer, and what pytorch-grad-cam returns: (N, 1, h, w) each."""
    module = network.module()
    raw = []
    with contextlib.redirect_stdout(None), open(os.devnull, "w") as nowhere, contextlib.redirect_stderr(nowhere), \
            kind(model=module, target_layers=[module.layer(layer) for layer in layers]) as cam:
        original = cam.get_cam_image

        def listening(*arguments, **named):
            found = original(*arguments, **named)
            raw.append(np.asarray(found)[:, None])
            return found

        cam.get_cam_image = listening
        scaled = cam(input_tensor=network.input(images).requires_grad_(), targets=targets.functionals())
    return raw, scaled[:, None]


def maps(store, network, targets, layer, images="images"):
    for explainer, (kind, signed, note) in METHODS.items():
        raw, _ = run(kind, network, targets, [layer], images)
        for relu in (True, False) if signed else (True,):
            store.case(network, explainer, {"layer": layer, "relu": relu} if signed else {"layer": layer}, targets,
                       np.maximum(raw[0], 0) if relu else raw[0], PEER,
                       "%s.get_cam_image of %s%s" % (kind.__name__, layer, ", ReLU" if relu else ""), images,
                       layer if relu else layer + "-signed", note=note, **TOLERANCES.get(explainer, {}))


def ablation_cam(store, network, targets, layer, images="images"):
    raw, _ = run(AblationCAM, network, targets, [layer], images)
    scores = network.module()(network.input(images)).detach()
    factor = [float(functional(row)) for functional, row in zip(targets.functionals(), scores)]
    store.case(network, "ablation-cam", {"layer": layer, "relu": False}, targets, raw[0], PEER,
               "AblationCAM.get_cam_image of %s" % layer, images, layer, factor=factor, note=ABLATION)


def scaled(store, network, targets, explainer, layer, images="images"):
    """What a user of pytorch-grad-cam gets."""
    kind = METHODS[explainer][0]
    store.case(network, explainer, {"layer": layer}, targets, run(kind, network, targets, [layer], images)[1], PEER,
               "%s(model, [%s])(x)" % (kind.__name__, layer), images, layer + "-scaled", scale="min-max",
               note="pytorch-grad-cam scales each map to [0, 1], resizes it bilinearly to the image and scales again")


def score_cam(store, network, targets, layer, images="images"):
    raw, _ = run(ScoreCAM, network, targets, [layer], images)
    store.case(network, "score-cam", {"layer": layer, "weights": "softmax"}, targets, np.maximum(raw[0], 0), PEER,
               "ScoreCAM.get_cam_image of %s, ReLU" % layer, images, layer,
               note="at a layer of the image's own size, since pytorch-grad-cam resizes masks corner-aligned, ours by half-pixel"
               " centres")


def eigen_cam(store, network, layer, targets, images="images"):
    raw, _ = run(EigenCAM, network, targets, [layer], images)
    store.case(network, "eigen-cam", {"layer": layer, "relu": False}, targets, raw[0], PEER, "EigenCAM.get_cam_image of %s" % layer,
               images, layer, sign="either", note="the sign of a singular vector is arbitrary: compared up to the sign of each map")


def full_grad(store, network, targets, images="images"):
    _, scaled = run(FullGrad, network, targets, [], images)
    store.case(network, "full-grad", {}, targets, scaled, PEER, "FullGrad(model, [])(x)", images,
               note="not compared: pytorch-grad-cam brings every channel to [0, 1] by itself, ours a whole layer, as the paper's"
               " authors do")
