"""Django's settings, made from a workspace: nobody keeps a settings file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tenure.config import Config
from tenure.web.kept import database_of, secret_of

HERE = Path(__file__).parent
LOOPBACK = ("127.0.0.1", "localhost", "::1")
A_YEAR = 365 * 24 * 3600
A_WEEK = 7 * 24 * 3600

# Nothing from another host, no script or style in a page, no frame around it.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)


def values(config: Config, host: str) -> dict[str, Any]:
    """The settings of a site over this workspace."""
    web = config.web
    return {
        "SECRET_KEY": secret_of(config),
        "DEBUG": False,
        "ALLOWED_HOSTS": _hosts(web.hosts, host),
        "ROOT_URLCONF": "tenure.web.urls",
        "DATABASES": {"default": database_of(config)},
        "DEFAULT_AUTO_FIELD": "django.db.models.BigAutoField",
        "INSTALLED_APPS": [
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "django.contrib.staticfiles",
            "django_htmx",
            "tenure.web.apps.WebConfig",
        ],
        "AUTH_USER_MODEL": "web.Person",
        "AUTHENTICATION_BACKENDS": ["tenure.web.people.ByEmail"],
        "PASSWORD_HASHERS": ["django.contrib.auth.hashers.Argon2PasswordHasher"],
        "MIDDLEWARE": _AROUND,
        "TEMPLATES": _TEMPLATES,
        "STATIC_URL": "/static/",
        "STATICFILES_DIRS": [HERE / "static"],
        "WHITENOISE_USE_FINDERS": True,
        "WHITENOISE_AUTOREFRESH": False,
        "WHITENOISE_MAX_AGE": A_YEAR,  # what changes is asked for under a new address (the tag `asset`)
        "SESSION_COOKIE_AGE": A_WEEK,
        "SESSION_COOKIE_NAME": "tenure_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": web.https,
        "CSRF_COOKIE_NAME": "tenure_csrf",
        "CSRF_COOKIE_HTTPONLY": True,
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_COOKIE_SECURE": web.https,
        "CSRF_FAILURE_VIEW": "tenure.web.errors.refused",
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if web.https else None,
        "USE_TZ": True,
        "TIME_ZONE": "UTC",
        "USE_I18N": False,
        "LOGGING": _LOGGING,
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 1_000_000,
        "DATA_UPLOAD_MAX_NUMBER_FIELDS": 300,
        "TENURE_FOLDER": str(config.folder),
        "TENURE_HTTPS": web.https,
        "TENURE_RATE": web.rate,
    }


def _hosts(named: tuple[str, ...], host: str) -> list[str]:
    """The names the site answers to. On an address of the network any, unless tenure.toml names them."""
    if named:
        return [*named, *LOOPBACK, "[::1]"]
    return [*LOOPBACK, "[::1]"] if host in LOOPBACK else ["*"]


_AROUND = [
    "tenure.web.middleware.Headers",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tenure.web.middleware.Doors",
]

_TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "OPTIONS": {
            "builtins": ["tenure.web.templatetags.looks"],
            "context_processors": ["django.template.context_processors.request", "tenure.web.page.around"],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader"],
                )
            ],
        },
    }
]

_LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
    },
}
