"""Captum's side of the comparison: measures its explainers when compare.py says so, line by line.

`rate SECONDS COUNT METHOD` is answered by images per second and the setting with which Captum was fastest, which is found at the
first call; `map COUNT METHOD` by the file that holds the map. Every call makes a fresh Captum object: reused ones slow down.
"""

import sys
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from captum import attr
from torch import nn

warnings.filterwarnings("ignore")
FOLDER = Path(sys.argv[1])
SAMPLES = 200
WARM_UP_SECONDS = 1


def load(name):
    file = next(FOLDER.glob(f"{name}.*.f32"))
    shape = [int(side) for side in file.name.split(".")[-2].split("x")]
    return torch.from_numpy(np.fromfile(file, dtype="<f4").reshape(shape))


class Network(nn.Module):
    """The reference network with batch normalisation folded, on the exported weights."""

    def __init__(self):
        super().__init__()
        layers = []
        for block in (1, 2, 3):
            for number in (1, 2):
                kernel = load(f"block{block}.conv{number}.kernel").permute(3, 2, 0, 1).contiguous()
                convolution = nn.Conv2d(kernel.shape[1], kernel.shape[0], 3, padding=1)
                convolution.weight.data = kernel
                convolution.bias.data = load(f"block{block}.conv{number}.bias")
                layers += [convolution, nn.ReLU()]
            if block < 3:
                layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dense = self.linear("dense")
        self.relu = nn.ReLU()
        self.logits = self.linear("logits")

    @staticmethod
    def linear(name):
        kernel = load(f"{name}.kernel").T.contiguous()
        layer = nn.Linear(kernel.shape[1], kernel.shape[0])
        layer.weight.data = kernel
        layer.bias.data = load(f"{name}.bias")
        return layer

    def forward(self, x):
        return self.logits(self.relu(self.dense(torch.flatten(self.pool(self.features(x)), 1))))


class Setting:
    """A memory format, and how many perturbed copies of all images (or of the one image) go through the network at once."""

    def __init__(self, layout, copies=None):
        self.name = layout if copies is None else f"{layout}, {copies} at once"
        self.copies = copies
        format = torch.channels_last if layout == "channels_last" else torch.contiguous_format
        self.model = Network().eval().to(memory_format=format)
        self.pixels = load("images").permute(0, 3, 1, 2).contiguous(memory_format=format)
        self.targets = load("targets").argmax(1)


def rise(model, x, target, copies):
    """Captum has no RISE. This is the plain loop: random grids, upsampled, and the mean of score times mask."""
    maps = torch.zeros_like(x)
    with torch.no_grad():
        for n in range(len(x)):
            for start in range(0, SAMPLES, copies):
                grids = (torch.rand(copies, 1, 8, 8) < 0.5).float()
                masks = nn.functional.interpolate(grids, size=(32, 32), mode="bilinear")
                rows, columns = np.random.randint(0, 4, 2)
                masks = masks[:, :, rows : rows + 28, columns : columns + 28]
                scores = model(x[n : n + 1] * masks)[:, target[n]]
                maps[n] += (scores[:, None, None, None] * masks).sum(0)
    return maps / (SAMPLES * 0.5)


CELLS = (torch.arange(28) // 4)[:, None] * 7 + (torch.arange(28) // 4)[None, :]


def forward(s, x, t):
    with torch.no_grad():
        return s.model(x)


METHODS = {
    "forward": forward,
    "saliency": lambda s, x, t: attr.Saliency(s.model).attribute(x, target=t),
    "guided-backprop": lambda s, x, t: attr.GuidedBackprop(s.model).attribute(x, target=t),
    "smooth-grad": lambda s, x, t: attr.NoiseTunnel(attr.Saliency(s.model)).attribute(
        x, nt_samples=50, nt_samples_batch_size=s.copies, stdevs=0.15, target=t, abs=False
    ),
    "integrated-gradients": lambda s, x, t: attr.IntegratedGradients(s.model).attribute(
        x, n_steps=50, internal_batch_size=s.copies * len(x), target=t
    ),
    "grad-cam": lambda s, x, t: attr.LayerGradCam(s.model, s.model.features[-1]).attribute(
        x, target=t, relu_attributions=True
    ),
    "deeplift": lambda s, x, t: attr.DeepLift(s.model).attribute(x, target=t),
    "lrp-epsilon": lambda s, x, t: attr.LRP(s.model).attribute(x, target=t),
    "occlusion": lambda s, x, t: attr.Occlusion(s.model).attribute(
        x, sliding_window_shapes=(1, 4, 4), strides=(1, 2, 2), baselines=0, perturbations_per_eval=s.copies, target=t
    ),
    "kernel-shap": lambda s, x, t: attr.KernelShap(s.model).attribute(
        x, n_samples=SAMPLES, feature_mask=CELLS, perturbations_per_eval=s.copies, target=t
    ),
    "lime": lambda s, x, t: attr.Lime(s.model).attribute(
        x, n_samples=SAMPLES, feature_mask=CELLS, perturbations_per_eval=s.copies, target=t
    ),
    "rise": lambda s, x, t: rise(s.model, x, t, s.copies),
}
COPIES = {
    "smooth-grad": (1, 2, 5),
    "integrated-gradients": (1, 2, 5),
    "occlusion": (1, 2, 5),
    "kernel-shap": (50, 100, 200),
    "lime": (50, 100, 200),
    "rise": (50, 100, 200),
}
best = {}


def once(method, setting, count):
    x = setting.pixels[:count].clone(memory_format=torch.preserve_format)
    return METHODS[method](setting, x, setting.targets[:count])


def rate(method, setting, count, seconds):
    began = time.perf_counter()
    once(method, setting, count)
    while time.perf_counter() - began < min(seconds, WARM_UP_SECONDS):
        once(method, setting, count)
    calls = 0
    began = time.perf_counter()
    while calls == 0 or time.perf_counter() - began < seconds:
        once(method, setting, count)
        calls += 1
    return count * calls / (time.perf_counter() - began)


def fastest(method, count):
    if (method, count) not in best:
        settings = [
            Setting(layout, copies) for layout in ("nchw", "channels_last") for copies in COPIES.get(method, (None,))
        ]
        best[method, count] = max(settings, key=lambda setting: rate(method, setting, count, 0.5))
    return best[method, count]


def answer(words):
    if words[0] == "rate":
        seconds, count, method = float(words[1]), int(words[2]), words[3]
        setting = fastest(method, count)
        return f"{rate(method, setting, count, seconds):.3f} {setting.name}"
    count, method = int(words[1]), words[2]
    file = FOLDER / "captum-map.f32"
    once(method, Setting("nchw", 1), count).detach().numpy().astype("<f4").tofile(file)
    return file


print("ready", flush=True)
for line in sys.stdin:
    try:
        print(answer(line.split()), flush=True)
    except Exception as e:  # What Captum can not do is told of, and the other rows go on.
        print(f"absent: Captum failed: {type(e).__name__}: {e}".replace("\n", " "), flush=True)
