"""Unbuilding: what is taken back of an order.

Of an ordinary unbuild core posts everything, but for the components of which something
waits, waited or was issued early: of those the same share is taken back of what is
posted and of what waits. Undoing a report mirrors what was posted, line by line.
"""

from collections import defaultdict

from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL
from odoo.tools.misc import clean_context

from ..access.system_fields import create_by_system, creating_by_system
from ..rules.backflush_plan import take_share
from ..shortage.order_notes import format_list
from ..texts import format_quantity


class MrpUnbuild(models.Model):
    _name = "mrp.unbuild"
    _inherit = ["mrp.unbuild", "mrp.checked.record"]

    production_report_ids = fields.One2many(
        "mrp.production.report",
        "unbuild_id",
        string="Production Reports",
        readonly=True,
        help="The production report that this unbuild order undoes.",
    )
    is_undo = fields.Boolean(
        string="Undo of a Report",
        compute="_compute_is_undo",
        compute_sudo=True,
        help="Everything goes back to where it came from, whatever locations this "
        "unbuild order has.",
    )

    @api.depends("production_report_ids")
    def _compute_is_undo(self):
        # Only the undo of a report sets it there: no client can claim it.
        for unbuild in self:
            unbuild.is_undo = bool(unbuild.production_report_ids)

    def write(self, vals):
        if not self.env.su and vals.keys() - self._get_fields_of_mail():
            self._check_is_no_undo()
        return super().write(vals)

    @api.model
    def _get_fields_of_mail(self):
        return {
            *self.env["mail.thread"]._fields,
            *self.env["mail.activity.mixin"]._fields,
        }

    def _check_is_no_undo(self):
        """:raise UserError: the unbuild order undid a report, and says what was done"""
        undoes = self.filtered("is_undo")
        if undoes:
            raise UserError(
                self.env._(
                    "These undid a report of production, and can't be changed:\n%s",
                    undoes._list(),
                )
            )

    def _list(self):
        return "\n".join(f"- {unbuild.display_name}" for unbuild in self)

    # An ordinary unbuild.

    def action_validate(self):
        # Before: core looks whether the product is there.
        self._take_turns()
        return super().action_validate()

    def action_unbuild(self):
        """As core; what waits for stock is taken back, too.

        :raise UserError: also where the order's report was undone, where more would
            be unbuilt than is left of what waited or was issued early, and where
            somebody else is just unbuilding the order
        """
        self.ensure_one()
        self._take_turns()
        if not self.mo_id._is_unbuilt_by_shares():
            result = super().action_unbuild()
            self.mo_id._lower_use_left_to_count()
            self.mo_id._forget_reasons_of_unbuilt()
            return result
        self.mo_id._lock_to_unbuild()
        self._check_may_unbuild()
        share = self._get_share()
        shares = self.mo_id._get_shares_to_take_back(share)
        result = super().action_unbuild()
        # After: the product first, so that nothing has a value that isn't there. As
        # core without the dialog's default values.
        unbuild = self.with_env(self.env(context=clean_context(self.env.context)))
        unbuild._return_components(shares)
        unbuild._take_back_what_waits(shares, share)
        self.mo_id._lower_use_left_to_count()
        self.mo_id._forget_reasons_of_unbuilt()
        return result

    def _check_may_unbuild(self):
        """:raise UserError: nothing, or not that much, is left to unbuild"""
        order = self.mo_id
        order._check_not_undone()
        if self.state == "done":
            raise UserError(self.env._("%s is done already.", self.display_name))
        unit, left = order.product_id.uom_id, order._get_left_to_unbuild()
        if unit.compare(self._get_quantity_in_stock_unit(), left) > 0:
            raise UserError(
                self.env._(
                    "%(left)s %(unit)s of %(product)s are left to unbuild of "
                    "%(order)s.",
                    left=format_quantity(self.env, left),
                    unit=unit.display_name,
                    product=order.product_id.display_name,
                    order=order.name,
                )
            )

    def _get_quantity_in_stock_unit(self):
        return self.product_uom_id._compute_quantity(
            self.product_qty, self.mo_id.product_id.uom_id, round=False
        )

    def _get_share(self):
        """The share of what the order made and wasn't unbuilt before; 1 is all."""
        unit, left = self.mo_id.product_id.uom_id, self.mo_id._get_left_to_unbuild()
        quantity = self._get_quantity_in_stock_unit()
        return quantity / left if unit.compare(quantity, left) < 0 else 1.0

    def _generate_produce_moves(self):
        """Core takes back a share of what was posted, the first lots each time, and
        knows nothing of what waits and was settled since."""
        moves = super()._generate_produce_moves()
        own = moves.filtered(
            lambda move: move.origin_returned_move_id._is_taken_back_by_shares()
        )
        own.unlink()
        return moves - own

    def _return_components(self, shares):
        """Post the way back of these shares, to where the unbuild order says.

        :param shares: by posted line, in the product's unit
        """
        by_move = defaultdict(dict)
        for record, quantity in shares.items():
            if record._name == "stock.move.line" and quantity:
                by_move[record.move_id][record] = quantity
        returns = self.env["stock.move"]
        for posted, quantities in by_move.items():
            move = self._create_return(posted, self.location_dest_id)
            # In another unit 5 pieces may not be expressed.
            move.product_uom = posted.product_id.uom_id
            move.product_uom_qty = sum(quantities.values())
            lines = create_by_system(
                self.env["stock.move.line"],
                [
                    self._prepare_share_vals(move, line, quantity)
                    for line, quantity in quantities.items()
                ],
            )
            lines._apply_putaway_strategy()
            returns |= move
        returns.picked = True
        returns._action_done()
        consumed = self.produce_line_ids.filtered(
            lambda move: move.origin_returned_move_id.production_id
        )
        consumed.move_line_ids.produce_line_ids = [
            Command.link(line.id) for line in returns.move_line_ids
        ]

    def _create_return(self, posted, location_dest):
        """The way back of a posted move, to be given lines."""
        with creating_by_system(self.env):
            move = self._generate_move_from_existing_move(
                posted, 1.0, posted.location_dest_id, location_dest
            )
        # Bypassing reservation: only a confirmed move is given lines by core.
        move.state = "confirmed"
        return move

    def _prepare_share_vals(self, move, line, quantity):
        return {
            **self._prepare_move_line_vals(move, line, quantity),
            "product_uom_id": move.product_uom.id,
            "owner_id": line.owner_id.id,
        }

    def _take_back_what_waits(self, shares, share):
        """:param shares: by exception, in the product's unit"""
        exceptions = self.mo_id.sudo().backflush_exception_ids
        exceptions.filtered(shares.get)._take_back(
            shares, self.env._("What it was needed for was unbuilt, %s.", self.name)
        )
        exceptions._note_unbuilt_cost(share)

    # The undo of a report.

    def _post_undo(self):
        """Mirror what was posted, and is still in production."""
        self.ensure_one()
        # Core divides by product and by the unbuilt share, in the unit of the move:
        # lines in other units, of several locations, with packages would not come
        # back as they went.
        self._check_company()
        order = self.mo_id
        finished = order.move_finished_ids._mirror_posted(self)
        components = order.move_raw_ids._mirror_posted(self)
        # As core: the product first, so that nothing has a value that isn't there.
        finished._action_done()
        components._action_done()
        finished.move_line_ids.produce_line_ids = components.move_line_ids
        (finished | components)._restore_valuation()
        note = self.env._(
            "Report undone with %s: everything was returned.",
            self._get_html_link(),
        )
        order.message_post(
            body=note + order._describe_scrapped_components(),
            subtype_xmlid="mail.mt_note",
        )
        self.sudo().state = "done"
        order._lower_use_left_to_count()
        order._forget_reasons_of_unbuilt()


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _lock_to_unbuild(self):
        """Of two who unbuild or undo at once, one must see what the other does.

        :raise UserError: somebody else is at it
        """
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is unbuilding %s right now. Try again in a moment.",
                    ", ".join(self.mapped("name")),
                )
            ) from error
        # What is posted are new rows, which whoever began before doesn't see. A row
        # that was changed meanwhile has the database refuse the lock: Odoo tries again.
        self.env.cr.execute(
            SQL(
                "UPDATE mrp_production SET write_date = write_date WHERE id IN %s",
                tuple(self.ids),
            )
        )

    def _check_not_undone(self):
        """:raise UserError: the order's report was undone"""
        if self.sudo().production_report_ids.filtered("unbuild_id"):
            raise UserError(
                self.env._(
                    "The report of %s was undone: nothing is left to take back.",
                    self.name,
                )
            )

    def _is_unbuilt_by_shares(self):
        """Whether it matters what was unbuilt before: something waits, waited or was
        issued early, or the order was made for a report."""
        return bool(
            self._get_products_taken_back_by_shares()
            or self.sudo().production_report_ids
        )

    def _get_products_taken_back_by_shares(self):
        """Of all lines of a product alike: core takes lots from any of them."""
        return self.move_raw_ids.filtered(
            lambda move: move.is_parked or move.is_issued_early
        ).product_id

    def _get_unbuild_moves(self):
        """What was posted to unbuild the order, whatever became of the documents."""
        moves = self.move_finished_ids | self.move_raw_ids
        return moves.returned_move_ids.filtered(
            lambda move: move.state == "done" and move.unbuild_id
        )

    def _get_left_to_unbuild(self):
        """What was made and not unbuilt yet, in the product's unit."""
        self.ensure_one()
        product = self.product_id
        made = self._get_finished_lines().filtered(
            lambda line: line.product_id == product
        )
        unbuilt = self._get_unbuild_moves().filtered(
            lambda move: move.origin_returned_move_id in made.move_id
        )
        return sum(made.mapped("quantity_product_uom")) - sum(
            unbuilt.move_line_ids.mapped("quantity_product_uom")
        )

    def _get_shares_to_take_back(self, share):
        """Of each component the share of all that was used comes back: of what is
        posted in proportion, the first lots first; what waits makes up the rest.

        :param share: of what is left to unbuild
        :return: by posted line and by exception, in the product's unit
        """
        left = self.move_raw_ids._get_left_in_production()
        exceptions = self.sudo().backflush_exception_ids.filtered(
            lambda exception: exception.state == "open"
        )
        shares = {}
        for product in self._get_products_taken_back_by_shares():
            parts = [
                (move, sum(left[line] for line in move.move_line_ids))
                for move in self.move_raw_ids
                if move.product_id == product and move.state == "done"
            ] + [
                (exception, exception._in_stock_unit())
                for exception in exceptions
                if exception.product_id == product
            ]
            rounding = 1.0 if product.tracking == "serial" else product.uom_id.rounding
            for record, quantity in take_share(parts, share, rounding).items():
                if record._name == "stock.move":
                    shares.update(record._divide_share(quantity, left))
                else:
                    shares[record] = quantity
        return shares

    def _describe_scrapped_components(self):
        """What is out of stock for good, and doesn't come back with an undo."""
        scrapped = self.all_move_raw_ids.filtered(
            lambda move: move.state == "done" and move._is_scrap()
        )
        if not scrapped:
            return Markup()
        return format_list(
            self.env._("What was scrapped stays scrapped:"),
            [line._describe_quantity() for line in scrapped.move_line_ids],
        )


