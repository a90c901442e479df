"""Who used what a count found missing: a row for each component that backflush took."""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from ..access.system_fields import by_system, create_by_system
from ..rules.issue_method import NOT_FILLED_IN

# What backflush took from a place, less what came back of it, wherever to, and less
# what earlier counts have counted of it. An issue before completion, and what settled
# an exception, name their component; a way back names what it takes back. What a person
# scanned, or issued of a component that no report fills in, is known, and none of a
# count's business.
#
# Only components of which something was written since the last count of their product,
# and lot, are looked at: the others are counted, and their history may be long. What is
# written has the date of the beginning of its transaction, which may have ended after
# the count; none lasts a day. A place that was moved since may have been elsewhere when
# the count took in what it is below now.
_UNCOUNTED = """
    WITH place AS (
        SELECT id FROM stock_location WHERE parent_path LIKE %(path)s || '%%'
    ), settled AS (
        SELECT line.product_id, line.lot_id,
               MAX(line.counted_at) - interval '1 day' AS until
          FROM mrp_line_count_line line
          JOIN stock_location counted_place ON counted_place.id = line.location_id
         WHERE line.state = 'done' AND line.counted_at IS NOT NULL
           AND line.company_id = %(company)s %(products)s
           AND %(path)s LIKE counted_place.parent_path || '%%'
           AND NOT EXISTS (
               SELECT FROM stock_location moved
                WHERE (moved.parent_path LIKE %(path)s || '%%'
                       OR %(path)s LIKE moved.parent_path || '%%')
                  AND moved.write_date >= line.counted_at - interval '1 day')
         GROUP BY line.product_id, line.lot_id
    ), written AS (
        SELECT line.move_id
          FROM stock_move_line line
     LEFT JOIN settled ON settled.product_id = line.product_id
           AND settled.lot_id IS NOT DISTINCT FROM line.lot_id
         WHERE line.state = 'done' AND line.company_id = %(company)s %(products)s
           AND CASE WHEN settled.until IS NULL
                    THEN line.location_id IN (SELECT id FROM place)
                    -- Also what was taken back, or is said to be from elsewhere.
                    ELSE COALESCE(line.write_date >= settled.until, true) END
     UNION ALL
        -- An issue may have become a backorder's.
        SELECT move.id
          FROM settled
          JOIN stock_move move ON move.product_id = settled.product_id
         WHERE move.company_id = %(company)s
           AND COALESCE(move.write_date >= settled.until, true)
           AND (move.raw_material_production_id IS NOT NULL
                OR move.issue_component_id IS NOT NULL)
    ), component AS (
        SELECT COALESCE(move.issue_component_id, move.id) AS move_id
          FROM written
          JOIN LATERAL (
               SELECT * FROM stock_move WHERE id = written.move_id OFFSET 0
               ) AS move ON true
         WHERE move.raw_material_production_id IS NOT NULL
            OR move.issue_component_id IS NOT NULL
     UNION
        SELECT COALESCE(taken.issue_component_id, taken.id)
          FROM written
          JOIN LATERAL (
               SELECT * FROM stock_move WHERE id = written.move_id OFFSET 0
               ) AS move ON true
          JOIN stock_move taken ON taken.id = move.origin_returned_move_id
         WHERE move.unbuild_id IS NOT NULL OR move.issue_component_id IS NOT NULL
    ), taken AS (
        SELECT move_id, move_id AS id FROM component
     UNION ALL
        SELECT component.move_id, issue.id
          FROM component
          JOIN LATERAL (
               SELECT id FROM stock_move
                WHERE issue_component_id = component.move_id OFFSET 0
               ) AS issue ON true
    ), posted AS (
        SELECT taken.move_id, line.product_id, line.lot_id, line.location_id,
               line.quantity_product_uom AS quantity
          FROM taken
          JOIN LATERAL (
               SELECT line.* FROM stock_move_line line
                 JOIN stock_move move ON move.id = line.move_id
                WHERE line.move_id = taken.id AND move.scrap_id IS NULL OFFSET 0
               ) AS line ON true
         WHERE line.state = 'done' AND line.owner_id IS NULL
           AND line.location_id IN (SELECT id FROM place)
           AND line.company_id = %(company)s %(products)s
           AND line.lot_origin IS DISTINCT FROM 'confirmed'
     UNION ALL
        SELECT taken.move_id, line.product_id, line.lot_id, source.location_id,
               -line.quantity_product_uom
          FROM taken
          JOIN LATERAL (
               SELECT line.* FROM stock_move move
                 JOIN stock_move_line line ON line.move_id = move.id
                WHERE move.origin_returned_move_id = taken.id
                  AND (move.issue_component_id IS NOT NULL
                       OR move.unbuild_id IS NOT NULL) OFFSET 0
               ) AS line ON true
          JOIN LATERAL (
               SELECT source.location_id, source.lot_origin
                 FROM stock_move_line source
                WHERE source.move_id = taken.id
                  AND source.lot_id IS NOT DISTINCT FROM line.lot_id
                ORDER BY source.lot_origin = 'confirmed' DESC, source.id LIMIT 1
               ) AS source ON true
         WHERE line.state = 'done' AND line.owner_id IS NULL
           AND source.location_id IN (SELECT id FROM place)
           AND line.company_id = %(company)s %(products)s
           AND source.lot_origin IS DISTINCT FROM 'confirmed'
    ), counted AS (
        SELECT share.move_id, line.product_id, line.lot_id, share.location_id,
               -share.base_quantity AS quantity
          FROM component
          JOIN LATERAL (
               SELECT * FROM mrp_consumption_share
                WHERE move_id = component.move_id OFFSET 0
               ) AS share ON true
          JOIN mrp_line_count_line line ON line.id = share.count_line_id
         WHERE line.state = 'done' AND line.company_id = %(company)s %(products)s
           AND NOT share.is_at_count
           AND share.location_id IN (SELECT id FROM place)
    ), left_over AS (
        SELECT move_id, product_id, lot_id, location_id, SUM(quantity) AS quantity
          FROM (SELECT * FROM posted UNION ALL SELECT * FROM counted) AS line
         GROUP BY move_id, product_id, lot_id, location_id
        HAVING ABS(SUM(quantity)) > 0.0000001
    )
    SELECT left_over.move_id, component.raw_material_production_id,
           left_over.product_id, left_over.lot_id, left_over.location_id,
           left_over.quantity
      FROM left_over
      JOIN stock_move component ON component.id = left_over.move_id
      JOIN mrp_production production
        ON production.id = component.raw_material_production_id
      LEFT JOIN mrp_bom bom ON bom.id = production.bom_id
     WHERE component.issue_method NOT IN %(by_hand)s
       AND bom.type IS DISTINCT FROM 'subcontract'
     ORDER BY production.id, component.id, left_over.location_id
"""


