"""The camera: lens, sensor noise, ten-bit log recording, and the files.

Everything is scene-linear Rec.709. A plate is *recorded* as a cinema camera records: the noisy
signal is rounded to ten-bit ACEScct code values and written as the half floats of those codes. That
is true to life, and it makes noise cheap to store without loss. Truths are neither noisy nor coded.
"""
import os

import numpy as np

F = np.float32
preview_folder = None


def blur(picture, sigma):
    """Gaussian blur, edges repeated."""
    if sigma <= 0:
        return picture
    radius = int(np.ceil(sigma * 3.5))
    k = np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2)
    k = (k / k.sum()).astype(F)
    for axis in (0, 1):
        pad = [(0, 0)] * picture.ndim
        pad[axis] = (radius, radius)
        p = np.pad(picture, pad, mode="edge")
        n = picture.shape[axis]
        picture = sum(k[i] * np.take(p, np.arange(i, i + n), axis) for i in range(2 * radius + 1))
    return picture.astype(F)


def down(picture, samples):
    """The mean of each block of `samples` x `samples`."""
    h, w = picture.shape[0] // samples, picture.shape[1] // samples
    return picture.reshape(h, samples, w, samples, *picture.shape[2:]).mean((1, 3), dtype=F)


def vignette(width, height, stops):
    """Cosine-fourth fall-off reaching `stops` in the corners."""
    x = (np.arange(width, dtype=F) + 0.5) / width * 2 - 1
    y = (np.arange(height, dtype=F) + 0.5) / height * 2 - 1
    r2 = (x[None, :] ** 2 * width**2 + y[:, None] ** 2 * height**2) / (width**2 + height**2)
    k = 2 ** (stops / 2) - 1  # (1 + k r2)^-2 is 2^-stops at r = 1
    return (1 / (1 + k * r2) ** 2)[..., None].astype(F)


def sensor(picture, plate, frame, gain=1.0):
    """Adds photon and read noise: variance = read^2 + shot * signal, a little wider than a pixel.

    The generator is numpy's counter-based Philox, keyed by plate and frame.
    """
    noise = np.random.Generator(np.random.Philox(key=[plate, frame])).standard_normal(
        picture.shape, dtype=F)
    noise = 0.82 * noise + 0.62 * blur(noise, 0.8) / 0.353
    noise /= noise.std()
    shot = np.array([0.00022, 0.00015, 0.00034], F) * F(gain)
    read = np.array([0.0017, 0.0013, 0.0024], F) * F(gain)
    return picture + noise * np.sqrt(read**2 + shot * np.maximum(picture, 0))


def record(picture):
    """Ten-bit ACEScct (S-2016-001) and back."""
    a, b, cut = 10.5402377416545, 0.0729055341958355, 0.0078125
    x = picture.astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        code = np.where(x <= cut, a * x + b, (np.log2(np.maximum(x, cut)) + 9.72) / 17.52)
    code = np.round(np.clip(code, 0, 1) * 1023) / 1023
    linear = np.where(code <= 0.155251141552511, (code - b) / a, 2 ** (code * 17.52 - 9.72))
    return linear.astype(F)


def rounded(picture, bits=8, step=1 / 2048):
    """Keeps `bits` significant bits and whole multiples of `step`: a noise-free truth stays small."""
    mantissa, exponent = np.frexp(np.round(picture.astype(np.float64) / step) * step)
    return np.ldexp(np.round(mantissa * (1 << bits)) / (1 << bits), exponent).astype(F)


def write(folder, name, channels, compression="piz"):
    """Writes half-float channels {name: 2-D array}; lossless."""
    import OpenEXR

    kind = {"piz": OpenEXR.PIZ_COMPRESSION, "zip": OpenEXR.ZIP_COMPRESSION}[compression]
    header = {"compression": kind, "type": OpenEXR.scanlineimage}
    planes = {}
    for channel, plane in channels.items():
        planes[channel] = np.ascontiguousarray(np.clip(plane, -65504, 65504).astype(np.float16))
    path = os.path.join(folder, name)
    OpenEXR.File(header, dict(planes)).write(path)
    print(f"  {name}  {os.path.getsize(path) / 1024:.0f} KB", flush=True)
    if preview_folder:
        preview(name, planes)


def rgb(picture):
    return {c: picture[..., i] for i, c in enumerate("RGB")}


def preview(name, planes):
    """A PNG to look at: a soft shoulder, then the sRGB curve."""
    from PIL import Image

    if "R" in planes:
        x = np.stack([planes[c] for c in "RGB"], -1).astype(F)
        if "A" in planes:
            x = x + (1 - planes["A"].astype(F)[..., None]) * F(0.18)
    else:
        x = np.repeat(next(iter(planes.values())).astype(F)[..., None], 3, -1)
    x = np.maximum(x, 0)
    x = np.where(x < 0.6, x, 0.6 + 0.4 * (1 - np.exp(-(x - 0.6) / 0.4 * 0.9)))
    x = np.where(x <= 0.0031308, 12.92 * x, 1.055 * np.maximum(x, 1e-9) ** (1 / 2.4) - 0.055)
    out = os.path.join(preview_folder, name.replace(".exr", ".png"))
    Image.fromarray((np.clip(x, 0, 1) * 255 + 0.5).astype(np.uint8)).save(out)
