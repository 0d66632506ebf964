"""A process that holds one case ready and runs it when told."""
import json
import os
import subprocess

from . import places


class Failed(Exception):
    """A worker that could not do its work, in its own words."""


class Worker:
    def __init__(self, command, name):
        self.name = name
        self.child_kb = 0
        environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, env=environment)
        self._answer()
        # What getting ready took is not the case's: from here on the peak counts.
        try:
            with open(f"/proc/{self.process.pid}/clear_refs", "w") as file:
                file.write("5")
        except OSError:
            pass

    @staticmethod
    def ours(case, data, output, threads):
        """`case` is one of the table's, or a name that only our own worker knows."""
        if getattr(case, "ours", "worker") == "command":
            return Worker._script("command", f"{case.name}:ours", data, output, threads, "Bipack")
        name = getattr(case, "name", case)
        return Worker([places.WORKER, name, data, output, str(threads)], "Bipack")

    @staticmethod
    def peer(case, data, output, threads):
        return Worker._script(case.worker, case.name, data, output, threads, case.peer)

    @staticmethod
    def _script(module, case, data, output, threads, name):
        program = places.python("blender" if module == "blender" else "peers")
        if not os.path.exists(program):
            raise Failed("not installed; Scripts/benchmark --setup gets it")
        script = os.path.join(places.PEERS, module + ".py")
        return Worker([program, script, case, data, output, str(threads)], name)

    def ask(self, line):
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass
        return self._answer()

    def run(self):
        """Milliseconds on the clock and of processor time."""
        answer = self.ask("run")
        self.child_kb = max(self.child_kb, answer.get("child_kb", 0))
        return answer["ms"], answer["cpu"]

    def _answer(self):
        # Libraries may chatter on standard output: an answer is a line that is a JSON object.
        while line := self.process.stdout.readline():
            if line.startswith("{"):
                answer = json.loads(line)
                if "error" in answer:
                    raise Failed(answer["error"])
                return answer
        words = self.process.stderr.read().strip().splitlines()
        raise Failed(words[-1] if words else f"{self.name} ended without a word")

    def peak_megabytes(self):
        """The most memory it, or a program it started, had at any time since it was ready."""
        own = 0
        with open(f"/proc/{self.process.pid}/status") as file:
            for line in file:
                if line.startswith("VmHWM:"):
                    own = int(line.split()[1])
        return max(own, self.child_kb) / 1024

    def close(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
