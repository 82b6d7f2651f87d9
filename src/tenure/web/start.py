"""Before anything is served: the site's folder, its secret and its database, or words that say what is wrong."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tenure.config import Config
from tenure.errors import ConfigError, StoreError, TenureError

FOLDER = ".tenure-web"
HOW_TO_GET = "Run: pip install 'tenure[web]'"


def folder_of(config: Config) -> Path:
    """Where the site keeps what people make, made if need be; closed to everybody else."""
    folder = config.folder / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        ignored = folder / ".gitignore"
        if not ignored.exists():
            ignored.write_text("*\n", encoding="ascii")
    except OSError as error:
        raise StoreError(
            f"The site cannot write here: {error.strerror}.",
            where=str(folder),
            todo="Give this user the right to write into the workspace, or set [web] database and make the folder.",
        ) from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise StoreError("The site cannot write here.", where=str(folder), todo="Give this user the right to write.")
    return folder


def secret_of(config: Config) -> str:
    """What signs cookies: 50 random characters in a file that only its owner reads, made at the first start."""
    path = folder_of(config) / "secret"
    with contextlib.suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(50))
            file.flush()
            os.fsync(file.fileno())
    try:
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise StoreError(f"The site's secret cannot be read: {reason}.", where=str(path), todo=_NEW) from None
    if len(text) < 32:
        raise StoreError("The site's secret is missing or too short.", where=str(path), todo=_NEW)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        path.chmod(0o600)
    return text


_NEW = "Remove the file and start again: a new one is made, and everybody signs in anew."


def database_of(config: Config) -> dict[str, object]:
    """Django's description of the database."""
    url = config.web.database
    if url.startswith("env:"):
        url = os.environ.get(url[4:], "")
        if not url:
            raise ConfigError(
                f"The environment variable {config.web.database[4:]} is not set.",
                where=f"{config.path}: web.database",
                todo="Set it to postgresql://USER:PASSWORD@HOST/NAME.",
            )
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(folder_of(config) / "web.sqlite3"),
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise ConfigError(
            "The web database is no PostgreSQL address.",
            where=f"{config.path}: web.database",
            todo="Write postgresql://USER:PASSWORD@HOST/NAME.",
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def django(config: Config, host: str = "127.0.0.1") -> None:
    """Set Django up over a workspace and bring its database up to date."""
    missing = [name for name in ("django", "ninja", "gunicorn", "whitenoise", "argon2") if find_spec(name) is None]
    if missing:
        raise TenureError(f"The site is not installed: {missing[0]} is missing.", where="tenure serve", todo=HOW_TO_GET)
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
