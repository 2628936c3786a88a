"""Runs one program and writes what it took: seconds, seconds of CPU, the most
memory, and its exit code.

Usage: python3 -I -S measured.py REPORT PROGRAM ARGUMENTS…

It imports next to nothing: a process counts as its own what the process that
started it held, so nothing below this program's memory (about 9 MB) is seen.
"""

import posix
import sys
import time

report, program, *arguments = sys.argv[1:]
began = time.perf_counter()
pid = posix.posix_spawn(program, [program, *arguments], posix.environ)
_, status, usage = posix.wait4(pid, 0)
wall = time.perf_counter() - began
code = posix.waitstatus_to_exitcode(status)
with open(report, "w") as file:
    file.write(f"{wall} {usage.ru_utime + usage.ru_stime} {usage.ru_maxrss} {code}")
