"""Tables that leave the site, as CSV and Excel: what a spreadsheet would run is made a text, and it is written down."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

from tenure.web import audit

STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula: texts that begin like one get an apostrophe."""
    if not isinstance(cell, str):
        return cell
    text = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", cell)
    return f"'{text}" if text.lstrip().startswith(STARTERS) or text.startswith(STARTERS) else text


def table(
    request: HttpRequest, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]], form: str
) -> HttpResponse:
    """A download. `form` is csv or xlsx; `name` is what the file is called."""
    lines = [[harmless(cell) for cell in row] for row in rows]
    audit.note("export", detail=f"{name}.{form}, {len(lines)} rows, {request.get_full_path()}", request=request)
    content = _xlsx(head, lines) if form == "xlsx" else _csv(head, lines)
    kind = EXCEL if form == "xlsx" else "text/csv; charset=utf-8"
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-")[:80] or "export"
    headers = {"Content-Disposition": f'attachment; filename="{plain}.{form}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)


def _csv(head: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([harmless(cell) for cell in head])
    writer.writerows([["" if cell is None else cell for cell in line] for line in lines])
    return out.getvalue().encode("utf-8")


def _xlsx(head: Sequence[str], lines: Iterable[Sequence[Any]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("tenure")
    sheet.append([harmless(cell) for cell in head])
    for line in lines:
        sheet.append([_cell(cell) for cell in line])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell[:32_000]
    return cell if cell is None or isinstance(cell, bool | int | float) else str(cell)
