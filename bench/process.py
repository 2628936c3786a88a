"""Running programs, and what they took."""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
PLACE = ROOT / "target/bench"
# Named only to try the benchmarks themselves.
BUILT = os.environ.get("BENCH_BINARIES")
LAB = ROOT / (BUILT or "target/release") / "lab"
MINIMUM = LAB.with_name("minimum")
BEGAN = time.monotonic()


def say(text):
    print(f"[{time.monotonic() - BEGAN:4.0f} s] {text}", file=sys.stderr, flush=True)



class Took:
    """What some runs of one program took."""

    def __init__(self):
        self.walls, self.cpus, self.peaks, self.code, self.output = [], [], [], None, ""

    wall = property(lambda self: statistics.median(self.walls))
    cpu = property(lambda self: statistics.median(self.cpus))
    peak = property(lambda self: statistics.median(self.peaks))


def environment(home, **more):
    """What a program gets of the environment: nothing of the one who measures."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SSL_CERT_FILE") if name in os.environ}
    kept |= {"HOME": str(PLACE / "home"), "LAB_HOME": str(home), "LAB_SANDBOX_HOME": str(PLACE / "sandbox")}
    kept |= {"AWS_EC2_METADATA_DISABLED": "true", "PYTHONPYCACHEPREFIX": str(PLACE / "pycache")}
    return kept | more


def run(command, env, into=None, folder=None, codes=(0,)):
    """Runs a program to its end; what it took is added to `into`."""
    into = into or Took()
    report = PLACE / "measured"
    launcher = [sys.executable, "-I", "-S", str(BENCH / "measured.py"), str(report)]
    command = list(map(str, command))
    quiet = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True}
    done = subprocess.run([*launcher, *command], env=env, cwd=folder or PLACE, **quiet)
    if done.returncode:
        sys.exit(f"{command}: {done.stderr}")
    wall, cpu, peak, into.code = report.read_text().split()
    into.walls.append(float(wall))
    into.cpus.append(float(cpu))
    # macOS counts bytes, Linux kilobytes.
    into.peaks.append(int(peak) * (1 if sys.platform == "darwin" else 1024))
    into.code, into.output = int(into.code), done.stdout
    if codes and into.code not in codes:
        sys.exit(f"{' '.join(command)} ended with {into.code}:\n{done.stdout}\n{done.stderr}")
    return into


def prepare(command, **more):
    """Runs a preparation; what it says is shown only when it fails."""
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, stdin=subprocess.DEVNULL, **more)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
    return done.stdout
