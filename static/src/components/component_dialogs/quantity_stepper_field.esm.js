import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {formatFloat} from "@web/views/fields/formatters";
import {parseFloat} from "@web/views/fields/parsers";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

import {Component, useRef} from "@odoo/owl";

/** A quantity on a card, to be typed or changed by one with a thumb. */
export class QuantityStepperField extends Component {
    static template = "mrp_backflush.QuantityStepperField";
    static props = {...standardFieldProps};

    setup() {
        this.input = useRef("input");
    }

    get value() {
        return this.props.record.data[this.props.name];
    }

    get text() {
        return this.format(this.value);
    }

    format(quantity) {
        const {digits} = this.props.record.fields[this.props.name];
        return formatFloat(quantity, {digits});
    }

    /** Of what is shown: the server may not have answered to the last tap yet. */
    get shown() {
        try {
            return parseFloat(this.input.el.value);
        } catch {
            return this.value;
        }
    }

    get labels() {
        const name = this.props.record.data.product_id?.display_name || "";
        return {
            less: _t("One less of %s", name),
            more: _t("One more of %s", name),
            quantity: _t("Quantity of %s", name),
        };
    }

    add(step) {
        const quantity = Math.max(this.shown + step, 0);
        this.input.el.value = this.format(quantity);
        this.set(quantity);
    }

    set(quantity) {
        return this.props.record.update({[this.props.name]: quantity});
    }

    onChange(ev) {
        try {
            this.set(parseFloat(ev.target.value));
        } catch {
            ev.target.value = this.text;
        }
    }
}

registry.category("fields").add("quantity_stepper", {
    component: QuantityStepperField,
    supportedTypes: ["float"],
});
