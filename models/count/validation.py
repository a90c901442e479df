"""A count is validated: differences are shared out, and posted."""

from odoo import Command, api, models
from odoo.exceptions import AccessError, LockError, UserError

from ..access.arguments import check_record, check_records
from ..access.system_fields import by_system, create_by_system
from ..rules.count_shares import net_bases, share_out, share_value
from ..turns.turns import announce, take_turns
from .mrp_line_count import DONE, DRAFT

VALIDATE_GROUP = "mrp_backflush.group_line_count_validate"


class MrpLineCount(models.Model):
    _inherit = "mrp.line.count"

    @api.model
    def _check_may_post_differences(self):
        """:raise AccessError: the user may not post what a count finds"""
        if not self.env.su and not self.env.user.has_group(VALIDATE_GROUP):
            raise AccessError(
                self.env._(
                    "You may count, but not validate: ask somebody of the group "
                    "Validate Line Counts."
                )
            )

    def action_validate(self):
        """Share out what is missing, and post the differences.

        :raise AccessError: the user may not post what a count finds
        :raise UserError: listing everything that stands in the way
        """
        check_records(self)
        self._check_may_post_differences()
        self.check_access("write")
        # Of all before anything else: what is read afterwards is what others have
        # counted meanwhile, too.
        take_turns(self.env, self.line_ids.product_id)
        for sheet in self:
            sheet._lock_to_close()
            counted = sheet.line_ids.filtered("counted_at")
            announce(self.env, counted.product_id)
            sheet._check_may_validate(counted)
            sheet.sudo()._validate(counted.sudo())
        return True

    def action_open_validation(self):
        """As ``action_validate``; asked first where something wasn't counted.

        :return: an action, or True
        """
        check_record(self)
        if all(self.line_ids.mapped("counted_at")):
            return self.action_validate()
        return {
            "name": self.env._("Validate %s", self.name),
            "type": "ir.actions.act_window",
            "res_model": "mrp.line.count.validation",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_count_id": self.id},
        }

    def _lock_to_close(self):
        """Of two who validate at once the second finds it closed.

        :raise UserError: somebody else is at it, or it is closed
        """
        self._lock_sheets()
        self._check_open()

    def _lock_sheets(self):
        """:raise UserError: somebody else is at it"""
        try:
            self.lock_for_update()
        except LockError as error:
            raise UserError(
                self.env._(
                    "Somebody else is at %s right now. Try again in a moment.",
                    ", ".join(self.mapped("name")),
                )
            ) from error
        self.invalidate_recordset(["state"])

    def _check_may_validate(self, counted):
        """:raise UserError: listing everything that stands in the way"""
        causes = []
        if not counted:
            causes.append(self.env._("Nothing was counted yet."))
        causes += counted._describe_negative()
        causes += self._describe_lots_not_counted(counted)
        causes += self._describe_other_sheets(counted)
        causes += self._describe_open_exceptions(counted)
        if causes:
            raise UserError(
                self.env._("%s can't be validated:", self.name)
                + "\n"
                + "\n".join(f"- {cause}" for cause in causes)
            )

    def _describe_other_sheets(self, counted):
        """Two sheets would both be the first to count the same use."""
        others = (
            self.env["mrp.line.count.line"]
            .sudo()
            .search(
                [
                    ("state", "=", DRAFT),
                    ("count_id", "!=", self.id),
                    ("company_id", "=", self.company_id.id),
                    ("product_id", "in", counted.product_id.ids),
                    ("counted_at", "!=", False),
                    "|",
                    ("location_id", "child_of", self.location_id.id),
                    ("location_id", "parent_of", self.location_id.id),
                ]
            )
        )
        for line in others:
            yield self.env._(
                "%(product)s is on another open sheet: %(count)s in %(location)s. "
                "Cancel one of them.",
                product=line.display_name,
                count=line.count_id.name,
                location=line.location_id.display_name,
            )

    def _describe_open_exceptions(self, counted):
        exceptions = self._find_waiting(counted.product_id)
        for exception in exceptions:
            yield self.env._(
                "%(product)s waits for stock on %(order)s: settle or cancel that "
                "first.",
                product=exception.product_id.display_name,
                order=exception.production_id.display_name,
            )
        for line in counted.filtered("had_waiting"):
            if line.product_id not in exceptions.product_id:
                yield self.env._(
                    "%s waited for stock when it was counted, and was settled since: "
                    "count it again.",
                    line.display_name,
                )

    def _find_waiting(self, products):
        """What waits for stock of these here, or at a place above or below."""
        return (
            self.env["mrp.backflush.exception"]
            .sudo()
            .search(
                [
                    ("state", "=", "open"),
                    ("company_id", "=", self.company_id.id),
                    ("product_id", "in", products.ids),
                    "|",
                    ("location_id", "child_of", self.location_id.id),
                    ("location_id", "parent_of", self.location_id.id),
                ]
            )
        )

    def _describe_lots_not_counted(self, counted):
        """What orders needed At Count was taken from any of a product's lots: what they
        used shows when all are counted."""
        needed = counted.sudo().share_ids.filtered("is_at_count").product_id
        needed = needed.filtered(lambda product: product.tracking != "none")
        if not needed:
            return
        there = (
            self.env["stock.quant"]
            .sudo()
            ._read_group(
                [
                    *self._get_quant_domain(),
                    ("product_id", "in", needed.ids),
                    ("quantity", "!=", 0),
                ],
                ["product_id", "lot_id"],
            )
        )
        found = {(line.product_id, line.lot_id) for line in counted}
        for product, lot in there:
            if (product, lot) not in found:
                yield self.env._(
                    "%(product)s is At Count: count lot %(lot)s, too.",
                    product=product.display_name,
                    lot=lot.name or self.env._("(none)"),
                )

    # Posting.

    def _validate(self, counted):
        missing = {line: -line.difference for line in counted}
        shared = self._share_out(counted, missing)
        self._write_system({"state": DONE, "date_done": self.env.cr.now()})
        # What was left to the count is found now: it is promised to nobody any more.
        self.env["stock.move"]._adapt_pending_counts(
            self.company_id, counted.product_id
        )
        moves = self._post_differences(counted, missing, shared)
        self._note_values(counted, moves)
        self._announce(counted)

    def _write_system(self, vals):
        with by_system(self.env):
            return super().write(vals)

    def _share_out(self, counted, missing):
        """Note each order's share of what is missing of the products.

        :param missing: by line
        :return: what of it is shared out, by line
        """
        shared = {}
        for product, lines in counted.grouped("product_id").items():
            members = lines.share_ids.sorted(
                lambda share: (share.production_id.id, share.move_id.id, share.id)
            )
            # Of what is At Count the need isn't posted yet: it is shared out whatever
            # becomes of the rest.
            needed = {
                share: share.base_quantity for share in members if share.is_at_count
            }
            distributed = lines.filtered("is_distributed")
            net = sum(missing[line] for line in distributed)
            shares = share_out(
                net - sum(needed.values()) if distributed else 0.0,
                net_bases(members._weigh_members(distributed)),
                product.uom_id.rounding,
                self.company_id.count_share_limit,
            )
            for share, quantity in shares.by_key.items():
                quantity += needed.get(share, 0.0)
                if quantity:
                    share.quantity = quantity
            total = shares.total + sum(needed.values())
            by_lot = _divide_among_lots(distributed | lines, missing, total)
            shared.update(by_lot)
        return shared

    def _post_differences(self, counted, missing, shared):
        """One move for each product and lot to production for what is shared out, and
        one of inventory loss for the rest.

        :return: the posted moves of what is shared out, by line
        """
        to_production, vals_list = [], []
        for line in counted:
            unit = line.product_uom_id
            product = line.product_id.with_company(self.company_id)
            quantity = unit.round(shared[line])
            rest = unit.round(missing[line] - quantity)
            taken = {}
            if quantity:
                to_production.append(line)
                vals_list.append(
                    line._prepare_move_vals(
                        quantity, product.property_stock_production, taken
                    )
                )
            if rest:
                vals_list.append(
                    line._prepare_move_vals(
                        rest, product.property_stock_inventory, taken
                    )
                )
        moves = create_by_system(self.env["stock.move"], vals_list)
        moves._action_done()
        return dict(
            zip(
                to_production,
                moves.filtered(lambda move: move.is_shared_out),
                strict=True,
            )
        )

    def _note_values(self, counted, moves):
        """What the differences really cost."""
        for lines in counted.grouped("product_id").values():
            quantities = {
                share: share.quantity for share in lines.share_ids if share.quantity
            }
            value = sum(
                moves[line]._get_counted_value() for line in lines if line in moves
            )
            digits = self.company_id.currency_id.rounding
            for share, part in share_value(value, quantities, digits).items():
                share.value = part
        for line in counted:
            posted = self.move_ids.filtered(
                lambda move, line=line: move.line_count_line_id == line
            )
            line.difference_value = -sum(move._get_counted_value() for move in posted)

    def _announce(self, counted):
        left = self.line_ids - counted
        body = self.env._("Lines validated: %s.", len(counted))
        if left:
            body += " " + self.env._(
                "Not counted, and left alone: %s",
                ", ".join(left.mapped("display_name")),
            )
        self.message_post(body=body)


