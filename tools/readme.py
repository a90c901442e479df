"""README.rst, which the wheel carries, and the page that Odoo's Apps show, from the
fragments in readme/; and what docs/permissions.md says of the access files.

The community makes both with a program of its own that comes by git; the fragments are
named as it wants them.
"""

import ast
import re

import permissions
from console import SetupError, say
from paths import ROOT

FRAGMENTS = ROOT / "readme"
RST = ROOT / "README.rst"
PAGE = ROOT / "static" / "description" / "index.html"

SECTIONS = (
    ("DESCRIPTION", None),
    ("CONFIGURE", "Configuration"),
    ("USAGE", "Usage"),
    ("ROADMAP", "Good to know"),
    ("CONTRIBUTORS", "Contributors"),
)
ON_PAGE = ("DESCRIPTION", "CONFIGURE", "ROADMAP")

TEXT = "font-family: sans-serif; color: #374151;"
SECTION = f"max-width: 960px; margin: 0 auto; padding: 16px; {TEXT}"
# Inline, since Apps takes no style sheet.
STYLES = {
    "h1": "margin: 0 0 8px; font-size: 32px; color: #111827;",
    "h2": "color: #111827; font-size: 24px;",
    "p": "font-size: 16px; line-height: 1.6;",
    "li": "font-size: 16px; line-height: 1.6;",
    "img": "width: 100%; border: 1px solid #E5E7EB;",
    "table": "width: 100%; border-collapse: collapse; margin: 24px 0;",
    "th": "width: 33%; padding: 16px 16px 0; text-align: left; color: #1A6F66; "
    "background: #F0FDFA; border: 8px solid #FFFFFF; border-bottom: 0;",
    "td": "padding: 0 16px 16px; vertical-align: top; line-height: 1.6; "
    "background: #F0FDFA; border: 8px solid #FFFFFF; border-top: 0;",
    "figcaption": "text-align: center; color: #6B7280; font-size: 14px;",
}
_PICTURE = re.compile(r"^!\[(.*)\]\(\.\./static/description/(.*)\)$", re.MULTILINE)


def write():
    for path, text in _make():
        path.write_text(text, encoding="utf-8")
        say(f"{path.relative_to(ROOT)} is written")


def check():
    """:raise SetupError: one of them isn't what the fragments say"""
    for path, text in _make():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            raise SetupError(f"{path.relative_to(ROOT)} is old: make readme")


def _make():
    fragments = {
        name: (FRAGMENTS / f"{name}.md").read_text(encoding="utf-8")
        for name, _title in SECTIONS
    }
    manifest = ast.literal_eval((ROOT / "__manifest__.py").read_text(encoding="utf-8"))
    return [
        (RST, _make_rst(manifest, fragments)),
        (PAGE, _make_page(fragments)),
        (permissions.PAGE, permissions.make_page()),
    ]


def _make_rst(manifest, fragments):
    """Without pictures: there is no address that a wheel could show them from."""
    import pypandoc

    name = manifest["name"]
    parts = [f"# {name}\n\nVersion {manifest['version']}, {manifest['license']}\n"]
    for key, title in SECTIONS:
        text = _PICTURE.sub("", fragments[key])
        # Below the title of the whole, and of their section.
        text = re.sub(r"^#", "##", text, flags=re.MULTILINE)
        parts.append(f"## {title}\n\n{text}" if title else text)
    parts.append("## Changes\n\nSee `CHANGELOG.md`.\n")
    rst = pypandoc.convert_text(
        "\n\n".join(parts), "rst", format="gfm", extra_args=["--columns=88"]
    )
    return rst.rstrip() + "\n"


def _make_page(fragments):
    import pypandoc
    from lxml import etree, html

    source = "\n\n".join(
        (f"# {title}\n\n" if title else "") + fragments[key]
        for key, title in SECTIONS
        if key in ON_PAGE
    )
    body = html.fragment_fromstring(
        # In pandoc's own Markdown a picture is a figure with a caption.
        pypandoc.convert_text(
            source, "html", "markdown-auto_identifiers", ["--wrap=none"]
        ),
        create_parent="div",
    )
    sections = [etree.Element("section", style=SECTION)]
    for element in list(body):
        if element.tag == "h1":
            sections.append(etree.Element("section", style=SECTION))
            element.tag = "h2"
        sections[-1].append(element)
    _make_title(sections[0])
    for section in sections:
        _dress(section)
    return (
        "\n\n".join(
            html.tostring(section, encoding="unicode", method="html").strip()
            for section in sections
        )
        + "\n"
    )


def _make_title(section):
    """The two sentences that all begins with."""
    first = section[0]
    title, rest = first.text.replace("\n", " ").split(". ", 1)
    first.tag = "h1"
    first.text = title
    paragraph = first.makeelement("p")
    paragraph.text = rest
    section.insert(1, paragraph)


def _dress(section):
    for element in section.iter():
        if element.tag == "img":
            element.set("src", element.get("src").rsplit("/", 1)[-1])
        for attribute in ("class", "id", "aria-hidden"):
            element.attrib.pop(attribute, None)
        if element.tag in ("colgroup", "col"):
            continue
        style = STYLES.get(element.tag)
        if style:
            element.set("style", style)
    for group in section.findall(".//colgroup"):
        group.getparent().remove(group)
