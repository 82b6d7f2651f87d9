"""Bad input, end to end through the command line: each kind has its own clear word, and nothing is lost or half-done.

Every test starts from a workspace that holds good data (MRR 150), meets something bad, and then checks three things:
what is said, that the good data still stand, and that a good sync afterwards gives the right figures.
"""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest
from golden import ask, clean, run
from shop import HEADER, TOML, Shop, line, says


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A fresh one."""
    return Shop(tmp_path)


BROKEN = {
    "an amount that is no number": ("x2,X,a lot,USD,month,2024-01-01,,active", ["amount", "a lot"]),
    "no amount": ("x2,X,,USD,month,2024-01-01,,active", ["amount"]),
    "an unknown currency": ("x2,X,5,QQQ,month,2024-01-01,,active", ["currency", "QQQ"]),
    "ends before it starts": ("x2,X,5,USD,month,2024-03-01,2024-02-01,active", ["end", "start"]),
    "an impossible date": ("x2,X,5,USD,month,2024-02-30,,active", ["started_at", "2024-02-30"]),
    "a date that is none": ("x2,X,5,USD,month,soon,,active", ["started_at", "soon"]),
    "an unknown interval": ("x2,X,5,USD,fortnight,2024-01-01,,active", ["interval", "fortnight"]),
    "an unknown status": ("x2,X,5,USD,month,2024-01-01,,sleeping", ["status", "sleeping"]),
    "no customer": ("x2,,5,USD,month,2024-01-01,,active", ["customer_id"]),
    "too large an amount": (f"x2,X,{'9' * 40},USD,month,2024-01-01,,active", ["amount"]),
    "not a finite amount": ("x2,X,NaN,USD,month,2024-01-01,,active", ["amount"]),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_row_is_rejected_and_the_rest_loads(shop: Shop, kind: str) -> None:
    """Line 3 of the second file is broken: 100 + 50 + 1 are there; sync warns and exits 0, with --strict 1."""
    row, words = BROKEN[kind]
    shop.write("subs-2.csv", f"{HEADER}\nx1,Z,1,USD,month,2024-01-01,,active\n{row}\n")
    ran = shop.run("sync")
    assert ran.code == 0, ran.err
    says(ran.err, "warning", "1")
    assert shop.mrr() == 151.0
    told = shop.rejects()
    says(told, "subs-2.csv", *words)
    line(told, 3)
    shop.recovers()


def test_strict_exits_with_one_and_loads_the_rest_all_the_same(shop: Shop) -> None:
    """--strict changes the exit code, not what is loaded."""
    shop.write("subs-2.csv", f"{HEADER}\nx1,Z,1,USD,month,2024-01-01,,active\nx2,X,?,USD,month,2024-01-01,,active\n")
    ran = shop.run("sync", "--strict")
    assert ran.code == 1
    says(ran.err, "reject")
    assert shop.mrr() == 151.0


def test_a_mended_row_is_a_reject_no_more(shop: Shop) -> None:
    """The same file, its line 3 mended, loads whole: 100 + 50 + 1 + 5, and nothing is left to complain of."""
    bad = f"{HEADER}\nx1,Z,1,USD,month,2024-01-01,,active\nx2,X,?,USD,month,2024-01-01,,active\n"
    shop.write("subs-2.csv", bad)
    assert shop.run("sync").code == 0
    shop.write("subs-2.csv", bad.replace("?", "5"))
    assert shop.run("sync", "--strict").code == 0
    assert shop.mrr() == 156.0
    assert "subs-2.csv" not in shop.rejects()


def test_a_row_of_the_wrong_width(shop: Shop) -> None:
    """A line with too many or too few cells is that line's fault only."""
    shop.write(
        "subs-2.csv",
        f"{HEADER}\nx1,Z,1,USD,month,2024-01-01,,active\nx2,X,5,USD,month,2024-01-01,,active,one,two\nx3,X\n",
    )
    ran = shop.run("sync")
    assert ran.code == 0, ran.err
    assert shop.mrr() == 151.0
    told = shop.rejects()
    line(told, 3)
    line(told, 4)
    shop.recovers()


