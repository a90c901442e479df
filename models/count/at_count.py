"""Components of which a count finds what was used: nothing is posted before."""

from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..access.system_fields import by_system, create_by_system
from ..rules.issue_method import COUNT

# What completed orders needed of them: no count has counted it, or an unbuild may have
# taken some of it back since. What a person has recorded is no business of a count.
_LEFT_TO_COUNT = """
    SELECT component.id, counted.quantity
      FROM stock_move component
      JOIN mrp_production production
        ON production.id = component.raw_material_production_id
      JOIN stock_location place ON place.id = component.location_id
      LEFT JOIN LATERAL (
           SELECT SUM(share.base_quantity) AS quantity
             FROM mrp_consumption_share share
             JOIN mrp_line_count_line line ON line.id = share.count_line_id
            WHERE share.move_id = component.id AND share.is_at_count
              AND line.state = 'done') AS counted ON true
     WHERE component.issue_method = 'count'
       AND component.issue_component_id IS NULL
       AND component.scrap_id IS NULL
       AND component.state = 'cancel'
       AND component.is_recorded IS NOT true
       AND component.needed_quantity > 0
       AND component.company_id = %(company)s
       AND production.state = 'done'
       AND place.parent_path LIKE %(path)s
       %(products)s
       AND (counted.quantity IS NULL
            OR EXISTS (SELECT FROM mrp_unbuild unbuild
                        WHERE unbuild.mo_id = production.id
                          AND unbuild.state = 'done'))
     ORDER BY production.id, component.id
"""


def _sum_up_by_place(needs):
    """:return: by product and place, where it is anything"""
    total = defaultdict(float)
    for move, quantity in needs.items():
        if quantity:
            total[move._get_pending_key()] += quantity
    return total


