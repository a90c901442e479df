import {Component, useState} from "@odoo/owl";

import {formatAmount, ScannedLots} from "./scanned_lots.esm";

/** What is still to be scanned of each component, and what was. */
export class ComponentScan extends Component {
    static template = "mrp_backflush.ComponentScan";
    static props = {
        scanned: {type: ScannedLots},
        onRemove: {type: Function},
    };

    setup() {
        this.scanned = useState(this.props.scanned);
    }

    formatAmount(quantity, component) {
        return formatAmount(quantity, component);
    }
}
