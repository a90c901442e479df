import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

import {Component, onMounted, useRef} from "@odoo/owl";

/**
 * A field to scan into. Enter hands it over to the server; what could not be read comes
 * back, is selected, so that the next scan replaces it, and the reason stays below it.
 */
export class ComponentScanField extends Component {
    static template = "mrp_backflush.ComponentScanField";
    static props = {
        ...standardFieldProps,
        placeholder: {type: String, optional: true},
    };

    setup() {
        this.input = useRef("input");
        onMounted(() => this.input.el?.focus());
    }

    get message() {
        return this.props.record.data.scan_message;
    }

    get isFailed() {
        return this.props.record.data.scan_failed;
    }

    async onKeydown(ev) {
        if (ev.key !== "Enter") {
            return;
        }
        ev.preventDefault();
        ev.stopPropagation();
        const {name, record} = this.props;
        const scanned = this.input.el.value.trim();
        if (!scanned) {
            return;
        }
        // Free for the next scan, which may come before the server has answered.
        this.input.el.value = "";
        await record.update({[name]: scanned});
        const rejected = record.data[name];
        const input = this.input.el;
        if (rejected && input && !input.value) {
            input.value = rejected;
            input.focus();
            input.select();
        }
    }
}

export const componentScanField = {
    component: ComponentScanField,
    supportedTypes: ["char"],
    fieldDependencies: [
        {name: "scan_message", type: "char"},
        {name: "scan_failed", type: "boolean"},
    ],
    extractProps: ({placeholder}) => ({placeholder}),
};

registry.category("fields").add("component_scan", componentScanField);
