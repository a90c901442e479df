"""Numbers in messages, as the reader's language writes them."""

from odoo.tools.misc import formatLang, get_lang

# More than anybody writes down.
_MOST_DIGITS = 6


def format_quantity(env, quantity):
    """:return: 1,234.5 in English, 1.234,5 in German: without zeros at the end"""
    return format_number(
        env, quantity, env["decimal.precision"].precision_get("Product Unit")
    )


def format_number(env, number, digits=_MOST_DIGITS):
    """:return: the same of any number"""
    text = formatLang(env, number, digits=digits, rounding_method="HALF-UP")
    point = get_lang(env).decimal_point
    return text.rstrip("0").rstrip(point) if digits else text


def format_change(env, percent):
    """:return: +5.2 or −3.0, with its sign and one decimal"""
    sign = "−" if percent < 0 else "+"
    return sign + formatLang(env, abs(percent), digits=1, rounding_method="HALF-UP")
