"""The contract: what each shortcut does, and the methods of core that it stands for.

A shortcut is taken where each definition of each of these methods is core's, and one
that is known by a digest of its source. Where another addon has a say in one of them,
or a new release of core has another one, core's way is taken, and the log says why.
What changes with a shortcut is time alone.

After an update of Odoo, ``make digests`` prints the digests that it has: what is new is
to be compared with what the shortcut does instead, and then added here, beside the one
that was known.

The system parameter ``mrp_backflush.speed`` switches them off: ``off`` all of them, a
list of names separated by commas each of those.
"""

import hashlib
import inspect
import logging
import textwrap
from functools import cache

from ..core_methods import CoreMethods, find_definitions, get_place, is_cores

_logger = logging.getLogger(__name__)
# What the registry was warned of.
WARNED = "_mrp_backflush_shortcuts_warned"


class Shortcut(CoreMethods):
    """A shorter way to what core comes to.

    :param name: as in the system parameter
    :param purpose: what it does instead of core
    :param worth: what completing 20 orders of 10 untracked components costs more
        without it: see benchmarks/README.md
    :param digests: of the sources that are known of what isn't called as core would, by
        method, by model: several where several addons of core, or several releases,
        define it
    :param restated: the same of what is called, but of which a part was done before:
        another addon may override it
    """

    def __init__(self, name, purpose, worth, digests, restated=None):
        super().__init__(digests)
        self.name = name
        self.purpose = purpose
        self.worth = worth
        self.restated = restated or {}

    def is_known(self, model, name, method):
        return (
            super().is_known(model, name, method)
            and get_digest(method) in self.names[model][name]
        )

    def _find_in_the_way(self, env):
        return super()._find_in_the_way(env) or next(
            (
                (model, name, get_place(method))
                for model, digests in self.restated.items()
                for name in digests
                for method in find_definitions(env[model], name)
                if is_cores(method) and get_digest(method) not in digests[name]
            ),
            None,
        )


