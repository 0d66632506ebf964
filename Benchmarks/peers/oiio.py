"""OpenImageIO 3, through its Python module."""
import OpenImageIO as oiio

from protocol import Bench, HEIGHT, WIDTH, case, serve

Algo = oiio.ImageBufAlgo
FLOAT = oiio.FLOAT


def prepare(bench: Bench):
    oiio.attribute("threads", bench.threads)
    oiio.attribute("exr_threads", bench.threads)


def buffer(bench, name):
    made = empty()
    made.set_pixels(oiio.get_roi(made.spec()), bench.picture(name))
    return made


def empty(width=WIDTH, height=HEIGHT):
    return oiio.ImageBuf(oiio.ImageSpec(width, height, 4, FLOAT))


def checked(ok, image):
    if not ok:
        raise RuntimeError(image.geterror())


def plain(bench, work, made=None):
    """A case that fills one picture again and again, its memory already there."""
    prepare(bench)
    made = made or empty()
    return lambda: checked(work(made), made), lambda: made.get_pixels(FLOAT)


@case("over")
def over(bench):
    a, b = buffer(bench, "element"), buffer(bench, "plate")
    return plain(bench, lambda made: Algo.over(made, a, b))


@case("grade-chain")
def grade_chain(bench):
    source = buffer(bench, "plate")
    colour = oiio.ROI(0, WIDTH, 0, HEIGHT, 0, 1, 0, 3)
    # After the first operation alpha is where it belongs: the others leave it alone.
    return plain(bench, lambda made: (
        Algo.mul(made, source, (1.2, 1.1, 0.9, 1.0))
        and Algo.add(made, made, (-0.02, 0.01, 0.03), colour)
        and Algo.clamp(made, made, 0.0, 1e30, False, colour)
        and Algo.pow(made, made, (1 / 1.25, 1 / 1.1, 1 / 0.9), colour)
        and Algo.saturate(made, made, 1.3, 0, colour)
        and Algo.mul(made, made, (0.8, 0.8, 0.8), colour)))


@case("resize-half")
def resize_half(bench):
    source = buffer(bench, "plate")
    roi = oiio.ROI(0, WIDTH // 2, 0, HEIGHT // 2, 0, 1, 0, 4)
    return plain(
        bench, lambda made: Algo.resize(made, source, "lanczos3", 0.0, roi),
        empty(WIDTH // 2, HEIGHT // 2))


# Files

def exr_read(codec):
    def make(bench):
        prepare(bench)
        made = []

        def run():
            made.clear()
            file = oiio.ImageInput.open(f"{bench.data}/plate.{codec}.exr")
            made.append(file.read_image(0, 0, 0, 4, FLOAT))
            file.close()

        return run, lambda: made[0]
    case(f"exr-read-{codec}")(make)


@case("deep-flatten")
def deep_flatten(bench):
    prepare(bench)
    made = []

    def run():
        made.clear()
        flat = Algo.flatten(oiio.ImageBuf(f"{bench.data}/deep.exr"))
        made.append(Algo.channels(flat, (0, 1, 2, 3)))
        checked(made[0].initialized, made[0])

    return run, lambda: made[0].get_pixels(FLOAT)


def exr_write(codec):
    def make(bench):
        prepare(bench)
        pixels = bench.picture("plate")
        spec = oiio.ImageSpec(WIDTH, HEIGHT, 4, oiio.HALF)
        spec.attribute("compression", codec)
        path = f"{bench.output}/peer.{codec}.exr"

        def run():
            file = oiio.ImageOutput.create(path)
            checked(file.open(path, spec) and file.write_image(pixels) and file.close(), file)

        def result(other=path):
            return oiio.ImageBuf(other).get_pixels(FLOAT)

        return run, result
    case(f"exr-write-{codec}")(make)


for codec in ("none", "zip", "piz", "dwaa"):
    exr_read(codec)
    exr_write(codec)

if __name__ == "__main__":
    serve()
