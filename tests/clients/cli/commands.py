"""Runs commands of ccli one after the other, as typed, and tells of the files they leave.

Each runs in a process forked from this one, which has loaded the tool: that alone takes seconds.
"""

import json
import os
import sys
import zipfile
from pathlib import Path

import projects
from connect.cli import ccli
from openpyxl import load_workbook

given = json.load(sys.stdin)
home = Path.cwd()


def run(*words):
    """What the command said."""
    said = home / "said"
    child = os.fork()
    if child == 0:
        os.dup2(os.open(said, os.O_CREAT | os.O_TRUNC | os.O_WRONLY), sys.stdout.fileno())
        sys.argv = ["ccli", "-c", str(home / "config"), "-y", *words]
        ccli.main()
        os._exit(0)
    os.waitpid(child, 0)
    print("$ ccli", *words, said.read_text(), flush=True)
    return said.read_text()


def sheets(name):
    """Sheet -> rows as tuples, without the first."""
    book = load_workbook(home / name)
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(min_row=2, values_only=True)]
        for sheet in book
    }


def export_products():
    for side in ("vendor", "distributor"):
        run("account", "add", given[f"{side}_api_key"], "--endpoint", given["endpoint"])
    listed = run("product", "list")
    run("product", "export", given["product_id"], "-p", str(home))
    (exported,) = home.glob(f"{given['product_id']}/*.xlsx")
    return {
        "listed": listed,
        "accounts": json.loads((home / "config" / "config.json").read_text())["accounts"],
        "product": sheets(exported),
        "pictures": [path.suffix for path in home.glob(f"{given['product_id']}/media/*")],
    }


def clone_product():
    """Its sheets change an item before they are sent back; then all of it is made anew."""
    (exported,) = home.glob(f"{given['product_id']}/*.xlsx")
    book = load_workbook(exported)
    book["Items"]["C2"], book["Items"]["E2"] = "update", "Everybody with a mailbox"
    book.save(exported)
    run("account", "activate", given["vendor_id"])
    synchronized = run("product", "sync", str(exported))
    cloned = run("product", "clone", given["product_id"], "-n", "Directory Sync again")
    return {"synchronized": synchronized, "cloned": cloned}


def exchange_customers():
    run("account", "activate", given["distributor_id"])
    listed = run("product", "list")
    run("customer", "export", "-p", str(home), "-o", "customers.xlsx")
    exported = next(home.rglob("customers.xlsx"))
    before = sheets(exported)["Customers"]
    book = load_workbook(exported)
    sheet = book["Customers"]
    number = next(row[0].row for row in sheet.iter_rows() if row[9].value == given["customer"])
    for column, value in given["changes"].items():
        sheet[f"{column}{number}"] = value
    last = sheet.max_row + 1
    for column, value in given["newcomer"].items():
        sheet[f"{column}{last}"] = value
    book.save(home / "changed.xlsx")
    run("customer", "sync", str(home / "changed.xlsx"))
    after = sheets("changed.xlsx")["Customers"]
    return {
        "listed": listed,
        "exported": before,
        "updated": after[number - 2],
        "created": after[last - 2],
    }


def report(name, suffix):
    """The report out of the archive it was saved in, or None."""
    saved = home / f"{name}.zip"
    if not saved.exists():
        return None
    with zipfile.ZipFile(saved) as archive:
        return next(archive.read(each) for each in archive.namelist() if each.endswith(suffix))


def run_reports():
    listed = run("report", "list")
    run("report", "execute", "products_catalog", "-o", str(home / "catalogue"))
    project = projects.make(home / "project", given["period"])
    execute = ("report", "execute", "-d", str(project))
    for name in projects.NAMES:
        run(*execute, name, "-o", str(home / name), "-f", "json")
    run(*execute, "customers_list", "-o", str(home / "table"), "-f", "csv")
    return {
        "listed": listed,
        "catalogue": report("catalogue", ".pdf")[:5].decode(),
        "table": report("table", ".csv").decode(),
        **{name: json.loads(report(name, ".json") or "null") for name in projects.NAMES},
    }


found = {
    "products": export_products(),
    "clone": clone_product(),
    "customers": exchange_customers(),
    "reports": run_reports(),
}
print(json.dumps(found, default=str), flush=True)
