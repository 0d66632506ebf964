"""Runs two workers round by round on the same cores, and the numbers that come of it."""
import glob
import os
import statistics
import time

from .cases import PICTURE
from .worker import Failed, Worker

THREADS = 2


def pin():
    """This process and all it starts stay on the same two processors."""
    allowed = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, allowed[:THREADS])
    return allowed[:THREADS]


class Machine:
    """Processor time used on our processors by anybody, from the kernel's own account."""

    def __init__(self, processors):
        self.names = {f"cpu{number}" for number in processors}
        self.tick = os.sysconf("SC_CLK_TCK")

    def busy_milliseconds(self):
        total = 0
        with open("/proc/stat") as file:
            for line in file:
                name, *fields = line.split()
                if name in self.names:
                    user, nice, system, _, _, irq, soft, steal = map(int, fields[:8])
                    total += user + nice + system + irq + soft + steal
        return total * 1000 / self.tick


def quartiles(values):
    if len(values) < 2:
        return [values[0]] * 2
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return [low, high]


class Rounds:
    """Several workers taking turns, each round in another order."""

    def __init__(self, workers, machine):
        self.workers = workers
        self.machine = machine
        self.wall = {key: [] for key in workers}
        self.cpu = {key: [] for key in workers}
        self.others = 0.0  # processor time somebody else used meanwhile, as a part of all there was

    def run(self, runs, budget):
        """`runs` rounds after a warm-up; when not given, as many as fit `budget` seconds, 3 to 15."""
        start = time.perf_counter()
        for worker in self.workers.values():
            worker.run()
        warm = time.perf_counter() - start
        if warm < budget / 10:
            for worker in self.workers.values():
                worker.run()
        rounds = runs or max(3, min(15, int(budget / max(warm, 1e-3))))
        start, busy = time.perf_counter(), self.machine.busy_milliseconds()
        keys = list(self.workers)
        for number in range(rounds):
            for key in keys if number % 2 == 0 else reversed(keys):
                wall, cpu = self.workers[key].run()
                self.wall[key].append(wall)
                self.cpu[key].append(cpu)
                time.sleep(0.01)  # threads that spin for a while after their work fall asleep
        all_there_was = (time.perf_counter() - start) * 1e3 * THREADS
        own = sum(sum(times) for times in self.cpu.values())
        busy = self.machine.busy_milliseconds() - busy
        self.others = max(0.0, (busy - own) / all_there_was)
        return self


def empty(folder):
    """Removes what the case before wrote."""
    for path in glob.glob(os.path.join(folder, "*")):
        os.unlink(path)


def compare(case, place, machine, copier, runs=None, budget=12.0):
    """Measures a case; `place` is (data, output). A peer that fails is named in `peer_error`."""
    result = {"title": case.title, "peer": case.peer, "target": case.target, "group": case.group}
    empty(place[1])
    with Worker.ours(case, *place, THREADS) as ours:
        workers = {"ours": ours, "copy": copier}
        try:
            workers["peer"] = Worker.peer(case, *place, THREADS)
        except Failed as failure:
            result["peer_error"] = str(failure)
        try:
            rounds = Rounds(workers, machine).run(runs or case.rounds, budget)
            result["ours_mb"] = ours.peak_megabytes()
            if "peer" in workers:
                result["peer_mb"] = workers["peer"].peak_megabytes()
        finally:
            if "peer" in workers:
                workers["peer"].close()

    def middle(key):
        return statistics.median(rounds.wall[key])

    result["ours_ms"] = middle("ours")
    result["ours_cpu_ms"] = statistics.median(rounds.cpu["ours"])
    result["copy_ms"] = middle("copy")
    result["copy_gbs"] = 2 * PICTURE / middle("copy") / 1e6
    if case.moved:
        result["ours_gbs"] = case.moved / middle("ours") / 1e6
        result["floor_ms"] = case.moved / (2 * PICTURE) * middle("copy")
        result["over_floor"] = middle("ours") / result["floor_ms"]
    if "peer" in workers:
        result["peer_ms"] = middle("peer")
        result["peer_cpu_ms"] = statistics.median(rounds.cpu["peer"])
        result["ratio"] = middle("ours") / middle("peer")
        result["spread"] = quartiles(
            [a / b for a, b in zip(rounds.wall["ours"], rounds.wall["peer"])])
        result["cpu_ratio"] = result["ours_cpu_ms"] / max(result["peer_cpu_ms"], 1e-3)
        if case.target is not None:
            result["pass"] = result["ratio"] <= case.target
    result["rounds"] = len(rounds.wall["ours"])
    result["others"] = rounds.others
    return result


def verify(case, place):
    """How far our result and the peer's are apart."""
    data, output = place
    empty(output)
    result = {"title": case.title, "peer": case.peer, "tolerance": case.tolerance}
    with Worker.ours(case, data, output, THREADS) as ours:
        with Worker.peer(case, data, output, THREADS) as peer:
            ours.run()
            peer.run()
            if case.writes:
                def written(side):
                    paths = glob.glob(os.path.join(output, side + ".*"))
                    return min(paths)  # of a sequence the first frame
                result.update(peer.ask(f"compare-files {written('ours')} {case.margin}"))
                result["ours_bytes"] = os.path.getsize(written("ours"))
                result["peer_bytes"] = os.path.getsize(written("peer"))
            else:
                path = os.path.join(output, "ours.f32")
                size = ours.ask(f"save {path}")
                result.update(peer.ask(
                    f"compare {path} {size['width']} {size['height']} {size['channels']} "
                    f"{case.margin} {int(case.clip)}"))
                os.unlink(path)
    if case.tolerance is not None:
        result["agree"] = result["max"] <= case.tolerance * max(1.0, result["peak"])
    return result
