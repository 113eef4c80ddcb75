"""What captum finds."""

import itertools

import torch
from captum._utils.models.linear_model import SkLearnLasso
from captum.attr import (
    LRP, Deconvolution, DeepLift, FeatureAblation, GuidedBackprop, GuidedGradCam, InputXGradient, IntegratedGradients,
    LayerGradCam, LimeBase, Occlusion, Saliency, ShapleyValues)
from captum.attr._core.lime import get_exp_kernel_similarity_function
from captum.attr._utils.custom_modules import Addition_Module
from captum.attr._utils.lrp_rules import Alpha1_Beta0_Rule, EpsilonRule, GammaRule

PEER = "captum"

POSITIVE = ("captum's rules change the weights alone, whatever the signs of inputs, biases and outputs; compared where all of them are"
            " positive or zero")


def gradients(store, network, targets, images="images", rules=True):
    """rules: guided backpropagation and deconvnet, too; they are about ReLUs."""
    x = network.input(images)
    module, target = targets.captum(network.module())

    def add(explainer, options, maps, call, variant="", **more):
        store.case(network, explainer, options, targets, maps, PEER, call, images, variant, **more)

    add("saliency", {"absolute": True}, Saliency(module).attribute(x, target=target), "Saliency(model).attribute(x)")
    add("saliency", {"absolute": False}, Saliency(module).attribute(x, target=target, abs=False),
        "Saliency(model).attribute(x, abs=False)", "signed")
    add("input-x-gradient", {}, InputXGradient(module).attribute(x, target=target), "InputXGradient(model).attribute(x)")
    if not rules:
        return
    add("guided-backprop", {}, GuidedBackprop(module).attribute(x, target=target), "GuidedBackprop(model).attribute(x)")
    add("deconvnet", {}, Deconvolution(module).attribute(x, target=target), "Deconvolution(model).attribute(x)")


def integrated_gradients(store, network, targets, baseline=0, images="images"):
    x = network.input(images)
    module, target = targets.captum(network.module())
    note = None
    for rule, method, steps in [("gauss-legendre", "gausslegendre", 50), ("midpoint", "riemann_middle", 50),
                                ("trapezoid", "riemann_trapezoid", 20)]:
        compare = {}
        if rule == "trapezoid":
            compare = {"factor": [steps / (steps - 1)] * len(x)}
            note = ("captum's weights 1/n with halved ends sum to (n − 1)/n; ours are those of the trapezoid rule and sum to 1, so"
                    " captum's map is multiplied by n/(n − 1)")
        maps = IntegratedGradients(module).attribute(x, baselines=baseline, target=target, n_steps=steps, method=method)
        store.case(network, "integrated-gradients", {"steps": steps, "rule": rule, "baseline": baseline}, targets, maps, PEER,
                   "IntegratedGradients(model).attribute(x, baselines=%s, n_steps=%d, method='%s')" % (baseline, steps, method),
                   images, rule if not baseline else rule + "-grey", note=note, **compare)


def grad_cam(store, network, targets, layer, images="images"):
    x = network.input(images)
    module, target = targets.captum(network.module())
    for relu in (True, False):
        maps = LayerGradCam(module, inner(module).layer(layer)).attribute(x, target=target, relu_attributions=relu)
        store.case(network, "grad-cam", {"layer": layer, "relu": relu}, targets, maps, PEER,
                   "LayerGradCam(model, %s).attribute(x, relu_attributions=%s)" % (layer, relu), images,
                   "%s%s" % (layer, "" if relu else "-signed"))


def inner(module):
    return getattr(module, "module", module)


def guided_grad_cam(store, network, targets, layer, images="images"):
    x = network.input(images)
    module, target = targets.captum(network.module())
    for mode, resize in (("nearest", "nearest"), ("bilinear", "bilinear")):
        maps = GuidedGradCam(module, inner(module).layer(layer)).attribute(x, target=target, interpolate_mode=mode)
        store.case(network, "guided-grad-cam", {"layer": layer, "resize": resize}, targets, maps, PEER,
                   "GuidedGradCam(model, %s).attribute(x, interpolate_mode='%s')" % (layer, mode), images,
                   "%s-%s" % (layer, mode))


def deeplift(store, network, targets, baseline=0, images="images"):
    x = network.input(images)
    module, target = targets.captum(network.module(separate_pools=True))
    maps, delta = DeepLift(module).attribute(x, baselines=baseline, target=target, return_convergence_delta=True)
    assert delta.abs().max() < 1e-9, delta
    pools = any(operation["type"] == "max-pool" for operation in network.operations)
    store.case(network, "deeplift", {"baseline": baseline}, targets, maps, PEER,
               "DeepLift(model).attribute(x, baselines=%s)" % baseline, images, "grey" if baseline else "",
               note="with a clone between ReLU and max-pool: without it captum's ReLU hook reads the gradient before the pool's,"
               " and the map is not complete" if pools else None)


def lrp(store, network, targets, name, options, rule, call, note=None, images="images"):
    """One rule at every layer with weights; pools and sums have captum's ε, with the stabiliser 1e-6 that ours have."""
    x = network.input(images)
    total = 0
    for weight, classes in signed_classes(targets):
        module = network.module(addition=lambda channels: Addition_Module())
        for operation in network.operations:
            if "bias" in operation:
                module.layer(operation["name"]).rule = rule(operation)
            elif operation["type"] not in ("relu", "concatenate"):
                module.layer(operation["name"]).rule = EpsilonRule(1e-6)
        total = total + weight * LRP(module).attribute(x, target=classes)
    store.case(network, name, options, targets, total, PEER, call, images, note=note)


