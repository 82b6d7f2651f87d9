"""The site as Django knows it."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """One application, with the people and what they make."""

    name = "tenure.web"
    label = "web"
    default_auto_field = "django.db.models.BigAutoField"
