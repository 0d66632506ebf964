"""How cost grows with the work: pixels, nodes, frames. Called by Scripts/scale; standard library only."""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BIPACK = os.path.join(ROOT, ".build", "release", "bipack")


class Run:
    """A bipack process: wall seconds, CPU seconds, most resident bytes, output."""

    def __init__(self, arguments, watch=None):
        begin = time.monotonic()
        process = subprocess.Popen(
            [BIPACK] + arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        samples = []
        done = threading.Event()

        def look():
            while not done.wait(watch):
                samples.append(sample(process.pid, time.monotonic() - begin))

        watcher = threading.Thread(target=look) if watch else None
        if watcher:
            watcher.start()
        # Both pipes are drained at once; usage is read when the process is reaped.
        errors = []
        reader = threading.Thread(target=lambda: errors.append(process.stderr.read()))
        reader.start()
        self.output = process.stdout.read()
        reader.join()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        done.set()
        if watcher:
            watcher.join()
        self.errors = errors[0]
        self.status = process.returncode
        self.seconds = time.monotonic() - begin
        self.cpu = usage.ru_utime + usage.ru_stime
        self.resident = usage.ru_maxrss * 1024
        self.samples = [s for s in samples if s]
        if self.status != 0:
            sys.exit(f"bipack {' '.join(arguments)}: exit {self.status}\n{self.errors[-2000:]}")


def sample(pid, seconds):
    try:
        with open(f"/proc/{pid}/status") as file:
            resident = re.search(r"VmRSS:\s+(\d+)", file.read())
        return seconds, int(resident.group(1)) * 1024, len(os.listdir(f"/proc/{pid}/fd"))
    except (OSError, AttributeError):
        return None


def write(path, document):
    with open(path, "w") as file:
        json.dump(document, file)
    return path


def document(width, height, nodes, frames=(1, 1)):
    return {"bipack": 1, "format": {"width": width, "height": height, "fps": 24},
            "frames": list(frames), "nodes": nodes}


def mebibytes(n):
    return f"{n / 2**20:.0f} MiB"


def pixels(folder, sizes, memory):
    """Read, grade, blur, merge, write at growing sizes: nanoseconds a pixel, and memory."""
    print(f"\nread, grade, blur (sigma 20), merge, write ZIP half; --memory {memory}")
    print(f"  {'size':>15} {'seconds':>9} {'cpu s':>8} {'ns/pixel':>9} {'to UHD':>7} {'resident':>10}  plan")
    reference = None
    results = {}
    for width, height in sizes:
        picture = os.path.join(folder, "picture.exr")
        made = os.path.join(folder, "made.exr")
        source = {
            "grid": {"type": "CheckerBoard", "size": [97, 61]},
            "grain": {"type": "Noise", "size": [9, 9]},
            "sum": {"type": "Merge", "a": "grain", "b": "grid", "operation": "screen", "mix": 0.2},
            "out": {"type": "Write", "source": "sum", "path": picture}}
        Run(["render", "--memory", memory,
             write(os.path.join(folder, "source.json"), document(width, height, source))])
        chain = {
            "plate": {"type": "Read", "path": picture},
            "grade": {"type": "Grade", "source": "plate", "white": 1.2, "gamma": 1.1},
            "blur": {"type": "Blur", "source": "grade", "size": 48, "cropToFormat": True},
            "comp": {"type": "Merge", "a": "grade", "b": "blur", "operation": "screen"},
            "out": {"type": "Write", "source": "comp", "path": made}}
        graph = write(os.path.join(folder, "chain.json"), document(width, height, chain))
        plan = Run(["explain", "--memory", memory, graph]).output.splitlines()[0]
        # The first run also makes the system find the memory, which on a machine that is itself a guest can
        # cost more than the picture.
        runs = [Run(["render", "--force", "--memory", memory, graph]) for _ in range(3)]
        run = min(runs, key=lambda one: one.cpu)
        for path in (picture, made):
            os.unlink(path)
        ns = run.cpu * 1e9 / (width * height)
        if (width, height) == (3840, 2160):
            reference = ns
        ratio = ns / reference if reference else float("nan")
        bands = re.search(r"in (\d+) bands", plan)
        print(f"  {width:>7}x{height:<7} {run.seconds:9.2f} {run.cpu:8.2f} {ns:9.1f} {ratio:7.2f} "
              f"{mebibytes(run.resident):>10}  {bands.group(0) if bands else 'whole'}", flush=True)
        results[f"{width}x{height}"] = {
            "seconds": run.seconds, "cpu_seconds": run.cpu, "ns_per_pixel": ns,
            "to_uhd": ratio, "resident_bytes": run.resident}
    return results


def nodes(folder):
    """Planning: 10,000 nodes once, 500 animated nodes for each frame."""
    large = {"src": {"type": "CheckerBoard"}, "n0": {"type": "Add", "source": "src", "value": 0.1}}
    for i in range(1, 10000):
        previous = f"n{i - 1}"
        large[f"n{i}"] = [
            {"type": "Merge", "a": previous, "b": f"n{max(0, i - 37)}", "operation": "plus"},
            {"type": "Grade", "source": previous, "white": 1 + i * 1e-4},
            {"type": "Blur", "source": previous, "size": 3 + i % 5, "cropToFormat": True},
            {"type": "Multiply", "source": previous, "value": {"keys": [[1, 1.0], [9, 1.0 + i * 1e-6]]}},
            {"type": "Saturation", "source": previous, "saturation": 0.9},
            {"type": "Add", "source": previous, "value": {"expr": f"frame * 0.0001 + {i} * 1e-6"}},
            {"type": "Transform", "source": previous, "translate": [0.5 if i % 16 < 8 else -0.5, 0]},
            {"type": "Gamma", "source": previous, "value": 1 + i * 1e-4},
        ][i % 8]
    graph = write(os.path.join(folder, "large.json"), document(64, 64, large))
    empty = min(Run(["--version"]).cpu for _ in range(5))
    cpu = min(Run(["explain", "-o", "n9999", graph]).cpu for _ in range(5)) - empty
    print(f"\n10,000 nodes parsed, checked, planned and printed: {cpu * 1e3:.0f} ms of CPU (at most 500)")
    cheap = {"src": {"type": "CheckerBoard"}}
    for i in range(500):
        cheap[f"n{i}"] = {"type": "Add", "source": f"n{i - 1}" if i else "src",
                          "value": {"expr": f"frame * 0.001 + {i} * 1e-5"}}
    graph = write(os.path.join(folder, "cheap.json"), document(1920, 1080, cheap, (1, 40)))
    output = Run(["explain", "-o", "n499", "-F", "1-40", graph]).output
    planned = sorted(float(ms) for ms in re.findall(r"planned in ([\d.]+) ms", output))
    print(f"500 animated nodes: a frame is planned in {planned[0]:.1f} ms at best, "
          f"{planned[len(planned) // 2]:.1f} in the median (at most 5)")
    return {"nodes_10000_ms": cpu * 1e3, "nodes_500_ms": planned[len(planned) // 2]}


WARM_UP = 500


def soak(folder, frames):
    """Many frames in one process: resident memory and open files must not grow.

    With one frame under way at a time every frame needs the same memory, so whatever grows is kept by
    mistake. With two, the pool of pixels also grows when the two happen to need most at the same
    moment: rarer and rarer, in steps of its slabs.
    """
    results = {}
    for parallel in (1, 2):
        out = os.path.join(folder, f"soak{parallel}.####.exr")
        graph = {
            "noise": {"type": "Noise", "size": [30, 30], "zoffset": {"expr": "frame"}},
            "bars": {"type": "ColorBars"},
            "move": {"type": "Transform", "source": "bars", "rotate": {"expr": "frame"}},
            "blur": {"type": "Blur", "source": "move", "size": 20, "cropToFormat": True},
            "comp": {"type": "Merge", "a": "noise", "b": "blur", "operation": "screen"},
            "out": {"type": "Write", "source": "comp", "path": out, "compression": "none"}}
        total = frames + WARM_UP
        path = write(os.path.join(folder, "soak.json"), document(480, 270, graph, (1, total)))
        run = Run(["render", "--memory", "256M", "--parallel-frames", str(parallel), path], watch=0.1)
        steady = run.samples[len(run.samples) * WARM_UP // total:]
        n = len(steady)
        mean_t = sum(s[0] for s in steady) / n
        mean_r = sum(s[1] for s in steady) / n
        slope = (sum((s[0] - mean_t) * (s[1] - mean_r) for s in steady)
                 / max(1e-9, sum((s[0] - mean_t) ** 2 for s in steady)))
        grown = slope * (steady[-1][0] - steady[0][0]) / mean_r
        files = [s[2] for s in steady]
        print(f"\n{frames} frames after {WARM_UP}, {parallel} at once, {run.seconds:.1f} s: resident "
              f"{mebibytes(mean_r)}, slope over the run {grown * 100:+.2f} % (under 1), "
              f"{mebibytes(steady[0][1])} to {mebibytes(steady[-1][1])}, "
              f"open files {min(files)} to {max(files)}", flush=True)
        results[f"{parallel}_at_once"] = {
            "frames": frames, "resident_growth": grown, "files": [min(files), max(files)]}
    return results


def main():
    parser = argparse.ArgumentParser(prog="Scripts/scale", description=__doc__)
    parser.add_argument("what", nargs="*", choices=["pixels", "nodes", "soak", []],
                        help="pixels, nodes, soak; all when none is named")
    parser.add_argument("--full", action="store_true",
                        help="pixels: up to 32768x32768 (several minutes, 20 GB of disk)")
    parser.add_argument("--memory", default="2G", help="the budget of the pixel runs (2G)")
    parser.add_argument("--frames", type=int, default=2000, help="frames of the soak (2000)")
    parser.add_argument("--json", action="store_true", help="prints the figures as JSON at the end")
    options = parser.parse_args()
    what = options.what or ["pixels", "nodes", "soak"]
    sizes = [(3840, 2160), (1920, 1080), (7680, 4320), (15360, 8640)]
    if options.full:
        sizes.append((32768, 32768))
    results = {}
    with tempfile.TemporaryDirectory(dir=os.path.join(ROOT, ".build")) as folder:
        if "pixels" in what:
            results["pixels"] = pixels(folder, sizes, options.memory)
        if "nodes" in what:
            results["nodes"] = nodes(folder)
        if "soak" in what:
            results["soak"] = soak(folder, options.frames)
    if options.json:
        print(json.dumps(results))


main()
