"""Issuing components before their order is completed."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from ..access.arguments import check_records, find_readable, read_quantity
from ..rules.issue_method import ORDER_STATES_TO_ISSUE
from ..texts import format_quantity


class StockMove(models.Model):
    _inherit = "stock.move"

    issue_component_id = fields.Many2one(
        "stock.move",
        string="Issue of Component",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The component of which this is an issue before completion.",
    )
    issue_move_ids = fields.One2many(
        "stock.move",
        "issue_component_id",
        string="Issues and Returns",
        readonly=True,
        help="What was issued before the order was completed, and returned.",
    )
    is_issued_early = fields.Boolean(
        string="Issued Before Completion",
        copy=False,
        readonly=True,
        help="Something of this component was issued before the order's completion.",
    )
    issued_quantity = fields.Float(
        string="Issued",
        compute="_compute_issued_quantity",
        digits="Product Unit",
        help="What has left the stock for this order, less what was returned.",
    )

    # What was issued.

    @api.depends("is_issued_early", "issue_move_ids.quantity", "state", "quantity")
    def _compute_issued_quantity(self):
        for move in self:
            is_posted = move.raw_material_production_id and move.state == "done"
            move.issued_quantity = (
                move.quantity if is_posted else 0.0
            ) + move._get_issued_early()

    # By a person.

    def action_issue(self, quantity=None, lot_ids=None):
        """Issue components now, ahead of the order's completion.

        :param quantity: in the component's unit; by default the open need: of what is
            being produced where that was reported, else of the whole order
        :param lot_ids: ids of the lots or serial numbers to take, no others, in this
            order; what the order has reserved of them first
        :raise UserError: the order is not in progress, the quantity is not positive,
            lots are missing or wrong, or somebody else is just issuing
        :raise AccessError: the user is no user of Manufacturing
        """
        check_records(self)
        if (quantity is not None or lot_ids) and len(self) > 1:
            raise UserError(
                self.env._("Choose a quantity or lots for one component at a time.")
            )
        lots = self._find_lots(lot_ids)
        serials = lots.filtered(lambda lot: lot.product_id.tracking == "serial")
        self.raw_material_production_id._take_turns(lots=serials._get_turns())
        chosen = dict.fromkeys(self, lots) if lots else {}
        self._check_may_issue()
        if quantity is not None:
            self._issue_stated(dict.fromkeys(self, quantity), chosen)
            return True
        quantities = self._get_quantities_to_propose(lots)
        if all(move.product_uom.is_zero(quantities[move]) for move in self):
            for move, need in self._get_needs().items():
                if need.open:
                    move._check_stated_quantity(need.open)
            raise UserError(
                self.env._(
                    "Nothing is left to issue, all that is needed was issued:\n%s",
                    self._list_components(),
                )
            )
        self._check_lots_of_components(chosen)
        self._issue(quantities, chosen, is_stated=True)
        return True

    @api.model
    def _find_lots(self, lot_ids):
        """:raise UserError: these are no lots"""
        stated = lot_ids if isinstance(lot_ids, list | tuple) else [lot_ids]
        stated = stated if lot_ids else []
        lots = find_readable(self.env["stock.lot"], stated)
        if len(lots) < len(stated):
            raise UserError(self.env._("A lot or serial number was not found."))
        return lots

    def _issue_stated(self, quantities, lots):
        """Issue what a person says.

        :param quantities: by component, in its unit
        :param lots: by component, those chosen, in the order in which they are used
        :raise UserError: as said in ``action_issue``
        """
        self._check_may_issue()
        for move in self:
            move._check_stated_quantity(quantities[move])
        self._check_lots_of_components(lots)
        self._issue(quantities, lots, is_stated=True)

    def _get_quantities_to_propose(self, lots=None):
        """The open needs, or what a person recorded.

        :param lots: those that a person chose: of serial numbers, that many
        :return: in the component's unit, by component
        """
        quantities = {}
        for move, need in self._get_needs().items():
            if lots and move.has_tracking == "serial":
                quantities[move] = move._in_own_unit(len(lots), is_exact=True)
            elif move._is_recorded():
                quantities[move] = move.quantity
            else:
                quantities[move] = move._get_part_to_take(need.open)
        return quantities

    # What must be so.

    def _check_stated_quantity(self, quantity):
        """:raise UserError: not a quantity that can leave the stock, or come back"""
        self.ensure_one()
        read_quantity(self.env, quantity)
        stock_unit = self.product_id.uom_id
        in_stock_unit = self._in_product_unit(quantity)
        if stock_unit.compare(in_stock_unit, 0) <= 0:
            raise UserError(
                self.env._(
                    "%(product)s: enter a quantity greater than zero, of at least "
                    "%(least)s %(unit)s.",
                    product=self.product_id.display_name,
                    least=format_quantity(self.env, stock_unit.rounding),
                    unit=stock_unit.display_name,
                )
            )
        if self.has_tracking == "serial" and in_stock_unit % 1:
            raise UserError(
                self.env._(
                    "%s has serial numbers: enter a whole number.",
                    self.product_id.display_name,
                )
            )

    def _check_may_issue(self):
        """:raise UserError: not components of orders in progress
        :raise AccessError: the user is no user of Manufacturing
        """
        self._check_is_manufacturing_user()
        wrong = self.filtered(
            lambda move: (
                not move._is_open_component()
                or move.state == "draft"
                or move.raw_material_production_id.state not in ORDER_STATES_TO_ISSUE
                or move.raw_material_production_id._is_subcontracted()
            )
        )
        if wrong:
            raise UserError(
                self.env._(
                    "Only components of a confirmed order that isn't completed can be "
                    "issued; subcontractors issue theirs with the receipt:\n%s",
                    wrong._list_components(),
                )
            )

    def _check_is_manufacturing_user(self):
        if not self.env.su and not self.env.user.has_group("mrp.group_mrp_user"):
            raise AccessError(
                self.env._("Only users of Manufacturing issue and return components.")
            )

    def _check_lots_of_components(self, lots):
        """:raise UserError: a lot isn't the component's, or a serial number is used
        for more than one"""
        for move, chosen in lots.items():
            wrong = chosen.filtered(
                lambda lot, move=move: lot.product_id != move.product_id
            )
            if wrong:
                raise UserError(
                    self.env._(
                        "%(lots)s: not a lot or serial number of %(product)s.",
                        lots=", ".join(wrong.mapped("name")),
                        product=move.product_id.display_name,
                    )
                )

    def _check_allocations(self, allocations, lots):
        """:raise UserError: listing tracked components for which no lot was found"""
        missing = self.filtered(
            lambda move: (
                move.product_id.tracking != "none"
                and not lots.get(move)
                and move in allocations
                and not move.product_id.uom_id.is_zero(allocations[move].short)
            )
        )
        if missing:
            raise UserError(
                self.env._(
                    "There are not enough lots or serial numbers in stock to issue "
                    "these components. Name what is used in Issue Components:\n%s",
                    missing._list_components_and_expired_lots(),
                )
            )

    # Plan, apply, post.

    def _issue(self, quantities, lots=None, is_stated=False):
        """Post an issue of components ahead of the order's completion.

        :param quantities: by component, in its unit; what is 0 is left out
        :param lots: the lots that a person chose, by component
        :param is_stated: whether a person said so, beside what was recorded before
        :return: the posted moves, one for each component
        """
        quantities = {move: move._get_part_to_take(quantities[move]) for move in self}
        components = self._get_components_to_issue(quantities)
        if not components:
            return self.browse()
        components._lock_to_issue()
        components._keep_quantity_per_unit()
        components._keep_whole()
        components._repair_reservations()
        if is_stated:
            components._forget_finished_operation()
        # A person who issues is there to scan what must be scanned.
        needs_scans = not is_stated
        allocations = components._plan_issue(quantities, lots, needs_scans)
        allocations = components._apply_shortage_rules(allocations, needs_scans)
        components._check_allocations(allocations, lots or {})
        stated = components.filtered(
            lambda move: (
                is_stated
                and move.picked
                and (move._is_recorded() or move.manual_consumption)
            )
        )
        issues = components._post_issue(allocations, lots or {})
        # Of what a person recorded, the rest is still recorded. What core filled in
        # for a report that is posted now is filled in anew for the next.
        for move in components:
            if (move not in stated or not move.quantity) and (
                move.picked or move.is_recorded
            ):
                move._forget_record()
        # They lost lines to the issue.
        components._update_analytic_lines()
        components._update_after_issue()
        return issues

    def _get_components_to_issue(self, quantities):
        """Those of which there is something to issue, in the product's unit, too.

        :param quantities: by component, in its unit
        """
        return self.filtered(
            lambda move: (
                move.product_uom.compare(quantities[move], 0) > 0
                and not move.product_id.uom_id.is_zero(
                    move._in_product_unit(quantities[move])
                )
            )
        )

    def _issue_planned(self):
        """Issue what the whole order needs and wasn't issued yet."""
        needs = self._get_whole_order_needs()
        return self._issue({move: need.open for move, need in needs.items()})

    def _lock_to_issue(self):
        """Two people on one order: the second waits for nothing and is told, or, where
        the first is done already, starts again with what is left (Odoo retries)."""
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is issuing these components right now. Try again in "
                    "a moment:\n%s",
                    self._list_components(),
                )
            ) from error

    def _forget_finished_operation(self):
        """What core filled in and picked when an operation was finished it leaves as it
        is, whatever is reported afterwards: its flag comes with any operation. Where a
        person issues or returns something beside it, the rest is what is needed."""
        finished = self.filtered(lambda move: move.workorder_id.state == "done")
        for move, need in finished._get_needs().items():
            is_stated = move.product_uom.compare(move.quantity, need.open) != 0
            if move.picked and (is_stated or move._is_recorded()):
                continue
            if move.picked:
                move._forget_record()
            # Core asks for lots of what bears it, but nobody will finish it again.
            move._clear_core_manual_consumption()

    # What was issued of it holds the component.

    @api.ondelete(at_uninstall=False)
    def _unlink_except_issued(self):
        self._check_nothing_issued()
        self._check_nothing_parked()

    def _check_nothing_issued(self):
        """:raise UserError: something was issued before completion"""
        issued = self.filtered("is_issued_early")
        if issued:
            raise UserError(
                self.env._(
                    "These components were issued to the order already. Return them "
                    "first, with Return Components:\n%s",
                    issued._list_components(),
                )
            )

    def _check_may_be_another(self, vals):
        """:raise UserError: values name another product or unit of a component of which
        something was issued, or waits
        """
        for name in ("product_id", "product_uom"):
            if name in vals:
                # Core gives a unit as a record, too.
                new_id = self._fields[name].convert_to_cache(vals[name], self)
                changed = self.filtered(
                    lambda move, name=name, new_id=new_id: move[name].id != new_id
                )
                changed._check_nothing_issued()
                changed._check_nothing_parked()
