import logging

from markupsafe import Markup

from odoo.tools import SQL, sql

_logger = logging.getLogger(__name__)


def pre_init_hook(env):
    """Add the new columns before the ORM does, so that it computes none of them
    row by row on a database with millions of stock moves."""
    _create_columns(env)
    create_need_columns(env.cr)
    create_plan_columns(env.cr)
    _adopt_manual_consumption(env)
    _fill_open_components(env)


def _create_columns(env):
    columns = {
        "mrp_bom_line": [("issue_method", "varchar")],
        "stock_move": [
            ("issue_method", "varchar"),
            ("issue_method_source", "varchar"),
            ("is_recorded", "bool"),
        ],
    }
    for table, definitions in columns.items():
        for name, column_type in definitions:
            if not sql.column_exists(env.cr, table, name):
                sql.create_column(env.cr, table, name, column_type)


def create_need_columns(cr):
    _create_columns_of_table(
        cr,
        "stock_move",
        {
            "needed_quantity": "float8",
            "reported_quantity": "float8",
            "whole_demand": "float8",
            "whole_quantity": "float8",
            "whole_number": "int4",
        },
    )


def create_plan_columns(cr):
    """Empty on what there is: nothing was kept of what was planned for it."""
    _create_columns_of_table(
        cr,
        "stock_move",
        {
            "net_quantity_per_unit": "float8",
            "component_scrap": "float8",
            "planned_unit_cost": "float8",
        },
    )
    _create_columns_of_table(cr, "mrp_production", {"planned_lot_size": "float8"})


def _create_columns_of_table(cr, table, columns):
    for name, column_type in columns.items():
        if not sql.column_exists(cr, table, name):
            sql.create_column(cr, table, name, column_type)


def _adopt_manual_consumption(env):
    """Databases that come from Odoo 16 to 18 may still have the column of the old
    Manual Consumption checkbox on BoM lines: what it said stays true."""
    if not sql.column_exists(env.cr, "mrp_bom_line", "manual_consumption"):
        return
    env.cr.execute(
        SQL("UPDATE mrp_bom_line SET issue_method = 'manual' WHERE manual_consumption")
    )
    _logger.info(
        "%s BoM lines had Manual Consumption checked: their issue method is now Manual",
        env.cr.rowcount,
    )


def _fill_open_components(env):
    """Resolve the components of orders in progress. No level but the BoM line can
    say anything yet. What is done or cancelled keeps no method: none was applied."""
    env.cr.execute(
        SQL(
            """
            UPDATE stock_move AS component
               SET issue_method = COALESCE(line.issue_method, 'completion'),
                   issue_method_source =
                       CASE WHEN line.issue_method IS NOT NULL THEN 'bom_line'
                            WHEN bom.type = 'subcontract' THEN NULL
                            ELSE 'company' END
              FROM stock_move AS open_component
              JOIN mrp_production AS production
                ON production.id = open_component.raw_material_production_id
              LEFT JOIN mrp_bom AS bom ON bom.id = production.bom_id
              LEFT JOIN mrp_bom_line AS line ON line.id = open_component.bom_line_id
                                            AND bom.type != 'subcontract'
             WHERE component.id = open_component.id
               AND open_component.state NOT IN ('done', 'cancel')
            """
        )
    )


def uninstall_hook(env):
    """Leave the orders as Odoo by itself goes on with them.

    What was posted stays posted, by counts, too. What waits for stock is waited for no
    longer: an order in progress demands it again. What is left to a count is counted by
    nobody. What a person recorded is core's to keep, what was reported and is still to
    be issued is filled in, and what was issued before completion stays in the finished
    product's cost. The orders' chatters say so.
    """
    notes = {}
    waiting = env["mrp.backflush.exception"].search([("state", "=", "open")])
    for exception in waiting:
        note = exception._describe_handover()
        notes.setdefault(exception.production_id, []).append(note)
    waiting._cancel(env._("Backflush was uninstalled."))
    for order, lines in env["stock.move"]._hand_over_counts().items():
        notes.setdefault(order, []).extend(lines)
    components = _find_components_to_hand_over(env)
    components._hand_over()
    for order in components.raw_material_production_id:
        notes.setdefault(order, []).extend(order._hand_over_issues())
    title = env._("Backflush was uninstalled")
    for order, lines in notes.items():
        if lines:
            items = Markup().join(Markup("<li>%s</li>") % line for line in lines)
            order.message_post(body=Markup("%s<ul>%s</ul>") % (title, items))
    _remove_what_names_our_models(env)


def _find_components_to_hand_over(env):
    """The components of open orders of which something isn't as core has it."""
    return env["stock.move"].search(
        [
            ("raw_material_production_id", "!=", False),
            ("issue_component_id", "=", False),
            ("state", "not in", ("draft", "done", "cancel")),
            "|",
            ("issue_method", "in", ("manual", "count")),
            "|",
            ("is_recorded", "=", True),
            "|",
            ("is_issued_early", "=", True),
            ("is_parked", "=", True),
        ]
    )


def _remove_what_names_our_models(env):
    """Odoo leaves what people saved of a list, and stops removing a model at an
    attachment without a file of its own (a link, or one that lies in the database)."""
    own = [
        name
        for name, model in env.registry.items()
        if model._original_module == "mrp_backflush"
    ]
    env["ir.attachment"].search([("res_model", "in", own)]).unlink()
    filters = env["ir.filters"].with_context(active_test=False)
    filters.search([("model_id", "in", own)]).unlink()
    env["ir.exports"].search([("resource", "in", own)]).unlink()
    _forget_what_others_noted(env, own)


def _forget_what_others_noted(env, own):
    """Of mail's fields on these models, and of what they inherit, other modules have
    noted external ids; of foreign keys on core's models Odoo keeps the note."""
    noted = {
        "ir.model.fields.selection": [("field_id.model", "in", own)],
        "ir.model.inherit": [("model_id.model", "in", own)],
    }
    for model, domain in noted.items():
        env["ir.model.data"].search(
            [
                ("module", "!=", "mrp_backflush"),
                ("model", "=", model),
                ("res_id", "in", env[model].search(domain).ids),
            ]
        ).unlink()
    env["ir.model.constraint"].search(
        [("module.name", "=", "mrp_backflush"), ("type", "=", "f")]
    ).unlink()
