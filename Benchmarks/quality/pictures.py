"""Pictures as arrays: rows, columns, channels, float32, colours in linear light.

Files of 8 and 16 bits hold sRGB and are decoded here, EXR files are linear already, and mattes are
never decoded. Nothing in this package lets the engine read or judge its own pictures.
"""
import os

import cv2
import numpy
import OpenImageIO


def linear(values):
    """The sRGB curve undone (IEC 61966-2-1)."""
    values = numpy.asarray(values, dtype=numpy.float64)
    return numpy.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def encoded(values):
    """The sRGB curve; what is outside 0 to 1 is clipped, as a file of 8 bits does."""
    values = numpy.clip(numpy.asarray(values, dtype=numpy.float64), 0, 1)
    return numpy.where(values <= 0.0031308, values * 12.92, 1.055 * values ** (1 / 2.4) - 0.055)


def read_raw(path):
    """The file as it is: every channel, integers brought to 0...1, nothing decoded."""
    source = OpenImageIO.ImageInput.open(path)
    if source is None:
        raise FileNotFoundError(f"{path}: {OpenImageIO.geterror()}")
    # Straight alpha stays straight.
    spec = OpenImageIO.ImageSpec()
    spec["oiio:UnassociatedAlpha"] = 1
    source.close()
    source = OpenImageIO.ImageInput.open(path, spec)
    values = source.read_image(format="float")
    source.close()
    return numpy.asarray(values, dtype=numpy.float32)


def is_linear(path):
    return os.path.splitext(path)[1].lower() in (".exr", ".hdr")


def read_color(path):
    """Three channels in linear light."""
    values = read_raw(path)
    if values.shape[2] < 3:
        values = numpy.repeat(values[..., :1], 3, axis=2)
    values = values[..., :3]
    return values if is_linear(path) else linear(values).astype(numpy.float32)


def read_matte(path):
    """One channel: alpha if the file has one that says something, else the first."""
    values = read_raw(path)
    if values.shape[2] in (2, 4) and values[..., -1].min() < 1:
        return values[..., -1]
    return values[..., 0]


def write_exr(path, values):
    """A float EXR of one, three or four channels."""
    values = numpy.ascontiguousarray(numpy.atleast_3d(values), dtype=numpy.float32)
    height, width, count = values.shape
    names = {1: ("A",), 3: ("R", "G", "B"), 4: ("R", "G", "B", "A")}[count]
    spec = OpenImageIO.ImageSpec(width, height, count, "float")
    spec.channelnames = names
    spec["compression"] = "zip"
    output = OpenImageIO.ImageOutput.create(path)
    if output is None or not output.open(path, spec) or not output.write_image(values):
        raise OSError(f"{path}: {OpenImageIO.geterror()}")
    output.close()


def write_png(path, values):
    """An 8-bit sRGB picture of linear values."""
    bits = numpy.rint(encoded(values) * 255).astype(numpy.uint8)
    if not cv2.imwrite(path, bits[..., ::-1] if bits.ndim == 3 else bits):
        raise OSError(f"{path} could not be written")


def write_matte_png(path, values):
    """An 8-bit picture of a matte: no curve."""
    bits = numpy.rint(numpy.clip(values, 0, 1) * 255).astype(numpy.uint8)
    if not cv2.imwrite(path, bits):
        raise OSError(f"{path} could not be written")


def blur(values, sigma):
    """Gaussian; borders repeat the nearest pixel."""
    return cv2.GaussianBlur(values, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
