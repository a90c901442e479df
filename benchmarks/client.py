"""What the screens cost in a browser: an order of 500 components beside core's, and the
memory of Report Production over 1,000 reports.

Two databases are given as arguments, alike but for the module, each with a server and
a browser of its own, and asked in turns. Printed of the order: the median in core and
with the module, by the clock and by the time that the page's own thread was busy, and
the median of the paired ratios of each.

Further arguments: "list" or "reports" for one of the two, "quick" for fewer turns. With
``--most=1.5`` it ends with 1 where something takes more than that many times as long as
in core, by the clock or by the page's thread whichever is less; or where memory grows.
"""

import contextlib
import json
import multiprocessing
import statistics
import sys
from pathlib import Path

from browser import Browser, serving
from plant import create_bom, create_orders, create_parts, set_up_odoo

import odoo
from odoo.api import Environment
from odoo.modules.registry import Registry

SCRIPT = Path(__file__).with_suffix(".js").read_text()
HOME = "/odoo/action-mrp.mrp_production_action"
COMPONENTS = 500
PAIRS, QUICK_PAIRS = 7, 2
EXTRA = "Extra part"

BARCODE = "4006381333931"
REPORTS, QUICK_REPORTS = 1000, 200
SLICES = 10
# As many as the screen lists, so that it is full at the beginning.
LISTED = 200
# What may have been added by the end, as a ratio to what there was after the first
# slice.
LARGEST_GROWTH = 1.03


def main():
    arguments = sys.argv[1:]
    options = [each for each in arguments if each.startswith("--most=")]
    core, module, *wanted = [each for each in arguments if each not in options]
    most = float(options[0].partition("=")[2]) if options else None
    is_quick = "quick" in wanted
    set_up_odoo()
    print(f"Odoo {odoo.release.version}")
    missed = []
    if "list" in wanted or "reports" not in wanted:
        pairs = QUICK_PAIRS if is_quick else PAIRS
        missed += compare_lists(core, module, pairs, most)
    if "reports" in wanted or "list" not in wanted:
        missed += watch_memory(module, QUICK_REPORTS if is_quick else REPORTS)
    sys.exit(f"too slow, or growing: {missed}" if most and missed else 0)


# The list of components.


def compare_lists(core, module, pairs, most):
    """:return: the steps that take too long"""
    databases = (core, module)
    orders = {each: prepare(prepare_orders, each, pairs + 1) for each in databases}
    with contextlib.ExitStack() as stack:
        pages = [open_page(stack, each) for each in databases]
        turns = []
        for turn in range(pairs + 1):
            found = {}
            for index in (0, 1) if turn % 2 else (1, 0):
                order = orders[databases[index]][turn]
                found[index] = use_order(pages[index], order)
            if turn:
                # The first loads what the browser keeps.
                turns.append((found[0], found[1]))
    print(f"An order of {COMPONENTS} components, {pairs} pairs, medians")
    return [step for step in turns[0][0] if tell_of_step(step, turns) > (most or 1000)]


def tell_of_step(step, turns):
    """:return: how many times as long as in core it takes"""
    texts, ratios = [], []
    for what in (0, 1):
        pairs = [(core[step][what], own[step][what]) for core, own in turns]
        before, after = (statistics.median(side) for side in zip(*pairs, strict=True))
        ratios.append(statistics.median(own / core for core, own in pairs))
        seconds = f"{1000 * before:.0f} ms, {1000 * after:.0f} ms"
        texts.append(f"{seconds} ({ratios[-1]:.2f})")
    print(f"    {step:<22} core, module: {texts[0]}; page busy {texts[1]}", flush=True)
    return min(ratios)


def use_order(page, order):
    """:return: by step, seconds by the clock and of the page's thread"""
    page.evaluate("client.leave()")
    steps = {
        "open the form": f"client.open({order})",
        "show all components": f"client.showAll({COMPONENTS})",
        "scroll to the end": "client.scroll()",
        "change one, save": "client.changeQuantity('3')",
        "add a line, save": f"client.addLine({json.dumps(EXTRA)})",
    }
    found = {}
    for step, code in steps.items():
        page.request("HeapProfiler.collectGarbage")
        busy = page.get_busy_seconds()
        elapsed = page.evaluate(code) / 1000
        found[step] = (elapsed, page.get_busy_seconds() - busy)
    return found


def prepare_orders(env, number):
    create_parts(env, ["none"], 1000).name = EXTRA
    bom = create_bom(env, create_parts(env, ["none"] * COMPONENTS, 10 * number))
    return create_orders(bom, number, is_reserved=True).ids


# Report Production.


def watch_memory(database, number):
    """:return: what grows"""
    prepare(prepare_product, database)
    found = []
    print(f"{number} reports in a row on the screen Report Production")
    with contextlib.ExitStack() as stack:
        page = open_page(stack, database)
        page.evaluate("client.openReportProduction()")
        for turn in range(1, SLICES + 1):
            each = number // SLICES
            elapsed = page.evaluate(f"client.report({BARCODE!r}, {each})")
            found.append(page.get_memory())
            used, nodes, listeners = found[-1]
            print(
                f"    after {turn * each}: {used / 1024**2:.1f} MiB, {nodes} nodes,"
                f" {listeners} listeners, {elapsed / each:.0f} ms a report",
                flush=True,
            )
    ratios = [last / first for first, last in zip(found[0], found[-1], strict=True)]
    print(
        "    after the last, as a ratio to what there was after the first:"
        f" memory {ratios[0]:.3f}, nodes {ratios[1]:.3f}, listeners {ratios[2]:.3f}"
    )
    names = ("memory", "nodes", "listeners")
    return [
        name
        for name, ratio in zip(names, ratios, strict=True)
        if ratio > LARGEST_GROWTH
    ]


def prepare_product(env):
    parts = create_parts(env, ["none"] * 2, 10 * REPORTS)
    product = create_bom(env, parts, barcode=BARCODE).product_tmpl_id
    env = env(user=env.ref("base.user_admin"))
    for _turn in range(LISTED):
        env["mrp.production.report"].report_production(product.product_variant_id.id, 1)


# Both.


def prepare(function, database, *arguments):
    """Call with the environment of a database, in a process of its own.

    :return: what the function does
    """
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(
        target=_prepare, args=(function, database, arguments, queue)
    )
    process.start()
    result = queue.get()
    process.join()
    return result


def _prepare(function, database, arguments, queue):
    set_up_odoo()
    with Registry(database).cursor() as cr:
        result = function(Environment(cr, odoo.SUPERUSER_ID, {}), *arguments)
        cr.commit()
    queue.put(result)


def open_page(stack, database):
    address = stack.enter_context(serving(database))
    page = stack.enter_context(contextlib.closing(Browser(address, SCRIPT)))
    page.log_in(database, HOME)
    return page


if __name__ == "__main__":
    main()
