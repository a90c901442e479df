"""What orders and counts tell about each line of a bill of materials, read for all
lines together."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from odoo.tools import SQL

from ..lots.lot_origin import CONFIRMED
from ..rules.bom_proposal import MOST_OBSERVATIONS, Observation
from ..rules.issue_method import MANUAL

MEASURED, RECKONED, LEFT_OUT = "measured", "reckoned", "left_out"

# Components of completed orders and of what is open of their chains; quantities in the
# products' own units.
_PARTS = """
    part AS (
        SELECT component.id, component.bom_line_id, component.product_id,
               COALESCE(component.first_component_id, component.id) AS first_id,
               production.id AS production_id, production.state,
               production.date_finished AS date, component.create_date,
               production.bom_id IS DISTINCT FROM line.bom_id AS is_kit,
               component.issue_method, component.is_recorded,
               component.needed_quantity
                   * (unit.factor / stock_unit.factor)::float8 AS needed,
               component.reported_quantity
                   * (order_unit.factor / made_unit.factor)::float8 AS finished,
               line.quantity_changed_at AS changed_at,
               CASE WHEN line.is_fixed_quantity THEN 0
                    ELSE COALESCE(line.component_scrap, 0) END AS scrap
          FROM stock_move component
          JOIN mrp_production production
            ON production.id = component.raw_material_production_id
          JOIN mrp_bom_line line ON line.id = component.bom_line_id
          JOIN mrp_bom bom
            ON bom.id = line.bom_id AND bom.active
           AND (bom.company_id IS NULL OR bom.company_id = %(company)s)
          JOIN product_product product ON product.id = component.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id
          JOIN uom_uom unit ON unit.id = component.product_uom
          JOIN uom_uom stock_unit ON stock_unit.id = template.uom_id
          JOIN product_product made ON made.id = production.product_id
          JOIN product_template made_template
            ON made_template.id = made.product_tmpl_id
          JOIN uom_uom order_unit ON order_unit.id = production.product_uom_id
          JOIN uom_uom made_unit ON made_unit.id = made_template.uom_id
         WHERE component.issue_component_id IS NULL AND component.scrap_id IS NULL
           AND component.product_id = line.product_id
           AND production.company_id = %(company)s
           AND bom.type != 'subcontract'
           AND (production.state = 'done' AND production.date_finished >= %(since)s
                OR production.state NOT IN ('done', 'cancel'))
    ), scrapped AS (
        SELECT move.raw_material_production_id AS production_id, move.product_id,
               SUM(line.quantity_product_uom)::float8 AS quantity
          FROM stock_move move
          JOIN stock_move_line line ON line.move_id = move.id
         WHERE move.scrap_id IS NOT NULL AND move.state = 'done'
           AND move.raw_material_production_id IN (SELECT production_id FROM part)
         GROUP BY move.raw_material_production_id, move.product_id
    ), known AS (
        -- Recorded scrap names a product: of several lines each has its share.
        SELECT part.*,
               COALESCE(scrapped.quantity * part.needed / NULLIF(
                   SUM(part.needed) OVER (
                       PARTITION BY part.production_id, part.product_id
                   ), 0), 0) AS scrapped
          FROM part
          LEFT JOIN scrapped ON scrapped.production_id = part.production_id
                            AND scrapped.product_id = part.product_id
    )
