"""Before anything is served: what is missing is said in words, and the database is brought up to date."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from importlib.util import find_spec

from tenure.config import Config
from tenure.errors import StoreError, TenureError
from tenure.web.kept import folder_of

HOW_TO_GET = "Run: pip install 'tenure[web]'"


def django(config: Config, host: str = "127.0.0.1") -> None:
    """Set Django up over a workspace and bring its database up to date."""
    missing = [name for name in ("django", "ninja", "gunicorn", "whitenoise", "argon2") if find_spec(name) is None]
    if missing:
        raise TenureError(f"The site is not installed: {missing[0]} is missing.", where="tenure serve", todo=HOW_TO_GET)
    if config.web.database and find_spec("psycopg") is None:
        what = "The site's database is PostgreSQL, and what speaks with it is not installed."
        raise TenureError(what, where="[web] database", todo="Run: pip install 'tenure[web,postgres]'")
    import django as framework
    from django.conf import settings

    from tenure.web.settings import values

    if not settings.configured:
        settings.configure(**values(config, host))
        framework.setup()
    _migrate(config)


def _migrate(config: Config) -> None:
    from django.core.management import call_command
    from django.db import DatabaseError, connection, connections
    from django.db.migrations.executor import MigrationExecutor

    where = "[web] database" if config.web.database else str(folder_of(config) / "web.sqlite3")
    try:
        with _one_at_a_time(config):
            executor = MigrationExecutor(connection)
            known = set(executor.loader.disk_migrations or {})
            ahead = [key for key in executor.loader.applied_migrations if key[0] == "web" and key not in known]
            if ahead:
                raise StoreError(
                    "The site's database was made by a newer tenure.",
                    where=where,
                    todo="Update tenure and start again.",
                )
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise StoreError(
            f"The site's database cannot be used: {line}.",
            where=where,
            todo="Check that it runs, that its address is right and that this user may write to it.",
        ) from None
    finally:
        connections.close_all()
    if not config.web.database:
        with contextlib.suppress(OSError):
            (folder_of(config) / "web.sqlite3").chmod(0o600)


@contextlib.contextmanager
def _one_at_a_time(config: Config) -> Iterator[None]:
    """Two commands that start together migrate one after the other."""
    import fcntl

    with (folder_of(config) / "lock").open("a", encoding="ascii") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def let_go() -> None:
    """Close what is open to the database, before this process becomes several."""
    from django.db import connections

    connections.close_all()
