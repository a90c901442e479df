"""The pages of docs/, for tests of what they say."""

import re
from pathlib import Path

MODULE = Path(__file__).resolve().parents[1]


def read_page(name):
    return (MODULE / "docs" / name).read_text()


def read_sections(name, level=2):
    """:return: what is below each heading of that level, by its text"""
    # One # alone would be a comment of Python as well.
    parts = re.split(rf"^(?=#{{2,{level}}} )", read_page(name), flags=re.MULTILINE)
    sections = {}
    for part in parts:
        heading, _newline, text = part.partition("\n")
        mark, _space, title = heading.partition(" ")
        if mark == "#" * level:
            sections[title.strip()] = text
    return sections


def read_blocks(text, language):
    """:return: the code in blocks of a language"""
    return re.findall(rf"^```{language}\n(.+?)^```", text, re.DOTALL | re.MULTILINE)


def read_rows(text):
    """:return: the cells of each row of tables, without the headings"""
    rows = []
    for line in re.findall(r"^\|.+\|$", text, re.MULTILINE):
        cells = [
            cell.strip().replace(r"\|", "|")
            for cell in re.split(r"(?<!\\)\|", line)[1:-1]
        ]
        if set("".join(cells)) <= set("-: "):
            # What was the heading.
            rows.pop()
        else:
            rows.append(cells)
    return rows


def read_code(cell):
    """:return: what is in backquotes"""
    return re.findall(r"`([^`]+)`", cell)
