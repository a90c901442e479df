"""Scheduled actions aren't updated, since administrators change them: those whose name
is still the first one are named as the screens are."""

from odoo import SUPERUSER_ID, api

_RENAMED = {
    "ir_cron_settle_arrived": (
        "Backflush: Settle Exceptions When Stock Arrives",
        "Backflush: Issue Waiting Components When Stock Arrives",
    ),
    "ir_cron_retry_open": (
        "Backflush: Retry Open Exceptions",
        "Backflush: Retry Waiting Components",
    ),
}


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {"lang": "en_US"})
    for name, (before, now) in _RENAMED.items():
        cron = env.ref(f"mrp_backflush.{name}", raise_if_not_found=False)
        if cron and cron.name == before:
            cron.name = now
