"""What zennit finds. A residual sum is its module Sum, with its rule Norm; pools have Norm, which is ε = 1e-6."""

import torch
from zennit.attribution import Gradient, IntegratedGradients
from zennit.composites import (
    DeconvNet, EpsilonGammaBox, EpsilonPlus, GuidedBackprop, LayerMapComposite, SpecialFirstLayerMapComposite)
from zennit.layer import Sum
from zennit.rules import AlphaBeta, Epsilon, Flat, Gamma, Norm, Pass, WSquare, ZBox, ZPlus
from zennit.types import Activation, AvgPool, Convolution, Linear

PEER = "zennit"

TINY = 1e-9
PASSIVE = [(Activation, Pass()), (Sum, Norm(TINY)), (AvgPool, Norm(TINY))]


def attribute(network, composite, targets, images, from_scores=True):
    """Starts from weight · logit as LRP does, or from the weights."""
    weights = torch.tensor(targets.weights(network.classes), dtype=torch.float64)
    module = network.module(addition=Sum, stacked=True)
    x = network.input(images).requires_grad_()
    with Gradient(model=module, composite=composite) as attributor:
        _, relevance = attributor(x, lambda scores: scores * weights if from_scores else weights)
    return relevance


def gradients(store, network, targets, images="images"):
    for explainer, composite in (("guided-backprop", GuidedBackprop()), ("deconvnet", DeconvNet())):
        store.case(network, explainer, {}, targets, attribute(network, composite, targets, images, from_scores=False), PEER,
                   "Gradient(model, %s())" % type(composite).__name__, images)


def everywhere(rule):
    return LayerMapComposite(PASSIVE + [((Convolution, Linear), rule)])


def lrp(store, network, targets, explainer, options, composite, call, images="images", variant="", note=None):
    store.case(network, explainer, options, targets, attribute(network, composite, targets, images), PEER, call, images, variant,
               note=note)


def rules(store, network, targets, images="images"):
    def add(*arguments, **named):
        lrp(store, network, targets, *arguments, images=images, **named)

    add("lrp-epsilon", {"epsilon": 0.05}, everywhere(Epsilon(0.05)), "Epsilon(0.05) at convolutions and dense layers")
    add("lrp-gamma", {"gamma": 0.25}, everywhere(Gamma(0.25, TINY)), "Gamma(0.25) at convolutions and dense layers")
    add("lrp-alpha-beta", {"alpha": 2, "beta": 1}, everywhere(AlphaBeta(2, 1, TINY)),
        "AlphaBeta(2, 1) at convolutions and dense layers")
    add("lrp-z-plus", {}, everywhere(ZPlus(TINY)), "ZPlus() at convolutions and dense layers")
    add("lrp-epsilon-plus", {"epsilon": 0.05}, EpsilonPlus(epsilon=0.05, stabilizer=TINY), "EpsilonPlus(epsilon=0.05)")
    shape = (1, network.shape[2], *network.shape[:2])
    low, high = torch.full(shape, float(network.low)), torch.full(shape, float(network.high))
    add("lrp-epsilon-gamma-box", {"epsilon": 0.05, "gamma": 0.25},
        EpsilonGammaBox(low=low.double(), high=high.double(), epsilon=0.05, gamma=0.25, stabilizer=TINY),
        "EpsilonGammaBox(low=%g, high=%g, epsilon=0.05, gamma=0.25)" % (network.low, network.high))
