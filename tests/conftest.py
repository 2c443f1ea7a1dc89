"""What every test gets: folders of its own in place of the user's."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "pcsm", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
settings.load_profile("pcsm")
gc.set_threshold(100_000, 50, 100)
"""An application leaves few circles and many objects: looking for circles as often as Python does takes a tenth of the time."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="also run the tests that take minutes")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--long"):
        settings.register_profile("long", settings.get_profile("pcsm"), max_examples=3_000)
        settings.load_profile("long")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--long"):
        for item in items:
            if item.get_closest_marker("long"):
                item.add_marker(pytest.mark.skip(reason="takes minutes: run with --long"))


@pytest.fixture(autouse=True)
def saved_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let saves in the background follow one another without a pause, and files be looked at when a test says so."""
    monkeypatch.setattr("pcsm_tui.workspace.saving.COMMIT_EVERY", 0.0)
    monkeypatch.setattr("pcsm_tui.workspace.saving.LOOK_EVERY", 3_600.0)


@pytest.fixture
def quick_folder() -> Iterator[Path]:
    """Return a folder for tests that save thousands of times, in memory where the system has such: what a killed process
    wrote is there all the same.
    """
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the test away from the user's files and settings; return the home folder that it sees."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name, place in {
        "XDG_CONFIG_HOME": ".config",
        "XDG_STATE_HOME": ".local/state",
        "XDG_DATA_HOME": ".local/share",
        "XDG_CACHE_HOME": ".cache",
    }.items():
        monkeypatch.setenv(name, str(home / place))
    for name in [name for name in os.environ if name.startswith("PCSM_")] + ["NO_COLOR"]:
        monkeypatch.delenv(name, raising=False)
    return home
