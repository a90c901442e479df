"""What was planned and what was used of each component of completed orders, as SQL.

By steps, each a subquery on the one before: what is stored (``_FACTS``), what that
amounts to in the unit that the component is stocked in (``_AMOUNTS``), and the
differences (``_FIGURES``). No move line is joined. The formulas are in
``docs/analysis.md``.

q is the net quantity per unit, s component scrap, p the planned cost per unit, G what
was produced and is left of it, A what left the stock for the component at the value V,
S what of it was recorded as scrap, N what waits at the value W.
"""

from odoo.tools import SQL

# What was posted beside the component itself, in the reference unit: issued before its
# order's completion or to settle what waited; recorded as scrap, of which the first
# component of the product bears all; and less what unbuilding brought back.
_POSTED = """
    SELECT component_id, SUM(quantity) AS quantity, SUM(scrapped) AS scrapped,
           SUM(value) AS value, SUM(unvalued) AS unvalued
      FROM (
        SELECT move.issue_component_id AS component_id,
               %(quantity)s AS quantity, 0.0 AS scrapped,
               %(value)s AS value, %(unvalued)s AS unvalued
          FROM stock_move move
          JOIN (%(units)s) AS unit ON unit.id = move.product_uom
         WHERE move.issue_component_id IS NOT NULL
           AND move.raw_material_production_id IS NOT NULL
           AND move.state = 'done' %(of_issues)s
     UNION ALL
        SELECT COALESCE(MIN(component.id), move.id),
               %(quantity)s, %(quantity)s, %(value)s, %(unvalued)s
          FROM stock_move move
          JOIN (%(units)s) AS unit ON unit.id = move.product_uom
          LEFT JOIN stock_move component
            ON component.raw_material_production_id = move.raw_material_production_id
           AND component.product_id = move.product_id
           AND component.issue_component_id IS NULL
           AND component.scrap_id IS NULL
         WHERE move.scrap_id IS NOT NULL
           AND move.raw_material_production_id IS NOT NULL
           AND move.state = 'done' %(of_scrap)s
         GROUP BY move.id, unit.factor
     UNION ALL
        SELECT COALESCE(taken.issue_component_id, taken.id),
               -(%(quantity)s), 0.0, -(%(value)s), -(%(unvalued)s)
          FROM stock_move move
          JOIN (%(units)s) AS unit ON unit.id = move.product_uom
          JOIN stock_move taken ON taken.id = move.origin_returned_move_id
         WHERE move.unbuild_id IS NOT NULL
           AND taken.raw_material_production_id IS NOT NULL
           AND move.state = 'done' %(of_taken)s
      ) AS posting
     GROUP BY component_id
"""

# What waits, at the cost that it has in the finished product.
_WAITING = """
    SELECT waiting.move_id,
           SUM(waiting.quantity::float8 * unit.factor) AS quantity,
           SUM(CASE WHEN waiting.costed_quantity > 0
                    THEN (waiting.quantity * waiting.costed_value
                          / waiting.costed_quantity)::float8
                    ELSE 0.0 END) AS value,
           SUM(CASE WHEN waiting.costed_quantity > 0 THEN 0.0
                    ELSE waiting.quantity::float8 * unit.factor
               END) AS unvalued
      FROM mrp_backflush_exception waiting
      JOIN (%(units)s) AS unit ON unit.id = waiting.product_uom_id
     WHERE waiting.state = 'open' %(of_waiting)s
     GROUP BY waiting.move_id
"""

# What counts have found, in the product's unit: beyond what was issued, and all that
# was used of a component At Count, of which the base is what was needed.
_COUNTED = """
    SELECT share.move_id,
           SUM(CASE WHEN share.is_at_count THEN 0.0 ELSE share.quantity::float8
               END) AS quantity,
           SUM(CASE WHEN share.is_at_count THEN 0.0 ELSE share.value::float8
               END) AS value,
           SUM(CASE WHEN share.is_at_count THEN share.base_quantity::float8
               END) AS base,
           SUM(CASE WHEN share.is_at_count THEN share.quantity::float8 END) AS used,
           SUM(CASE WHEN share.is_at_count THEN share.value::float8 END) AS used_value
      FROM mrp_consumption_share share
      JOIN mrp_line_count sheet ON sheet.id = share.count_id
     WHERE sheet.state = 'done' %(of_share)s
     GROUP BY share.move_id
"""

