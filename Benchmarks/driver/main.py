"""The command: what was asked for, in order."""
import argparse
import fnmatch
import json
import os
import signal
import sys

from . import kernels, page, places, prepare, report
from .cases import CASES
from .measure import Machine, compare, pin, verify
from .worker import Failed, Worker


def arguments():
    parser = argparse.ArgumentParser(
        prog="Scripts/benchmark",
        description="Runs Bipack and its peers alternately on the same two cores, two threads "
        "each, and prints the times, their ratio and how far ours is from a memory copy.")
    parser.add_argument("names", nargs="*", metavar="NAME",
                        help="cases, or patterns such as 'exr-*'; all when none is named")
    parser.add_argument("--setup", action="store_true", help="installs the peers, and ends")
    parser.add_argument("--list", action="store_true", help="prints the cases, and ends")
    parser.add_argument("--verify", action="store_true",
                        help="compares what both compute instead of how fast")
    parser.add_argument("--kernels", action="store_true",
                        help="measures nodes of the catalogue, not cases: time for a pixel")
    parser.add_argument("--json", action="store_true", help="prints results as JSON at the end")
    parser.add_argument("--markdown", action="store_true",
                        help="brings the tables of Docs/performance.md up to date with the last "
                        "results of each case and node, and ends")
    parser.add_argument("--runs", type=int, metavar="N",
                        help="rounds; as many as fit 12 seconds, 3 to 15, when not given")
    parser.add_argument("--strict", action="store_true", help="fails when a target is missed or a case could not be judged")
    parser.add_argument("--no-build", action="store_true", help="runs what was built before")
    return parser.parse_args()


def chosen(names, cases):
    if not names:
        return cases
    found = []
    for name in names:
        matches = [case for case in cases if fnmatch.fnmatchcase(case.name, name)]
        if not matches:
            sys.exit(f"benchmark: there is no case '{name}'; --list names them")
        found += [case for case in matches if case not in found]
    return found


def remember(kind, results):
    """Adds to what earlier runs found, which the tables of the documentation are made of."""
    known = {}
    if os.path.exists(places.RESULTS):
        with open(places.RESULTS) as file:
            known = json.load(file)
    known.setdefault(kind, {}).update(results)
    with open(places.RESULTS, "w") as file:
        file.write(report.dump(known))


def measure(cases, place, options, out):
    """Every case in turn; a case that cannot run is said and does not stop the others. Returns the
    results, and what went wrong by the names of cases."""
    results, failures = {}, {}
    machine = Machine(pin())
    print(report.HEADER, file=out, flush=True)
    with Worker.ours("copy", *place, 2) as copier:
        for case in cases:
            try:
                results[case.name] = compare(case, place, machine, copier, options.runs)
                print(report.line(case.name, results[case.name]), file=out, flush=True)
                remember("cases", {case.name: results[case.name]})
            except Failed as failure:
                failures[case.name] = {"error": str(failure)}
                print(f"{case.name:<20} failed: {failure}", file=out, flush=True)
    print(report.summary(results), file=out)
    return results, failures


def check(cases, place):
    """Whether both sides of every case make the same picture."""
    agree = True
    for case in cases:
        try:
            result = verify(case, place)
            print(report.verification(case.name, result), flush=True)
            agree = agree and result.get("agree") is not False
        except Failed as failure:
            print(f"{case.name:<20} failed: {failure}", flush=True)
            agree = False
    return agree


def main():
    # Told to stop, it still takes its folder and its workers with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = arguments()
    if options.setup:
        sys.exit(1 if prepare.setup() else 0)
    if options.markdown:
        return page.update()
    cases = [] if options.kernels else chosen(options.names, CASES)
    if options.list:
        for case in cases:
            target = f"at most {report.number(case.target)} of" if case.target else "beside"
            print(f"{case.name:<20} {case.title}; {target} {case.peer}")
        return
    if not options.no_build:
        commands = any(case.ours == "command" for case in cases)
        prepare.build(["worker", "bipack"] if commands else ["worker"])
    with places.output_folder() as output:
        place = (prepare.data(any(case.shots for case in cases)), output)
        if options.verify:
            sys.exit(0 if check(cases, place) else 1)
        out = sys.stderr if options.json else sys.stdout
        if options.kernels:
            results, failures = kernels.measure(options.names, place, options.runs, out)
            remember("kernels", results)
        else:
            results, failures = measure(cases, place, options, out)
    if options.json:
        print(report.dump(results | failures))
    missed = any(result.get("target") and not result.get("pass") for result in results.values())
    if options.strict and (missed or failures):
        sys.exit(1)
