import {Component} from "@odoo/owl";

import {formatQuantity} from "./scanned_lots.esm";

/** What the server asks why: an error of it, that names the components. */
export function isReasonQuestion(error) {
    return Boolean(error.data?.name?.endsWith(".ReasonNeeded"));
}

/**
 * Components that deviate, each with the reasons to choose from. The first choice is
 * that of all of which nothing was said yet.
 */
export class DeviationReasons extends Component {
    static template = "mrp_backflush.DeviationReasons";
    static props = {
        components: {type: Array},
        reasons: {type: Array},
        chosen: {type: Object},
    };

    formatUse({used, needed, unit}) {
        return `${formatQuantity(used)} / ${formatQuantity(needed)} ${unit}`;
    }

    choose(component, value) {
        const {chosen, components} = this.props;
        const reason = Number(value);
        const isFirst = !components.some(({product_id}) => chosen[product_id]);
        for (const {product_id} of isFirst ? components : [component]) {
            chosen[product_id] = reason;
        }
    }
}