_UNBUILT = """
    SELECT unbuild.mo_id AS production_id,
           SUM(unbuild.product_qty::float8 * unit.factor) AS quantity
      FROM mrp_unbuild unbuild
      JOIN (%(units)s) AS unit ON unit.id = unbuild.product_uom_id
     WHERE unbuild.state = 'done' AND unbuild.mo_id IS NOT NULL
     GROUP BY unbuild.mo_id
"""

_FACTS = """
    SELECT component.id, component.raw_material_production_id AS production_id,
           component.product_id, component.bom_line_id, component.operation_id,
           component.issue_method, component.issue_method_source,
           component.deviation_reason_id, component.company_id, company.currency_id,
           template.categ_id,
           template.uom_id AS product_uom_id,
           production.product_id AS finished_product_id, production.bom_id,
           production.production_group_id, production.date_finished AS date,
           COALESCE(workorder.workcenter_id, operation.workcenter_id)
               AS workcenter_id,
           facts.*
      FROM stock_move component
      JOIN mrp_production production
        ON production.id = component.raw_material_production_id
      JOIN res_company company ON company.id = component.company_id
      JOIN product_product product ON product.id = component.product_id
      JOIN product_template template ON template.id = product.product_tmpl_id
      JOIN (%(units)s) AS unit ON unit.id = component.product_uom
      JOIN (%(units)s) AS stock_unit ON stock_unit.id = template.uom_id
      JOIN (%(units)s) AS order_unit ON order_unit.id = production.product_uom_id
      LEFT JOIN mrp_workorder workorder ON workorder.id = component.workorder_id
      LEFT JOIN mrp_routing_workcenter operation
        ON operation.id = component.operation_id
      LEFT JOIN (%(posted)s) AS posted ON posted.component_id = component.id
      LEFT JOIN (%(waiting)s) AS waiting ON waiting.move_id = component.id
      LEFT JOIN (%(counted)s) AS counted ON counted.move_id = component.id
      LEFT JOIN (%(unbuilt)s) AS unbuilt ON unbuilt.production_id = production.id
      LEFT JOIN LATERAL (
        SELECT COALESCE(component.is_recorded, FALSE) AS is_recorded,
               component.scrap_id IS NULL AND component.bom_line_id IS NULL
                   AND COALESCE(component.net_quantity_per_unit, 0) = 0
                   AND COALESCE(component.fixed_quantity, 0) = 0 AS is_substitution,
               component.planned_unit_cost AS price,
               COALESCE(component.net_quantity_per_unit, 0) AS net,
               COALESCE(component.component_scrap, 0) / 100 AS scrap,
               COALESCE(component.fixed_quantity, 0) * unit.factor
                   / stock_unit.factor AS fixed,
               CASE WHEN component.is_fixed_issued
                    THEN COALESCE(component.fixed_quantity, 0) * unit.factor
                         / stock_unit.factor
                    ELSE 0.0 END AS drawn,
               COALESCE(component.needed_quantity, 0) * unit.factor
                   / stock_unit.factor AS needed,
               COALESCE(component.reported_quantity, 0) AS reported,
               COALESCE(production.qty_producing, 0)::float8 AS made,
               COALESCE(unbuilt.quantity / order_unit.factor, 0) AS unbuilt,
               COALESCE(NULLIF(production.planned_lot_size, 0),
                        NULLIF(production.product_qty::float8, 0), 1) AS lot_size,
               CASE WHEN component.state = 'done' AND component.scrap_id IS NULL
                    THEN component.quantity::float8 * unit.factor
                         / stock_unit.factor
                    ELSE 0.0 END
                   + COALESCE(posted.quantity / stock_unit.factor, 0)
                   + COALESCE(counted.base, 0) AS used,
               COALESCE(posted.scrapped / stock_unit.factor, 0) AS scrapped,
               CASE WHEN component.state = 'done' AND component.scrap_id IS NULL
                    THEN %(own_value)s ELSE 0.0 END
                   + COALESCE(posted.value, 0) AS valued,
               CASE WHEN component.state = 'done' AND component.scrap_id IS NULL
                    THEN %(own_unvalued)s / stock_unit.factor ELSE 0.0 END
                   + COALESCE(posted.unvalued / stock_unit.factor, 0) AS unvalued,
               COALESCE(waiting.quantity / stock_unit.factor, 0) AS waiting,
               COALESCE(waiting.value, 0) AS waiting_value,
               COALESCE(waiting.unvalued / stock_unit.factor, 0)
                   AS waiting_unvalued,
               component.issue_method IS NOT DISTINCT FROM 'count'
                   AND counted.base IS NULL
                   AND NOT COALESCE(component.is_recorded, FALSE)
                   AND component.scrap_id IS NULL AS is_left_to_count,
               COALESCE(component.uncounted_value, 0)::float8 AS uncounted_value,
               COALESCE(counted.quantity, 0) AS shared,
               COALESCE(counted.value, 0) AS shared_value,
               COALESCE(counted.base, 0) AS counted_need,
               COALESCE(counted.used, 0) AS counted,
               COALESCE(counted.used_value, 0) AS counted_value
      ) AS facts ON TRUE
     WHERE production.state = 'done'
       AND component.issue_component_id IS NULL
       AND component.planned_unit_cost IS NOT NULL
       AND (component.scrap_id IS NULL OR posted.component_id IS NOT NULL)
       %(of_component)s
"""

