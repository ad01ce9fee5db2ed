import pytest
from apache_beam.options.pipeline_options import DirectOptions, StandardOptions

from pipeline import engine
from pipeline.errors import EngineRefused, SettingsError
from pipeline.settings import EngineSettings


@pytest.mark.parametrize("flags", [[], ["--runner=DirectRunner"], ["--runner=FnApiRunner"]])
def test_the_direct_runner_is_the_pinned_one(flags: list[str]) -> None:
    chosen = engine.choose(EngineSettings(), flags)
    assert type(chosen.pipeline().runner).__name__ == "FnApiRunner"
    assert chosen.local


@pytest.mark.parametrize(
    "flags",
    [
        ["--runner=DaskRunner"],
        ["--runner=apache_beam.runners.dask.dask_runner.DaskRunner"],
        ["--direct_running_mode=multi_threading"],
        ["--runner=PrismRunner"],
        ["--experiments=data_buffer_time_limit_ms=1000"],
    ],
)
def test_what_loses_data_in_silence_is_refused(flags: list[str]) -> None:
    with pytest.raises(EngineRefused):
        engine.choose(EngineSettings(), flags)


@pytest.mark.parametrize("flags", [["--nosuch=1"], ["--direct_num_workers=many"], ["stray"]])
def test_a_flag_beam_does_not_know_is_refused(flags: list[str]) -> None:
    with pytest.raises(SettingsError):
        engine.choose(EngineSettings(), flags)


def test_several_workers_are_processes() -> None:
    chosen = engine.choose(EngineSettings(workers=2), [])
    told = chosen.options.view_as(DirectOptions)
    assert (told.direct_running_mode, told.direct_num_workers) == ("multi_processing", 2)


def test_flags_pass_through_to_a_portable_runner() -> None:
    flags = ["--runner=PortableRunner", "--job_endpoint=embed", "--environment_type=LOOPBACK"]
    chosen = engine.choose(EngineSettings(), flags)
    assert chosen.options.view_as(StandardOptions).runner == "PortableRunner"
    assert chosen.local
    assert not engine.choose(EngineSettings(), ["--runner=FlinkRunner", "--flink_master=host:8081"]).local
