"""Before the ORM adds them: with millions of stock moves, none is to be computed."""

from odoo.addons.mrp_backflush.hooks import create_plan_columns


def migrate(cr, version):
    create_plan_columns(cr)
