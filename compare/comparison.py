"""Compares what two sides say of the same steps, and tells it."""

from collections import Counter, defaultdict
from itertools import zip_longest

from expected import Difference, get_reason

# Of the steps of a kind that was tried often enough, and of all: done, not refused;
# otherwise refusals are compared.
SHARE_DONE = 0.6
SHARE_DONE_OF_KIND = 0.2
OFTEN = 10
DIFFERENCES_SHOWN = 12
# The world in which one side is given a wrong cost.
DISTURBED = 0
# Of a row that only one side has.
TELLING = (
    *("name", "state", "product_qty", "product_uom_qty", "quantity", "picked", "value"),
    *("location_id", "location_dest_id", "lot_id", "package_id", "owner_id", "body"),
)


class Comparison:
    def __init__(self):
        self.worlds = {}
        self.done = Counter()
        self.tried = Counter()
        self.compared = 0
        self.differing = set()
        self.unexpected = []
        self.expected = Counter()
        self.is_blunt = True

    def add(self, without, own, is_verbose=False):
        """Compare the lines of one step; a world's first difference is its last."""
        world = without["world"]
        if world == DISTURBED:
            if find_differences(without, own):
                self.is_blunt = False
            return
        if without["step"] == 0:
            self.worlds[world] = without["text"]
        elif world not in self.differing:
            self.tried[without["kind"]] += 1
            self.done[without["kind"]] += without["outcome"] == "done"
        if world in self.differing:
            return
        if is_verbose:
            print(_describe(without))
        found = find_differences(without, own)
        if not found:
            self.compared += 1
            return
        self.differing.add(world)
        reasons = [get_reason(difference, without["kind"]) for difference in found]
        if all(reasons):
            self.expected.update(set(reasons))
            return
        self.unexpected.append(world)
        self._show(without, own, found)

    def _show(self, without, own, found):
        world = without["world"]
        print(f"DIFFERENCE in world {world} ({self.worlds[world]})")
        print(f"  {_describe(without)}")
        if without["text"] != own["text"]:
            print(f"  with the module: {_describe(own)}")
        # Where one side was refused, its rows differ for that.
        refused = [difference for difference in found if difference.model == "step"]
        shown = (refused or found)[:DIFFERENCES_SHOWN]
        for difference in shown:
            print(f"    {difference}")
        if len(found) > len(shown):
            print(f"    and {len(found) - len(shown)} more")

    def show_summary(self):
        tried, done = self.tried.total(), self.done.total()
        print(f"{len(self.worlds)} worlds, {self.compared} comparisons of all rows")
        for kind, count in sorted(self.tried.items()):
            print(f"  {kind:28} {self.done[kind]:4} of {count:4} done")
        print(f"{done} of {tried} steps done; the others were refused alike")
        for reason, count in self.expected.items():
            print(f"expected in {count} worlds: {reason}")
        for kind in self._refused:
            print(f"TOO FEW done: {kind}")
        if self.is_blunt:
            print("BLUNT: a wrong cost on one side wasn't found")
        print(f"{len(self.unexpected)} worlds differ")

    @property
    def _refused(self):
        return [
            kind
            for kind, count in self.tried.items()
            if count >= OFTEN and self.done[kind] < SHARE_DONE_OF_KIND * count
        ]

    @property
    def is_bad(self):
        """Something differs that may not, or too little was done to tell."""
        too_few = self.done.total() < SHARE_DONE * self.tried.total()
        return bool(self.unexpected or self.is_blunt or too_few or self._refused)


def find_differences(without, own):
    """:return: differences of what a step came to, and of all rows"""
    found = [
        Difference("step", "", key, without.get(key), own.get(key))
        for key in ("kind", "outcome", "text")
        if without.get(key) != own.get(key)
    ]
    for model, rows in without["rows"].items():
        if rows != own["rows"][model]:
            found += _compare_rows(model, rows, own["rows"][model])
    return found


def _compare_rows(model, without, own):
    pairs = _pair(without, own)
    for left, right in pairs:
        if not left or not right:
            row = (left or right)["name"]
            yield Difference(model, row, "", _shorten(left), _shorten(right))
            continue
        # A field that only one side has is the module's.
        for field in left.keys() & right.keys():
            if left[field] != right[field]:
                yield Difference(model, left["name"], field, left[field], right[field])


def _pair(without, own):
    """Rows that differ, those of the same name side by side."""
    sides = defaultdict(lambda: ([], []))
    for side, rows in enumerate((without, own)):
        for row in rows:
            sides[row["name"]][side].append(row)
    for left, right in sides.values():
        yield from zip_longest(left, right)


def _shorten(row):
    """A row that only one side has: what tells most of it."""
    return row and {field: row[field] for field in TELLING if row.get(field)}


def _describe(step):
    return (
        f"step {step['step']}, {step['kind']}: {step['text']} → {step.get('outcome')}"
    )