"""

# A chain of orders is one observation, once nothing of it is open. What a person
# recorded or scanned is measured, and what was issued of a manual component. Of all
# else what was issued is what the BoM says: where a part of a backflushed component was
# issued by hand, backflush makes up the need.
_CHAINS = """
    WITH %(parts)s, posted_move AS (
        SELECT id AS part_id, id AS move_id FROM part
     UNION ALL
        SELECT part.id, issue.id
          FROM part
          JOIN stock_move issue ON issue.issue_component_id = part.id
         WHERE issue.raw_material_production_id IS NOT NULL
    ), posted AS (
        SELECT posted_move.part_id, SUM(line.quantity_product_uom)::float8 AS quantity,
               bool_and(line.lot_origin IS NOT DISTINCT FROM %(confirmed)s)
                   AS is_scanned
          FROM posted_move
          JOIN stock_move_line line ON line.move_id = posted_move.move_id
         WHERE line.state = 'done'
         GROUP BY posted_move.part_id
    ), chain AS (
        SELECT known.bom_line_id, known.first_id, MAX(known.date) AS date,
               COUNT(*) FILTER (WHERE known.state = 'done') AS orders,
               SUM(known.needed) FILTER (WHERE known.state = 'done') AS needed,
               SUM(known.finished) FILTER (WHERE known.state = 'done') AS finished,
               COALESCE(SUM(posted.quantity), 0) + SUM(known.scrapped) AS used,
               SUM(known.scrapped) AS scrapped,
               MIN(known.production_id) AS production_id,
               bool_or(known.is_kit) AS is_kit,
               bool_and(
                   known.state = 'done'
                   AND (known.changed_at IS NULL
                        OR date_trunc('second', known.create_date)
                           > known.changed_at)
                   AND known.id NOT IN (
                       SELECT move_id FROM mrp_backflush_exception
                        WHERE move_id IS NOT NULL AND state = 'open')
                   AND known.production_id NOT IN (
                       SELECT mo_id FROM mrp_unbuild
                        WHERE mo_id IS NOT NULL AND state = 'done')
               ) AS is_closed,
               bool_and(
                   known.needed IS NULL OR known.needed <= 0
                   OR COALESCE(known.is_recorded, false)
                   OR posted.quantity IS NOT NULL
                      AND (known.issue_method = %(manual)s OR posted.is_scanned)
               ) AS is_measured,
               MAX(known.scrap) AS scrap
          FROM known LEFT JOIN posted ON posted.part_id = known.id
         GROUP BY known.bom_line_id, known.first_id
    ), ranked AS (
        SELECT chain.*,
               CASE WHEN NOT is_closed OR COALESCE(needed, 0) <= 0 THEN %(left_out)s
                    WHEN is_measured THEN %(measured)s ELSE %(reckoned)s END AS kind
          FROM chain
    ), numbered AS (
        SELECT ranked.*,
               SUM(needed) OVER (PARTITION BY bom_line_id) AS yearly,
               ROW_NUMBER() OVER (
                   PARTITION BY bom_line_id, kind ORDER BY date DESC, first_id DESC
               ) AS number
          FROM ranked WHERE orders > 0
    )
    SELECT numbered.bom_line_id, numbered.kind, numbered.date, production.name,
           numbered.production_id, numbered.needed, numbered.used, numbered.finished,
           numbered.scrapped, numbered.scrap, numbered.is_kit, numbered.yearly
      FROM numbered
      JOIN mrp_production production ON production.id = numbered.production_id
     WHERE number <= %(most)s
     ORDER BY numbered.bom_line_id, numbered.kind, numbered.number
"""

# What a count was the first to count of a product at its place, and of it each line's
# part. What the first count of all found is no measure: its opening was worked back.
_COUNTS = """
    WITH %(parts)s, sheet AS (
        SELECT line.count_id, line.product_id, MIN(line.counted_at) AS date,
               bool_and(line.is_distributed) AS is_distributed,
               ROW_NUMBER() OVER (
                   PARTITION BY line.product_id, line.location_id
                       ORDER BY MIN(line.counted_at), line.count_id
               ) AS number
          FROM mrp_line_count_line line
         WHERE line.state = 'done' AND line.counted_at IS NOT NULL
           AND line.company_id = %(company)s
         GROUP BY line.count_id, line.product_id, line.location_id
    ), base AS (
        SELECT share.count_id, share.product_id, share.move_id,
               SUM(share.base_quantity)::float8 AS needed,
               SUM(COALESCE(share.quantity, 0) + CASE
                   WHEN share.is_at_count THEN 0 ELSE share.base_quantity
               END)::float8 AS used
          FROM mrp_consumption_share share
          JOIN mrp_line_count sheet ON sheet.id = share.count_id
         WHERE sheet.state = 'done' AND share.company_id = %(company)s
         GROUP BY share.count_id, share.product_id, share.move_id
    ), total AS (
        SELECT count_id, product_id, SUM(needed) AS needed
          FROM base GROUP BY count_id, product_id
    ), counted AS (
        SELECT known.bom_line_id, base.count_id, base.product_id,
               SUM(base.needed) AS needed,
               SUM(base.used + COALESCE(
                   known.scrapped * base.needed / NULLIF(known.needed, 0), 0)) AS used,
               SUM(COALESCE(
                   known.scrapped * base.needed / NULLIF(known.needed, 0), 0)
               ) AS scrapped,
               -- Of an order in progress nobody knows which part it has used.
               CASE WHEN bool_and(known.needed > 0)
                    THEN SUM(known.finished * base.needed / NULLIF(known.needed, 0))
                    ELSE 0 END AS finished,
               COALESCE(SUM(base.needed / NULLIF(known.needed, 0)), 0) AS orders,
               bool_or(known.is_kit) AS is_kit,
               bool_and(known.changed_at IS NULL
                        OR date_trunc('second', known.create_date)
                               > known.changed_at) AS is_current
          FROM base JOIN known ON known.id = base.move_id
         GROUP BY known.bom_line_id, base.count_id, base.product_id
    ), told AS (
        SELECT counted.*, sheet.date, sheet.number, sheet.is_distributed,
               counted.needed / NULLIF(total.needed, 0) AS part,
               counted.needed >= %(least_part)s * total.needed AS is_alone,
               counted.needed > 0 AND counted.is_current AND sheet.number > 1
                   AND sheet.is_distributed
                   AND counted.needed >= %(least_part)s * total.needed AS is_measured
          FROM counted
          JOIN sheet ON sheet.count_id = counted.count_id
                    AND sheet.product_id = counted.product_id
          JOIN total ON total.count_id = counted.count_id
                    AND total.product_id = counted.product_id
    ), ranked AS (
        SELECT told.*,
               ROW_NUMBER() OVER (
                   PARTITION BY bom_line_id, is_measured ORDER BY date DESC
               ) AS place
          FROM told
    )
    SELECT ranked.bom_line_id, ranked.is_measured, ranked.is_alone, ranked.date,
           count.name, ranked.count_id, ranked.needed, ranked.used, ranked.finished,
           ranked.scrapped, ranked.orders, ranked.is_kit, ranked.part
      FROM ranked JOIN mrp_line_count count ON count.id = ranked.count_id
     WHERE place <= %(most)s
     ORDER BY ranked.bom_line_id, ranked.place
