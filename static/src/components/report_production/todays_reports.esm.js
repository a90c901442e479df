import {Component} from "@odoo/owl";

import {formatQuantity} from "./scanned_lots.esm";

/** What was reported today, each with its Undo. */
export class TodaysReports extends Component {
    static template = "mrp_backflush.TodaysReports";
    static props = {
        reports: {type: Array},
        isOwn: {type: Boolean},
        isBusy: {type: Boolean},
        onFilter: {type: Function},
        onOpen: {type: Function},
        onUndo: {type: Function},
    };

    formatQuantity(quantity) {
        return formatQuantity(quantity);
    }
}
