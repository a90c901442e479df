"""The words of the screens, decided once per language in `i18n/glossary.md`, and
whether the translations keep to them."""

import re
from collections import defaultdict

from languages import FOLDER, LANGUAGES, get_path, get_words

PATH = FOLDER / "glossary.md"
# What messages may differ in and still say the same.
NO_WORDS = re.compile(r"<[^>]*>|[^\w%]+")
PLACEHOLDERS = re.compile(r"<[^>]*>|%\(\w+\)s")


def read():
    """:return: forms by English term; per language, stems by term; and the messages in
    which a term has another sense, by term"""
    forms, stems, other_senses = {}, defaultdict(dict), defaultdict(set)
    place = ""
    for line in PATH.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            place = line[3:]
        if not re.match(r"\| (?!-|term |message )", line):
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if place == "Terms":
            forms[cells[0]] = _split(cells[1])
        elif place == "Other senses":
            other_senses[cells[1]].add(cells[0])
        else:
            language = re.search(r"\((\w+)\)", place)[1]
            stems[language][cells[0]] = _split(cells[2])
    return forms, stems, other_senses


def _split(cell):
    return [part.strip() for part in cell.split(",")]


def get_faults():
    """:return: what is said in two ways, or by other words than the glossary's"""
    forms, stems, other_senses = read()
    faults = []
    for language in LANGUAGES:
        words = get_words(get_path(language))
        missing = forms.keys() - stems[language].keys()
        faults += [f"{language}: no word for {term}" for term in sorted(missing)]
        apart = other_senses["same words"]
        faults += [f"{language}: {fault}" for fault in _get_second_ways(words, apart)]
        for message, translation in words.items():
            for term in find_terms(message, forms):
                known = stems[language].get(term, [""])
                if message not in other_senses[term] and not _has(translation, known):
                    faults.append(f"{language}: {term} in {message!r}: {translation!r}")
    return faults


def _get_second_ways(words, apart):
    """Messages that differ only in capitals and marks have the same translation."""
    first = {}
    for message, translation in words.items():
        if message in apart:
            continue
        plain = _plain(message)
        said = first.setdefault(plain, (message, translation))
        if plain and _plain(translation) != _plain(said[1]):
            yield f"{message!r} is {translation!r}, {said[0]!r} is {said[1]!r}"


def _plain(text):
    return NO_WORDS.sub(" ", text).strip().casefold()


def find_terms(message, forms):
    """:return: the terms in a message; where one is part of another, the longer"""
    text = PLACEHOLDERS.sub(" ", message)
    known = [(form, term) for term, each in forms.items() for form in each]
    found = []
    for form, term in sorted(known, key=lambda pair: -len(pair[0])):
        letters = re.escape(form).replace("…", r"\w*")
        text, number = re.subn(rf"\b{letters}\b", " ", text, flags=re.IGNORECASE)
        if number and term not in found:
            found.append(term)
    return found


def _has(translation, stems):
    return any(
        re.search(re.escape(stem).replace("…", ".*"), translation, re.I | re.S)
        for stem in stems
    )
