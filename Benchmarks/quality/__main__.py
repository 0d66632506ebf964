"""The command: what was asked for, in order."""
import argparse
import fnmatch
import importlib
import os
import signal
import sys
import tempfile

from . import places, render, report
from .bench import Bench

# One package for each job, with its CASES and what draws its sheets; its graphs lie beside.
JOBS = ("keying", "instruments", "cleanup")


def arguments():
    parser = argparse.ArgumentParser(
        prog="Scripts/quality",
        description="Renders the graphs of a job, scores the pictures and prints each "
        "figure beside the peer's and the target. Exits 1 when one falls short.")
    parser.add_argument("job", choices=JOBS)
    parser.add_argument("cases", nargs="*", metavar="CASE",
                        help="cases, or sheets, or patterns such as 'dancer-*'; all when none is named")
    parser.add_argument("--json", action="store_true",
                        help="prints {case: {metric, ours, peer, target, pass}} at the end")
    parser.add_argument("--list", action="store_true", help="prints the cases, and ends")
    parser.add_argument("--half", choices=("tune", "report"),
                        help="only cases constants may, or may not, be chosen on")
    parser.add_argument("--sheets", metavar="DIR",
                        help="writes contact sheets of every plate there, or of those named, and ends")
    parser.add_argument("--graphs", metavar="DIR",
                        help="takes graphs from this folder where it has them: "
                        "Benchmarks/quality/keying/graphs/by-hand keys with plain expressions")
    parser.add_argument("--setup", action="store_true", help="installs the peers anew")
    return parser.parse_intermixed_args()


def chosen(options, cases):
    """The cases asked for; a pattern may also name a figure."""
    found = []
    for case in cases:
        names = [case.name, *(f"{case.name}.{metric}" for metric in case.metrics)]
        wanted = not options.cases or any(
            fnmatch.fnmatchcase(name, pattern) for name in names for pattern in options.cases)
        if wanted and (options.half is None or case.half in (options.half, "both")):
            found.append(case)
    if not found:
        sys.exit(f"quality: there is no such case in {options.job}; --list names them")
    return found


def missing(case):
    return [place for place in case.needs if not os.path.exists(os.path.join(places.PLATES, place))]


def measure(cases, bench, out):
    """Every case in turn: what cannot be rendered falls short, what has no plates is skipped."""
    figures = {}
    print(report.HEADER, file=out, flush=True)
    for case in cases:
        if missing(case):
            print(f"{case.name:<34} skipped: the shared plates have no {', '.join(missing(case))}",
                  file=out, flush=True)
            continue
        results = case.measure(bench)
        bench.explain(results)
        for figure in results:
            name = f"{case.name}.{figure.metric}"
            figures[name] = figure
            print(report.line(name, case.half, figure), file=out, flush=True)
    return figures


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = arguments()
    job = importlib.import_module(f".{options.job}", __package__)
    cases = [] if options.sheets else chosen(options, job.CASES)
    if options.list:
        for case in cases:
            print(f"{case.name:<24} {case.half:<6} {', '.join(case.metrics):<22} {case.title}")
        return
    if not os.path.exists(places.PLATES):
        print(f"quality: the shared plates are not in {os.path.relpath(places.PLATES)}: "
              "only what is made here is measured", file=sys.stderr)
    render.build()
    folders = [options.graphs] if options.graphs else []
    renderer = render.Renderer([*folders, places.graphs(options.job)])
    with tempfile.TemporaryDirectory(prefix="bipack-quality-") as output:
        bench = Bench(renderer, output)
        if options.sheets:
            os.makedirs(options.sheets, exist_ok=True)
            return job.draw_sheets(bench, options.sheets, options.cases)
        out = sys.stderr if options.json else sys.stdout
        figures = measure(cases, bench, out)
    print(report.summary(figures), file=out)
    if options.json:
        print(report.dump(figures))
    sys.exit(0 if all(figure.passed for figure in figures.values()) else 1)


if __name__ == "__main__":
    main()
