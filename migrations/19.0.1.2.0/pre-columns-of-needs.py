"""Before the ORM adds them: with millions of stock moves, none is to be computed."""

from odoo.addons.mrp_backflush.hooks import create_need_columns


def migrate(cr, version):
    create_need_columns(cr)