def signed_classes(targets):
    """LRP starts from weight · logit: a contrast is the difference of two maps."""
    if hasattr(targets, "classes"):
        return [(1, targets.classes)]
    return [(1, [targets.why] * targets.images), (-1, [targets.why_not] * targets.images)]


def lrp_rules(store, network, targets, images="images"):
    lrp(store, network, targets, "lrp-epsilon", {"epsilon": 0.05}, lambda operation: EpsilonRule(0.05),
        "LRP(model).attribute(x), EpsilonRule(0.05) at convolutions and dense layers", images=images)


def lrp_of_positive_parts(store, network, targets):
    """Where captum's γ and αβ mean what ours mean: no biases, inputs of at least zero, positive scores; and for γ no residual sum,
    one of whose summands may be negative."""
    if all(operation["type"] != "add" for operation in network.operations):
        lrp(store, network, targets, "lrp-gamma", {"gamma": 0.25}, lambda operation: GammaRule(0.25),
            "LRP(model).attribute(x), GammaRule(0.25) at convolutions and dense layers", note=POSITIVE)
    lrp(store, network, targets, "lrp-z-plus", {}, lambda operation: Alpha1_Beta0_Rule(),
        "LRP(model).attribute(x), Alpha1_Beta0_Rule() at convolutions and dense layers", note=POSITIVE)


def occlusion(store, network, targets, window, stride, baseline=0, images="images"):
    x = network.input(images)
    module, target = targets.captum(network.module())
    maps = Occlusion(module).attribute(x, (x.shape[1], *window), (x.shape[1], *stride), baselines=baseline, target=target)
    assert torch.equal(maps, maps[:, :1].expand_as(maps))
    store.case(network, "occlusion", {"window": "%dx%d" % window, "stride": "%dx%d" % stride, "baseline": baseline}, targets,
               maps[:, :1], PEER,
               "Occlusion(model).attribute(x, (C, %d, %d), (C, %d, %d), baselines=%s)" % (*window, *stride, baseline), images,
               "%dx%d-%dx%d%s" % (*window, *stride, "-grey" if baseline else ""),
               note="the first channel of captum's map, whose channels are equal because a window covers them all"
               if x.shape[1] > 1 else None)


def segments(height, width, rows, columns):
    """A grid of rows × columns cells of equal size to within a pixel, numbered row by row, (1, 1, height, width)."""
    y = torch.arange(height)[:, None] * rows // height
    x = torch.arange(width)[None, :] * columns // width
    return (y * columns + x)[None, None]


def feature_ablation(store, network, targets, cells, baseline=0, images="images"):
    x = network.input(images)
    module, target = targets.captum(network.module())
    mask = segments(x.shape[2], x.shape[3], *cells)
    maps = FeatureAblation(module).attribute(x, baselines=baseline, target=target, feature_mask=mask)
    store.case(network, "feature-ablation", {"segments": "grid:%dx%d" % cells, "baseline": baseline}, targets, maps[:, :1], PEER,
               "FeatureAblation(model).attribute(x, baselines=%s, feature_mask=%d×%d cells)" % (baseline, *cells), images,
               "%dx%d%s" % (*cells, "-grey" if baseline else ""))


def shapley(store, network, targets, cells, baseline=0, images="images"):
    """All orders of the cells; ours are exact with as many evaluations as there are sets of cells."""
    x = network.input(images)
    module, target = targets.captum(network.module())
    mask = segments(x.shape[2], x.shape[3], *cells)
    with torch.no_grad():
        maps = ShapleyValues(module).attribute(x, baselines=baseline, target=target, feature_mask=mask)
    for explainer in ("kernel-shap", "permutation-shapley"):
        store.case(network, explainer,
                   {"segments": "grid:%dx%d" % cells, "baseline": baseline, "budget": 2 ** (cells[0] * cells[1]), "credit": "whole"},
                   targets, maps[:, :1], PEER,
                   "ShapleyValues(model).attribute(x, baselines=%s, feature_mask=%d×%d cells)" % (baseline, *cells), images,
                   "%dx%d%s" % (*cells, "-grey" if baseline else ""), note="captum shows a cell's value at each of its pixels")


def lime(store, network, targets, cells, alpha=0.01, width=1.0, images="images"):
    """captum's regression on all copies, each once, where its Lime draws them."""
    x = network.input(images)
    count = cells[0] * cells[1]
    mask = segments(x.shape[2], x.shape[3], *cells)

    def copies(*_, **__):
        for kept in itertools.product([0, 1], repeat=count):
            yield torch.tensor([kept], dtype=x.dtype)

    def image(kept, original, **_):
        shown = kept[0][mask]
        return original * shown

    maps = []
    for one, functional in zip(x, targets.functionals()):
        module = network.module()
        found = LimeBase(
            lambda batch: torch.stack([functional(row) for row in module(batch)]),
            SkLearnLasso(alpha=alpha, tol=1e-10, max_iter=100000), get_exp_kernel_similarity_function("cosine", width), copies,
            perturb_interpretable_space=True, from_interp_rep_transform=image, to_interp_rep_transform=None,
        ).attribute(one[None], n_samples=2**count)
        maps.append(found[0][mask[0]])
    store.case(network, "lime",
               {"segments": "grid:%dx%d" % cells, "baseline": 0, "budget": 2**count, "distance": "cosine",
                "kernel-width": width, "regression": "lasso", "alpha": alpha},
               targets, torch.stack(maps), PEER,
               "LimeBase(model, SkLearnLasso(alpha=%g, tol=1e-10), exp kernel of cosine and width %g, every copy once)" % (alpha, width),
               images, "%dx%d" % cells, note="captum's Lime draws copies at random; its regression is given every copy once instead")
