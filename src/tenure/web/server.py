"""The process that serves: gunicorn with a few workers, each with its own workspace. Stops cleanly on SIGTERM."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from tenure.errors import StoreError, UsageError

THREADS = 8
MOST_WORKERS = 4


class Server(BaseApplication):
    """gunicorn, told everything here: no file or variable of its own changes how it runs."""

    def __init__(self, listening: socket.socket, when_ready: Callable[[], None]) -> None:
        self._listening, self._when_ready = listening, when_ready
        super().__init__()

    def load_config(self) -> None:
        """What gunicorn is to do."""
        workers = max(2, min(MOST_WORKERS, os.cpu_count() or 1))
        options: dict[str, Any] = {
            "bind": f"fd://{self._listening.fileno()}",
            "workers": workers,
            "worker_class": "gthread",
            "threads": THREADS,
            "timeout": 120,
            "graceful_timeout": 20,
            "keepalive": 5,
            "preload_app": True,
            "loglevel": "warning",
            "limit_request_line": 8190,
            "forwarded_allow_ips": "",
            "proc_name": "tenure",
            "control_socket_disable": True,
            "when_ready": lambda server: self._when_ready(),
            "post_worker_init": lambda worker: _warm(),
        }
        for key, value in options.items():
            if key in self.cfg.settings:
                self.cfg.set(key, value)

    def load(self) -> Any:
        """The site, as gunicorn calls it."""
        from django.core.handlers.wsgi import WSGIHandler

        handler = WSGIHandler()
        import tenure.web.urls  # noqa: F401  (before workers part, so that they share what it loads)

        return handler


def listen(host: str, port: int) -> socket.socket:
    """A socket of our own, so that a port that is taken is said at once."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except (socket.gaierror, UnicodeError):
        raise UsageError(f"There is no address {host!r} to listen at.", where="--host", todo="Try 127.0.0.1.") from None
    except OverflowError:
        raise UsageError(f"{port} is no port.", where="--port", todo="Use a number from 1 to 65535.") from None
    found = socket.socket(family, kind, protocol)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind(address)
        found.listen(256)
    except OSError as error:
        found.close()
        if isinstance(error, PermissionError):
            what, todo = f"Port {port} may not be used by this user.", "Use a port from 1024 on: --port 8000."
        else:
            what, todo = f"Port {port} of {host} is taken: {error.strerror}.", f"Use another: --port {port + 1}."
        raise StoreError(what, where="tenure serve", todo=todo, permanent=False) from None
    found.set_inheritable(True)
    return found


def _warm() -> None:
    """Open the first pages in the background, so that the first reader does not wait for them."""
    import threading

    from tenure.errors import TenureError
    from tenure.web.served import served

    def ask() -> None:
        with contextlib.suppress(TenureError):  # the page will say it
            served().begin()

    threading.Thread(target=ask, name="warm", daemon=True).start()
