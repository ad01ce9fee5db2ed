"""What a command costs: seconds, CPU seconds, and the largest memory of its whole tree of processes at any one time."""

import resource
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence

import psutil

EVERY = 0.05


def run_watched(command: Sequence[str], environment: Mapping[str, str]) -> tuple[str, dict[str, float]]:
    """What the command printed, and its cost. Raises :class:`SystemExit` when it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peak = [0]
    watcher = threading.Thread(target=_watch, args=(process.pid, peak))
    watcher.start()
    printed, complained = process.communicate()
    watcher.join()
    if process.returncode:
        raise SystemExit(complained)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return printed, {"process_seconds": time.monotonic() - started, "process_cpu": cpu, "peak_gb": peak[0] / 1e9}


def _watch(pid: int, peak: list[int]) -> None:
    try:
        root = psutil.Process(pid)
        while root.is_running() and root.status() != psutil.STATUS_ZOMBIE:
            peak[0] = max(peak[0], sum(_memory(process) for process in [root, *root.children(recursive=True)]))
            time.sleep(EVERY)
    except psutil.NoSuchProcess:
        return


def _memory(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
