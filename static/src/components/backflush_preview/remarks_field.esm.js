import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {HtmlField, htmlField} from "@web/views/fields/html/html_field";

/** Remarks whose documents open on top of the order: there is a way back to it. */
export class RemarksField extends HtmlField {
    static template = "mrp_backflush.RemarksField";

    setup() {
        super.setup();
        this.action = useService("action");
    }

    onClick(ev) {
        const address = ev.target.closest("a")?.getAttribute("href") || "";
        const [, model, id] = address.match(/^\/odoo\/([\w.]+)\/(\d+)$/) || [];
        if (model) {
            ev.preventDefault();
            ev.stopPropagation();
            this.action.doAction({
                type: "ir.actions.act_window",
                res_model: model,
                res_id: Number(id),
                views: [[false, "form"]],
            });
        }
    }
}

registry
    .category("fields")
    .add("backflush_remarks", {...htmlField, component: RemarksField});
