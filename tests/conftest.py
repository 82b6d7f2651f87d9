"""What every test may ask for: a real PostgreSQL, a real Spark. Both are made here and gone when the tests are over."""

from __future__ import annotations

import gc
import os
import shutil
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

hypothesis.settings.register_profile("tenure", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("tenure")

ENGINES = ("postgres", "spark")
BUSINESSES = ("b2b", "ecommerce", "services", "retail", "marketplace", "manufacturing")
LAWS, WORLDS = ("identities", "metrics"), ("random3", "random4", "demo")
"""Laws of figures, and the worlds that are named in their ids; where none is, it is the small one."""
FIRST = (
    "web/",
    "spark",
    *(f"laws/test_{name}" for name in LAWS),
    "postgres",
    "test_tour",
    "test_driver_chance",
    "test_businesses",
    "test_cli",
    "test_compiles",
    "test_against_oracle",
)
"""What takes longest, in the order in which it begins: begun last, it would leave a processor without work."""
SHELF = "TENURE_TEXTS"


def pytest_configure(config: pytest.Config) -> None:
    """One shelf of compiled texts for the run: what a test compiled in one worker, others need not compile again."""
    # Compiling makes millions of small things that live on: looking through them so often is a fifth of the time.
    gc.set_threshold(200_000, 50, 100)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ[SHELF] = tempfile.mkdtemp(prefix="tenure-texts-")
        # Hundreds of processes are started: they need not each compile our modules.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def pytest_unconfigure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ.pop(SHELF), ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest stands first; the rest stays in its order."""
    items.sort(key=lambda item: next((k for k, part in enumerate(FIRST) if part in item.nodeid.lower()), len(FIRST)))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Tests whose id names an engine all run in one worker, so that each engine starts once; so do those of the site,
    and laws of figures over the same world. The rest go anywhere, all in the order of their first tests.

    (xdist's own way, `--dist loadgroup`, does nothing under pytest 9.2: it writes an attribute that is no longer read.)
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByEngine(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            if "tests/web/" in nodeid or nodeid.startswith("web/"):
                return "web"  # one served company for all of them
            if any(f"laws/test_{name}.py" in nodeid for name in LAWS):
                return "laws over " + next((name for name in WORLDS if name in nodeid), "small")
            if "test_businesses" in nodeid:  # each company is made once
                return next((f"business-{name}" for name in BUSINESSES if name in nodeid), nodeid)
            return next((engine for engine in ENGINES if engine in nodeid.lower()), nodeid)

    config.option.loadscopereorder = False
    return ByEngine(config, log)


@pytest.fixture(scope="session", autouse=True)
def no_waiting_for_the_disk() -> Iterator[None]:
    """What is written need not outlive a power cut, so nobody waits for it to reach the disk; the same holds for the
    PostgreSQL below. Processes that tests start and kill (test_crash) do wait."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of our own, on a port of its own; nobody's else is touched."""
    programs = _postgres_programs()
    if programs is None:
        loud_skip("PostgreSQL is not installed: apt-get install postgresql")
    # The server refuses to be run by root, and its folder must be its owner's.
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    if as_user and subprocess.run(["id", "postgres"], capture_output=True, check=False).returncode:
        loud_skip("PostgreSQL cannot run as root and there is no user postgres: apt-get install postgresql")
    # Not below pytest's own folder: whenever another run starts, pytest closes that to all other users.
    folder = Path(tempfile.mkdtemp(prefix="tenure-postgres-"))
    if as_user:
        shutil.chown(folder, "postgres")
    port = _free_port()
    data = folder / "data"
    initdb = [programs / "initdb", "-D", data, "-U", "tenure", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    _run([*as_user, *map(str, initdb)], folder)
    options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off -c timezone=UTC -c full_page_writes=off"
    pg_ctl = [*as_user, str(programs / "pg_ctl"), "-D", str(data), "-w"]
    _run([*pg_ctl, "-l", str(folder / "log"), "-o", options, "start"], folder)
    try:
        yield f"postgresql://tenure@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*pg_ctl, "-m", "immediate", "stop"], cwd=folder, capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A Spark session on two local cores, in UTC, that writes only below the tests' own folder."""
    if shutil.which("java") is None:
        loud_skip("Spark needs Java 17: apt-get install openjdk-17-jre-headless")
    pyspark = pytest.importorskip("pyspark.sql", reason="Spark is not installed: pip install 'tenure[spark]'")
    folder = tmp_path_factory.mktemp("spark")
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.session.timeZone": "UTC",
        # The data are small and the plans deep: what pays on much data would cost most of the time here.
        "spark.sql.shuffle.partitions": "1",
        "spark.default.parallelism": "1",
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.constraintPropagation.enabled": "false",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.local.dir": str(folder / "local"),
        "spark.driver.memory": "2g",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        # A machine that lives for a minute does not win back what its second compiler takes.
        "spark.driver.extraJavaOptions": f"-Dderby.system.home={folder} -Duser.timezone=UTC "
        "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "spark.sql.execution.arrow.pyspark.enabled": "true",
    }
    builder = pyspark.SparkSession.builder.master("local[2]").appName("tenure-tests")
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


def loud_skip(why: str) -> None:
    """Skip, and say so where it cannot be missed."""
    warnings.warn(f"SKIPPED AN ENGINE: {why}", stacklevel=2)
    pytest.skip(why)


def _postgres_programs() -> Path | None:
    """The folder of initdb and pg_ctl: the newest of Debian's, else what is on the path."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        log = folder / "log"
        raise RuntimeError(f"{command}: {done.stdout}\n{log.read_text() if log.exists() else ''}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
