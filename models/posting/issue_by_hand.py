"""The work list of what people issue, over all orders: what is open, what is there for
it, and issuing a selection of it."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..access.arguments import check_record, check_records
from ..rules.issue_method import MANUAL, ORDER_STATES_TO_ISSUE
from ..texts import format_quantity

TO_ISSUE_BY_HAND = [
    ("raw_material_production_id.state", "in", ORDER_STATES_TO_ISSUE),
    ("issue_method", "=", MANUAL),
    ("issue_component_id", "=", False),
    ("state", "not in", ("draft", "done", "cancel")),
    ("picked", "=", False),
    ("product_uom_qty", ">", 0),
]


class StockMove(models.Model):
    _inherit = "stock.move"

    quantity_to_issue = fields.Float(
        string="Open Need",
        compute="_compute_to_issue_by_hand",
        digits="Product Unit",
        help="What is to be issued by hand and wasn't yet: of what is being produced "
        "where that was reported, else of the whole order.",
    )
    available_to_issue = fields.Float(
        string="In Stock",
        compute="_compute_to_issue_by_hand",
        digits="Product Unit",
        help="On hand at the component's place and below, without what other documents "
        "have reserved.",
    )
    is_available_to_issue = fields.Boolean(
        string="Available",
        compute="_compute_to_issue_by_hand",
        search="_search_is_available_to_issue",
        help="All that is to be issued by hand is there.",
    )

    @api.depends(
        *("product_uom_qty", "quantity", "picked", "state", "issue_method"),
        *("raw_material_production_id.qty_producing", "location_id"),
    )
    def _compute_to_issue_by_hand(self):
        by_hand = self.filtered_domain(TO_ISSUE_BY_HAND)
        quantities = by_hand._get_quantities_to_propose()
        available = by_hand._read_stock_by_hand(quantities)
        for move in self:
            quantity = quantities.get(move, 0.0)
            move.quantity_to_issue = quantity
            move.available_to_issue = available.get(move, 0.0)
            move.is_available_to_issue = (
                move in available
                and move.product_uom.compare(available[move], quantity) >= 0
            )

    def _read_stock_by_hand(self, quantities):
        """What is there for each of these components by itself.

        :param quantities: what is to be issued, by component, in its unit
        :return: in the component's unit, by component
        """
        quants = self._read_quants().grouped("product_id")
        free = {}
        for product, place in {(move.product_id, move.location_id) for move in self}:
            free[product, place] = sum(
                quant.quantity - quant.reserved_quantity
                for quant in quants.get(product, ())
                if quant.location_id._child_of(place)
            )
        available = {}
        for move in self:
            if not move.product_id.is_storable:
                # Nobody counts what is there of it.
                available[move] = quantities[move]
                continue
            own = sum(move.move_line_ids.mapped("quantity_product_uom"))
            there = max(free[move.product_id, move.location_id] + own, 0.0)
            available[move] = move._in_own_unit(there)
        return available

    @api.model
    def _search_is_available_to_issue(self, operator, value):
        if operator != "in":
            return NotImplemented
        wanted = {bool(each) for each in value}
        moves = self.search(TO_ISSUE_BY_HAND).filtered(
            lambda move: move.is_available_to_issue in wanted
        )
        return [("id", "in", moves.ids)]

    # From the list.

    def action_issue_by_hand(self):
        """Issue the open need of each of these components, all or nothing.

        :return: an action that says what was issued
        :raise UserError: listing all that can't be issued, and why, and what can be
        :raise AccessError: the user is no user of Manufacturing
        """
        check_records(self)
        self._check_is_manufacturing_user()
        if not self:
            raise UserError(self.env._("Select components to issue."))
        self.raw_material_production_id._take_turns()
        stated = {
            move: (move.quantity_to_issue, move._describe_to_issue()) for move in self
        }
        failed = []
        with self.env.cr.savepoint():
            for move in self:
                error = move._try_to_issue(stated[move][0])
                if error:
                    failed.append((move, error))
            if failed:
                raise UserError(
                    self._describe_failed_issues(
                        failed, {move: text for move, (_open, text) in stated.items()}
                    )
                )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Issued"),
                "message": "\n".join(text for _open, text in stated.values()),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _try_to_issue(self, quantity):
        """:param quantity: the open need, in the component's unit
        :return: why it can't be issued, or None
        """
        try:
            with self.env.cr.savepoint():
                # Else the order is asked for what nobody has to issue.
                self.action_issue(quantity)
        except UserError as error:
            return str(error)
        return None

    def _describe_to_issue(self):
        self.ensure_one()
        return self.env._(
            "%(quantity)s %(unit)s of %(product)s, %(order)s",
            quantity=format_quantity(self.env, self.quantity_to_issue),
            unit=self.product_uom._get_spoken_name(self.quantity_to_issue),
            product=self.product_id.display_name,
            order=self.raw_material_production_id.name,
        )

    def _describe_failed_issues(self, failed, texts):
        """:param failed: pairs of a component and why
        :param texts: what is to be issued, by component
        """
        lines = [
            self.env._("Nothing was issued. These components can't be issued:"),
            *(f"- {texts[move]}: {error}" for move, error in failed),
        ]
        others = self - self.browse().union(*(move for move, _error in failed))
        if others:
            lines += [
                "",
                self.env._("These can be; select them alone:"),
                *(f"- {texts[move]}" for move in others),
            ]
        return "\n".join(lines)

    def action_open_order_issue(self):
        """The dialog of the component's order, for other quantities and lots."""
        check_record(self)
        self._check_is_manufacturing_user()
        return self.raw_material_production_id.action_open_issue()
