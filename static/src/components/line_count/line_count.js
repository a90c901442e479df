import { _t } from "@web/core/l10n/translation";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { Mutex } from "@web/core/utils/concurrency";
import { formatFloat } from "@web/core/utils/numbers";
import { useAutofocus, useBus, useService } from "@web/core/utils/hooks";
import { parseFloat } from "@web/views/fields/parsers";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useState } from "@odoo/owl";

const SHEET = "mrp.line.count";
const LINE = "mrp.line.count.line";

/**
 * Counting at the shelf, by scanner or by finger: each quantity is saved by itself, so
 * that several people can fill one sheet.
 */
export class LineCount extends Component {
    static template = "mrp_backflush.LineCount";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.scanInput = useAutofocus({ refName: "scan" });
        this.mutex = new Mutex();
        this.state = useState({
            sheet: null,
            code: "",
            search: "",
            isLeftOnly: false,
            // {type: success or danger; text}
            message: null,
            lastId: null,
        });
        useBus(useService("barcode").bus, "barcode_scanned", ({ detail }) =>
            this.scan(detail.barcode)
        );
        onWillStart(async () => {
            this.state.sheet = await this.orm.call(SHEET, "get_counting", [[this.countId]]);
        });
    }

    get countId() {
        const { params, context } = this.props.action;
        return params?.count_id || context.active_id;
    }

    get isOpen() {
        return this.state.sheet.state === "draft";
    }

    get counted() {
        return this.state.sheet.lines.filter((line) => line.is_counted).length;
    }

    get lines() {
        const words = this.state.search.trim().toLowerCase();
        return this.state.sheet.lines.filter(
            (line) =>
                !(this.state.isLeftOnly && line.is_counted) &&
                `${line.product} ${line.code} ${line.lot}`.toLowerCase().includes(words)
        );
    }

    formatQuantity(quantity) {
        return formatFloat(quantity, { digits: [16, 6], trailingZeros: false });
    }

    getShown(line) {
        return line.is_counted ? this.formatQuantity(line.counted) : "";
    }

    // ---- Talking to the server, one thing after the other: a scanner doesn't wait ----

    attempt(callback) {
        return this.mutex.exec(async () => {
            try {
                await callback();
            } catch (error) {
                if (!(error instanceof RPCError)) {
                    console.error(error);
                }
                const text =
                    error instanceof RPCError
                        ? error.data?.message || error.message
                        : _t("The server can't be reached. Count this line again.");
                this.state.message = { type: "danger", text };
            }
        });
    }

    replace(counted) {
        const { lines } = this.state.sheet;
        const index = lines.findIndex((line) => line.id === counted.id);
        if (index < 0) {
            lines.unshift(counted);
        } else {
            lines[index] = counted;
        }
        this.state.lastId = counted.id;
        const name = counted.lot ? `${counted.product}, ${counted.lot}` : counted.product;
        this.state.message = {
            type: "success",
            text: _t("%(name)s: %(quantity)s %(unit)s", {
                name,
                quantity: this.formatQuantity(counted.counted),
                unit: counted.unit,
            }),
        };
    }

    async save(line, quantity) {
        await this.attempt(async () => {
            await this.orm.write(LINE, [line.id], { counted_quantity: quantity });
            const [counted] = await this.orm.call(LINE, "get_counting", [[line.id]]);
            this.replace(counted);
        });
    }

    async scan(code) {
        this.state.code = "";
        if (this.scanInput.el) {
            this.scanInput.el.value = "";
        }
        if (!code || !this.isOpen) {
            return;
        }
        await this.attempt(async () => {
            const counted = await this.orm.call(SHEET, "count_scanned", [[this.countId], code]);
            this.replace(counted);
        });
        this.scanInput.el?.focus();
    }

    // ---- Keys and fingers ----

    onScanKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            this.scan(ev.target.value.trim());
        }
    }

    async onQuantityChange(line, ev) {
        const text = ev.target.value.trim();
        if (!text) {
            ev.target.value = this.getShown(line);
            return;
        }
        let quantity = 0;
        try {
            quantity = parseFloat(text);
        } catch {
            this.state.message = { type: "danger", text: _t("%s is not a quantity.", text) };
            ev.target.value = this.getShown(line);
            return;
        }
        await this.save(line, quantity);
    }

    /** Enter goes on to the next line. */
    onQuantityKeydown(ev) {
        if (ev.key !== "Enter") {
            return;
        }
        ev.preventDefault();
        const inputs = [...document.querySelectorAll(".o_line_count input.o_line_counted")];
        const next = inputs[inputs.indexOf(ev.target) + 1];
        if (next) {
            next.focus();
            next.select();
        } else {
            ev.target.blur();
        }
    }

    addOne(line, step) {
        return this.save(line, (line.counted || 0) + step);
    }

    nothingThere(line) {
        return this.save(line, 0);
    }

    openSheet() {
        return this.mutex.exec(() =>
            this.action.doAction({
                type: "ir.actions.act_window",
                res_model: SHEET,
                res_id: this.countId,
                views: [[false, "form"]],
            })
        );
    }
}

registry.category("actions").add("mrp_backflush.line_count", LineCount);
