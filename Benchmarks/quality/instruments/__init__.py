"""The instruments of clean-up: what is measured, part by part, and what is drawn for the eye."""
from . import denoise, flow, grain, interchange, roto, tracks

PARTS = (roto, tracks, flow, denoise, grain, interchange)

CASES = [case for part in PARTS for case in part.CASES]


def draw_sheets(bench, folder, names):
    for part in PARTS:
        part.draw_sheets(bench, folder, names)
