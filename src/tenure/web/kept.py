"""Where the site keeps what people make: its folder, its secret, its database, or words that say what is wrong."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tenure.config import Config
from tenure.errors import ConfigError, StoreError

FOLDER = ".tenure-web"


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
