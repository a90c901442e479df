"""The table of permissions in docs/permissions.md, from the module's access files."""

import csv
import re
import xml.etree.ElementTree as ET

from paths import MODULE, ROOT

PAGE = ROOT / "docs" / "permissions.md"
SECURITY = ROOT / "security"
BEGIN = "<!-- from security/ -->"
END = "<!-- end -->"

# Odoo's own, by the names in its screens.
GROUPS = {
    "mrp.group_mrp_user": "Manufacturing user",
    "mrp.group_mrp_manager": "Manufacturing administrator",
    "stock.group_stock_user": "Inventory user",
    "stock.group_stock_manager": "Inventory administrator",
}
WORDS = {
    "perm_read": "read",
    "perm_write": "write",
    "perm_create": "create",
    "perm_unlink": "delete",
}


def make_page():
    """:return: the page with its tables as the access files have them"""
    page = PAGE.read_text(encoding="utf-8")
    table = f"{BEGIN}\n\n{_make_records()}\n\n{_make_groups()}\n\n{END}"
    return re.sub(f"{BEGIN}.*{END}", lambda _match: table, page, flags=re.DOTALL)


def _make_records():
    with (SECURITY / "ir.model.access.csv").open(encoding="utf-8") as lines:
        rows = sorted(csv.DictReader(lines), key=lambda row: row["model_id:id"])
    return _make_table(
        ("record", "who", "may"),
        [
            (
                f"`{_spell(row['model_id:id'].removeprefix('model_'))}`",
                _get_group_name(row["group_id:id"]),
                ", ".join(word for key, word in WORDS.items() if row[key] == "1"),
            )
            for row in rows
        ],
    )


def _spell(identifier):
    """A model by its dots: each of the module's own has the words of a file's name."""
    for folder in ("models", "wizards", "report"):
        for path in (ROOT / folder).rglob("*.py"):
            for name in re.findall(
                r'^    _name = "(.+)"', path.read_text(encoding="utf-8"), re.MULTILINE
            ):
                if name.replace(".", "_") == identifier:
                    return name
    raise ValueError(f"no model is named {identifier}")


def _make_groups():
    return _make_table(
        ("group of the module", "who is in it"),
        [
            (name, ", ".join(members) or "where it is switched on in Settings")
            for name, members in _read_groups().values()
        ],
    )


def _read_groups():
    """:return: by identifier, the name of each group and the groups that imply it"""
    records = ET.parse(SECURITY / "mrp_backflush_security.xml").iter("record")
    groups = [record for record in records if record.get("model") == "res.groups"]
    found = {}
    for record in groups:
        name = record.find("field[@name='name']")
        if name is not None:
            found[record.get("id")] = (name.text, [])
    for record in groups:
        implied = record.find("field[@name='implied_ids']")
        if implied is None:
            continue
        for identifier in re.findall(r"ref\('([\w.]+)'\)", implied.get("eval")):
            found[identifier.removeprefix(f"{MODULE}.")][1].append(
                GROUPS.get(record.get("id"), record.get("id"))
            )
    return found


def _get_group_name(identifier):
    if identifier in GROUPS:
        return GROUPS[identifier]
    return _read_groups()[identifier.removeprefix(f"{MODULE}.")][0]


def _make_table(titles, rows):
    """As prettier lays tables out."""
    lines = [titles, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
    text = [
        "| "
        + " | ".join(
            cell.ljust(width) for cell, width in zip(line, widths, strict=True)
        )
        + " |"
        for line in lines
    ]
    text.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(text)
