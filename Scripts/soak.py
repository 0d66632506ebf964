"""The work behind Scripts/soak: processes that share a cache, die, and must never be wrong."""

import hashlib
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

PROCESSES = 8
GRAPHS = 12
FRAMES = 3
CACHE_SIZE = "24M"
BIPACK = os.environ.get("BIPACK", ".build/release/bipack")


def graph(number):
    """A graph whose middle is shared with its neighbours and whose end is its own."""
    shared = number // 3
    nodes = {
        "noise": {"type": "Noise", "size": 8 + shared, "seed": shared},
        "soft": {"type": "Blur", "source": "noise", "size": 7 + shared, "cache": True},
        "edges": {"type": "Expression", "source": "soft", "expr0": "r + frame / 10"},
        "wide": {"type": "Blur", "source": "edges", "size": 15, "cache": True},
        "stats": {"type": "ImageStats", "source": "soft"},
        "grade": {
            "type": "Grade", "source": "wide", "white": {"from": "stats.max"},
            "black": number / 100, "cache": True,
        },
        "out": {
            "type": "Write", "source": "grade", "path": "out.####.exr", "dataType": "float",
            "compression": "none",
        },
    }
    return {
        "bipack": 1, "format": {"width": 320, "height": 180}, "frames": [1, FRAMES],
        "nodes": nodes,
    }


def render(folder, number, cache):
    """Starts a renderer that writes graph `number` into a folder of its own."""
    file = folder / "graph.json"
    file.write_text(json.dumps(graph(number)))
    command = [BIPACK, "render", str(file), "--force", "--events", "--stats", "--threads", "1"]
    command += ["--cache", cache, "--cache-size", CACHE_SIZE] if cache else ["--no-cache"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def pictures(folder):
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("out.*.exr")}


class Soak:
    def __init__(self, goal):
        self.goal = goal
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="bipack-soak-"))
        self.cache = self.root / "cache"
        self.lock = threading.Lock()
        self.running = {}
        self.counts = {"hits": 0, "misses": 0, "damaged": 0}
        self.runs = self.kills = self.flips = 0
        self.wrong = []
        self.truth = {}

    @property
    def over(self):
        return self.counts["hits"] >= self.goal or bool(self.wrong)

    def learn(self):
        """What each graph gives without a cache."""
        for number in range(GRAPHS):
            folder = self.root / f"truth{number}"
            folder.mkdir()
            process = render(folder, number, None)
            _, errors = process.communicate()
            if process.returncode != 0:
                sys.exit(errors.decode())
            self.truth[number] = pictures(folder)
            if len(self.truth[number]) != FRAMES:
                sys.exit("a graph did not write its frames")

    def work(self, worker):
        dice = random.Random(worker)
        while not self.over:
            number = dice.randrange(GRAPHS)
            folder = self.root / f"worker{worker}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            process = render(folder, number, str(self.cache))
            with self.lock:
                self.running[worker] = process
            output, errors = process.communicate()
            with self.lock:
                del self.running[worker]
                self.judge(number, folder, process.returncode, output, errors)

    def judge(self, number, folder, status, output, errors):
        self.runs += 1
        found = pictures(folder)
        # A frame is there whole or not at all, also after a kill; and it is always right.
        for name, digest in found.items():
            if digest != self.truth[number][name]:
                self.wrong.append(f"graph {number}, {name}, exit {status}")
        if status == -signal.SIGKILL:
            return
        if status != 0 or len(found) != FRAMES:
            self.wrong.append(f"graph {number}: exit {status}\n{errors.decode()}")
        for line in output.splitlines():
            event = json.loads(line)
            for key in self.counts:
                self.counts[key] += event.get("cache", {}).get(key, 0)

    def disturb(self):
        """Kills a renderer; every fourth time damages an entry instead."""
        dice = random.Random(0)
        while not self.over:
            time.sleep(0.2)
            if dice.randrange(4) == 0:
                entries = list(self.cache.glob("bipack-1/*/*.image"))
                if entries:
                    self.damage(dice, dice.choice(entries))
                continue
            with self.lock:
                if self.running:
                    self.running[dice.choice(list(self.running))].kill()
                    self.kills += 1

    def damage(self, dice, entry):
        try:
            with open(entry, "r+b") as file:
                size = file.seek(0, 2)
                if dice.randrange(2):
                    file.truncate(dice.randrange(size + 1))
                else:
                    place = dice.randrange(min(size, 2000) if dice.randrange(2) else size)
                    file.seek(place)
                    byte = file.read(1)[0]
                    file.seek(place)
                    file.write(bytes([byte ^ 1 << dice.randrange(8)]))
                self.flips += 1
        except (FileNotFoundError, IndexError, ValueError):
            pass

    def run(self):
        start = time.monotonic()
        self.learn()
        threads = [threading.Thread(target=self.work, args=(i,)) for i in range(PROCESSES)]
        threads.append(threading.Thread(target=self.disturb))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        left = subprocess.run(
            [BIPACK, "cache", "verify", str(self.cache)], capture_output=True, text=True)
        size = sum(p.stat().st_size for p in self.cache.glob("bipack-1/*/*.*"))
        shutil.rmtree(self.root, ignore_errors=True)
        print(
            f"{self.runs} renders, {self.counts['hits']} hits, {self.counts['misses']} misses, "
            f"{self.kills} kills, {self.flips} entries damaged by us ({self.counts['damaged']} met), "
            f"cache {size >> 20} MiB of {CACHE_SIZE}, {time.monotonic() - start:.0f} s")
        print("at the end: " + left.stdout.strip().replace("\n", "; "))
        for line in self.wrong:
            print("WRONG: " + line)
        return 1 if self.wrong else 0


sys.exit(Soak(int(sys.argv[1])).run())