class StockMove(models.Model):
    _inherit = "stock.move"

    def _is_taken_back_by_shares(self):
        order = self.raw_material_production_id
        return self.product_id in order._get_products_taken_back_by_shares()

    def _get_left_in_production(self):
        """What of these posted components of one order is still in production: without
        what came back, and what was scrapped there.

        :return: by line, in the product's unit
        """
        scrapped = defaultdict(float)
        for line in self.raw_material_production_id.all_move_raw_ids.filtered(
            lambda move: move.state == "done" and move._is_scrap()
        ).move_line_ids:
            scrapped[line.location_id, line.lot_id, line.product_id] += (
                line.quantity_product_uom
            )
        left = {}
        for move in self.filtered(lambda move: move.state == "done"):
            returned = defaultdict(float)
            for line in move.returned_move_ids.filtered(
                lambda back: back.state == "done"
            ).move_line_ids:
                returned[line.lot_id, line.owner_id] += line.quantity_product_uom
            for line in move.move_line_ids:
                left[line] = line._take_off(
                    line._take_off(
                        line.quantity_product_uom,
                        *(returned, (line.lot_id, line.owner_id)),
                    ),
                    *(scrapped, (line.location_dest_id, line.lot_id, line.product_id)),
                )
        return left

    def _check_not_brought_back(self):
        """What these components of completed orders were corrected to.

        :raise UserError: the order was undone, or less was used than was unbuilt
        """
        for component in self:
            order = component.raw_material_production_id
            if not order._is_unbuilt_by_shares():
                continue
            order._check_not_undone()
            moves = component | component._get_early_issues()
            returned = moves.returned_move_ids.filtered(
                lambda move: move.state == "done" and move.unbuild_id
            )
            back = sum(returned.move_line_ids.mapped("quantity_product_uom"))
            unit = component.product_id.uom_id
            if unit.compare(component._get_posted()[0], back) < 0:
                raise UserError(
                    self.env._(
                        "%(product)s: %(quantity)s %(unit)s came back already, when "
                        "%(order)s was unbuilt. Not less can have been used.",
                        product=component.product_id.display_name,
                        quantity=format_quantity(self.env, back),
                        unit=unit.display_name,
                        order=order.name,
                    )
                )

    def _divide_share(self, quantity, left):
        """:param quantity: of this move, in the product's unit
        :param left: by line, likewise
        :return: what is taken back of each line, the first ones first
        """
        shares = {}
        for line in self.move_line_ids:
            shares[line] = min(quantity, left[line])
            quantity -= shares[line]
        return shares

    def _mirror_posted(self, unbuild):
        """Make the way back of what was posted: line by line, from where it was put to
        where it came from, no putaway in between.

        :return: moves that are ready to be posted
        """
        posted = self.filtered(lambda move: move.state == "done" and move.quantity)
        left = posted._get_left_in_production()
        mirrors = self.browse()
        for move in posted:
            quantities = {
                line: left[line]
                for line in move.move_line_ids
                if not line.product_id.uom_id.is_zero(left[line])
            }
            if not quantities:
                continue
            mirror = unbuild._create_return(move, move.location_id)
            create_by_system(
                self.env["stock.move.line"],
                [
                    line._prepare_mirror_vals(mirror, quantity)
                    for line, quantity in quantities.items()
                ],
            )
            mirrors |= mirror
        mirrors.picked = True
        return mirrors


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _take_off(self, quantity, gone, key):
        """:param gone: what is gone, by key; what is taken off is not gone any more
        :return: what is left of the quantity
        """
        taken = min(quantity, gone[key])
        gone[key] -= taken
        return quantity - taken

    def _prepare_mirror_vals(self, mirror, quantity):
        """:param quantity: in the product's unit"""
        vals = self._prepare_return_vals(mirror)
        if self.product_id.uom_id.compare(quantity, self.quantity_product_uom) < 0:
            unit = self.product_id.uom_id
            vals.update(product_uom_id=unit.id, quantity=quantity)
        return vals

    def _describe_quantity(self):
        self.ensure_one()
        return self.env._(
            "%(quantity)s %(unit)s of %(product)s%(lot)s",
            quantity=format_quantity(self.env, self.quantity),
            unit=self.product_uom_id.display_name,
            product=self.product_id.display_name,
            lot=f", {self.lot_id.name}" if self.lot_id else "",
        )
