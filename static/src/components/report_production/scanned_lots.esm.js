import {_t} from "@web/core/l10n/translation";
import {formatFloat} from "@web/core/utils/numbers";

// What is less than this is nothing: floats.
const SMALLEST = 1e-9;

export function formatQuantity(quantity) {
    return formatFloat(quantity, {digits: [16, 6], trailingZeros: false});
}

/** "1 Unit", "2 Units": of a product or component that knows both. */
export function formatAmount(quantity, {unit, unit_one}) {
    return `${formatQuantity(quantity)} ${quantity === 1 ? unit_one : unit}`;
}

function round(quantity, step) {
    return step ? Math.round(quantity / step) * step : quantity;
}

/** Scanned in Report Production: which lots of which components are used. */
export class ScannedLots {
    constructor() {
        this.clear();
    }

    clear() {
        // What a report of the quantity entered needs, as the server says it.
        this.components = [];
        // {product_id, lot_id, lot_name, quantity}, in the order scanned.
        this.lots = [];
        // The component that was scanned last: its lot comes next.
        this.chosenId = false;
    }

    get isNeeded() {
        return this.components.length > 0;
    }

    get productIds() {
        return this.components.map((component) => component.product_id);
    }

    getLots(component) {
        return this.lots.filter((lot) => lot.product_id === component.product_id);
    }

    getScanned(component) {
        return this.getLots(component).reduce((sum, lot) => sum + lot.quantity, 0);
    }

    /** Negative where more was scanned than is needed. */
    getMissing(component) {
        const missing = round(
            component.quantity - this.getScanned(component),
            component.rounding
        );
        return Math.abs(missing) < SMALLEST ? 0 : missing;
    }

    get missing() {
        return this.components.filter((component) => this.getMissing(component) > 0);
    }

    /** Those without which the report is refused. */
    get missingText() {
        return this.missing
            .filter((component) => !component.may_wait)
            .map((component) => {
                const amount = formatAmount(this.getMissing(component), component);
                return `${component.name}: ${amount}`;
            });
    }

    remove(lot) {
        this.lots = this.lots.filter(({lot_id}) => lot_id !== lot.lot_id);
    }

    /** What the server is told. */
    get stated() {
        return this.lots.map(({lot_id, quantity}) => ({lot_id, quantity}));
    }

    /**
     * @param {object} found as of the server's find_component_lot
     * @returns {string} why it isn't added; empty if it is
     */
    add(found) {
        const component = this.components.find(
            ({product_id}) => product_id === found.product_id
        );
        const {name} = component;
        const missing = this.getMissing(component);
        const same = this.lots.find((lot) => lot.lot_id === found.lot_id);
        if (same && component.tracking === "serial") {
            return _t("%s is scanned already.", found.lot_name);
        }
        if (missing <= 0) {
            return _t("No more of %(component)s is needed: %(amount)s scanned.", {
                component: name,
                amount: formatAmount(this.getScanned(component), component),
            });
        }
        const quantity = this.getQuantity(
            component,
            found,
            missing,
            same?.quantity || 0
        );
        if (quantity > missing + SMALLEST) {
            return _t("Too much: %(amount)s of %(component)s still needed.", {
                amount: formatAmount(missing, component),
                component: name,
            });
        }
        if (quantity <= 0) {
            return _t("All that is in stock of %s is scanned already.", found.lot_name);
        }
        if (same) {
            same.quantity += quantity;
        } else {
            this.lots.push({
                product_id: found.product_id,
                lot_id: found.lot_id,
                lot_name: found.lot_name,
                quantity,
            });
        }
        this.chosenId = false;
        return "";
    }

    getQuantity(component, found, missing, scanned) {
        if (component.tracking === "serial") {
            return 1;
        }
        if (found.quantity) {
            return found.quantity;
        }
        // Of a lot that Odoo knows nothing of, a person holds enough in their hands.
        return found.on_hand > 0 ? Math.min(missing, found.on_hand - scanned) : missing;
    }
}
