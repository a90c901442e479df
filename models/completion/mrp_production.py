"""Many orders completed in one go, each on its own."""

import logging
from collections import defaultdict
from contextlib import nullcontext
from dataclasses import dataclass, field

import psycopg2

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ..access.arguments import check_records
from ..rules.issue_method import ORDER_STATES_TO_ISSUE
from ..rules.product_demand import ProductDemand
from ..turns.database_errors import NO_RESULT, describe_stop, is_lost

_logger = logging.getLogger(__name__)

# What becomes of an order.
DONE = "done"
EXCEPTIONS = "exceptions"
FAILED = "failed"

# What is answered for all orders of a batch; *ask*: the order needs a person.
ASK = "ask"
BACKORDER_CHOICES = [
    (ASK, "Leave the Order to a Person"),
    ("create", "Create a Backorder"),
    ("close", "Close Without Backorder"),
]
DEVIATION_CHOICES = [
    (ASK, "Leave the Order to a Person"),
    ("accept", "Complete All the Same"),
]


class NeedsPerson(UserError):
    """An order asks something that nobody has answered."""


@dataclass
class Forecast:
    """What completing an order would meet, if those before it were completed."""

    order: models.Model
    # Why a person must look at it, in words.
    questions: list[str] = field(default_factory=list)
    # Components that are short, with the quantity; in the component's unit.
    shortages: dict = field(default_factory=dict)

    @property
    def is_feasible(self):
        return not self.questions and not self.shortages


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def complete_orders(self, backorder=ASK, deviations=ASK):
        """Complete these orders in the given order, each on its own: one that fails
        changes nothing of the others.

        :param backorder: for orders that reported less than planned: ``ask`` (the
            order fails), ``create`` a backorder, or ``close`` without
        :param deviations: for orders whose consumption deviates from the BoM:
            ``ask`` (the order fails) or ``accept``
        :return: a dict for each: ``id``; ``result``: ``done``, ``exceptions`` (done,
            and components wait for stock) or ``failed``; ``message``: why it failed,
            or what waits; ``exception_ids``: what waits
        :raise AccessError: the user may not change the orders
        """
        check_records(self)
        self._check_choices(backorder, deviations)
        self.check_access("write")
        self._take_turns(is_mass=True)
        return [order._complete_alone(backorder, deviations) for order in self]

    @api.model
    def _check_choices(self, backorder, deviations):
        """:raise UserError: not one of the answers"""
        for answer, choices in (
            (backorder, BACKORDER_CHOICES),
            (deviations, DEVIATION_CHOICES),
        ):
            if answer not in [choice for choice, _label in choices]:
                raise UserError(self.env._("%s is not one of the choices.", answer))

    def _complete_alone(self, backorder, deviations):
        """:return: a dict as of ``complete_orders``"""
        self.ensure_one()
        order_id = self.id
        try:
            # Leaving it flushes: errors that come from there are this order's too.
            with self.env.cr.savepoint():
                self._complete(backorder, deviations)
        except psycopg2.errors.QueryCanceled as error:
            # It took longer than a statement may: another try would, too.
            return self._describe_failure(order_id, describe_stop(self.env, error))
        except NO_RESULT:
            # Somebody else changed the same: no result, Odoo tries again.
            raise
        except (UserError, psycopg2.IntegrityError) as error:
            return self._describe_failure(order_id, str(error))
        except Exception as error:
            if is_lost(self.env.cr):
                raise
            _logger.exception("Completing order %s", order_id)
            return self._describe_failure(order_id, repr(error))
        return self._describe_completion()

    def _describe_failure(self, order_id, message):
        return {
            "id": order_id,
            "result": FAILED,
            "message": message,
            "exception_ids": [],
        }

    def _describe_completion(self):
        waiting = self.move_raw_ids._get_open_exceptions()
        return {
            "id": self.id,
            "result": EXCEPTIONS if waiting else DONE,
            "message": "\n".join(
                f"{exception.product_id.display_name}: {exception.message}"
                for exception in waiting
            ),
            "exception_ids": waiting.ids,
        }

    def _complete(self, backorder, deviations):
        """:raise UserError: the order can't be completed, or asks something"""
        if self.state == "done":
            # By somebody else meanwhile, or before a crash.
            return
        if self.state not in ORDER_STATES_TO_ISSUE:
            raise UserError(self.env._("Only confirmed orders can be completed."))
        answers = self._get_answers(backorder, deviations)
        action = self.with_context(**answers).button_mark_done()
        if self.state != "done":
            raise NeedsPerson(self._describe_question(action))

    def _get_answers(self, backorder, deviations):
        """The context in which core doesn't ask what was answered."""
        answers = {"skip_redirection": True}
        if deviations == "accept" and self._may_accept_deviations():
            answers["skip_consumption"] = True
        if backorder != ASK and self._is_less_reported():
            answers["skip_backorder"] = True
            if backorder == "create":
                answers["mo_ids_to_backorder"] = self.ids
        return answers

    def _is_less_reported(self):
        return bool(self.qty_producing) and not self.product_uom_id.is_zero(
            self._get_quantity_to_backorder()
        )

    def _may_accept_deviations(self):
        """Core forbids a dialog's button where the BoM blocks deviations."""
        return self.consumption != "strict" or self.env.user.has_group(
            "mrp.group_mrp_manager"
        )

    def _describe_question(self, action):
        """What a person would be asked, in words.

        :param action: what core returned instead of completing the order
        """
        model = action.get("res_model") if isinstance(action, dict) else None
        if model == "mrp.consumption.warning":
            return self.env._(
                "Needs a person: the consumption deviates from the bill of materials: "
                "%s",
                self._describe_warning(action["context"]),
            )
        questions = {
            "mrp.production.backorder": self.env._(
                "Needs a person: less was produced than planned. Is the rest still to "
                "be produced?"
            ),
            "mrp.production.serials": self.env._(
                "Needs a person: the serial numbers produced must be entered."
            ),
            "expiry.picking.confirmation": self.env._(
                "Needs a person: lots past their date would be used."
            ),
        }
        return questions.get(model) or self.env._("Needs a person: open the order.")

    def _describe_warning(self, context):
        """The components of core's dialog about consumption.

        :param context: that core opens it with
        """
        commands = context["default_mrp_consumption_warning_line_ids"]
        products = self.env["product.product"].browse(
            vals["product_id"] for *_command, vals in commands
        )
        return ", ".join(products.mapped("display_name"))

    # What completing them would meet.

    def _forecast_completion(self, backorder=ASK, deviations=ASK):
        """Look ahead, without writing anything: each order with what those before it
        leave, and with what those before it produce that can be completed.

        :return: a Forecast for each, in the given order
        """
        deviating = self._find_deviations(backorder, deviations)
        expired = self._get_expired_lots()
        questions = {
            order: list(order._get_questions(backorder, deviating[order], expired))
            for order in self
        }
        shortages = defaultdict(dict)
        allocations = self._plan_completion(
            ready=self.filtered(lambda order: not questions[order]),
            backordered=self.filtered(
                lambda order: order._will_be_backordered(backorder, deviations)
            ),
        )
        for move, allocation in allocations.items():
            short = move._in_own_unit(allocation.short)
            if not move.product_uom.is_zero(short):
                shortages[move.raw_material_production_id][move] = short
        return [Forecast(order, questions[order], shortages[order]) for order in self]

    def _will_be_backordered(self, backorder, deviations):
        """Whether completing the order with these answers leaves a backorder."""
        answers = self._get_answers(backorder, deviations)
        return (
            self._is_less_reported()
            and self.with_context(**answers)._may_be_backordered()
        )

    def _get_questions(self, backorder, deviating, expired):
        """Why a person must look at this order before it can be completed.

        :param deviating: products that core would ask about, of all that are used
        :param expired: lots past their date that these orders are to use
        """
        if self.state not in ORDER_STATES_TO_ISSUE:
            yield self.env._("Not confirmed, or closed already")
            return
        picking_type = self.picking_type_id
        if (
            backorder == ASK
            and picking_type.create_backorder == "ask"
            and self._is_less_reported()
        ):
            yield self.env._("Less was produced than planned")
        if self._lacks_produced_lots():
            yield self.env._("The lots or serial numbers produced are not entered")
        if expired & self._get_components().move_line_ids.lot_id:
            yield self.env._("Lots past their date would be used")
        if self._get_components()._lack_scans():
            yield self.env._("Lots of components must be scanned")
        unissued = self._get_unissued_components().filtered(
            lambda move: (
                move.product_id in deviating or move._must_be_issued(is_confirmed=True)
            )
        )
        if unissued:
            yield self.env._(
                "Manual components are not recorded: %s",
                ", ".join(unissued.product_id.mapped("display_name")),
            )
            deviating -= unissued.product_id
        if deviating:
            yield self.env._(
                "The consumption deviates from the bill of materials: %s",
                ", ".join(deviating.mapped("display_name")),
            )

    def _lacks_produced_lots(self):
        """Whether core would ask for serial numbers; single lots it makes itself."""
        return (
            self.product_tracking == "serial"
            and not self.lot_producing_ids
            and self.product_uom_qty > 1
        )

    def _is_asked_about_deviations(self, deviations):
        is_accepted = deviations == "accept" and self._may_accept_deviations()
        return self.consumption != "flexible" and not is_accepted

    def _find_deviations(self, backorder, deviations):
        """Find what core would ask about: what is used otherwise than the bill of
        materials says.

        :return: products by order
        """
        compared = self.filtered(
            lambda order: (
                order.state in ORDER_STATES_TO_ISSUE
                and order.bom_id.bom_line_ids
                and order._is_asked_about_deviations(deviations)
            )
        )
        components = compared.move_raw_ids.filtered(lambda move: move._is_component())
        needs, planned = components._get_needs(), components._get_planned_needs()
        found = defaultdict(self.env["product.product"].browse)
        with compared._comparing():
            for order in compared:
                answered = order.with_context(
                    **order._get_answers(backorder, deviations)
                )
                for demand, told in order._get_demands(needs, planned):
                    if answered._will_deviate(demand, told):
                        found[order] += demand.product
        return found

    def _comparing(self):
        """Within this block what these orders are to use, by the bill of materials, is
        only compared: nothing is made of it."""
        return nullcontext()

    def _get_demands(self, needs, planned):
        """Go through what the order uses or should use.

        :return: a ProductDemand each, with what the bill of materials says of it for
            the whole order, in the product's unit
        """
        told = defaultdict(float)
        for values in self._get_moves_raw_values():
            product = self.env["product.product"].browse(values["product_id"])
            unit = self.env["uom.uom"].browse(values["product_uom"])
            told[product] += unit._compute_quantity(
                values["product_uom_qty"], product.uom_id
            )
        components = self.move_raw_ids.filtered(lambda move: move in needs)
        by_product = components.grouped("product_id")
        for product in {**told, **by_product}:
            members = by_product.get(product, components.browse())
            demand = ProductDemand(
                product,
                {move: needs[move] for move in members},
                {move: planned[move] for move in members},
            )
            yield demand, told[product]

    def _will_deviate(self, demand, told):
        """Whether core would ask, as ``_restate_consumption_issue`` has it."""
        unit = demand.product.uom_id
        used = unit.round(
            demand.add_up(
                {
                    move: need.issued
                    + need.parked
                    + (
                        move._get_quantity_at_completion(need)
                        if move._is_open_component()
                        else 0.0
                    )
                    for move, need in demand.needs.items()
                }
            )
        )
        share = (self.qty_producing or self.product_qty) / self.product_qty
        if unit.compare(used, told * share) == 0:
            return False
        if not demand.asks_for(told):
            return True
        if self.qty_producing and self._may_be_backordered():
            used -= demand.carried_over
        return unit.compare(used, demand.expected) != 0

    # In the app.

    def action_complete_orders(self):
        """The dialog that shows what is missing, before anything is posted."""
        check_records(self)
        orders = self.filtered(lambda order: order.state in ORDER_STATES_TO_ISSUE)
        if not orders:
            raise UserError(self.env._("Select orders that are confirmed and open."))
        if not self.env.user.has_group("mrp.group_mrp_user"):
            raise AccessError(
                self.env._("Only users of Manufacturing complete orders.")
            )
        if len(orders.company_id) > 1:
            raise UserError(self.env._("Select orders of one company at a time."))
        return {
            "name": self.env._("Complete Orders"),
            "type": "ir.actions.act_window",
            "res_model": "mrp.complete.orders",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_production_ids": orders.sorted(
                    lambda order: (order.date_start, order.id)
                ).ids,
                "dialog_size": "extra-large",
            },
        }


class StockMove(models.Model):
    _inherit = "stock.move"

    def _lack_scans(self):
        """Components whose lots a person must scan, and didn't; what would be parked
        left out."""
        lacking = self.filtered(
            lambda move: (
                (move._is_to_be_posted() and move._has_unscanned_lots())
                or move._will_lack_scanned_lots()
            )
        )
        rules = lacking._get_shortage_rules()
        return lacking.filtered(lambda move: rules[move] != "park")
