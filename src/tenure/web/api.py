"""The HTTP API: what `tenure show`, `metrics` and `explain` print, for whoever shows a token or is signed in."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query
from ninja.errors import HttpError, ValidationError

from tenure.errors import TenureError
from tenure.web import api_words as words
from tenure.web.api_answers import PROBLEM, Bearer, answered, links, problem, problem_of

log = logging.getLogger("tenure.web")

PROBLEMS: dict[Any, Any] = dict.fromkeys((400, 401, 403, 404, 422, 429, 500, 503), words.Problem)


class Described(NinjaAPI):
    """The API, whose description says that problems are of their own media type and that answers have tags."""

    def get_openapi_schema(self, **options: Any) -> Any:
        """openapi.json."""
        found = super().get_openapi_schema(**options)
        for ways in found["paths"].values():
            for way in ways.values():
                for status, answer in way.get("responses", {}).items():
                    if int(status) >= 400 and "content" in answer:
                        answer["content"] = {PROBLEM: answer["content"]["application/json"]}
                        answer["description"] = "A problem, in words"
                way["responses"][304] = {"description": "The asker has this answer already (If-None-Match)"}
                way["responses"][200]["headers"] = {"ETag": {"schema": {"type": "string"}}}
        return found


api = Described(
    title="tenure",
    version="1",
    description="Customer-success metrics of one workspace, as far as the token's person may see them.",
    docs_url=None,
    openapi_url="/openapi.json",
    auth=Bearer(),
    urls_namespace="api",
)


@api.get("/v1/show", response={200: words.ShowAnswer, **PROBLEMS}, summary="Values of metrics", operation_id="show")
def show(request: HttpRequest, asked: Query[words.ShowAsk]) -> HttpResponse:
    """The object of `tenure show --format json`."""
    options = asked.dict(exclude={"metric"}, exclude_none=True)
    door = request.door
    return answered(request, words.ShowAsk, lambda: door.show(*asked.metric, **options).to_json())


@api.get(
    "/v1/explain",
    response={200: words.ExplainAnswer, **PROBLEMS},
    summary="Where one number comes from",
    operation_id="explain",
)
def explain(request: HttpRequest, asked: Query[words.ExplainAsk]) -> HttpResponse:
    """The object of `tenure explain --format json`."""
    options = asked.dict(exclude_none=True)
    door = request.door
    return answered(request, words.ExplainAsk, lambda: door.explain(**options).to_json())


@api.get(
    "/v1/metrics", response={200: words.MetricsAnswer, **PROBLEMS}, summary="The catalogue", operation_id="metrics"
)
def metrics(request: HttpRequest, asked: Query[words.MetricsAsk]) -> HttpResponse:
    """The object of `tenure metrics --format json`."""
    door = request.door
    return answered(request, words.MetricsAsk, lambda: {"metrics": door.metrics(asked.word)})


@api.get(
    "/v1/customers",
    response={200: words.CustomersAnswer, **PROBLEMS},
    summary="The list of customers, page by page",
    operation_id="customers",
)
def customers(request: HttpRequest, asked: Query[words.CustomersAsk]) -> HttpResponse:
    """The object of `tenure customers --format json`. `Link` names the next and the previous page."""
    down = None if asked.order is None else asked.order == "down"
    columns = tuple(name.strip() for names in asked.columns for name in names.split(",") if name.strip())
    wanted = {**asked.dict(include={"where", "search", "sort", "limit", "offset"}), "columns": columns}
    door, found = request.door, {}

    def make() -> dict[str, Any]:
        found.update(door.customers(descending=down, **wanted).to_json())
        return found

    response = answered(request, words.CustomersAsk, make)
    if found:
        response["Link"] = links(request, asked.limit, asked.offset, found["found"])
    return response


@api.get(
    "/v1/customers/{customer_id}",
    response={200: words.CustomerAnswer, **PROBLEMS},
    summary="Everything about one customer",
    operation_id="customer",
)
def customer(request: HttpRequest, customer_id: str, asked: Query[words.CustomerAsk]) -> HttpResponse:
    """The object of `tenure customer --format json`."""
    door, page = request.door, {**asked.dict(), "types": tuple(asked.types)}
    return answered(request, words.CustomerAsk, lambda: door.customer(customer_id, **page).to_json())


@api.exception_handler(TenureError)
def _said(request: HttpRequest, error: TenureError) -> HttpResponse:
    return problem_of(error)


@api.exception_handler(ValidationError)
def _not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0] if error.errors else {}
    name = str(first.get("loc", ("",))[-1])
    if isinstance(first.get("loc"), list | tuple):
        name = next((str(part) for part in reversed(first["loc"]) if not isinstance(part, int)), name)
    what = "is not given" if first.get("type") == "missing" else f"cannot be read: {first.get('msg', 'not valid')}"
    return problem(422, f"The parameter {name!r} {what}.", where=name, todo="See /api/openapi.json.")


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(error.status_code, str(error))


@api.exception_handler(Exception)
def _ours(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("A fault of tenure in %s", request.path, exc_info=error)
    return problem(500, "tenure itself failed.", todo="Please report it with what the server printed.")
