"""What captum finds by drawing random numbers. Ours draws others, so both are compared with a tolerance: five standard errors of
their difference, as a share of the map's greatest value."""

import math

import numpy as np
import torch
from captum.attr import GradientShap, IntegratedGradients, NoiseTunnel, Saliency

from captum_cases import PEER

PEERS = 20000
OURS = 4000
NOISE = 0.15
NOTE = "both draw random numbers of their own: the tolerance is five standard errors of their difference"


def tolerance(draws, maps, peers=PEERS):
    """draws: values for each image whose mean the method estimates, (n, C, H, W) each."""
    shares = [5 * float(values.std(dim=0).max()) * math.sqrt(1 / OURS + (1 / peers if peers else 0)) / float(found.abs().max())
              for values, found in zip(draws, maps)]
    return float("%.2g" % max(shares))


def ranges(x):
    return [float(image.max() - image.min()) for image in x]


def gradients_near(module, x, target, noise):
    torch.manual_seed(3)
    found = []
    for image, chosen, reach in zip(x, target, ranges(x)):
        noisy = (image + noise * reach * torch.randn((2000, *image.shape), dtype=x.dtype)).requires_grad_()
        found.append(torch.autograd.grad(module(noisy)[:, chosen].sum(), noisy)[0])
    return found


def smooth_grad(store, network, targets):
    x = network.input()
    module = network.module()
    near = gradients_near(module, x, targets.classes, NOISE)
    for mode, kind, draws in [("mean", "smoothgrad", near), ("square", "smoothgrad_sq", [g**2 for g in near]),
                              ("variance", "vargrad", [(g - g.mean(dim=0)) ** 2 for g in near])]:
        torch.manual_seed(1)
        maps = torch.cat([
            NoiseTunnel(Saliency(module)).attribute(
                x[n:n + 1], nt_type=kind, nt_samples=PEERS, stdevs=NOISE * reach, target=targets.classes[n], abs=False)
            for n, reach in enumerate(ranges(x))])
        store.case(network, "smooth-grad", {"samples": OURS, "noise": NOISE, "mode": mode}, targets, maps, PEER,
                   "NoiseTunnel(Saliency(model)).attribute(x, nt_type='%s', nt_samples=%d, stdevs=%g·(max x − min x), abs=False)"
                   % (kind, PEERS, NOISE), variant=mode, tolerance=tolerance(draws, maps), note=NOTE)


def shap(store, network, targets, references):
    """Images of another network of the same size as references."""
    x = network.input()
    module = network.module()
    background = network.input(references)
    np.random.seed(2)  # captum draws references and points by NumPy, noise by torch
    torch.manual_seed(2)
    maps = torch.cat([
        GradientShap(module).attribute(x[n:n + 1], background, n_samples=PEERS, stdevs=NOISE * reach, target=targets.classes[n])
        for n, reach in enumerate(ranges(x))])
    store.case(network, "gradient-shap", {"samples": OURS, "noise": NOISE}, targets, maps, PEER,
               "GradientShap(model).attribute(x, references, n_samples=%d, stdevs=%g·(max x − min x))" % (PEERS, NOISE),
               background=references, tolerance=tolerance(points(module, x, background, targets, NOISE), maps), note=NOTE)
    maps = sum(
        IntegratedGradients(module).attribute(x, reference[None].expand_as(x), target=targets.classes, n_steps=400)
        for reference in background) / len(background)
    store.case(network, "expected-gradients", {"samples": OURS}, targets, maps, PEER,
               "the mean of IntegratedGradients(model).attribute(x, reference, n_steps=400) over the references",
               background=references, tolerance=tolerance(points(module, x, background, targets, 0), maps, peers=0),
               note="what expected gradients estimate; the tolerance is five standard errors of independent draws, which ours stays"
               " below because it spreads them")


def points(module, x, background, targets, noise):
    torch.manual_seed(4)
    found = []
    for image, chosen, reach in zip(x, targets.classes, ranges(x)):
        noisy = image + noise * reach * torch.randn((2000, *image.shape), dtype=x.dtype)
        start = background[torch.randint(len(background), (2000,))]
        alpha = torch.rand((2000, 1, 1, 1), dtype=x.dtype)
        at = (start + alpha * (noisy - start)).requires_grad_()
        found.append((noisy - start) * torch.autograd.grad(module(at)[:, chosen].sum(), at)[0])
    return found
