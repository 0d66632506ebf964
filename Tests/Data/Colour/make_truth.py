#!/usr/bin/env python3
"""Writes truth.json: what PyOpenColorIO (pip install opencolorio) makes of eight colours through every
LUT, CDL and config of ../shared/plates/color and every conversion of Bipack's own config.

    bipack-checkout$ python3 Tests/Data/Colour/make_truth.py
"""
import json, os, re, sys, textwrap
from pathlib import Path

import numpy as np
import PyOpenColorIO as ocio

here = Path(__file__).parent
root = here.parents[2]
plates = root / ".." / "shared" / "plates" / "color"
COLOURS = [
    [0, 0, 0], [1, 1, 1], [0.18, 0.18, 0.18], [0.5, 0.1, 0.9],
    [-0.1, 0.2, 1.5], [2, 0.5, 0.05], [0.03, 0.7, 0.33], [16, -0.5, 0.001],
]


def run(processor):
    pixels = np.array(COLOURS, dtype=np.float32)
    processor.getDefaultCPUProcessor().apply(ocio.PackedImageDesc(pixels, len(COLOURS), 1, 3))
    # JSON has no infinities.
    return [float("%.8g" % min(max(v, -3e38), 3e38)) for v in pixels.ravel()]


def attempt(cases, errors, case, build):
    try:
        case["rgb"] = run(build())
        cases.append(case)
    except ocio.Exception as e:
        errors.append(case)


def conversions(config, name, cases, errors, reference):
    spaces = list(config.getColorSpaceNames(
        ocio.SEARCH_REFERENCE_SPACE_SCENE, ocio.COLORSPACE_ALL))
    for space in spaces:
        for a, b in ((space, reference), (reference, space)):
            attempt(cases, errors, {"config": name, "from": a, "to": b},
                    lambda: config.getProcessor(a, b))
    for display in config.getDisplays():
        for view in config.getViews(display):
            for inverse in (False, True):
                case = {"config": name, "from": reference, "display": display, "view": view,
                        "inverse": inverse}
                direction = (ocio.TRANSFORM_DIR_INVERSE if inverse else ocio.TRANSFORM_DIR_FORWARD)
                attempt(cases, errors, case,
                        lambda: config.getProcessor(reference, display, view, direction))


def main():
    cases, errors = [], []
    raw = ocio.Config.CreateRaw()
    files = sorted(p for d in ("luts", "cdl") for p in (plates / d).rglob("*") if p.is_file())
    for path in files:
        for inverse in (False, True):
            for interpolation in ("default", "nearest", "linear", "tetrahedral", "best"):
                if interpolation != "default" and (inverse or "3d" not in path.read_text(
                        errors="replace").lower() + path.suffix + path.name.lower()):
                    continue
                transform = ocio.FileTransform(
                    str(path),
                    interpolation=getattr(ocio, "INTERP_" + interpolation.upper()),
                    direction=(ocio.TRANSFORM_DIR_INVERSE if inverse
                               else ocio.TRANSFORM_DIR_FORWARD))
                attempt(cases, errors,
                        {"file": str(path.relative_to(plates)), "interpolation": interpolation,
                         "inverse": inverse},
                        lambda: raw.getProcessor(transform))
    source = (root / "Sources/BipackIO/Colour/BuiltInConfig.swift").read_text()
    text = textwrap.dedent(re.search(r'#"""\n(.*?) *"""#', source, re.S).group(1))
    conversions(ocio.Config.CreateFromStream(text), "built-in", cases, errors,
                "Linear Rec.709 (sRGB)")
    conversions(ocio.Config.CreateFromFile(str(plates / "config_cg_aces13.ocio")),
                "config_cg_aces13.ocio", cases, errors, "ACES2065-1")
    conversions(ocio.Config.CreateFromFile(str(plates / "config_context_test1/config.ocio")),
                "config_context_test1/config.ocio", cases, errors, "reference")
    with open(here / "truth.json", "w") as out:
        out.write('{\n"library": "%s",\n"colours": %s,\n"cases": [\n' % (
            ocio.__version__, json.dumps(COLOURS)))
        out.write(",\n".join(json.dumps(case) for case in cases))
        out.write('\n],\n"refused": [\n')
        out.write(",\n".join(json.dumps(case) for case in errors))
        out.write("\n]\n}\n")
    print(len(cases), "cases,", len(errors), "refused")
    sys.stdout.flush()
    os._exit(0)


main()