class StockMove(models.Model):
    _inherit = "stock.move"

    is_count_pending = fields.Boolean(
        copy=False,
        readonly=True,
        help="What orders used and the next count is to find: no other document may "
        "count on it.",
    )
    uncounted_value = fields.Float(
        string="Cost Until Counted",
        copy=False,
        readonly=True,
        help="What it cost the finished product, in the company's currency: the cost "
        "of the day when its order was completed.",
    )

    _left_to_count_idx = models.Index("(product_id) WHERE issue_method = 'count'")
    # As searches say it: PostgreSQL doesn't see that it is the same as the field alone.
    _count_pending_idx = models.Index("(product_id) WHERE is_count_pending IS TRUE")

    # What is left to a count.

    def _is_left_to_count(self):
        """Whether completing its order leaves it to the next count: nobody said what
        was used."""
        self.ensure_one()
        return (
            self.issue_method == COUNT
            and self._is_open_component()
            and not self._is_recorded()
        )

    def _check_may_be_at_count(self):
        """:raise UserError: nobody counts these, or they have serial numbers"""
        wrong = self.filtered(
            lambda move: not move.company_id._may_be_at_count(move.product_id)
        )
        if wrong:
            raise UserError(
                self.env._(
                    "These can't be left to a count: Line Counts are switched off, or "
                    "they have serial numbers.\n%s",
                    wrong._list_components(),
                )
            )

    @api.model
    def _find_left_to_count(self, company, products=None, location=None):
        """What completed orders needed and no count has counted yet, the oldest order
        first.

        :param products: product.product; all by default
        :param location: where they are taken from, and below it; anywhere by default
        :return: in the product's unit, by component; less than nothing where it was
            unbuilt after it was counted
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                _LEFT_TO_COUNT,
                company=company.id,
                path=f"{location.parent_path}%" if location else "%",
                products=(
                    SQL()
                    if products is None
                    else SQL("AND component.product_id = ANY(%s)", products.ids)
                ),
            )
        )
        counted = dict(self.env.cr.fetchall())
        needs = self.browse(counted)._get_needs_of_count()
        left = {}
        for move, need in needs.items():
            quantity = move.product_id.uom_id.round(need - (counted[move.id] or 0.0))
            if quantity:
                left[move] = quantity
        return left

    def _get_needs_of_count(self):
        """What orders needed of these and was neither issued nor unbuilt: it is for a
        count to find, or a count has found it.

        :return: in the product's unit, by component
        """
        left = {}
        for move in self:
            unit = move.product_id.uom_id
            needed = move._in_product_unit(move.needed_quantity)
            order = move.raw_material_production_id
            share = order._get_share_left_built() if order.unbuild_ids else 1.0
            quantity = unit.round(needed * share - move._get_posted()[0])
            left[move] = max(quantity, 0.0)
        return left

    def _announce_use(self):
        """After completion: until it is counted, forecasts and others' shortage rules
        know that it is used."""
        for company, moves in self.grouped("company_id").items():
            wanted = _sum_up_by_place(moves._get_needs_of_count())
            pending = self._find_pending_counts(company, moves.product_id).filtered(
                lambda move, wanted=wanted: move._get_pending_key() in wanted
            )
            if len({move._get_pending_key() for move in pending}) < len(wanted):
                # Nothing was left there, or less than nothing.
                self._adapt_pending_counts(company, moves.product_id)
                continue
            # What was left before is announced: it isn't looked for with each order.
            for move in pending:
                wanted[move._get_pending_key()] += move.product_uom_qty
            self._set_pending_counts(company, pending, wanted)

    @api.model
    def _adapt_pending_counts(self, company, products):
        """Announce all that is left to count of these, whatever was announced before:
        after a count, or where less is left."""
        left = self.sudo()._find_left_to_count(company, products)
        pending = self._find_pending_counts(company, products)
        self._set_pending_counts(company, pending, _sum_up_by_place(left))

    @api.model
    def _find_pending_counts(self, company, products=None):
        """:param products: product.product; all by default"""
        domain = [
            ("is_count_pending", "=", True),
            ("company_id", "=", company.id),
            ("state", "not in", ("done", "cancel")),
        ]
        if products is not None:
            domain.append(("product_id", "in", products.ids))
        return self.sudo().search(domain)

    def _get_pending_key(self):
        return self.product_id, self.location_id

    @api.model
    def _set_pending_counts(self, company, pending, wanted):
        """One move for each product and place that carries what is left to count.

        :param pending: those that there are; two of a place where two orders were the
            first at the same time
        :param wanted: in the product's unit, by product and place
        """
        left = dict(wanted)
        for move in pending:
            quantity = left.pop(move._get_pending_key(), 0.0)
            move._set_pending_count(move.product_uom.round(quantity))
        moves = create_by_system(
            self.env["stock.move"].sudo(),
            [
                self._prepare_pending_count_vals(company, *key, quantity)
                for key, quantity in left.items()
                if quantity > 0
            ],
        )
        if moves:
            moves._action_confirm(merge=False)
        changed = moves | pending.filtered(
            lambda move: move.state in ("confirmed", "partially_available")
        )
        changed._action_assign()

    def _set_pending_count(self, quantity):
        """:param quantity: left to count, in the product's unit"""
        if self.product_uom.compare(quantity, 0) <= 0:
            self._action_cancel()
        elif self.product_uom.compare(self.product_uom_qty, quantity):
            # What is reserved beyond it is let go of by core.
            self.product_uom_qty = quantity

    @api.model
    def _prepare_pending_count_vals(self, company, product, location, quantity):
        production = product.with_company(company).property_stock_production
        return {
            "product_id": product.id,
            "product_uom": product.uom_id.id,
            "product_uom_qty": quantity,
            "company_id": company.id,
            "location_id": location.id,
            "location_dest_id": production.id,
            "procure_method": "make_to_stock",
            "origin": self.env._("At the next count"),
            "is_count_pending": True,
        }

    def _get_count_state(self):
        """Of a component of a completed order: whether a count has found what it used,
        or the next one is to."""
        order = self.raw_material_production_id
        if self.issue_method != COUNT or order.state != "done" or self.is_recorded:
            return False
        if any(
            share.is_at_count and share.state == "done"
            for share in self.sudo().count_share_ids
        ):
            return "counted"
        left = self.needed_quantity - self._get_issued_and_waiting()
        if self.product_uom.compare(left, 0) <= 0:
            return False
        is_unbuilt = order.unbuild_ids and not self._get_needs_of_count()[self]
        return False if is_unbuilt else "at_count"

    # Cost.

    def _note_uncounted_values(self):
        """What these cost the finished product until they are counted: as if they were
        issued today."""
        before = defaultdict(float)
        for move, quantity in self._get_needs_of_count().items():
            product = move.product_id.with_company(move.company_id)
            if "cost_method" in product._fields and product.cost_method == "fifo":
                value = product.with_context(
                    fifo_qty_already_processed=before[product]
                )._run_fifo(quantity)
            else:
                value = quantity * product.standard_price
            before[product] += quantity
            with by_system(self.env):
                move.uncounted_value = value


class MrpProduction(models.Model):
    _inherit = "mrp.production"

    def _get_components_left_to_count(self):
        """Those that completing these orders leaves to the next count."""
        return self.move_raw_ids.filtered(lambda move: move._is_left_to_count())

    def _lower_use_left_to_count(self):
        """After an unbuild: what it took back isn't needed any more."""
        components = self.move_raw_ids.filtered(lambda move: move.issue_method == COUNT)
        for company, moves in components.grouped("company_id").items():
            self.env["stock.move"]._adapt_pending_counts(company, moves.product_id)

    def _get_left_to_count(self, product):
        """What the report calls for of a product and a count will find, in its unit and
        not rounded."""
        components = self._get_components_left_to_count().filtered(
            lambda move: move.product_id == product
        )
        return sum(
            move.product_uom._compute_quantity(need.open, product.uom_id, round=False)
            for move, need in components._get_needs().items()
        )

    def _get_share_left_built(self):
        """Which share of what the order made wasn't unbuilt; 1 is all."""
        made = sum(
            self._get_finished_lines()
            .filtered(lambda line: line.product_id == self.product_id)
            .mapped("quantity_product_uom")
        )
        return self._get_left_to_unbuild() / made if made else 1.0