# Within: what a correction of the quantity produced, or an unbuild, has left of it.
# What is fixed per order is needed for any quantity. The outer join to it keeps the
# planner from working each of these out again wherever it is named, and lets it look
# at chosen rows alone and use several processes, which OFFSET 0 wouldn't.
_AMOUNTS = """
    SELECT used, scrapped, need, fixed_drawn,
           net * (1 + scrap) * produced AS planned_net,
           fixed * produced / lot_size AS planned_fixed,
           net * scrap * produced AS planned_scrap,
           valued + unvalued * price + counted_need_value AS value,
           waiting + CASE WHEN is_left_to_count THEN GREATEST(need - used, 0)
                          ELSE 0.0 END AS pending,
           waiting_value + waiting_unvalued * price
               + CASE WHEN NOT is_left_to_count THEN 0.0
                      WHEN uncounted_value <> 0 THEN uncounted_value * share_left
                      ELSE GREATEST(need - used, 0) * price END AS pending_value,
           shared + counted - counted_need AS found,
           shared_value + counted_value - counted_need_value AS found_value
      FROM (
        SELECT CASE WHEN reported > 0 AND made > 0 THEN GREATEST(made - unbuilt, 0)
                    ELSE reported END AS produced,
               CASE WHEN reported > 0 AND made > 0
                    THEN (needed - drawn) * GREATEST(made - unbuilt, 0) / reported
                         + drawn * GREATEST(made - unbuilt, 0) / made
                    ELSE needed END AS need,
               CASE WHEN reported > 0 AND made > 0
                    THEN drawn * GREATEST(made - unbuilt, 0) / made
                    ELSE drawn END AS fixed_drawn,
               CASE WHEN made > 0 THEN GREATEST(1 - unbuilt / made, 0)
                    ELSE 1.0 END AS share_left,
               CASE WHEN counted <> 0 THEN counted_value * counted_need / counted
                    ELSE counted_need * price END AS counted_need_value
      ) AS rest
"""

_COMPARED = """
    SELECT facts.id, production_id, production_group_id, product_id, categ_id,
           product_uom_id, finished_product_id, bom_id, bom_line_id, operation_id,
           workcenter_id, issue_method, issue_method_source, deviation_reason_id,
           date, company_id,
           currency_id, is_substitution, price, amounts.*,
           planned_net + planned_fixed AS planned,
           NOT is_substitution AND NOT is_recorded AND need > 1e-7
               AND ABS(amounts.used) < 1e-7 AND ABS(pending) < 1e-7
               AND ABS(amounts.scrapped) < 1e-7 AND counted_need = 0 AS is_not_issued,
           -- Counted, and unbuilt afterwards: the next count takes the rest back.
           unbuilt > 0 AND counted_need > 0
               AND counted_need - GREATEST(need - amounts.used + counted_need, 0)
                   > 0.005 AS is_left_to_take_back
      FROM (%(facts)s) AS facts
      LEFT JOIN LATERAL (%(amounts)s) AS amounts ON TRUE
"""

