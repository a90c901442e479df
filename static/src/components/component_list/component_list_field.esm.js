import {evaluate, parseExpr} from "@web/core/py_js/py";
import {registry} from "@web/core/registry";
import {X2ManyField, x2ManyField} from "@web/views/fields/x2many/x2many_field";
import {ListRenderer} from "@web/views/list/list_renderer";

import {
    ComponentQuantityField,
    CountedShareField,
    IssuedQuantityField,
    IssueQuantityField,
    PlannedQuantityField,
} from "./component_quantity_field.esm";
import {IssueStateField} from "./issue_state_field.esm";
import {IssueMethodField} from "../issue_method/issue_method_field.esm";

// Conditions by their text. Those that are a constant are shorter.
const parsed = new Map();
const SHORTEST_CONDITION = "False".length + 1;

// What is only read in a row that isn't edited, by widget.
const READ = {
    component_quantity: ComponentQuantityField,
    counted_share: CountedShareField,
    issue_method: IssueMethodField,
    issue_quantity: IssueQuantityField,
    issue_state: IssueStateField,
    issued_quantity: IssuedQuantityField,
    planned_quantity: PlannedQuantityField,
};

/**
 * Buttons of rows bear the names that the view gives them: core drops those of lists.
 *
 * Cells that are only read are texts, as core's without a widget are: an order may have
 * hundreds of rows, and a component for each cell would take twice the time.
 */
export class ComponentListRenderer extends ListRenderer {
    static recordRowTemplate = "mrp_backflush.ComponentListRenderer.RecordRow";

    isReadAsText(column, record) {
        const field = READ[column.widget];
        const isEdited = record.isInEdition && this.isInlineEditable(record);
        return Boolean(field) && !isEdited && field.isText(record, column.name);
    }

    readCell(column, record) {
        return READ[column.widget].getText(record, {
            name: column.name,
            isDueShown: Boolean(column.options.is_due_shown),
        });
    }

    // Their decorations are the cell's, as of core's texts.
    canUseFormatter(column, record) {
        return (
            this.isReadAsText(column, record) || super.canUseFormatter(column, record)
        );
    }

    /** Core's parses the condition anew for each row and button. */
    evalInvisible(condition, record) {
        if (!condition || condition.length < SHORTEST_CONDITION) {
            return super.evalInvisible(condition, record);
        }
        if (!parsed.has(condition)) {
            parsed.set(condition, parseExpr(`bool(${condition})`));
        }
        return evaluate(parsed.get(condition), record.evalContextWithVirtualIds);
    }

    getButtonAttributes(button) {
        const label = button.attrs?.["aria-label"];
        return label ? {"aria-label": label} : {};
    }
}

/** The components of an order or a work order. */
export class ComponentListField extends X2ManyField {
    static components = {
        ...X2ManyField.components,
        ListRenderer: ComponentListRenderer,
    };
}

registry.category("fields").add("component_list", {
    ...x2ManyField,
    component: ComponentListField,
});
