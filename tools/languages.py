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
# Messages that Odoo has in another sense, or says wrong: what is ours is in i18n/.
OTHER_SENSE = {
    "Actual": "of a cost: Odoo's is an adjective, or means current",
    "After": "in stock afterwards, not a time",
    "Bill of Materials": "one; Odoo's French and Dutch are plurals",
    "Blocked": "an order; Odoo's Dutch is of work centers",
    "Count": "the act of counting, not a number",
    "Inherit": "from a level above, as the adjective on screens",
    "Location": "of stock; Odoo's German is a site",
    "Method": "of issuing",
    "Open": "not closed, or not yet issued; not the button",
    "Order": "of manufacturing; Odoo's Dutch is a sequence",
    "Orders": "of manufacturing, not of sales",
    "Return": "of components to stock, not by a customer",
    "Run": "a batch completion, not the button",
    "Scrap": "what was spoilt, not the button",
    "Start": "when it starts, not the button",
    "Stock Moves": "several; Odoo's German is one",
    "To": "a place, not a time",
    "Unbuild Order": "one, and spelt right",
    "Usage": "used beyond the need",
    "Waiting": "a component that waits, as elsewhere on our screens",
    "none": "of a reason or tolerance",
    "of": "three of five",
}
# The same in one language: Odoo's word is right there in another place.
OTHER_WORDS = {
    ("es", "Consumed"): "recorded as used; consumido is what was issued",
    ("es", "Failed"): "agrees with its noun",
    ("es", "In"): "at a place, not inside",
    ("es", "Picking Type"): "operation type, as on Odoo's other screens",
    ("es", "Scheduled"): "a time; what is planned is a quantity here",
    ("es", "on"): "an order, not a day",
    ("it", "BOM Overview Report"): "Odoo has two abbreviations",
    ("it", "Counted"): "was counted, not the counting",
    ("it", "In"): "at a place, not within a time",
    ("it", "Picking Type"): "operation type, as on Odoo's other screens",
    ("it", "Produce"): "a button, as Odoo's others",
    ("pt_BR", "Consumed"): "Odoo says: the quantity consumed",
    ("pt_BR", "Picking Type"): "operation type, as on Odoo's other screens",
    ("pt_BR", "State"): "as Odoo's Status",
    ("pt_BR", "Transfer"): "the document, not the button",
}
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
        known = get_words(path)
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
            words = known.get(entry.msgid) or ""
            is_odoos = (language, entry.msgid) not in OTHER_WORDS
            if not words and is_odoos and entry.msgid not in OTHER_SENSE:
                words = from_core.get(entry.msgid, "")
            catalogue.append(_get_entry(entry, words))
        catalogue.save(str(path))


def get_words(path):
    """:return: the translation of each message in a file, empty where there is none"""
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


def _get_core_words(odoo_home, language):
    """:return: Odoo's translation of each message, of the first module that has it"""
    return {
        message: next(iter(words))
        for message, words in get_all_core_words(odoo_home, language).items()
    }


@cache
def get_all_core_words(odoo_home, language):
    """:return: by message, what Odoo's modules call it, the first module's first"""
    words = {}
    for module in CORE:
        for addons in ("addons", "../addons"):
            path = Path(odoo_home) / addons / module / "i18n" / f"{language}.po"
            if path.is_file():
                for entry in polib.pofile(str(path)):
                    if entry.msgstr and not entry.fuzzy:
                        words.setdefault(entry.msgid, {})[entry.msgstr] = module
    return words


def count_untranslated():
    """:return: by language, how many messages have no translation"""
    return {
        language: sum(not words for words in get_words(get_path(language)).values())
        for language in LANGUAGES
    }


def get_other_words(odoo_home):
    """:return: messages of Odoo's own that are called otherwise here, a line each"""
    return [
        f"{language}: {message!r} is {words!r}, in Odoo {', '.join(core[message])}"
        for language in LANGUAGES
        for core in [get_all_core_words(odoo_home, language)]
        for message, words in get_words(get_path(language)).items()
        if message not in OTHER_SENSE
        and (language, message) not in OTHER_WORDS
        and words not in core.get(message, [words])
    ]


def get_faults():
    """:return: what is wrong with the languages, a line each"""
    template = polib.pofile(str(FOLDER / f"{MODULE}.pot"))
    return [
        f"{language}: {fault}"
        for language in LANGUAGES
        for fault in _get_faults_of(language, [entry.msgid for entry in template])
    ]


def _get_faults_of(language, messages):
    known = get_words(get_path(language))
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
        kept = [
            (k, v) for k, v in attributes if k not in ("title", "aria-label", "alt")
        ]
        self.found.append((tag, tuple(sorted(kept))))

    def handle_endtag(self, tag):
        self.found.append((f"/{tag}", ()))


def _get_tags(text):
    parser = _Tags()
    parser.feed(text)
    return Counter(parser.found)
