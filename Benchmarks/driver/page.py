"""Docs/performance.md: its tables, from what the last runs of each case and node found."""
import json
import os
import re
import statistics
import subprocess
import sys

from . import places, prepare
from .cases import CASES
from .report import number

# From here on a result says that it was measured while others worked.
SHARED = 0.1


def update():
    """Replaces the text between `<!-- NAME -->` and `<!-- /NAME -->`."""
    try:
        with open(places.RESULTS) as file:
            results = json.load(file)
    except OSError:
        sys.exit("benchmark: nothing has been measured yet")
    with open(places.PAGE) as file:
        page = file.read()
    cases, nodes = results.get("cases", {}), results.get("kernels", {})
    for name, text in {
        "machine": machine(cases), "cases": case_table(cases), "floors": floor_table(cases),
        "nodes": node_table(nodes),
    }.items():
        start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        if start not in page:
            sys.exit(f"benchmark: {os.path.basename(places.PAGE)} has no {start}")
        page = re.sub(f"{re.escape(start)}.*?{re.escape(end)}",
                      lambda _: f"{start}\n{text}\n{end}", page, flags=re.S)
    with open(places.PAGE, "w") as file:
        file.write(page)


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def mark(result):
    return "\\*" if result["others"] > SHARED else ""


def case_table(cases):
    lines = [
        row("case", "peer", "ours ms", "peer ms", "ratio", "quartiles", "target", "", "MB",
            "peer's MB"),
        row("---", "---", *["---:"] * 5, "---", "---:", "---:")]
    for case in CASES:
        result = cases.get(case.name)
        if result is None:
            lines.append(row(case.title, case.peer, "not measured", *[""] * 7))
        elif "ratio" not in result:
            lines.append(row(case.title, f"{case.peer}: {result['peer_error']}",
                             number(result["ours_ms"]), *[""] * 7))
        else:
            lines.append(row(
                case.title + mark(result), case.peer, number(result["ours_ms"]),
                number(result["peer_ms"]), f"**{number(result['ratio'])}**",
                " - ".join(map(number, result["spread"])), number(case.target),
                {True: "met", False: "missed", None: ""}[result.get("pass")],
                f"{result['ours_mb']:.0f}", f"{result['peer_mb']:.0f}"))
    return "\n".join(lines)


def floor_table(cases):
    lines = [row("case", "floor ms", "ours is", "GB/s", "bound by", "of the comparison"),
             row("---", "---:", "---:", "---:", "---", "---")]
    for case in CASES:
        result = cases.get(case.name, {})
        times = f"{number(result['over_floor'])} x" if "over_floor" in result else ""
        lines.append(row(
            case.title, number(result["floor_ms"]) if times else "", times,
            number(result["ours_gbs"]) if times else "", case.bound, case.note))
    return "\n".join(lines)


def node_table(nodes):
    lines = [row("node", "ns for a pixel", "copies", "parameters"),
             row("---", "---:", "---:", "---")]
    for name, result in sorted(nodes.items()):
        parameters = result["parameters"].replace("|", "\\|")
        lines.append(row(name + mark(result), f"{result['ns_per_pixel']:.2f}",
                         f"{result['copies']:.1f}", f"`{parameters}`" if parameters else ""))
    return "\n".join(lines)


# The machine

def machine(cases):
    with open("/proc/cpuinfo") as file:
        model = re.search(r"model name\s*: (.*)", file.read())
    with open("/etc/os-release") as file:
        system = re.search(r'PRETTY_NAME="?([^"\n]*)', file.read())
    swift = re.search(r"Swift version (\S+)", command("swift", "--version"))
    copies = [result["copy_gbs"] for result in cases.values() if not mark(result)]
    copies = copies or [result["copy_gbs"] for result in cases.values()]
    speed = f"; a copy by two threads moves {statistics.median(copies):.0f} GB/s" if copies else ""
    return (
        f"Two processors of {model.group(1) if model else 'an unknown machine'}, "
        f"{system.group(1) if system else 'an unknown system'}, "
        f"Swift {swift.group(1) if swift else 'unknown'}{speed}. Peers: {', '.join(versions())}.")


def command(*words):
    try:
        return subprocess.run(words, capture_output=True, text=True).stdout
    except OSError:
        return ""


def versions():
    """The peers that are installed, as their packages say."""
    names = {"OpenImageIO": "OpenImageIO", "opencv-contrib-python-headless": "OpenCV",
             "opencolorio": "OpenColorIO", "scipy": "SciPy", "bpy": "Blender"}
    found = []
    for environment in prepare.ENVIRONMENTS:
        listed = command(places.python(environment), "-m", "pip", "list", "--format=json")
        for package in json.loads(listed or "[]"):
            if package["name"] in names:
                name = names.pop(package["name"])
                found.append(f"{name} {package['version']}")
    return found