_FIGURES = """
    SELECT id, id AS move_id, production_id, production_group_id, product_id, categ_id,
           product_uom_id, finished_product_id, bom_id, bom_line_id, operation_id,
           workcenter_id, issue_method, issue_method_source, deviation_reason_id,
           date, company_id,
           currency_id, is_substitution, is_not_issued,
           pending > 1e-7 OR is_left_to_take_back AS is_provisional,
           planned AS planned_quantity,
           used + pending + found AS actual_quantity,
           used + pending + found - planned AS deviation_quantity,
           CASE WHEN is_substitution OR is_not_issued THEN 0.0
                ELSE used + pending - scrapped - need + planned_scrap
           END AS usage_quantity,
           CASE WHEN is_substitution OR is_not_issued THEN 0.0
                ELSE scrapped - planned_scrap END AS scrap_quantity,
           CASE WHEN planned <> 0 AND NOT is_not_issued
                THEN (used + pending - scrapped - need + planned_scrap) / planned
           END AS usage_percent,
           CASE WHEN planned <> 0 AND NOT is_not_issued
                THEN (scrapped - planned_scrap) / planned END AS scrap_percent,
           CASE WHEN planned <> 0 THEN (used + pending + found) / planned - 1
           END AS deviation_percent,
           planned * price AS planned_cost,
           value + pending_value - (used + pending) * price AS price_cost,
           CASE WHEN is_substitution OR is_not_issued THEN 0.0
                ELSE (used + pending - scrapped - need + planned_scrap) * price
           END AS usage_cost,
           CASE WHEN is_substitution THEN 0.0
                ELSE (need - planned_net - fixed_drawn) * price END AS rounding_cost,
           CASE WHEN is_substitution OR is_not_issued THEN 0.0
                ELSE (scrapped - planned_scrap) * price END AS scrap_cost,
           (fixed_drawn - planned_fixed) * price AS lot_size_cost,
           CASE WHEN is_substitution THEN (used + pending) * price
                ELSE 0.0 END AS substitution_cost,
           CASE WHEN is_not_issued THEN -need * price ELSE 0.0 END AS not_issued_cost,
           found_value AS count_cost,
           value + pending_value + found_value AS actual_cost,
           value + pending_value + found_value - planned * price AS deviation_cost
      FROM (%(compared)s) AS compared
"""

# Each unit's factor is made a float once. A number that the planner knows to be 0, of
# which it doesn't have to think that it limits rows: those can't be read in parallel.
_UNITS = "SELECT id, factor::float8 AS factor FROM uom_uom OFFSET '0'"


def get_figures(is_valued, component_ids=()):
    """
    :param is_valued: whether moves have values; else all is at the cost when it was
        planned
    :param component_ids: of those alone; by default of all
    :return: a query with a row for each component of completed orders
    """
    amount = SQL("move.quantity::float8 * unit.factor")
    own_amount = SQL("component.quantity::float8 * unit.factor")
    units = SQL(_UNITS)
    posted = SQL(
        _POSTED,
        units=units,
        quantity=amount,
        value=_get_value("move", is_valued),
        unvalued=_get_unvalued("move", amount, is_valued),
        of_issues=_restrict("move.issue_component_id", component_ids),
        of_taken=_restrict_taken(component_ids),
        of_scrap=_restrict_scrap(component_ids),
    )
    facts = SQL(
        _FACTS,
        units=units,
        own_value=_get_value("component", is_valued),
        own_unvalued=_get_unvalued("component", own_amount, is_valued),
        posted=posted,
        waiting=SQL(
            _WAITING,
            units=units,
            of_waiting=_restrict("waiting.move_id", component_ids),
        ),
        counted=SQL(_COUNTED, of_share=_restrict("share.move_id", component_ids)),
        unbuilt=SQL(_UNBUILT, units=units),
        of_component=_restrict("component.id", component_ids),
    )
    compared = SQL(_COMPARED, facts=facts, amounts=SQL(_AMOUNTS))
    return SQL(_FIGURES, compared=compared)


def _get_value(alias, is_valued):
    return SQL(f"COALESCE({alias}.value, 0)::float8" if is_valued else "0.0")


def _get_unvalued(alias, amount, is_valued):
    """What of a move has no value, because that wasn't reckoned when it was posted. One
    that is neither in nor out, as of somebody else's stock, costs nothing."""
    if not is_valued:
        return amount
    return SQL(
        f"CASE WHEN {alias}.value IS NULL AND ({alias}.is_in OR {alias}.is_out)"
        " THEN %s ELSE 0.0 END",
        amount,
    )


def _restrict(column, ids):
    return SQL(f"AND {column} IN %s", tuple(ids)) if ids else SQL()


def _restrict_taken(ids):
    if not ids:
        return SQL()
    ids = tuple(ids)
    return SQL("AND (taken.id IN %s OR taken.issue_component_id IN %s)", ids, ids)


def _restrict_scrap(ids):
    if not ids:
        return SQL()
    return SQL(
        "AND move.raw_material_production_id IN"
        " (SELECT raw_material_production_id FROM stock_move WHERE id IN %s)",
        tuple(ids),
    )
