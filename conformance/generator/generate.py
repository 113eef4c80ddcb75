"""Makes conformance/data: see README.md. Run by conformance/run."""

import importlib.metadata
import pathlib
import shutil
import sys
import warnings

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import torch

import captum_cases as captum
import grad_cam_cases as grad_cam
import networks
import sampled_cases as sampled
import zennit_cases as zennit
from store import Store
from targets import Classes, Difference


def main(folder):
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    store = Store(part, {name: importlib.metadata.version(name) for name in ("captum", "grad-cam", "zennit", "torch", "numpy")})
    found = {network.name: network for network in networks.all_networks()}
    for network in found.values():
        store.network(network)

    classes = {"plain": Classes(1, 2, 3), "unbiased": Classes(1, 2, 3), "strided": Classes(1, 2, 0), "residual": Classes(1, 2),
               "colour": Classes(1, 2),
               "branches": Classes(2, 0), "activations": Classes(1, 2), "narrow": Classes(0, 1), "linear": Classes(0, 2)}
    contrasts = {"plain": Difference(1, 3, 3), "colour": Difference(2, 0, 2)}

    for name, target in classes.items():
        network = found[name]
        captum.gradients(store, network, target, rules=name != "activations")
        captum.integrated_gradients(store, network, target)
        captum.deeplift(store, network, target)
    for name, target in contrasts.items():
        captum.gradients(store, found[name], target)
        captum.deeplift(store, found[name], target)
    captum.integrated_gradients(store, found["colour"], classes["colour"], baseline=0.5)
    captum.deeplift(store, found["plain"], classes["plain"], baseline=0.5)
    for name, layer in [("plain", "relu2"), ("plain", "conv1"), ("strided", "relu2"), ("residual", "relu2"), ("colour", "relu1"),
                        ("branches", "relu4")]:
        captum.grad_cam(store, found[name], classes[name], layer)
        captum.guided_grad_cam(store, found[name], classes[name], layer)
    for name in ("plain", "unbiased", "strided", "residual", "colour", "branches"):
        captum.lrp_rules(store, found[name], classes[name])
    captum.lrp_rules(store, found["colour"], contrasts["colour"])
    captum.lrp_of_positive_parts(store, found["residual"], classes["residual"])
    captum.occlusion(store, found["plain"], classes["plain"], (4, 4), (2, 2))
    captum.occlusion(store, found["plain"], contrasts["plain"], (3, 3), (3, 3))
    captum.occlusion(store, found["strided"], classes["strided"], (5, 2), (3, 2), baseline=0.5)
    captum.occlusion(store, found["colour"], classes["colour"], (3, 4), (2, 3))
    captum.feature_ablation(store, found["plain"], classes["plain"], (4, 4))
    captum.feature_ablation(store, found["colour"], classes["colour"], (3, 3), baseline=0.5)
    captum.shapley(store, found["plain"], classes["plain"], (2, 3))
    captum.lime(store, found["plain"], classes["plain"], (2, 3))
    captum.lime(store, found["colour"], contrasts["colour"], (2, 2))
    captum.shapley(store, found["colour"], contrasts["colour"], (2, 2), baseline=0.5)

    sampled.smooth_grad(store, found["colour"], classes["colour"])
    sampled.shap(store, found["colour"], classes["colour"], "references")
    hand_computed(store, found)

    for name, layer in [("plain", "relu2"), ("plain", "relu1"), ("strided", "relu2"), ("residual", "relu2"), ("colour", "relu1"), ("branches", "relu4")]:
        grad_cam.maps(store, found[name], classes[name], layer)
        grad_cam.ablation_cam(store, found[name], classes[name], layer)
    grad_cam.maps(store, found["plain"], contrasts["plain"], "relu2")
    for name, layer in [("plain", "relu2"), ("strided", "relu1"), ("colour", "relu1")]:
        grad_cam.eigen_cam(store, found[name], layer, classes[name])
        grad_cam.scaled(store, found[name], classes[name], "grad-cam", layer)
    for name, layer in [("plain", "relu1"), ("colour", "relu1"), ("narrow", "relu1")]:
        grad_cam.score_cam(store, found[name], classes[name], layer)
    grad_cam.full_grad(store, found["narrow"], classes["narrow"])

    for name in ("plain", "unbiased", "strided", "residual", "colour", "branches", "activations"):
        if name != "activations":
            zennit.gradients(store, found[name], classes[name])
        zennit.rules(store, found[name], classes[name])
    zennit.rules(store, found["colour"], contrasts["colour"])
    for name, target in [("residual", Classes(1, 2)), ("colour", Classes(0, 3)), ("branches", Classes(0, 3)), ("strided", Classes(1, 2, 0))]:
        zennit.deep_taylor(store, found[name], target)

    total = store.finish()
    shutil.rmtree(folder, ignore_errors=True)
    part.rename(folder)
    print("%d cases of %d networks" % (total, len(found)))


def hand_computed(store, found):
    """The networks whose maps captum's own tests hold as numbers."""
    first = Classes(0)
    network = found["one-convolution"]
    for images in ("images", "plus-one"):
        captum.gradients(store, network, first, images)
        for layer in ("conv1", "relu1"):
            captum.grad_cam(store, network, first, layer, images)
    captum.guided_grad_cam(store, network, first, "relu1")
    captum.lrp_rules(store, network, first)
    captum.occlusion(store, network, first, (4, 4), (4, 4), images="plus-one")
    captum.occlusion(store, network, first, (2, 3), (2, 1))
    captum.occlusion(store, network, first, (1, 2), (1, 2), images="ones")

    network = found["multi-layer"]
    captum.gradients(store, network, first)
    captum.integrated_gradients(store, network, first)
    captum.deeplift(store, network, first)
    captum.lrp_rules(store, network, first)
    captum.occlusion(store, network, first, (1, 1), (1, 1))
    captum.occlusion(store, network, first, (1, 2), (1, 2))
    captum.occlusion(store, network, first, (1, 2), (1, 2), baseline=10)
    captum.feature_ablation(store, network, first, (1, 3))
    captum.feature_ablation(store, network, first, (1, 2))
    captum.feature_ablation(store, network, first, (1, 2), baseline=4)
    captum.shapley(store, network, first, (1, 3))
    captum.shapley(store, network, first, (1, 2))
    captum.lime(store, network, first, (1, 3), alpha=1, width=10.0)

    for name in ("lrp-dense", "lrp-dense-negative"):
        captum.lrp_rules(store, found[name], first)
        captum.lrp_of_positive_parts(store, found[name], first)
        zennit.rules(store, found[name], first, composites=False)
    captum.deeplift(store, found["two-relus"], first)
    captum.gradients(store, found["two-relus"], first)


if __name__ == "__main__":
    main(pathlib.Path(__file__).parent.parent / "data")
