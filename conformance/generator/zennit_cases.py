"""What zennit finds. A residual sum is its module Sum, which has its rule Norm as average pools do."""

import torch
from zennit.attribution import Gradient
from zennit.composites import (
    DeconvNet, EpsilonGammaBox, EpsilonPlus, GuidedBackprop, LayerMapComposite, SpecialFirstLayerMapComposite)
from zennit.layer import Sum
from zennit.rules import AlphaBeta, Epsilon, Gamma, Norm, Pass, ZBox, ZPlus
from zennit.types import Activation, AvgPool, Convolution, Linear

PEER = "zennit"

PASSIVE = [(Activation, Pass()), (Sum, Norm()), (AvgPool, Norm())]


class WeightedSum(torch.nn.Module):
    """A residual sum as a convolution with weights of 1, for rules that zennit has for layers with weights alone."""

    def __init__(self, channels):
        super().__init__()
        self.convolution = torch.nn.Conv2d(2 * channels, channels, 1, bias=False)
        with torch.no_grad():
            self.convolution.weight.copy_(torch.eye(channels).repeat(1, 2)[:, :, None, None])

    def forward(self, a, b):
        return self.convolution(torch.cat([a, b], dim=1))


def attribute(network, composite, targets, images, from_scores=True, weighted_sums=False):
    """Starts from weight · logit as LRP does, or from the weights."""
    weights = torch.tensor(targets.weights(network.classes), dtype=torch.float64)
    module = (network.module(addition=WeightedSum) if weighted_sums
              else network.module(addition=lambda channels: Sum(), stacked=True))
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


def lrp(store, network, targets, explainer, options, composite, call, images="images", variant="", note=None,
        weighted_sums=False):
    store.case(network, explainer, options, targets, attribute(network, composite, targets, images, weighted_sums=weighted_sums),
               PEER, call, images, variant, note=note)


def deep_taylor(store, network, targets, images="images"):
    """No biases but that of z⁺ in zennit's ZPlus, which is left out by zero_params; the box for what reads the image."""
    low, high = box(network)
    scores = network.module()(network.input(images))
    weights = torch.tensor(targets.weights(network.classes))
    assert ((weights >= 0) & ((weights == 0) | (scores > 0))).all(), "deep Taylor explains positive scores"
    plus = ZPlus(zero_params="bias")
    composite = SpecialFirstLayerMapComposite(
        layer_map=PASSIVE + [((Convolution, Linear), plus)], first_map=[((Convolution, Linear), ZBox(low, high))])
    lrp(store, network, targets, "deep-taylor", {}, composite,
        "ZBox(low, high) at the first layer, ZPlus(zero_params='bias') at the others and at sums", images, weighted_sums=True)


def box(network):
    shape = (1, network.shape[2], *network.shape[:2])
    return torch.full(shape, float(network.low)).double(), torch.full(shape, float(network.high)).double()


def rules(store, network, targets, images="images", composites=True):
    """composites: those that zennit makes of rules for convolutions and for dense layers, too."""
    def add(*arguments, **named):
        lrp(store, network, targets, *arguments, images=images, **named)

    add("lrp-epsilon", {"epsilon": 0.05}, everywhere(Epsilon(0.05)), "Epsilon(0.05) at convolutions and dense layers")
    add("lrp-gamma", {"gamma": 0.25}, everywhere(Gamma(0.25)), "Gamma(0.25) at convolutions and dense layers")
    add("lrp-alpha-beta", {"beta": 1}, everywhere(AlphaBeta(2, 1)),
        "AlphaBeta(2, 1) at convolutions and dense layers")
    add("lrp-alpha-beta", {"beta": 0.5}, everywhere(AlphaBeta(1.5, 0.5)), "AlphaBeta(1.5, 0.5) at convolutions and dense layers",
        variant="half")
    add("lrp-z-plus", {}, everywhere(ZPlus()), "ZPlus() at convolutions and dense layers")
    if not composites:
        return
    add("lrp-epsilon-plus", {"epsilon": 0.05}, EpsilonPlus(epsilon=0.05), "EpsilonPlus(epsilon=0.05)")
    low, high = box(network)
    add("lrp-epsilon-gamma-box", {"epsilon": 0.05, "gamma": 0.25},
        EpsilonGammaBox(low=low, high=high, epsilon=0.05, gamma=0.25),
        "EpsilonGammaBox(low=%g, high=%g, epsilon=0.05, gamma=0.25)" % (network.low, network.high))
