"""What templates write figures with. Nothing here decides anything: words and marks only."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from functools import cache
from pathlib import Path

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from tenure.render import numbers as plain_numbers
from tenure.web import numbers

register = template.Library()
STATIC = Path(__file__).parents[1] / "static"


@register.simple_tag
@cache
def asset(name: str) -> str:
    """The address of a file of ours, which changes with its content."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


@register.simple_tag
@cache
def htmx_address() -> str:
    """The address of htmx, which comes with django-htmx."""
    from importlib.metadata import version

    return f"/static/django_htmx/htmx-2.min.js?v={version('django-htmx')}"


register.filter("moment", numbers.moment)
register.filter("day", numbers.day)
register.filter("period", numbers.period)


@register.filter
def amount(value: object) -> str:
    """A number without a unit."""
    return plain_numbers.amount(value) if isinstance(value, int | float | Fraction) else ""


@register.filter
def seconds(count: int) -> str:
    """So many seconds as people say them: whole minutes from two on."""
    return f"{count}{numbers.NARROW}s" if count < 120 else f"{round(count / 60)}{numbers.NARROW}min"


@register.filter
def code(text: str) -> SafeString:
    """A text in which what stands between backticks is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # one of them has no partner
        return format_html("{}", text)
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>" if k % 2 else "{}", part),) for k, part in enumerate(parts))
    )


@register.filter
def cut_source(benchmark: str) -> str:
    """A benchmark without its source, which stands on the metric's page."""
    return benchmark.partition(" (")[0]
