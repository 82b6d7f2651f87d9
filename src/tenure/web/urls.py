"""Every address of the site: its pages, as found, the HTTP API, and whether it is alive."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

from tenure.web.api import api
from tenure.web.page import guarded, pages
from tenure.web.signing import sign_in, sign_out


def healthz(request: HttpRequest) -> HttpResponse:
    """Says that the process answers, and nothing about data."""
    return JsonResponse({"status": "ok"})


urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("sign-in", sign_in, name="sign-in"),
    path("sign-out", sign_out, name="sign-out"),
    path("api/", api.urls),
    *(path(way.path, guarded(page, way), name=way.name) for page in pages() for way in page.ways),
]

handler400 = "tenure.web.errors.bad"
handler403 = "tenure.web.errors.refused"
handler404 = "tenure.web.errors.not_there"
handler500 = "tenure.web.errors.broken"
