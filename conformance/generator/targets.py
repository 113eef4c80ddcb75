"""What is explained, as each peer wants to be told."""

from networks import Contrast


class Classes:
    """One class per image."""

    name = ""

    def __init__(self, *classes, weight=1):
        self.classes = list(classes)
        self.weight = weight

    def times(self, weight):
        return Classes(*self.classes, weight=weight)

    def weights(self, count):
        return [[self.weight * (k == chosen) for k in range(count)] for chosen in self.classes]

    def captum(self, module):
        """The module that captum is given, and its argument "target"."""
        assert self.weight == 1
        return module, self.classes

    def functionals(self):
        """A function of one image's scores, for each image."""
        return [lambda scores, k=k: self.weight * scores[k] for k in self.classes]


class Difference:
    """Why this class and not that, the same pair for all images."""

    name = "contrast"

    def __init__(self, why, why_not, images, weight=1):
        self.why = why
        self.why_not = why_not
        self.images = images
        self.weight = weight

    def times(self, weight):
        return Difference(self.why, self.why_not, self.images, weight)

    def weights(self, count):
        return [[self.weight * ((k == self.why) - (k == self.why_not)) for k in range(count)]] * self.images

    def captum(self, module):
        assert self.weight == 1
        return Contrast(module, self.why, self.why_not), None

    def functionals(self):
        return [lambda scores: self.weight * (scores[self.why] - scores[self.why_not])] * self.images
