"""How far a matte or a colour is from the truth.

The definitions are those of the alpha matting benchmark (Rhemann et al., CVPR 2009), but for the
mean absolute errors, which the README of the plates defines. All are computed by numpy from the
files the engine wrote.
"""
import numpy
import scipy.ndimage


def edges(truth):
    """Where the truth is neither screen nor subject."""
    return (truth > 0.02) & (truth < 0.98)


def mae(alpha, truth):
    return float(numpy.abs(alpha - truth).mean())


def edge_mae(alpha, truth):
    return float(numpy.abs(alpha - truth)[edges(truth)].mean())


def sad(alpha, truth, where=None):
    """Sum of absolute differences, in thousands."""
    difference = numpy.abs(alpha - truth)
    return float((difference if where is None else difference[where]).sum(dtype=numpy.float64) / 1000)


def mse(a, b, where=None):
    difference = numpy.square(numpy.asarray(a, numpy.float64) - b)
    return float((difference if where is None else difference[where]).mean())


def gradient(values, sigma=1.4):
    """Strength of the gradient, by derivatives of a Gaussian whose L2 norm is 1."""
    radius = int(numpy.ceil(sigma * numpy.sqrt(-2 * numpy.log(numpy.sqrt(2 * numpy.pi) * sigma * 0.01))))
    x = numpy.arange(-radius, radius + 1, dtype=numpy.float64)
    gauss = numpy.exp(-x * x / (2 * sigma * sigma)) / (sigma * numpy.sqrt(2 * numpy.pi))
    kernel = numpy.outer(gauss, -x * gauss / (sigma * sigma))
    kernel /= numpy.sqrt((kernel * kernel).sum())
    values = numpy.asarray(values, numpy.float64)
    across = scipy.ndimage.convolve(values, kernel, mode="nearest")
    down = scipy.ndimage.convolve(values, kernel.T, mode="nearest")
    return numpy.hypot(across, down)


def gradient_error(alpha, truth, where=None):
    """Sum of squared differences of the gradients' strengths, in thousands."""
    difference = numpy.square(gradient(alpha) - gradient(truth))
    return float((difference if where is None else difference[where]).sum() / 1000)


def trembling(mattes, truths, unknown):
    """dtSSD: the root of the mean square of what alpha changes from frame to frame beyond what the
    truth does, where either frame is unknown (Erofeev et al., *Perceptually motivated benchmark for
    video matting*, 2015)."""
    total, count = 0.0, 0
    for i in range(1, len(mattes)):
        where = unknown[i] | unknown[i - 1]
        change = (mattes[i] - mattes[i - 1]) - (truths[i] - truths[i - 1])
        total += float(numpy.square(change[where], dtype=numpy.float64).sum())
        count += int(where.sum())
    return float(numpy.sqrt(total / count))
