"""The languages in `i18n/`: brought up to the template, and checked.

Where Odoo itself translates a message, its translation is taken: people read the same
words on Odoo's screens and on ours.
"""

import re
from collections import Counter
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import polib
from paths import MODULE, ROOT

FOLDER = ROOT / "i18n"
LANGUAGES = ("de", "es", "fr", "it", "nl", "pt_BR")
# Odoo's modules in the order in which their words are looked for.
CORE = ("mrp", "stock", "mrp_account", "stock_account", "product", "uom", "web", "base")
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sd%]|\$\{[^}]*\}|\{\{[^}]*\}\}|\{\w*\}")


def get_path(language):
    return FOLDER / f"{language}.po"


def update(odoo_home):
    """Bring each language up to the template; what is new is Odoo's word, or empty.

    :param odoo_home: the folder of Odoo's package `odoo`
    """
    template = polib.pofile(str(FOLDER / f"{MODULE}.pot"), wrapwidth=78)
    for language in LANGUAGES:
        path = get_path(language)
        known = _get_known(path)
        from_core = _get_core_words(odoo_home, language)
        catalogue = polib.POFile(wrapwidth=78)
        catalogue.header = template.header
        catalogue.metadata = template.metadata | {
            "Language": language,
            "Plural-Forms": _get_plural_forms(language),
            "POT-Creation-Date": "",
            "PO-Revision-Date": "",
        }
        for entry in template:
            words = known.get(entry.msgid) or from_core.get(entry.msgid) or ""
            catalogue.append(_get_entry(entry, words))
        catalogue.save(str(path))


def _get_known(path):
    if not path.is_file():
        return {}
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}


def _get_entry(entry, words):
    return polib.POEntry(
        msgid=entry.msgid,
        msgstr=words,
        comment=entry.comment,
        tcomment=entry.tcomment,
        occurrences=entry.occurrences,
        flags=entry.flags,
    )


def _get_plural_forms(language):
    return (
        "nplurals=2; plural=n > 1;"
        if language in ("fr", "pt_BR")
        else "nplurals=2; plural=n != 1;"
    )


@cache
def _get_core_words(odoo_home, language):
    """Odoo's translation of each message, the first module's where they differ."""
    words = {}
    for module in CORE:
        for addons in ("addons", "../addons"):
            path = Path(odoo_home) / addons / module / "i18n" / f"{language}.po"
            if path.is_file():
                for entry in polib.pofile(str(path)):
                    if entry.msgstr and not entry.fuzzy:
                        words.setdefault(entry.msgid, entry.msgstr)
    return words


def get_faults():
    """:return: what is wrong with the languages, a line each"""
    template = polib.pofile(str(FOLDER / f"{MODULE}.pot"))
    return [
        f"{language}: {fault}"
        for language in LANGUAGES
        for fault in _get_faults_of(language, [entry.msgid for entry in template])
    ]


def _get_faults_of(language, messages):
    known = _get_known(get_path(language))
    for message in messages:
        if not known.get(message):
            yield f"not translated: {message!r}"
    for message in known.keys() - set(messages):
        yield f"no longer a message: {message!r}"
    for message, words in known.items():
        if words:
            yield from _get_differences(message, words)


def _get_differences(message, words):
    if Counter(PLACEHOLDER.findall(message)) != Counter(PLACEHOLDER.findall(words)):
        yield f"other placeholders: {message!r} and {words!r}"
    if _get_tags(message) != _get_tags(words):
        yield f"other HTML: {message!r} and {words!r}"
    for edge in (str.lstrip, str.rstrip):
        if len(message) - len(edge(message)) != len(words) - len(edge(words)):
            yield f"other white space around: {message!r} and {words!r}"


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attributes):
        # What is read out may be another text; all else is the same.
        kept = [(k, v) for k, v in attributes if k not in ("title", "aria-label", "alt")]
        self.found.append((tag, tuple(sorted(kept))))

    def handle_endtag(self, tag):
        self.found.append((f"/{tag}", ()))


def _get_tags(text):
    parser = _Tags()
    parser.feed(text)
    return Counter(parser.found)