class Uncounted(NamedTuple):
    """What one component took from one place. Quantities in the product's unit."""

    move_id: int
    production_id: int
    product_id: int
    lot_id: int | None
    location_id: int
    quantity: float
    is_at_count: bool = False

    @property
    def key(self):
        return self.move_id, self.location_id, self.is_at_count


class MrpConsumptionShare(models.Model):
    _name = "mrp.consumption.share"
    _description = "Share of a Line Count"
    _inherit = ["mrp.checked.record"]
    _order = "count_id desc, production_id, id"
    _rec_name = "production_id"

    count_id = fields.Many2one(
        "mrp.line.count", required=True, index=True, ondelete="cascade", readonly=True
    )
    count_line_id = fields.Many2one(
        "mrp.line.count.line",
        string="Counted Component",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    production_id = fields.Many2one(
        "mrp.production",
        string="Order",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
        help="The order that used it.",
    )
    move_id = fields.Many2one(
        "stock.move",
        string="Component Line",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    product_id = fields.Many2one(
        "product.product",
        string="Component",
        required=True,
        index=True,
        ondelete="restrict",
        readonly=True,
    )
    product_uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    location_id = fields.Many2one(
        "stock.location",
        string="Taken From",
        required=True,
        ondelete="restrict",
        readonly=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, readonly=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(related="count_id.state")
    is_at_count = fields.Boolean(
        string="At Count",
        readonly=True,
        help="Nothing was issued before: the share is all that was used.",
    )
    base_quantity = fields.Float(
        string="Use Counted",
        digits="Product Unit",
        readonly=True,
        help="What backflush took for the order, or what the order needed of a "
        "component At Count: this count was the first to count it.",
    )
    quantity = fields.Float(
        string="Counted",
        digits="Product Unit",
        readonly=True,
        help="What the order used beyond what was issued, by its share of the "
        "difference; less than nothing: it used less.",
    )
    value = fields.Monetary(
        readonly=True, help="What the share cost, as it was posted."
    )

    _once = models.UniqueIndex("(count_line_id, move_id, location_id, is_at_count)")

    # Members: what each count is the first to count.

    @api.model
    def _read_uncounted(self, sheet, products=None):
        """What backflush took at the place of a sheet and no count has counted yet, the
        oldest order first.

        :param products: product.product; all by default
        :return: a list of Uncounted
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                _UNCOUNTED,
                path=sheet.location_id.parent_path,
                company=sheet.company_id.id,
                by_hand=tuple(NOT_FILLED_IN),
                products=(
                    SQL()
                    if products is None
                    else SQL("AND line.product_id = ANY(%s)", products.ids)
                ),
            )
        )
        return [Uncounted(*row) for row in self.env.cr.fetchall()]

    @api.model
    def _read_left_to_count(self, sheet, products=None):
        """The same of components At Count: what completed orders needed of them.

        :return: a list of Uncounted, of no lot
        """
        moves = self.env["stock.move"].sudo()
        left = moves._find_left_to_count(sheet.company_id, products, sheet.location_id)
        return [
            Uncounted(
                move.id,
                move.raw_material_production_id.id,
                move.product_id.id,
                None,
                move.location_id.id,
                quantity,
                is_at_count=True,
            )
            for move, quantity in left.items()
        ]

    @api.model
    def _note_members(self, sheet, lines):
        """Note whose use these lines count, at this moment. Of a product's lots each
        has its own; what was left to the count is the business of the last of them that
        is counted.

        :return: what backflush took, and what was left to the count, by line
        """
        products = lines.product_id
        line_by_key = {(line.product_id.id, line.lot_id.id): line for line in lines}
        last_line = {line.product_id.id: line for line in lines}
        wanted = {line: {} for line in lines}
        for row in self._read_uncounted(sheet, products):
            line = line_by_key.get((row.product_id, row.lot_id or False))
            if line:
                wanted[line][row.key] = row
        for row in self._read_left_to_count(sheet, products):
            wanted[last_line[row.product_id]][row.key] = row
        shares = self.sudo()
        elsewhere = shares.search(
            [
                ("count_id", "=", sheet.id),
                ("product_id", "in", products.ids),
                ("is_at_count", "=", True),
                ("count_line_id", "not in", lines.ids),
            ]
        )
        with by_system(self.env):
            elsewhere.count_line_id.needed_quantity = 0.0
        elsewhere.unlink()
        for line in lines:
            shares._replace_members(line.sudo(), wanted[line])
        lines.invalidate_recordset(["share_ids"])
        return {
            line: (
                sum(row.quantity for row in rows.values() if not row.is_at_count),
                sum(row.quantity for row in rows.values() if row.is_at_count),
            )
            for line, rows in wanted.items()
        }

    @api.model
    def _replace_members(self, line, rows):
        """:param rows: Uncounted by key"""
        rows = dict(rows)
        gone = self.browse()
        for share in line.share_ids:
            row = rows.pop(share._get_key(), None)
            if row is None:
                gone |= share
            elif row.quantity != share.base_quantity:
                share.base_quantity = row.quantity
        gone.unlink()
        create_by_system(
            self, [self._prepare_member_vals(line, row) for row in rows.values()]
        )

    def _weigh_members(self, distributed):
        """What each of these used, for its share.

        :param distributed: lines that are shared out: of others nobody bears anything,
            but for what was left to the count
        :return: as of ``net_bases``: what was counted for an order, and became its
            backorder's since, isn't the backorder's to bear once more. What was unbuilt
            is nobody's.
        """
        shares = self.filtered(
            lambda share: share.is_at_count or share.count_line_id in distributed
        )
        chains = {}
        if any(share.base_quantity < 0 for share in shares):
            chains = shares._read_chains()
        return [
            (share, chains.get(share.id, share), share.base_quantity)
            for share in shares
        ]

    def _read_chains(self):
        """Without reading each component: there may be thousands.

        :return: id of the component on the first order of the chain, by share's id, of
            what was backflushed and not unbuilt
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                SELECT share.id, COALESCE(component.first_component_id, component.id)
                  FROM mrp_consumption_share share
                  JOIN stock_move component ON component.id = share.move_id
                 WHERE share.id = ANY(%s) AND NOT share.is_at_count
                   AND NOT EXISTS (
                       SELECT FROM mrp_unbuild WHERE mo_id = share.production_id)
                """,
                self.ids,
            )
        )
        return dict(self.env.cr.fetchall())

    def _get_key(self):
        return self.move_id.id, self.location_id.id, self.is_at_count

    @api.model
    def _prepare_member_vals(self, line, row):
        return {
            "count_id": line.count_id.id,
            "count_line_id": line.id,
            "production_id": row.production_id,
            "move_id": row.move_id,
            "product_id": row.product_id,
            "location_id": row.location_id,
            "company_id": line.company_id.id,
            "is_at_count": row.is_at_count,
            "base_quantity": row.quantity,
        }
