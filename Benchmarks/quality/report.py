"""Figures in words: lines as they come, and JSON."""
import json

HEADER = f"{'case':<34} {'half':<6} {'ours':>9} {'peer':>9} {'target':>9}"


def number(value):
    """Three digits that count."""
    if value is None:
        return "-"
    size = abs(value)
    for limit, places in ((100, 0), (10, 1), (1, 2), (0.1, 3), (0.01, 4), (0.001, 5)):
        if size >= limit:
            return f"{value:.{places}f}"
    return "0" if size == 0 else f"{value:.2e}"


def line(name, half, figure):
    target = "-" if figure.target is None else (
        f"{'>' if figure.least else '<'}{number(figure.target)}")
    verdict = "shown" if figure.target is None else "pass" if figure.passed else "FAIL"
    return (f"{name:<34} {half:<6} {number(figure.ours):>9} {number(figure.peer):>9} {target:>9} "
            f"{verdict:<5} {figure.note}").rstrip()


def summary(figures):
    judged = [figure for figure in figures.values() if figure.target is not None]
    missed = [name for name, figure in figures.items() if not figure.passed]
    text = f"{len(judged) - len(missed)} of {len(judged)} targets met"
    return text + ("; missed: " + ", ".join(missed) if missed else "")


def dump(figures):
    return json.dumps({name: figure.json() for name, figure in figures.items()}, indent=2)
