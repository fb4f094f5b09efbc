"""Whole processes: what they tell, the time and the memory that they take."""

from __future__ import annotations

import os
import subprocess
import sys
from tempfile import TemporaryFile

#: Tells the most memory that this process held, in bytes. A child's `ru_maxrss` begins
#: with what its parent holds, so Linux is asked for the mark of the process itself.
_TELL = """
import sys as _sys
try:
    with open("/proc/self/status") as _file:
        _most = 1024 * int(_file.read().partition("VmHWM:")[2].split()[0])
except OSError:
    from resource import RUSAGE_SELF, getrusage
    _most = getrusage(RUSAGE_SELF).ru_maxrss
print(_most)
"""


def peak(program: str, *words: str) -> float:
    """The most megabytes that Python held while it ran this program."""
    command = [sys.executable, "-c", f"{program}\n{_TELL}", *words]
    return int(subprocess.run(command, capture_output=True, check=True).stdout) / 1e6


def spent(command: list[str]) -> float:
    """Seconds of the processor, from the start of the process to its end."""
    with TemporaryFile() as answer:
        process = subprocess.Popen(command, stdout=answer)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: {process.returncode}")
    return usage.ru_utime + usage.ru_stime


def told(command: list[str]) -> bytes:
    """What a process writes."""
    return subprocess.run(command, capture_output=True, check=True).stdout
