"""OpenColorIO, through its Python module. It uses one thread itself: each of ours gets a part."""
from concurrent.futures import ThreadPoolExecutor

import numpy
import PyOpenColorIO as ocio

from protocol import HEIGHT, WIDTH, case, serve


@case("lut-33")
def lut(bench):
    source = bench.picture("plate")
    made = numpy.zeros_like(source)
    transform = ocio.FileTransform(
        f"{bench.data}/look.cube", interpolation=ocio.INTERP_TETRAHEDRAL)
    processor = ocio.Config.CreateRaw().getProcessor(transform).getDefaultCPUProcessor()
    rows = HEIGHT // bench.threads
    parts = []
    for i in range(bench.threads):
        part = slice(i * rows, (i + 1) * rows if i + 1 < bench.threads else HEIGHT)
        height = part.stop - part.start
        parts.append(tuple(
            ocio.PackedImageDesc(picture[part], WIDTH, height, 4) for picture in (source, made)))
    pool = ThreadPoolExecutor(bench.threads)
    return (lambda: list(pool.map(lambda part: processor.apply(*part), parts))), lambda: made


if __name__ == "__main__":
    serve()
