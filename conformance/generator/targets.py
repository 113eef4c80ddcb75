"""What is explained, as each peer wants to be told."""

from networks import Contrast


class Classes:
    """One class per image."""

    name = ""

    def __init__(self, *classes):
        self.classes = list(classes)

    def weights(self, count):
        return [[int(k == chosen) for k in range(count)] for chosen in self.classes]

    def captum(self, module):
        """The module that captum is given, and its argument "target"."""
        return module, self.classes

    def functionals(self):
        """A function of one image's scores, for each image."""
        return [lambda scores, k=k: scores[k] for k in self.classes]


class Difference:
    """Why this class and not that, the same pair for all images."""

    name = "contrast"

    def __init__(self, why, why_not, images):
        self.why = why
        self.why_not = why_not
        self.images = images

    def weights(self, count):
        return [[int(k == self.why) - int(k == self.why_not) for k in range(count)]] * self.images

    def captum(self, module):
        return Contrast(module, self.why, self.why_not), None

    def functionals(self):
        return [lambda scores: scores[self.why] - scores[self.why_not]] * self.images
