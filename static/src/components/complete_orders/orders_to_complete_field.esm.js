import {_t} from "@web/core/l10n/translation";
import {x2ManyCommands} from "@web/core/orm_service";
import {registry} from "@web/core/registry";
import {X2ManyField, x2ManyField} from "@web/views/fields/x2many/x2many_field";
import {ListRenderer} from "@web/views/list/list_renderer";

import {useState} from "@odoo/owl";

/** Rows of another status than the chosen one are hidden, and not selected with all. */
export class OrdersToCompleteRenderer extends ListRenderer {
    static props = [...ListRenderer.props, "isShown?"];

    get shownRecords() {
        return this.props.list.records.filter(this.props.isShown);
    }

    get selectAll() {
        const shown = this.shownRecords;
        return shown.length > 0 && shown.every((record) => record.selected);
    }

    toggleSelection() {
        const isSelected = !this.selectAll;
        for (const record of this.shownRecords) {
            record.toggleSelection(isSelected);
        }
    }

    getRowClass(record) {
        const hidden = this.props.isShown(record) ? "" : " d-none";
        return super.getRowClass(record) + hidden;
    }
}

/**
 * The orders of the dialog Complete Orders: counters that filter them by status, and a
 * button that leaves several out in one go.
 */
export class OrdersToCompleteField extends X2ManyField {
    static template = "mrp_backflush.OrdersToCompleteField";
    static components = {
        ...X2ManyField.components,
        ListRenderer: OrdersToCompleteRenderer,
    };

    setup() {
        super.setup();
        this.filter = useState({status: ""});
        this.isShown = (record) =>
            !this.filter.status || record.data.feasibility === this.filter.status;
    }

    get counters() {
        const data = this.props.record.data;
        return [
            {status: "feasible", number: data.feasible_count, label: _t("Ready")},
            {
                status: "short",
                number: data.short_count,
                label: _t("Components Missing"),
            },
            {status: "person", number: data.person_count, label: _t("Needs a Person")},
        ];
    }

    get rendererProps() {
        // Read here, so that a click renders the rows anew.
        const status = this.filter.status;
        const isShown = (record) => !status || record.data.feasibility === status;
        return {...super.rendererProps, allowSelectors: true, isShown};
    }

    /** What is selected; where nothing is, all that a counter shows. */
    get toLeaveOut() {
        const shown = this.list.records.filter(this.isShown);
        const selected = shown.filter((record) => record.selected);
        return selected.length || !this.filter.status ? selected : shown;
    }

    toggle(status) {
        this.filter.status = this.filter.status === status ? "" : status;
    }

    async leaveOut() {
        const commands = this.toLeaveOut.map((record) => [
            x2ManyCommands.DELETE,
            record.resId || record._virtualId,
        ]);
        this.filter.status = "";
        await this.list.leaveEditMode();
        await this.list.applyCommands(commands);
    }
}

registry.category("fields").add("orders_to_complete", {
    ...x2ManyField,
    component: OrdersToCompleteField,
});
