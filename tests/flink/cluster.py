"""A Flink cluster on loopback, of real processes: job manager, job server, and two hosts.

A *host* is a task manager with Beam's worker pool beside it. All task managers are told of one address for workers, and
number their workers alike: each must reach a pool of its own under it, or they stop each other's. On one machine a hosts
file for each Java process does what ``localhost`` does on two.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

CONF = Path(__file__).parents[2] / "examples" / "flink" / "flink-conf.yaml"
POOL = Path(__file__).with_name("pool.py")
HOSTS = {1: "127.0.0.1", 2: "127.0.0.2"}
WORKERS = "workers.test"
"""The name every task manager finds its own pool under."""

START_S = 180
LOOK_S = 0.1
CHANNELS = 3
"""Of a worker that has been given work: for logs, for control, and, last, for data. One that has not is still starting."""
_OPENED = ("lang", "lang.reflect", "net", "io", "nio", "text", "time", "util", "util.concurrent")
_JAVA = [
    "java",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    *(f"--add-opens=java.base/java.{package}=ALL-UNNAMED" for package in _OPENED),
    "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
]


def _has_work(process: psutil.Process, since: float) -> bool:
    """Whether a process begun ``since`` (seconds of the epoch) has all its channels."""
    try:
        ports = {told.raddr.port for told in process.net_connections("tcp") if told.status == psutil.CONN_ESTABLISHED}
        return process.create_time() >= since and len(ports) >= CHANNELS
    except psutil.NoSuchProcess:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Cluster:
    """Processes by name. ``lib``: folder of jars; ``venv``: where the wheel is installed; all else is below ``folder``."""

    lib: Path
    venv: Path
    folder: Path
    ports: dict[str, int] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self) -> None:
        names = ("rpc", "rest", "job", "artifacts", "pool")
        self.ports = {name: free_port() for name in names}
        conf = self.folder / "conf"
        conf.mkdir(parents=True)
        (self.folder / "tmp").mkdir()
        told = CONF.read_text(encoding="utf-8")
        told += f"jobmanager.rpc.port: {self.ports['rpc']}\nrest.port: {self.ports['rest']}\n"
        (conf / CONF.name).write_text(f"{told}io.tmp.dirs: {self.folder / 'tmp'}\n", encoding="utf-8")
        entry = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
        self._java("jobmanager", ["-Xmx384m"], entry, "--configDir", str(conf))
        for host in HOSTS:
            self.start_pool(host)
            self.start_taskmanager(host)
        self.start_job_server()
        wait_for(lambda: self.slots() == 4, "two task managers with two slots each")

    def start_taskmanager(self, host: int) -> None:
        hosts = self.folder / f"hosts-{host}"
        told = f"127.0.0.1 localhost {socket.gethostname()}\n{HOSTS[host]} {WORKERS}\n"
        hosts.write_text(told, encoding="ascii")
        entry = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
        memory = ["-Xmx512m", "-XX:MaxDirectMemorySize=352m", "-XX:MaxMetaspaceSize=256m"]
        options = [*memory, f"-Djdk.net.hosts.file={hosts}"]
        self._java(f"taskmanager-{host}", options, entry, "--configDir", str(self.folder / "conf"))

    def start_job_server(self) -> None:
        told = {
            "flink-master": f"localhost:{self.ports['rest']}",
            "job-host": "localhost",
            "job-port": self.ports["job"],
            "artifact-port": self.ports["artifacts"],
            "expansion-port": -1,
            "artifacts-dir": self.folder / "artifacts",
        }
        entry = "org.apache.beam.runners.flink.FlinkJobServerDriver"
        self._java("job-server", ["-Xmx384m"], entry, *(f"--{name}={value}" for name, value in told.items()))
        wait_for(lambda: answers(self.ports["job"]), "the job server")

    def start_pool(self, host: int) -> None:
        """A worker pool, away from the checkout: workers know the product by its wheel alone."""
        address = f"{HOSTS[host]}:{self.ports['pool']}"
        self._run(f"pool-{host}", [str(self.venv / "bin" / "python"), str(POOL), address])
        wait_for(lambda: answers(self.ports["pool"], HOSTS[host]), "the worker pool")

    def flags(self, parallelism: int) -> list[str]:
        """Beam flags that send a night here."""
        return [
            "--runner=FlinkRunner",
            f"--job_endpoint=localhost:{self.ports['job']}",
            f"--artifact_endpoint=localhost:{self.ports['artifacts']}",
            "--environment_type=EXTERNAL",
            f"--environment_config={WORKERS}:{self.ports['pool']}",
            f"--parallelism={parallelism}",
        ]

    def workers(self) -> list[psutil.Process]:
        """Python processes that the pools started."""
        pools = [process for name, process in self.processes.items() if name.startswith("pool")]
        return [worker for pool in pools for worker in psutil.Process(pool.pid).children(recursive=True)]

    def new_worker(self, seconds: float) -> psutil.Process | None:
        """One that the newest job has just given its first work, if there is one within ``seconds``.

        Not one that an ended job, or a task manager that was killed, left behind: it would be missed by nobody.
        """
        since = self.newest_job()["start-time"] / 1000
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for worker in self.workers():
                if _has_work(worker, since):
                    return worker
            time.sleep(LOOK_S)
        return None

    def restarted(self) -> bool:
        """Whether the newest job was begun again."""
        return bool(self.ask(f"jobs/{self.newest_job()['jid']}")["timestamps"]["RESTARTING"])

    def await_restart(self, seconds: float) -> None:
        """Wait until the newest job is begun again, ``seconds`` at most."""
        until = time.monotonic() + seconds
        while not self.restarted() and time.monotonic() < until:
            time.sleep(LOOK_S)

    def newest_job(self) -> Any:
        return max(self.ask("jobs/overview")["jobs"], key=lambda job: job["start-time"])

    def slots(self) -> int:
        return int(self.ask("overview").get("slots-total", 0))

    def finished_tasks(self) -> int:
        """Tasks that the job now running has finished; none when no job runs."""
        running = [job for job in self.ask("jobs/overview").get("jobs", []) if job["state"] == "RUNNING"]
        return sum(int(job["tasks"]["finished"]) for job in running)

    def running_jobs(self) -> list[str]:
        jobs = self.ask("jobs/overview").get("jobs", [])
        return [job["jid"] for job in jobs if job["state"] not in ("FINISHED", "FAILED", "CANCELED")]

    def cancel(self, job: str) -> None:
        url = f"http://localhost:{self.ports['rest']}/jobs/{job}"
        urllib.request.urlopen(urllib.request.Request(url, method="PATCH"), timeout=10).close()
        wait_for(lambda: job not in self.running_jobs(), "the job to be cancelled")

    def ask(self, what: str) -> Any:
        try:
            with urllib.request.urlopen(f"http://localhost:{self.ports['rest']}/{what}", timeout=10) as answer:
                return json.load(answer)
        except OSError:
            return {}

    def kill(self, name: str) -> None:
        """End a process without warning."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def stop(self) -> None:
        workers = self.workers()
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for worker in workers:
            if worker.is_running():
                worker.kill()

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")

    def _java(self, name: str, options: list[str], entry: str, *arguments: str) -> None:
        self._run(name, [*_JAVA, *options, "-cp", f"{self.lib}/*", entry, *arguments])

    def _run(self, name: str, command: list[str]) -> None:
        with open(self.folder / f"{name}.log", "ab") as told:
            self.processes[name] = subprocess.Popen(
                command, cwd=self.folder, env=environment(self.venv), stdout=told, stderr=told, stdin=subprocess.DEVNULL
            )


def environment(venv: Path) -> dict[str, str]:
    """The environment of a machine on which the venv is activated: the pool starts whatever ``python`` is on the path."""
    told = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "COVERAGE"))}
    return {**told, "PATH": f"{venv / 'bin'}{os.pathsep}{told['PATH']}"}


def answers(port: int, host: str = "127.0.0.1") -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def wait_for(true: Callable[[], bool], what: str, seconds: float = START_S) -> None:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            raise TimeoutError(f"waited {seconds} s for {what}")
        time.sleep(0.3)


@contextmanager
def cluster(lib: Path, venv: Path, folder: Path) -> Iterator[Cluster]:
    """A running cluster; all its processes are ended afterwards."""
    made = Cluster(lib, venv, folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()
        shutil.rmtree(folder / "tmp", ignore_errors=True)
