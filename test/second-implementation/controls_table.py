"""The table `controls` of an export, which is that of docs/spec/controls.md. The page is read where it lies: it is the specification."""

import os
import re

COLUMNS = ("check", "shows", "framework", "section", "control")
_PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/spec/controls.md")
# What stands before a section in the column "supports", by a word of the heading of the framework.
_SHORT = (("SSDF ", "SSDF"), ("SLSA ", "SLSA"), ("800-190 ", "800-190"), ("CC8.1 ", "CC8.1"))


def _tables(page: str) -> dict:
    """{heading: rows of cells} of the tables of a page, without their first two lines."""
    found = {}
    for part in re.split(r"^## ", page, flags=re.M)[1:]:
        heading, _, rest = part.partition("\n")
        lines = [line for line in rest.split("\n") if line.startswith("|")]
        found[heading] = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return found


def control_rows() -> list:
    with open(_PAGE, encoding="utf-8") as file:
        tables = _tables(file.read())
    checks = tables.pop("By check")
    titles = {}
    for framework, rows in tables.items():
        short = next(start for start, word in _SHORT if word in framework)
        for section, control, supporting in rows:
            for check in supporting.split(", "):
                titles[short + section, check.strip("`")] = framework, section, control
    found = []
    for check, shows, supports in checks:
        for one in supports.split(" · "):
            found.append((check.strip("`"), shows, *titles[one, check.strip("`")]))
    return found
