import {_t} from "@web/core/l10n/translation";

import {formatAmount, formatQuantity} from "./scanned_lots.esm";

/** How much the components in stock are enough for; empty where nothing limits it. */
export function getPossibleText({possible, limited_by}) {
    if (possible === null) {
        return "";
    }
    if (!possible) {
        return _t("Not in stock: %s", limited_by);
    }
    return _t("Enough for %(quantity)s; %(component)s runs out first", {
        quantity: formatQuantity(possible),
        component: limited_by,
    });
}

/** What becomes of the rest of a planned order; empty where there is none. */
export function getRestText(product, quantity) {
    if (!product.order_id || quantity === null || quantity >= product.planned) {
        return "";
    }
    const rest = formatAmount(product.planned - quantity, product);
    return product.makes_backorder
        ? _t("%s left: a backorder is made of it", rest)
        : _t("%s left: closed without a backorder", rest);
}
