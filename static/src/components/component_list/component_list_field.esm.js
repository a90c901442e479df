import {registry} from "@web/core/registry";
import {X2ManyField, x2ManyField} from "@web/views/fields/x2many/x2many_field";
import {ListRenderer} from "@web/views/list/list_renderer";

/** Buttons of rows bear the names that the view gives them: core drops those of lists. */
export class ComponentListRenderer extends ListRenderer {
    static recordRowTemplate = "mrp_backflush.ComponentListRenderer.RecordRow";

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
