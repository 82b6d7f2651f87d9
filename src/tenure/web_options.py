"""`[web]` of tenure.toml: where the site keeps what people make, and how it is reached. Settings floor."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tenure.source_options import Options

DATABASES = ("postgresql", "postgres")


@dataclass(frozen=True)
class Web:
    """The site's settings. `database`: a URL, or "env:NAME" that holds one; empty is SQLite in the workspace.

    `hosts`: the names that the site answers to; empty are those of this machine. `https`: it stands behind something
    that ends TLS, so cookies are sent over TLS alone and the forwarded headers are believed. `rate`: answers of the
    HTTP API a person may ask for in a minute.
    """

    database: str = field(default="", repr=False)
    hosts: tuple[str, ...] = ()
    https: bool = False
    rate: int = 600


def read(options: Options | None) -> Web:
    """The settings under `[web]`, checked."""
    if options is None:
        return Web()
    database = options.text("database")
    scheme = database.partition("://")[0]
    if database and scheme not in DATABASES and not re.fullmatch(r"env:[A-Za-z_]\w*", database):
        # The rest may hold a password, so it is not repeated.
        options.fail(
            "database",
            f"There is no web database {scheme[:20]!r}.",
            'Write "postgresql://..." or "env:NAME"; without the key it is SQLite in the workspace.',
        )
    web = Web(database, options.names("hosts"), options.flag("https"), options.whole("rate", 600, 1) or 600)
    options.done("key of [web]")
    return web
