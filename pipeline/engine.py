"""Which Beam runner runs the night, and which are refused because they lose data in silence.

On one machine the night runs on the FnApiRunner, named outright: Beam's bare DirectRunner first tries to download
another runner and may hang on it. ``--runner=DirectRunner`` is taken to mean this. Every Beam flag passes through; a
flag Beam does not know is refused, since Beam itself would ignore it.
"""

import argparse
import gc
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apache_beam as beam
import grpc
from apache_beam.options.pipeline_options import PipelineOptions, StandardOptions
from apache_beam.portability.api import beam_provision_api_pb2
from apache_beam.runners.portability.fn_api_runner import fn_runner
from apache_beam.runners.portability.portable_runner import JobServiceHandle

from pipeline.errors import EngineRefused, RunError, SettingsError
from pipeline.settings import EngineSettings

_LOCAL = ("", "DirectRunner", "SwitchingDirectRunner", "FnApiRunner")
_REFUSED = {
    "DaskRunner": "it runs only the last output and ignores the others",
    "PrismRunner": "it has to be downloaded at run time",
    "BundleBasedDirectRunner": "it repeats failed work four times and keeps every output in memory",
    "InteractiveRunner": "it is for notebooks",
}
_OWN = "pipeline.errors."
_FAILED = "The log above and the cluster's own say why; nothing was published."
_GONE = "Nothing was published. If the job still runs on the cluster, cancel it there; then run again."
_THREADS = 2

_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
"""Where a container reads its own limit, in the second and the first version of control groups; ``max`` is none."""

HELD_BYTES = 512 << 20
"""What matching hands on from step to step need not go to disk, as long as it is no more than this."""

SPILLED_BYTES = 3_500
"""What an observation spills, all shuffles of a night together."""

_LOSES_RECORDS = "loses records under load; use in_memory or multi_processing"


class _Options(PipelineOptions):  # type: ignore[misc]
    """Options whose views are made once: Beam asks for one with every type it checks, and would parse all flags anew each time."""

    def view_as(self, cls: type[PipelineOptions]) -> PipelineOptions:
        """The view; all views share what was said."""
        views: dict[type[PipelineOptions], PipelineOptions] = self.__dict__.setdefault("_views", {})
        if cls not in views:
            views[cls] = super().view_as(cls)
        return views[cls]


@dataclass(frozen=True)
class Engine:
    """A runner with its options. ``local``: all workers are on this machine and share its disk."""

    options: PipelineOptions
    local: bool
    workers: int

    def pipeline(self) -> beam.Pipeline:
        """A new pipeline on this engine."""
        if self.options.view_as(StandardOptions).runner in _LOCAL[1:]:
            return beam.Pipeline(runner=_pinned(self.options), options=self.options)
        return beam.Pipeline(options=self.options)

    def run(self, build: Callable[[beam.Pipeline], None]) -> Any:
        """Run what ``build`` lays out to its end; gives Beam's result. A job on a cluster is cancelled when we are stopped.

        Raises :class:`RunError` when it does not end well.
        """
        root = self.pipeline()
        build(root)
        try:
            result = root.run()
            state = self._wait(result)
        except (grpc.RpcError, grpc.FutureTimeoutError) as error:
            raise RunError("the job server", "does not answer", _GONE) from error
        except RuntimeError as error:
            # What one of our own steps said on purpose is told as it is.
            if self.local or _OWN in str(error):
                raise
            raise RunError("the cluster", "the job failed", _FAILED) from error
        if state != "DONE":
            raise RunError("Beam", f"the pipeline ended as {state}", _FAILED)
        # Beam's steps hold on to each other and to what they had in hand, and cycles are hardly ever looked for.
        del root
        gc.collect()
        return result

    def _wait(self, result: Any) -> str:
        try:
            return str(result.wait_until_finish())
        except (SystemExit, KeyboardInterrupt):
            result.cancel()
            raise