def test_one_key_twice_with_different_content(shop: Shop) -> None:
    """x2 twice in one load with 5 and 6: neither can be believed, both are rejected; the same row twice is one row."""
    shop.write(
        "subs-2.csv",
        clean(
            f"""
            {HEADER}
            x1,Z,1,USD,month,2024-01-01,,active
            x2,X,5,USD,month,2024-01-01,,active
            x2,X,6,USD,month,2024-01-01,,active
            x1,Z,1,USD,month,2024-01-01,,active
            """
        ),
    )
    ran = shop.run("sync")
    assert ran.code == 0, ran.err
    says(ran.err, "2")
    assert shop.mrr() == 151.0
    told = shop.rejects()
    says(told, "subs-2.csv")
    line(told, 3)
    shop.recovers()


def test_a_missing_column(shop: Shop) -> None:
    """No column `amount`: named with its file; the good data stand."""
    shop.write("subs-2.csv", "subscription_id,customer_id,currency,interval,started_at\nx1,Z,USD,month,2024-01-01\n")
    ran = shop.run("sync")
    says(ran.err + shop.rejects(), "amount", "subs-2.csv")
    assert shop.run("sync", "--strict").code == 1
    assert shop.mrr() == 150.0
    shop.recovers()


@pytest.mark.parametrize("content", ["", "\n", "\ufeff"])
def test_an_empty_file(shop: Shop, content: str) -> None:
    """Nothing in it, not even a header: said with the file's name; the good data stand."""
    shop.write("subs-2.csv", content)
    ran = shop.run("sync")
    says(ran.err, "subs-2.csv", "empty")
    assert shop.mrr() == 150.0
    shop.recovers()


def test_a_header_and_no_rows(shop: Shop) -> None:
    """An export of nothing is no mistake."""
    shop.write("subs-2.csv", HEADER + "\n")
    ran = shop.run("sync", "--strict")
    assert ran.code == 0, ran.err
    assert shop.mrr() == 150.0


def test_a_line_of_ten_megabytes(shop: Shop) -> None:
    """Line 3 has a cell of 10 MB: rejected with its line (or taken whole, as 5 more); the rest loads."""
    long = "x" * 10_000_000
    shop.write(
        "subs-2.csv",
        f"{HEADER},plan\nx1,Z,1,USD,month,2024-01-01,,active,Pro\nx2,X,5,USD,month,2024-01-01,,active,{long}\n",
    )
    ran = shop.run("sync")
    assert ran.code == 0, ran.err[:2000]
    assert len(ran.err + ran.out) < 20_000
    if shop.mrr() != 156.0:
        assert shop.mrr() == 151.0
        told = shop.rejects()
        says(told, "subs-2.csv")
        line(told, 3)
        assert len(told) < 20_000
    shop.recovers()


def test_a_quote_that_never_closes(shop: Shop) -> None:
    """Everything after an open quote could be one cell: the file is named, earlier data stand."""
    shop.write("subs-2.csv", f'{HEADER}\nx2,"X,5,USD,month,2024-01-01,,active\n')
    ran = shop.run("sync")
    says(ran.err + shop.rejects(), "subs-2.csv")
    assert shop.run("sync", "--strict").code == 1
    assert shop.mrr() == 150.0
    shop.recovers()


def test_a_file_that_is_not_text(shop: Shop) -> None:
    """Bytes that are no UTF-8 are said to be none, with the file's name."""
    shop.write("subs-2.csv", HEADER.encode() + b"\nx2,X\xff\xfe\x80,5,USD,month,2024-01-01,,active\n")
    ran = shop.run("sync")
    says(ran.err + shop.rejects(), "subs-2.csv")
    assert shop.run("sync", "--strict").code == 1
    assert shop.mrr() == 150.0
    shop.recovers()


