"""Production reported without a planned order: made, completed and backflushed in one
step, and undone in one."""

from datetime import datetime, time, timezone

import psycopg2
import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError

from ..access.arguments import check_records, find_readable, read_quantity, read_text
from ..access.system_fields import create_by_system
from ..call_scope import SCREEN_NOTES
from ..texts import format_quantity
from ..turns.turns import take_turns

REPORTED = "reported"
UNDONE = "undone"

# What the screen lists at most.
MOST_LISTED = 200


class MrpProductionReport(models.Model):
    _name = "mrp.production.report"
    _description = "Production Report"
    _order = "create_date desc, id desc"
    _rec_name = "production_id"
    _inherit = ["mrp.checked.record"]
    _check_company_auto = True

    production_id = fields.Many2one(
        "mrp.production",
        string="Order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="The manufacturing order that the report completed: made for it, unless a "
        "planned order was scanned.",
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        help="What was produced.",
    )
    quantity = fields.Float(
        digits="Product Unit", readonly=True, help="How much of it was produced."
    )
    product_uom_id = fields.Many2one(
        "uom.uom",
        string="Unit",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="The unit of the quantity.",
    )
    lot_ids = fields.Many2many(
        "stock.lot",
        string="Lot/Serial",
        readonly=True,
        help="The lot or serial number of what was produced.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Reported by",
        required=True,
        readonly=True,
        index=True,
        help="Who reported it.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        help="The company that produced it.",
    )
    picking_type_id = fields.Many2one(
        related="production_id.picking_type_id",
        help="The operation type of the order.",
    )
    state = fields.Selection(
        [(REPORTED, "Reported"), (UNDONE, "Undone")],
        string="Status",
        default=REPORTED,
        required=True,
        readonly=True,
        index=True,
        help="Reported: the product and its components are posted.\n"
        "Undone: everything that was posted has been returned.",
    )
    open_exception_count = fields.Integer(
        related="production_id.open_exception_count",
        string="Waiting",
        help="How many components are waiting for stock.",
    )
    unbuild_id = fields.Many2one(
        "mrp.unbuild",
        string="Undone with",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The unbuild order that returned what was posted.",
    )
    undo_user_id = fields.Many2one(
        "res.users", string="Undone by", readonly=True, help="Who undid the report."
    )
    may_undo = fields.Boolean(
        compute="_compute_may_undo",
        help="The user reported it, or is an administrator of Manufacturing.",
    )
    date_undone = fields.Datetime(
        string="Undone on", readonly=True, help="When the report was undone."
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(
            self.env._("Production reports can't be deleted. Undo them instead.")
        )

    def copy_data(self, default=None):
        raise UserError(self.env._("Production reports can't be duplicated."))

    # Reporting.

    @api.model
    def report_production(
        self,
        product_id=None,
        quantity=None,
        lot_name=None,
        picking_type_id=None,
        component_lots=None,
        reasons=None,
    ):
        """Make an order of what was produced, complete and backflush it: all of that
        or nothing.

        :param product_id: id of the product
        :param quantity: in the product's unit
        :param lot_name: lot or serial number of a tracked product, an existing or a
            new one; empty: the next of Odoo's sequence
        :param picking_type_id: id of the operation type; by default the BoM's, else
            the warehouse's
        :param component_lots: exactly those that a person scanned, a list of dicts
            with ``lot_id`` and ``quantity`` in that product's unit
        :param reasons: why components deviate, as of ``_read_reasons_by_product``
        :return: plain data as of ``get_reports``, and ``message``: what was done
        :raise UserError: why it can't be reported; nothing was posted
        :raise AccessError: the user is no user of Manufacturing
        """
        self._check_is_manufacturing_user()
        product = self._get_product(product_id)
        picking_type = self._get_picking_type(picking_type_id)
        bom = self._get_bom(product, picking_type)
        quantity = self._check_quantity(product, quantity)
        lot_name = self._check_lot_name(product, lot_name)
        scanned = self._read_component_lots(component_lots)
        self._take_turns(product, bom, lot_name, self._get_serial_turns(scanned))
        try:
            # Whoever catches the error finds nothing posted either.
            with self.env.cr.savepoint(), SCREEN_NOTES.hold(self.env, []):
                order = self._create_order(product, bom, quantity, picking_type)
                order._produce_lot(lot_name)
                order._hold_scanned_lots(scanned)
                order._mark_reported_done(reasons=reasons)
                report = create_by_system(self.sudo(), [order._prepare_report_vals()])
        except psycopg2.IntegrityError as error:
            raise UserError(str(error)) from error
        return {**report._describe(), "message": report._get_message()}

    @api.model
    def _check_is_manufacturing_user(self):
        """:raise AccessError: the user isn't"""
        if not self.env.su and not self.env.user.has_group("mrp.group_mrp_user"):
            raise AccessError(
                self.env._("Only users of Manufacturing report production.")
            )

    @api.model
    def _get_product(self, product_id):
        """:raise UserError: there is none, or it can't be produced here"""
        product = find_readable(self.env["product.product"], [product_id])
        if not product:
            raise UserError(self.env._("Product not found."))
        self._check_product(product)
        return product

    @api.model
    def _check_product(self, product):
        """:raise UserError: it can't be produced here"""
        company = product.sudo().company_id
        if company and company != self.env.company:
            raise UserError(
                self.env._(
                    "%(product)s is a product of another company: choose that company "
                    "at the top right.",
                    product=product.sudo().display_name,
                )
            )
        if not product.active:
            raise UserError(
                self.env._(
                    "%s is archived.",
                    product.display_name,
                )
            )

    @api.model
    def _get_picking_type(self, picking_type_id):
        """:return: the operation type asked for, or none
        :raise UserError: orders can't be made with it
        """
        picking_types = self.env["stock.picking.type"]
        if not picking_type_id:
            return picking_types
        picking_type = find_readable(picking_types, [picking_type_id])
        if (
            picking_type.code != "mrp_operation"
            or picking_type.company_id != self.env.company
        ):
            raise UserError(
                self.env._(
                    "Choose a manufacturing operation type of %s.",
                    self.env.company.display_name,
                )
            )
        return picking_type

    @api.model
    def _get_bom(self, product, picking_type):
        """:raise UserError: there is none that makes the product"""
        boms = self.env["mrp.bom"]
        company_id = self.env.company.id
        bom = boms._bom_find(
            product, picking_type=picking_type, company_id=company_id, bom_type="normal"
        )[product]
        if bom:
            return bom
        name = product.display_name
        other = boms._bom_find(product, company_id=company_id)[product]
        if other.type == "phantom":
            raise UserError(
                self.env._(
                    "%s is a kit: it is never made, its components are. Report the "
                    "product that contains it.",
                    name,
                )
            )
        if other.type == "normal":
            raise UserError(
                self.env._(
                    "%(product)s is not made at %(operation)s: its bill of materials "
                    "belongs to another operation type.",
                    product=name,
                    operation=picking_type.display_name,
                )
            )
        raise UserError(
            self.env._("%s has no bill of materials: it can't be produced.", name)
        )

    @api.model
    def _check_quantity(self, product, quantity, unit=None):
        """
        :param unit: of the quantity; by default the product's
        :return: the quantity, as the unit can express it
        :raise UserError: it isn't one
        """
        unit = unit or product.uom_id
        rounded = unit.round(read_quantity(self.env, quantity))
        if unit.compare(rounded, 0) <= 0:
            raise UserError(self.env._("Enter a quantity greater than zero."))
        if product.tracking == "serial" and unit.compare(rounded, 1):
            raise UserError(
                self.env._(
                    "%s has serial numbers: report one at a time.",
                    product.display_name,
                )
            )
        return rounded

    @api.model
    def _check_lot_name(self, product, lot_name):
        """:return: the name; empty: none was given
        :raise UserError: the product can't have it
        """
        lot_name = read_text(self.env, lot_name)
        if lot_name and product.tracking == "none":
            raise UserError(
                self.env._("%s has no lots: leave the lot empty.", product.display_name)
            )
        return lot_name and self._extract_lot_name(product, lot_name)

    @api.model
    def _take_turns(self, product, bom, lot_name, serials):
        """As completing an order does, but before it is there: what has written can't
        begin anew any more."""
        products = product.browse()
        if self.env.company._has_turns():
            _boms, lines = bom.explode(product, 1)
            components = product.concat(*(line.product_id for line, _values in lines))
            products = product | components | bom.byproduct_ids.product_id
        lots = serials | ({(product.id, lot_name)} if lot_name else set())
        take_turns(self.env, products, **({"lots": lots} if lots else {}))

    @api.model
    def _create_order(self, product, bom, quantity, picking_type):
        """:return: the confirmed order"""
        values = {
            "product_id": product.id,
            "product_qty": quantity,
            "product_uom_id": product.uom_id.id,
            "bom_id": bom.id,
            "user_id": self.env.uid,
            "company_id": self.env.company.id,
            "origin": self.env._("Report Production"),
        }
        if picking_type:
            values["picking_type_id"] = picking_type.id
        order = create_by_system(self.env["mrp.production"], [values])
        # Nothing is to be brought or made for it any more: it is produced.
        order.with_context(no_procurement=True).action_confirm()
        return order

    def _get_message(self):
        self.ensure_one()
        return self.env._(
            "%(quantity)s %(unit)s of %(product)s%(lots)s reported, %(order)s",
            quantity=format_quantity(self.env, self.quantity),
            unit=self.product_uom_id._get_spoken_name(self.quantity),
            product=self.product_id._get_spoken_name(),
            lots="".join(f", {name}" for name in self.lot_ids.mapped("name")),
            order=self.production_id.name,
        )

    # Looking at reports.

    @api.model
    def get_reports(self, is_own=False):
        """Today's reports of the current company, the user's own first, each group the
        latest first.

        :param is_own: only the user's own
        :return: a list of dicts: ``id``, ``production_id``, ``production``,
            ``product_id``, ``product``, ``quantity``, ``unit``, ``lots``, ``time``,
            ``user``, ``is_own``, ``may_undo``, ``state``, and ``waiting``: the
            components that could not be issued, with the reason
        """
        self._check_is_manufacturing_user()
        domain = [
            ("company_id", "=", self.env.company.id),
            ("create_date", ">=", self._get_start_of_day()),
        ]
        own = self.search([*domain, ("user_id", "=", self.env.uid)], limit=MOST_LISTED)
        others = self.browse()
        if not is_own and len(own) < MOST_LISTED:
            others = self.search(
                [*domain, ("user_id", "!=", self.env.uid)],
                limit=MOST_LISTED - len(own),
            )
        return [report._describe() for report in own + others]

    @api.model
    def _get_start_of_day(self):
        """When the user's day began, as it is stored."""
        today = fields.Date.context_today(self)
        begun = self.env.tz.localize(datetime.combine(today, time.min))
        return begun.astimezone(timezone.utc).replace(tzinfo=None)

    def _describe(self):
        """:return: a dict as of ``get_reports``"""
        self.ensure_one()
        waiting = self.production_id.move_raw_ids._get_open_exceptions()
        return {
            "id": self.id,
            "production_id": self.production_id.id,
            "production": self.production_id.name,
            "product_id": self.product_id.id,
            "product": self.product_id._get_spoken_name(),
            "quantity": self.quantity,
            "unit": self.product_uom_id._get_spoken_name(self.quantity),
            "lots": self.lot_ids.mapped("name"),
            "time": fields.Datetime.context_timestamp(self, self.create_date).strftime(
                "%H:%M"
            ),
            "user": self.user_id.sudo().name,
            "is_own": self.user_id == self.env.user,
            "may_undo": self.may_undo,
            "state": self.state,
            "waiting": [
                f"{exception.product_id._get_spoken_name()}: {exception.message}"
                for exception in waiting
            ],
        }

    # Undoing.

    def action_undo(self):
        """Return exactly what was posted for these reports: the product to the order,
        each component to where it came from, with its lot and at its value. What still
        waits for stock isn't needed any more.

        :return: True
        :raise UserError: what was produced isn't in stock any more, it was undone or
            unbuilt already, or somebody else is just at it
        :raise AccessError: the user is no user of Manufacturing, or somebody else
            reported it and the user is no administrator of Manufacturing
        """
        check_records(self)
        self._check_is_manufacturing_user()
        self.check_access("read")
        self._check_may_undo_others()
        orders = self.production_id
        if orders:
            orders._take_turns()
        for report in self:
            report.with_company(report.company_id)._undo()
        return True

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_may_undo(self):
        is_administrator = self.env.su or self.env.user.has_group(
            "mrp.group_mrp_manager"
        )
        for report in self:
            report.may_undo = is_administrator or report.user_id == self.env.user

    def _check_may_undo_others(self):
        """:raise AccessError: somebody else reported one, and the user may not"""
        others = self.filtered(lambda report: not report.may_undo)
        if others:
            raise AccessError(
                self.env._(
                    "Only who has reported it, or an administrator of Manufacturing, "
                    "may undo a report:\n%s",
                    "\n".join(
                        f"- {report.production_id.name}: {report.user_id.sudo().name}"
                        for report in others
                    ),
                )
            )

    def _undo(self):
        self.ensure_one()
        report = self.sudo()
        report._lock_to_undo()
        report._check_may_undo()
        order = self.production_id
        with self.env.cr.savepoint():
            order._check_is_still_in_stock()
            order.sudo()._forget_what_waits()
            unbuild = create_by_system(
                self.env["mrp.unbuild"], [report._prepare_unbuild_vals()]
            )
            report.write(
                {
                    "state": UNDONE,
                    "unbuild_id": unbuild.id,
                    "undo_user_id": self.env.uid,
                    "date_undone": fields.Datetime.now(),
                }
            )
            # Before: core frees what it finds reserved, and cuts the link.
            order._cancel_open_transfers()
            unbuild._post_undo()

    def _lock_to_undo(self):
        """Two who undo at once would both find it reported, and one who unbuilds the
        order meanwhile would find it as it was.

        :raise UserError: somebody else is at it
        """
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is undoing this report right now.")
            ) from error
        self.production_id._lock_to_unbuild()
        self.invalidate_recordset(["state", "unbuild_id"])

    def _check_may_undo(self):
        """:raise UserError: it was undone or unbuilt already"""
        order = self.production_id
        if self.state == UNDONE:
            raise UserError(
                self.env._(
                    "%(order)s was undone already, by %(user)s.",
                    order=order.name,
                    user=self.undo_user_id.name,
                )
            )
        if order._get_unbuild_moves():
            raise UserError(
                self.env._("%s was unbuilt already, as a whole or in part.", order.name)
            )

    def _prepare_unbuild_vals(self):
        order = self.production_id
        finished = order._get_finished_lines()[:1]
        return {
            "mo_id": order.id,
            "state": "draft",
            "product_id": self.product_id.id,
            "bom_id": order.bom_id.id,
            "product_qty": order.qty_produced,
            "product_uom_id": order.product_uom_id.id,
            "lot_id": self.lot_ids[:1].id,
            "company_id": self.company_id.id,
            "location_id": (finished.location_dest_id or order.location_dest_id).id,
            "location_dest_id": order.location_src_id.id,
        }
