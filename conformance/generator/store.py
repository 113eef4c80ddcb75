"""Writes networks and cases as JSON and .npy, the same bytes on every run."""

import json

import numpy as np

from networks import to_axes


class Store:
    def __init__(self, folder, peers):
        self.folder = folder
        self.peers = peers
        self.cases = {}

    def network(self, network):
        folder = self.folder / network.name
        folder.mkdir(parents=True)
        height, width, channels = network.shape
        operations = []
        for operation in network.operations:
            described = {}
            for key, value in operation.items():
                if isinstance(value, np.ndarray):
                    file = "%s.%s.npy" % (operation["name"], key)
                    np.save(folder / file, value)
                    value = file
                described[key] = value
            operations.append(described)
        for name, images in network.images.items():
            np.save(folder / (name + ".npy"), images)
        scores = network.module()(network.input()).detach().numpy()
        np.save(folder / "scores.npy", scores.astype(np.float32))
        write_json(folder / "network.json", {
            "name": network.name, "about": network.about, "height": height, "width": width, "channels": channels,
            "range": [network.low, network.high], "classes": network.classes, "operations": operations})
        self.cases[network.name] = []

    def case(self, network, explainer, options, targets, maps, peer, call, images="images", variant="", note=None,
             **compare):
        """A map that a peer found, (N, c, h, w) of torch or numpy, for an explainer of ours with these options.

        compare: how ours is compared with it where that is not value by value; see README.md.
        """
        maps = to_axes(maps)
        assert np.isfinite(maps).all(), (network.name, explainer)
        parts = [explainer, variant, targets.name, "" if images == "images" else images, peer]
        name = "-".join(part for part in parts if part)
        cases = self.cases[network.name]
        assert all(case["name"] != name for case in cases), name
        np.save(self.folder / network.name / (name + ".npy"), maps.astype(np.float32))
        described = {"name": name, "explainer": explainer, "options": {k: text(v) for k, v in options.items()},
                     "images": images, "targets": targets.weights(network.classes), "peer": peer, "call": call}
        described.update(compare)
        if note:
            described["note"] = note
        cases.append(described)

    def finish(self):
        for name, cases in self.cases.items():
            write_json(self.folder / name / "cases.json", cases)
        write_json(self.folder / "peers.json", self.peers)
        return sum(map(len, self.cases.values()))


def text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def write_json(path, content):
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