@pytest.mark.parametrize("suffix", ["csv.gz", "parquet", "xlsx", "jsonl"])
def test_a_file_that_is_not_what_its_name_says(shop: Shop, suffix: str) -> None:
    """Rubbish under a known ending: said with the file's name; the good data stand."""
    shop.write(f"subs-2.{suffix}", b"this is nothing of the kind\n" * 3)
    ran = shop.run("sync")
    says(ran.err + shop.rejects(), f"subs-2.{suffix}")
    assert shop.run("sync", "--strict").code == 1
    assert shop.mrr() == 150.0
    shop.recovers()


def test_half_a_compressed_file(shop: Shop) -> None:
    """A .csv.gz whose end is missing, as a broken download leaves it."""
    rows = "".join(f"x{i},X{i},1,USD,month,2024-01-01,,active\n" for i in range(5000))
    whole = gzip.compress(f"{HEADER}\n{rows}".encode())
    shop.write("subs-2.csv.gz", whole[: len(whole) // 2])
    ran = shop.run("sync")
    assert ran.code == 1
    says(ran.err, "subs-2.csv.gz")
    assert shop.mrr() == 150.0
    shop.recovers()


SHEET = "xl/worksheets/sheet1.xml"
BOOK = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="xl/workbook.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="worksheets/sheet1.xml" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"/></Relationships>',
}


def test_a_spreadsheet_that_is_a_bomb(shop: Shop) -> None:
    """A sheet of 600 MB in an .xlsx of a few MB: refused by its size, before it is unpacked."""
    path = shop.folder / "data" / "subs-2.xlsx"
    row = b'<row><c t="inlineStr"><is><t>subscription_id</t></is></c></row>'
    block = row * (1_000_000 // len(row))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, text in BOOK.items():
            book.writestr(name, text)
        with book.open(SHEET, "w", force_zip64=True) as sheet:
            sheet.write(b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>')
            for _ in range(600):
                sheet.write(block)
            sheet.write(b"</sheetData></worksheet>")
    assert path.stat().st_size < 10_000_000
    ran = shop.run("sync")
    assert ran.code == 1
    says(ran.err, "subs-2.xlsx", "large")
    assert shop.mrr() == 150.0
    shop.recovers()


def test_a_file_that_is_not_there(shop: Shop) -> None:
    """A path that matches nothing is an error that names it."""
    shop.toml(text=TOML.replace("data/subs*.*", "data/nothing-*.csv"))
    ran = shop.run("sync")
    assert ran.code == 1
    says(ran.err, "data/nothing-*.csv")
    assert shop.mrr() == 150.0
    shop.toml()
    shop.recovers()


def test_importing_what_is_not_there_or_not_known(shop: Shop) -> None:
    """`import` of a file that does not exist, and of columns that belong to no table: said, and nothing is loaded."""
    ran = shop.run("import", str(shop.folder / "nothing.csv"))
    assert ran.code in (1, 2)
    says(ran.err, "nothing.csv")
    strange = shop.write("strange.csv", "colour,taste\nred,sweet\n")
    ran = shop.run("import", str(strange))
    assert ran.code == 1
    says(ran.err, "strange.csv", "--as")
    ran = shop.run("import", str(strange), "--as", "subscription")
    assert ran.code in (1, 2)
    says(ran.err, "subscription", "subscriptions")
    assert shop.mrr() == 150.0


def test_an_amount_without_a_rate(shop: Shop) -> None:
    """5 EUR from 5 January but the first rate is of 1 February: currency and date are named; with a rate of
    1 January at 1.20 it is 150 + 5 x 1.20 = 156."""
    rates = '\n[sources.books.tables.fx_rates]\npath = "data/rates.csv"\n'
    shop.toml(rates)
    shop.write("rates.csv", "currency,on,rate\nEUR,2024-02-01,1.10\n")
    shop.write("subs-2.csv", f"{HEADER}\nx1,Z,5,EUR,month,2024-01-05,,active\n")
    synced = shop.run("sync")
    ran = shop.run("show", "mrr", "--from", "2024-01", "--to", "2024-01")
    assert ran.code == 1, (synced, ran)
    says(ran.err, "EUR", "2024-01-05")
    shop.write("rates.csv", "currency,on,rate\nEUR,2024-01-01,1.20\n")
    assert shop.run("sync").code == 0
    assert shop.mrr() == 156.0


def test_one_bad_file_of_two_tables(shop: Shop) -> None:
    """Customers cannot be read at all: the error says so, the stored subscriptions stand, and the next good sync has
    both."""
    shop.toml('\n[sources.books.tables.customers]\npath = "data/people.parquet"\n')
    shop.write("people.parquet", b"no parquet")
    ran = shop.run("sync")
    assert ran.code == 1
    says(ran.err, "people.parquet")
    assert shop.mrr() == 150.0
    shop.toml('\n[sources.books.tables.customers]\npath = "data/people.csv"\n')
    shop.write("people.csv", "customer_id,region\nA,north\nB,south\n")
    assert shop.run("sync", "--strict").code == 0
    (answer,) = ask(shop.folder, "mrr", "--from", "2024-01", "--to", "2024-01", "--by", "region")["metrics"]
    assert {row["by"]["region"]: row["value"] for row in answer["rows"]} == {"north": 100.0, "south": 50.0}
    shop.recovers()


def test_dates_and_numbers_as_other_people_write_them(shop: Shop) -> None:
    """31/12/2023, 05/06/24 (which is no day of the year 24) and 1,188.00 are rejected, and what to do is said; with
    `date_format` the first is taken, 5 of MRR, while a year of two digits is none of %Y's."""
    rows = "x1,X,5,USD,month,31/12/2023,,active\nx2,X,7,USD,month,05/06/24,,active\n"
    shop.write("subs-2.csv", f'{HEADER}\n{rows}x3,X,"1,188.00",USD,month,2024-01-01,,active\n')
    assert shop.run("sync").code == 0
    assert shop.mrr() == 150.0
    says(" ".join(shop.run("check").out.split()), "date_format =", "'05/06/24'", "1234.50", "`select`")
    shop.write("subs-2.csv", f"{HEADER}\n{rows}")
    shop.toml('date_format = "%d/%m/%Y"\n')
    assert shop.run("sync").code == 0
    assert shop.mrr() == 155.0
    says(" ".join(shop.run("check").out.split()), "1 row of subscriptions rejected", "'05/06/24'")


def test_nothing_but_rejects(tmp_path: Path) -> None:
    """Where every row was rejected, `check` says why, not only that nothing is there."""
    (tmp_path / "tenure.toml").write_text("", encoding="utf-8")
    (tmp_path / "subs.csv").write_text(f"{HEADER}\nx1,X,a lot,USD,month,2024-01-01,,active\n", encoding="utf-8")
    assert run(tmp_path, "import", "subs.csv").code == 0
    ran = run(tmp_path, "check")
    assert ran.code == 1
    says(" ".join(ran.out.split()), "Nothing is loaded", "'a lot' is not a number", "line 2")


def test_twice_changes_nothing(shop: Shop) -> None:
    """The same files again, with a reject among them: the same figures and the same one reject."""
    shop.write("subs-2.csv", f"{HEADER}\nx1,Z,1,USD,month,2024-01-01,,active\nx2,X,?,USD,month,2024-01-01,,active\n")
    assert shop.run("sync").code == 0
    first = shop.rejects()
    assert shop.run("sync").code == 0
    assert shop.run("sync", "--full").code == 0
    assert shop.mrr() == 151.0
    assert shop.rejects() == first
