"""Clean-up: what is filled, beside the truth and beside peers."""
from . import fills, plates

PARTS = (fills, plates)

CASES = [case for part in PARTS for case in part.CASES]


def draw_sheets(bench, folder, names):
    for part in PARTS:
        part.draw_sheets(bench, folder, names)