SHORTCUTS = {
    shortcut.name: shortcut
    for shortcut in (
        Shortcut(
            "components",
            "All components of all orders of a call are filled in together: one "
            "plan, one creation of lines.",
            worth="twice the calls, 1,606 statements",
            digests={
                "stock.move": {
                    "_set_quantity_done": {"b402dd374b6c"},
                    "_set_quantity_done_prepare_vals": {"f827b33dbb68"},
                    "_should_bypass_set_qty_producing": {"e906ff010956"},
                },
                "stock.move.line": {
                    "_apply_putaway_strategy": {"8cc12274bc7a"},
                },
                "stock.quant": {
                    "_gather": {"b089a5da6677"},
                    "_get_available_quantity": {"b177b4adfcdf"},
                    "_get_gather_domain": {"eadc203d1bb1"},
                    "_get_reserve_quantity": {"5cc9be5b83a2"},
                },
            },
            restated={
                "mrp.production": {
                    "_auto_production_checks": {"297944bea0e9"},
                    "_set_qty_producing": {"9e752b1551d9"},
                    "_set_quantities": {"6d6c89a32389"},
                },
            },
        ),
        Shortcut(
            "finished",
            "The lines of what several orders produce are made in one go.",
            worth="4 % of calls, 62 statements",
            digests={
                "stock.move": {
                    "_set_quantity": {"9b4e41ff5dea"},
                    "_set_quantity_done": {"b402dd374b6c"},
                    "_set_quantity_done_prepare_vals": {"f827b33dbb68"},
                },
                "stock.move.line": {
                    "_apply_putaway_strategy": {"8cc12274bc7a"},
                },
                "stock.quant": {
                    "_gather": {"b089a5da6677"},
                    "_get_available_quantity": {"b177b4adfcdf"},
                    "_get_gather_domain": {"eadc203d1bb1"},
                    "_get_reserve_quantity": {"5cc9be5b83a2"},
                },
            },
            restated={
                "mrp.production": {
                    "_post_inventory": {"ed44365145e2", "2ef797bc4b78"},
                },
            },
        ),
        Shortcut(
            "quants",
            "Quants are locked together, and what many lines do to them is "
            "added up and written once per quant.",
            worth="45 % of calls, 1,244 statements",
            digests={
                "stock.move.line": {
                    "_synchronize_quant": {"aa94ddab4cdf"},
                },
                "stock.quant": {
                    "_gather": {"b089a5da6677"},
                    "_get_available_quantity": {"b177b4adfcdf"},
                    "_get_gather_domain": {"eadc203d1bb1"},
                    "_update_available_quantity": {"975cf7eb5dda"},
                    "_update_reserved_quantity": {"8ce877b5bf1f"},
                    "create": {
                        "a8126627b3d8",
                        "5cea34ec1ab1",
                        "f7cb148faa9f",
                        "a07bbd461d50",
                    },
                    "write": {"bd68f00eec7a", "6d8026a4761c"},
                },
            },
            restated={
                "stock.move.line": {
                    "_action_done": {"d525929ded5e"},
                },
            },
        ),
        Shortcut(
            "companies",
            "Whether the companies of linked records agree is asked once of "
            "each linked record.",
            worth="26 % of calls",
            digests={
                "mrp.production": {
                    "_check_company": {"aa886efdb7e4"},
                },
                "stock.move": {
                    "_check_company": {"aa886efdb7e4"},
                },
                "stock.move.line": {
                    "_check_company": {"aa886efdb7e4"},
                },
            },
        ),
        Shortcut(
            "picked",
            "Lines that are picked as their move is are not written.",
            worth="6 % of calls",
            digests={
                "stock.move": {
                    "_inverse_picked": {"6f35f38c6939", "7a9af1136a91"},
                },
            },
        ),
        Shortcut(
            "push",
            "Push rules are looked for once, and not for each move.",
            worth="27 % of calls, 250 statements",
            digests={
                "stock.move": {
                    "_push_apply": {"7fb7a0efce1e"},
                },
                "stock.rule": {
                    "_get_push_rule": {"2c9132ced886"},
                    "_search_rule": {"b73f547a3923"},
                },
            },
        ),
        Shortcut(
            "orderpoints",
            "Reordering rules of products that have none are not searched for.",
            worth="9 % of calls, 23 statements",
            digests={
                "stock.move": {
                    "_update_orderpoints": {"edf02dacbebe"},
                },
            },
        ),
        Shortcut(
            "waiting",
            "What was produced is reserved for those who wait only as long as "
            "something is left.",
            worth="nothing there: what hundreds who wait cost",
            digests={
                "stock.move": {
                    "_action_assign": {"0f01b01b5f77", "52e4514dad16"},
                    "_trigger_assign": {"d411104e3032"},
                },
                "stock.quant": {
                    "_get_available_quantity": {"b177b4adfcdf"},
                },
            },
        ),
        Shortcut(
            "expected",
            "Equal orders are compared with one explosion of their bill of "
            "materials, of which only products and quantities are made.",
            worth="8 % of calls, 20 statements",
            digests={
                "mrp.bom": {
                    "explode": {"8d61efaa407b"},
                },
                "mrp.production": {
                    "_get_move_raw_values": {"087b786da6c3"},
                    "_get_moves_raw_values": {"e1e0a080cd10"},
                },
            },
            restated={
                "mrp.production": {
                    "_get_consumption_issues": {"a97c81466921"},
                },
            },
        ),
        Shortcut(
            "average",
            "The history that an average cost follows from is read in one statement.",
            worth="nothing there: what a history of thousands of moves costs",
            digests={
                "product.product": {
                    "_run_avco": {"0f3528f402cd"},
                },
                "stock.location": {
                    "_should_be_valued": {"444e62be5f73"},
                },
                "stock.move": {
                    "_get_in_move_lines": {"1ba2c7c48227"},
                    "_get_out_move_lines": {"1b1da6055e5a"},
                    "_get_valued_qty": {"70ffef3d5c76"},
                    "_is_in": {"7b72503bb0fa"},
                    "_is_out": {"2968d47584a8"},
                },
                "stock.move.line": {
                    "_should_exclude_for_valuation": {"c371b6fc15cd"},
                },
            },
        ),
    )
}


def is_taken(env, name):
    """Whether it is taken: asked wherever a shortcut begins.

    :param name: of one of SHORTCUTS
    """
    shortcut = SHORTCUTS[name]
    if shortcut.name in env["ir.config_parameter"]._get_shortcuts_switched_off():
        return False
    found = shortcut.find(env)
    if found:
        _warn_once(env, shortcut, *found)
    return found is None


def _warn_once(env, shortcut, model, name, place):
    warned = vars(env.registry).setdefault(WARNED, set())
    if shortcut not in warned:
        warned.add(shortcut)
        _logger.warning(
            "The shortcut %s is not taken, which costs time and nothing else: "
            "%s.%s of %s is not what it stands for.",
            shortcut.name,
            model,
            name,
            place or "an unknown place",
        )


@cache
def get_digest(method):
    """What tells a method's source from another one: comments, blank lines and the
    class's own indentation don't.

    :return: None where it has no source
    """
    try:
        source = textwrap.dedent(inspect.getsource(method))
    except (OSError, TypeError):
        return None
    lines = [
        line.rstrip()
        for line in source.splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]
