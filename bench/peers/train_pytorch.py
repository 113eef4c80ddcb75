"""Training throughput of PyTorch on Inkling's reference network: one fixed batch, float32, in one of three settings."""

import sys

import torch
from torch import nn
from torch.nn import functional

from throughput import CHANNELS, CLASSES, batch, measure


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        inputs = 1
        for block, outputs in enumerate(CHANNELS):
            for _ in range(2):
                layers += [
                    nn.Conv2d(inputs, outputs, 3, padding=1),
                    nn.BatchNorm2d(outputs, eps=1e-3),
                    nn.ReLU(),
                ]
                inputs = outputs
            if block < len(CHANNELS) - 1:
                layers.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*layers)
        self.head = nn.Sequential(nn.Linear(inputs, 256), nn.ReLU(), nn.Dropout(0.25), nn.Linear(256, CLASSES))

    def forward(self, x):
        return self.head(self.features(x).mean((2, 3)))


setting = sys.argv[1]
pixels, labels = batch()
x = torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous()
y = torch.from_numpy(labels)
model = Network()
if setting != "nchw":
    model = model.to(memory_format=torch.channels_last)
    x = x.to(memory_format=torch.channels_last)
forward = torch.compile(model) if setting == "compile" else model
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)


def step():
    optimizer.zero_grad(set_to_none=True)
    loss = functional.cross_entropy(forward(x), y, label_smoothing=0.05)
    loss.backward()
    optimizer.step()
    return loss.item()


measure(step)
