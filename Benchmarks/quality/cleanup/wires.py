"""Wires across pictures: which pixels they cover is known, and what is behind them."""
import cv2
import numpy

COUNT = 3  # across each picture
FINE = 4  # places of a curve in a pixel


def curves(rng, width, height):
    """Cubics from one side to the other, or from top to bottom."""
    t = numpy.linspace(0, 1, 8 * FINE * max(width, height) // 4)[:, None]
    for _ in range(COUNT):
        points = rng.random((4, 2)) * (width, height)
        if rng.random() < 0.5:
            points[0, 0], points[3, 0] = -5, width + 5
        else:
            points[0, 1], points[3, 1] = -5, height + 5
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3)
        yield sum(weight * point for weight, point in zip(weights, points))


def hole(width, height, thick, seed):
    """Every pixel that wires so thick touch."""
    apart = numpy.full((height, width), numpy.inf)
    for curve in curves(numpy.random.default_rng(seed), width, height):
        places = numpy.rint(curve * FINE).astype(int)
        inside = (places >= 0).all(axis=1) & (places < (width * FINE, height * FINE)).all(axis=1)
        line = numpy.ones((height * FINE, width * FINE), numpy.uint8)
        line[places[inside, 1], places[inside, 0]] = 0
        far = cv2.distanceTransform(line, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) / FINE
        # The nearest part of a pixel counts.
        apart = numpy.minimum(apart, far.reshape(height, FINE, width, FINE).min(axis=(1, 3)))
    return apart < thick / 2
