"""Writes the files that are read by the cases, with the peers' own writers.

    python peers/files.py DATA
"""
import sys

import cv2
import numpy as np
import OpenImageIO as oiio

from opencv import coded
from protocol import Bench, HEIGHT, WIDTH


def main(data):
    bench = Bench("", data, "", 0)
    pixels = bench.picture("plate")
    for codec in ("none", "zip", "piz", "dwaa"):
        spec = oiio.ImageSpec(WIDTH, HEIGHT, 4, oiio.HALF)
        spec.attribute("compression", codec)
        path = f"{data}/plate.{codec}.exr"
        file = oiio.ImageOutput.create(path)
        if not (file.open(path, spec) and file.write_image(pixels) and file.close()):
            sys.exit(f"{path}: {file.geterror()}")
    deep(f"{data}/deep.exr", pixels)
    cv2.imwrite(f"{data}/plate.png", coded(bench))
    cube(f"{data}/look.cube", 33)


def deep(path, pixels):
    """A quarter of the plate three times, half as strong each time, one behind the other."""
    height, width = HEIGHT // 2, WIDTH // 2
    merged = None
    for layer in range(3):
        spec = oiio.ImageSpec(width, height, 5, oiio.FLOAT)
        spec.channelnames = ("R", "G", "B", "A", "Z")
        flat = oiio.ImageBuf(spec)
        values = np.empty((height, width, 5), np.float32)
        values[..., :4] = pixels.reshape(HEIGHT, WIDTH, 4)[layer:layer + height, :width] / 2
        values[..., 3] = 0.5
        values[..., 4] = 2 + layer
        flat.set_pixels(oiio.get_roi(spec), values)
        layered = oiio.ImageBufAlgo.deepen(flat, 0.0)
        merged = layered if merged is None else oiio.ImageBufAlgo.deep_merge(merged, layered, False)
    merged.specmod().attribute("compression", "zips")
    if not merged.write(path):
        sys.exit(f"{path}: {merged.geterror()}")


def cube(path, size):
    """A contrast curve, warmer in the light and cooler in the dark: no plane of it is flat."""
    def look(r, g, b):
        def curve(x):
            return x * x * (3 - 2 * x)
        mean = (r + g + b) / 3
        return (curve(r) * (0.96 + 0.08 * mean), curve(0.9 * g + 0.1 * r),
                curve(b) * (1.04 - 0.12 * mean))
    with open(path, "w") as file:
        file.write(f"LUT_3D_SIZE {size}\n")
        steps = [i / (size - 1) for i in range(size)]
        for b in steps:
            for g in steps:
                for r in steps:
                    file.write("%.7f %.7f %.7f\n" % tuple(look(r, g, b)))


if __name__ == "__main__":
    main(sys.argv[1])
