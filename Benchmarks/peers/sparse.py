"""SciPy's solver of sparse systems."""
import numpy
import scipy.sparse
import scipy.sparse.linalg

from protocol import Bench, case, serve

LEFT, TOP, SIDE = 1400, 600, 1000


def coded(light):
    """The sRGB curve, as ours codes light before it fills."""
    return numpy.where(light <= 0.0031308, light * 12.92, 1.055 * numpy.abs(light) ** (1 / 2.4) - 0.055)


def decoded(code):
    return numpy.where(code <= 0.04045, code / 12.92, ((numpy.abs(code) + 0.055) / 1.055) ** 2.4)


@case("membrane")
def membrane(bench: Bench):
    """A square of a million pixels; the equations are put up beforehand."""
    plate = bench.picture("plate")
    part = coded(plate[TOP - 1:TOP + SIDE + 1, LEFT - 1:LEFT + SIDE + 1, :3].astype(numpy.float64))
    right = numpy.zeros((SIDE, SIDE, 3))
    right[0], right[-1] = part[0, 1:-1], part[-1, 1:-1]
    right[:, 0] += part[1:-1, 0]
    right[:, -1] += part[1:-1, -1]
    ones = numpy.ones(SIDE - 1)
    line = scipy.sparse.diags_array([-ones, 2 * numpy.ones(SIDE), -ones], offsets=[-1, 0, 1])
    unit = scipy.sparse.eye_array(SIDE)
    system = (scipy.sparse.kron(unit, line) + scipy.sparse.kron(line, unit)).tocsc()
    right = right.reshape(-1, 3)
    made = []

    def run():
        made[:] = [scipy.sparse.linalg.spsolve(system, right)]

    def result():
        filled = plate.copy()
        filled[TOP:TOP + SIDE, LEFT:LEFT + SIDE, :3] = decoded(made[0].reshape(SIDE, SIDE, 3))
        return filled

    return run, result


if __name__ == "__main__":
    serve()
