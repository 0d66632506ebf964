"""What cases measure with: the engine, a folder for what it writes, and what was made before."""
import math
import os

import numpy

from . import pictures
from .render import NotRendered


class Bench:
    def __init__(self, renderer, output):
        self.render, self.output = renderer, output
        self.known = {}
        self.refusal = None  # what the engine said last when it could not

    def file(self, name):
        return os.path.join(self.output, name)

    def once(self, name, make):
        """The result of `make`, shared by the cases that ask for the same."""
        if name not in self.known:
            self.known[name] = make(), self.refusal
        result, self.refusal = self.known[name]
        return result

    def picture(self, graph, variables, shape):
        """What the graph writes to `out`; not a number anywhere if it cannot."""
        return self.sequence(graph, variables, [1], shape)[0]

    def sequence(self, graph, variables, frames, shape, settings=None):
        """The same for consecutive frames, `####` in the paths; parameters of nodes set."""
        try:
            self.render(graph, variables, settings, frames=f"{frames[0]}-{frames[-1]}")
        except NotRendered as refusal:
            self.refusal = str(refusal)
            return numpy.full((len(frames), *shape), numpy.nan, numpy.float32)
        found = [pictures.read_raw(variables["out"].replace("####", str(frame))) for frame in frames]
        return numpy.stack([picture[..., :shape[-1]] for picture in found])

    def seconds(self, graph, variables):
        """How long the command takes, with starting and files."""
        try:
            return self.render(graph, variables)
        except NotRendered as refusal:
            self.refusal = str(refusal)
            return math.nan

    def explain(self, figures):
        """Says with the figures why they could not be had."""
        for figure in figures:
            if figure.ours is not None and math.isnan(figure.ours):
                figure.ours, figure.note = None, self.refusal or "not a number"
            if figure.target is not None and math.isnan(figure.target):
                figure.target = 0