def choose(settings: EngineSettings, flags: Sequence[str]) -> Engine:
    """The engine for ``settings`` and Beam ``flags``.

    Raises :class:`SettingsError` for a flag Beam does not know, :class:`EngineRefused` for an engine that loses data.
    """
    told = vars(_known_flags(flags))
    runner = (told.get("runner") or "").rsplit(".", 1)[-1]
    if runner in _REFUSED:
        raise EngineRefused(f"--runner={runner}", _REFUSED[runner], "Use DirectRunner, FlinkRunner or PortableRunner.")
    if told.get("direct_running_mode") == "multi_threading":
        raise EngineRefused("--direct_running_mode=multi_threading", _LOSES_RECORDS)
    if any("data_buffer_time_limit_ms" in experiment for experiment in told.get("experiments") or ()):
        raise EngineRefused("--experiments=data_buffer_time_limit_ms", _LOSES_RECORDS)
    if runner not in _LOCAL:
        loopback = told.get("environment_type") == "LOOPBACK"
        return _checked(Engine(_Options(list(flags)), local=loopback, workers=1))
    # Beam's parser fills in its own defaults; only what was said outweighs the settings.
    workers = told["direct_num_workers"] if _said(flags, "direct_num_workers") else settings.workers
    by_workers = "multi_processing" if workers > 1 else "in_memory"
    mode = told["direct_running_mode"] if _said(flags, "direct_running_mode") else by_workers
    pinned = [f"--direct_running_mode={mode}", f"--direct_num_workers={workers}", "--runner=FnApiRunner"]
    return Engine(_Options([*flags, *pinned]), local=True, workers=workers)


def threads(settings: EngineSettings, engine: Engine) -> int:
    """Partitions each process works on at a time: two use a machine of two cores or more, a third would need its memory."""
    if settings.threads != "auto":
        return settings.threads
    alone = engine.local and engine.workers == 1
    return min(_THREADS, os.cpu_count() or 1) if alone else 1


def spill_folder(settings: EngineSettings, engine: Engine, folder: str) -> str:
    """``folder`` when shuffles on ``engine`` are to be spilled there, else empty. Raises :class:`EngineRefused`."""
    if settings.shuffle == "spill" and not engine.local:
        raise EngineRefused(
            "engine.shuffle: spill", "workers on other machines cannot read what is spilled here", "Use memory."
        )
    return folder if engine.local and settings.shuffle != "memory" else ""


def held_bytes(engine: Engine, spill: str) -> int:
    """Of what is spilled to the folder ``spill``, how much is held in memory instead: nothing that other processes read."""
    return HELD_BYTES if spill and engine.local and engine.workers == 1 else 0


def packed(observations: int) -> bool:
    """Whether what so many observations spill would fill more of our memory than may hold what is on disk."""
    return observations * SPILLED_BYTES > _memory() / 2


def _memory() -> int:
    """Bytes of memory of this machine, or of the container where that may use less."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    told = [limit.read_text().strip() for limit in _LIMITS if limit.exists()]
    return min([machine, *(int(limit) for limit in told if limit.isdigit())])


def _checked(engine: Engine) -> Engine:
    """``engine``, whose flags go together in Beam's eyes: it would say so only after the feeds were read."""
    try:
        tried = engine.pipeline()
    except ValueError as error:
        raise SettingsError("Beam flags", " ".join(str(error).split())) from error
    # Beam makes a folder for every pipeline and removes it when that has run.
    Path(tried.local_tempdir).rmdir()
    return engine


def _said(flags: Sequence[str], name: str) -> bool:
    return any(flag.split("=", 1)[0] == f"--{name}" for flag in flags)


def _known_flags(flags: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    for options in (PipelineOptions, *PipelineOptions.__subclasses__()):
        adds = getattr(options, "_add_argparse_args", None)
        if adds is not None:
            adds(parser)
    try:
        told, unknown = parser.parse_known_args(list(flags))
    except argparse.ArgumentError as error:
        raise SettingsError("Beam flags", str(error)) from error
    if unknown:
        raise SettingsError(
            "Beam flags", f"Beam does not know {' '.join(unknown)}", "Flags after -- go to Beam as they are."
        )
    return told


def _pinned(options: PipelineOptions) -> fn_runner.FnApiRunner:
    """The in-process runner, with the options handed to its worker processes too."""
    encoded = JobServiceHandle.encode_pipeline_options(options.get_all_options())
    provision = fn_runner.ExtendedProvisionInfo(beam_provision_api_pb2.ProvisionInfo(pipeline_options=encoded))
    return fn_runner.FnApiRunner(provision_info=provision)
