"""Laying out contact sheets: pictures side by side, each with its name above.

A cell is a picture of code values, 0 to 1, three channels. Alpha is shown as it is, colours encoded.
"""
import cv2
import numpy

from . import pictures

WIDTH = 2400  # of a sheet, at most
WHOLE = 400  # the width of a whole picture on a sheet
ENLARGED = 4
CROP = 75  # pixels of the picture: 300 on the sheet, eight side by side


def code(values):
    """What is seen: a matte as it is, a colour encoded; clipped to what a screen shows."""
    values = numpy.clip(values, 0, 1) if values.ndim == 2 else pictures.encoded(values)
    return numpy.repeat(values[..., None], 3, axis=2) if values.ndim == 2 else values


def titled(cell, text, paper=30):
    """With a name above, cut where the cell ends."""
    bar = numpy.full((22, cell.shape[1], 3), paper, numpy.uint8)
    cv2.putText(bar, text, (5, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.45, (230, 230, 230), 1, cv2.LINE_AA)
    return numpy.vstack([bar / 255, cell])


def whole(name, values):
    """All of a picture, as wide as every other."""
    height = round(values.shape[0] * WHOLE / values.shape[1])
    how = cv2.INTER_AREA if WHOLE < values.shape[1] else cv2.INTER_NEAREST
    return titled(cv2.resize(code(values), (WHOLE, height), interpolation=how), name)


def crop(name, values, square):
    """A square of it, its pixels as squares: nothing is smoothed or sharpened by the sheet."""
    part = code(values[square.slices])
    size = part.shape[1] * ENLARGED, part.shape[0] * ENLARGED
    return titled(cv2.resize(part, size, interpolation=cv2.INTER_NEAREST), name)


def stacked(parts):
    """One above the other, black to the right of narrower ones."""
    width = max(part.shape[1] for part in parts)
    return numpy.vstack([numpy.pad(part, ((0, 0), (0, width - part.shape[1]), (0, 0))) for part in parts])


def row(title, cells):
    """Cells side by side under a title of their own; those that do not fit begin a line more."""
    lines, used = [[]], 0
    for cell in cells:
        if lines[-1] and used + cell.shape[1] > WIDTH:
            lines.append([])
            used = 0
        lines[-1].append(cell)
        used += cell.shape[1]
    return titled(stacked([numpy.hstack(line) for line in lines]), title, paper=70)


def write(path, rows):
    bits = numpy.rint(numpy.clip(stacked(rows), 0, 1) * 255).astype(numpy.uint8)
    if not cv2.imwrite(path, bits[..., ::-1]):
        raise OSError(f"{path} could not be written")