class MrpLineCountLine(models.Model):
    _inherit = "mrp.line.count.line"

    def _describe_negative(self):
        for line in self:
            if line.product_uom_id.compare(line.counted_quantity, 0) < 0:
                yield self.env._(
                    "%s: less than nothing can't be counted.", line.display_name
                )

    def _prepare_move_vals(self, missing, counterpart, taken):
        """
        :param missing: less than nothing: it was found
        :param counterpart: location where it went, or came from
        :param taken: what was taken of the quants already, by quant
        """
        place = self.count_id.location_id
        source, destination = (
            (place, counterpart) if missing > 0 else (counterpart, place)
        )
        vals = {
            "product_id": self.product_id.id,
            "product_uom": self.product_uom_id.id,
            "product_uom_qty": abs(missing),
            "company_id": self.company_id.id,
            "state": "confirmed",
            "location_id": source.id,
            "location_dest_id": destination.id,
            "line_count_id": self.count_id.id,
            "line_count_line_id": self.id,
            "is_shared_out": counterpart.usage == "production",
            "picked": True,
        }
        line_vals = {
            "product_id": self.product_id.id,
            "product_uom_id": self.product_uom_id.id,
            "company_id": self.company_id.id,
            "lot_id": self.lot_id.id,
            "location_dest_id": destination.id,
            "picked": True,
        }
        parts = (
            self._take_from_quants(missing, taken)
            if missing > 0
            else [(-missing, {"location_id": source.id})]
        )
        vals["move_line_ids"] = [
            Command.create({**line_vals, **part, "quantity": quantity})
            for quantity, part in parts
        ]
        return vals

    def _take_from_quants(self, quantity, taken):
        """Where what is missing is taken from: what lies loose first, then packages;
        what the books don't have, from the place itself.

        :return: pairs of a quantity and the values of a line
        """
        place, unit = self.count_id.location_id, self.product_uom_id
        quants = (
            self.env["stock.quant"]
            .search(
                [
                    *self.count_id._get_quant_domain(),
                    ("product_id", "=", self.product_id.id),
                    ("lot_id", "=", self.lot_id.id),
                    ("quantity", ">", 0),
                ]
            )
            .sorted(
                lambda quant: (
                    bool(quant.package_id),
                    quant.location_id != place,
                    quant.in_date,
                    quant.id,
                )
            )
        )
        parts = []
        for quant in quants:
            part = min(quantity, quant.quantity - taken.get(quant, 0.0))
            if unit.compare(part, 0) <= 0:
                continue
            taken[quant] = taken.get(quant, 0.0) + part
            quantity -= part
            parts.append(
                (
                    part,
                    {
                        "location_id": quant.location_id.id,
                        "package_id": quant.package_id.id,
                    },
                )
            )
        if unit.compare(quantity, 0) > 0:
            parts.append((quantity, {"location_id": place.id}))
        return parts


def _divide_among_lots(lines, missing, total):
    """Of which lots the net difference is taken that is shared out. What else differs
    between lots are lots that were mistaken for each other.

    :param total: what is shared out of the product
    :return: by line
    """
    sign = 1 if total > 0 else -1
    left, parts = abs(total), dict.fromkeys(lines, 0.0)
    for line in lines:
        part = min(left, max(sign * missing[line], 0.0))
        parts[line] = sign * part
        left -= part
    # More was needed than is missing: the rest was found.
    parts[lines[-1:]] += sign * left
    return parts