"""

# Of a product's use at a place: a line of less is not to be told from the others. Sums
# of quantities are right to so many digits.
LEAST_PART = 0.9 - 1e-9


@dataclass(frozen=True)
class Source:
    """Where an observation comes from. It is the observation's key."""

    model: str
    id: int
    name: str
    date: datetime


@dataclass
class Evidence:
    """All that is known of a line of a BoM. Quantities in the product's unit.

    :param yearly: needed in twelve months, measured or not
    """

    measured: list = field(default_factory=list)
    # What only recorded scrap tells about.
    reckoned: list = field(default_factory=list)
    yearly: float = 0.0
    is_kit: bool = False
    is_counted: bool = False
    is_shared: bool = False

    def get_observations(self):
        """The newest first."""
        return sorted(self.measured, key=lambda each: each.key.date, reverse=True)

    def has_recorded_scrap(self):
        return any(each.scrapped > 0 for each in self.reckoned)


def read_evidence(env, company, since):
    """
    :param since: what was completed before it doesn't count
    :return: Evidence by id of the BoM line, of each that orders used since
    """
    env.flush_all()
    # All that was made in a year is read: PostgreSQL takes what lies between the steps
    # for a few rows, and would go through all of it for each row.
    env.cr.execute("SET LOCAL enable_nestloop = off")
    found = defaultdict(Evidence)
    values = {
        "parts": SQL(_PARTS, company=company.id, since=since),
        "company": company.id,
        "most": MOST_OBSERVATIONS,
    }
    _add_chains(env, found, values)
    if company._counts_lines() or _has_counts(env, company):
        _add_counts(env, found, values)
    env.cr.execute("SET LOCAL enable_nestloop TO DEFAULT")
    return dict(found)


def _has_counts(env, company):
    return env["mrp.line.count"].search_count(
        [("company_id", "=", company.id), ("state", "=", "done")], limit=1
    )


def _add_chains(env, found, values):
    env.cr.execute(
        SQL(
            _CHAINS,
            **values,
            confirmed=CONFIRMED,
            manual=MANUAL,
            measured=MEASURED,
            reckoned=RECKONED,
            left_out=LEFT_OUT,
        )
    )
    for row in env.cr.fetchall():
        line, kind, date, name, order, needed, used, finished, scrapped, *rest = row
        scrap, is_kit, yearly = rest
        evidence = found[line]
        evidence.yearly = yearly or 0.0
        evidence.is_kit |= is_kit
        source = Source("mrp.production", order, name, date)
        if kind == MEASURED:
            evidence.measured.append(
                Observation(source, needed, used, finished or 0.0, scrapped)
            )
        elif kind == RECKONED:
            # Without what the BoM allows for it.
            net = needed / (1 + scrap / 100)
            evidence.reckoned.append(
                Observation(source, needed, net + scrapped, finished or 0.0, scrapped)
            )


def _add_counts(env, found, values):
    env.cr.execute(SQL(_COUNTS, **values, least_part=LEAST_PART))
    for row in env.cr.fetchall():
        line, is_measured, is_alone, date, name, sheet, *numbers = row
        needed, used, finished, scrapped, orders, is_kit, part = numbers
        evidence = found[line]
        evidence.is_counted = True
        evidence.is_kit |= is_kit
        if is_measured:
            source = Source("mrp.line.count", sheet, name, date)
            evidence.measured.append(
                Observation(source, needed, used, finished, scrapped, orders, part)
            )
        elif not is_alone:
            evidence.is_shared = True
