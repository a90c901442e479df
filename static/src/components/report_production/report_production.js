import { _t } from "@web/core/l10n/translation";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { RPCError } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { Mutex } from "@web/core/utils/concurrency";
import { formatFloat } from "@web/core/utils/numbers";
import { useAutofocus, useBus, useService } from "@web/core/utils/hooks";
import { parseFloat } from "@web/views/fields/parsers";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { Component, onWillStart, useEffect, useExternalListener, useRef, useState } from "@odoo/owl";

import { ScanDetector } from "./scan_detector";
import { TodaysReports } from "./todays_reports";

const MODEL = "mrp.production.report";

/**
 * Reporting what was produced, for a touch screen and a scanner. Enter always means:
 * the next step, and report with the last one. A scan is understood wherever the focus
 * is.
 */
export class ReportProduction extends Component {
    static template = "mrp_backflush.ReportProduction";
    static components = { TodaysReports };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.productInput = useAutofocus({ refName: "product", mobile: true });
        this.quantityInput = useRef("quantity");
        this.lotInput = useRef("lot");
        this.scans = new ScanDetector();
        this.mutex = new Mutex();
        this.state = useState({
            code: "",
            product: null,
            // What named the product: scanned again, it counts one more.
            productCode: "",
            quantity: "1",
            lot: "",
            // {type: success, warning or danger; icon; text; details}
            message: null,
            isBusy: false,
            isOwn: false,
            reports: [],
            focusRequest: null,
        });
        useBus(useService("barcode").bus, "barcode_scanned", ({ detail }) =>
            this.scan(detail.barcode)
        );
        useExternalListener(window, "keydown", (ev) => this.onWindowKeydown(ev));
        useEffect(
            (request) => {
                // Now the field is rendered, with its value.
                request?.ref.el?.focus();
                request?.ref.el?.select();
            },
            () => [this.state.focusRequest]
        );
        onWillStart(() => this.loadReports());
    }

    // The operation type whose card the screen was opened from.
    get pickingTypeId() {
        const { context } = this.props.action;
        return context.active_model === "stock.picking.type" ? context.active_id : false;
    }

    get isTracked() {
        return Boolean(this.state.product) && this.state.product.tracking !== "none";
    }

    get isSerial() {
        return this.state.product?.tracking === "serial";
    }

    get imageUrl() {
        return `/web/image/product.product/${this.state.product.id}/image_256`;
    }

    get possibleText() {
        const { possible, limited_by, unit } = this.state.product;
        if (possible === null) {
            return "";
        }
        if (!possible) {
            return _t("Not in stock: %s", limited_by);
        }
        return _t("Components in stock for %(quantity)s %(unit)s (%(component)s)", {
            quantity: this.formatQuantity(possible),
            unit,
            component: limited_by,
        });
    }

    get isBeyondPossible() {
        const { possible } = this.state.product;
        const quantity = this.readQuantity();
        return possible !== null && (quantity === null || quantity > possible);
    }

    get nextStepText() {
        const { product } = this.state;
        const values = {
            quantity: this.isSerial ? "1" : this.state.quantity,
            unit: product?.unit,
        };
        return product ? _t("Report %(quantity)s %(unit)s", values) : _t("Report");
    }

    formatQuantity(quantity) {
        return formatFloat(quantity, { digits: [16, 6], trailingZeros: false });
    }

    /** @returns {number | null} null: what was typed is no quantity */
    readQuantity() {
        try {
            const quantity = parseFloat(this.state.quantity);
            return quantity > 0 ? quantity : null;
        } catch {
            return null;
        }
    }

    // ---- Talking to the server ----

    async loadReports() {
        this.state.reports = await this.orm.call(MODEL, "get_reports", [], {
            is_own: this.state.isOwn,
        });
    }

    /**
     * Have the server do something, one thing after the other: a scanner doesn't wait.
     * Its errors are shown here.
     */
    attempt(callback) {
        return this.mutex.exec(async () => {
            this.state.isBusy = true;
            this.state.message = null;
            try {
                await callback();
            } catch (error) {
                this.showError(this.getErrorText(error));
            } finally {
                this.state.isBusy = false;
            }
        });
    }

    getErrorText(error) {
        if (error instanceof RPCError) {
            return error.data?.message || error.message;
        }
        console.error(error);
        return _t("The server can't be reached. Check the list before you try again.");
    }

    showError(text) {
        this.state.message = { type: "danger", icon: "fa-times-circle", text, details: [] };
    }

    // ---- Product ----

    /**
     * A whole scan may fit between two renderings: what it left in the field would not
     * be seen to differ.
     */
    setField(name, ref, value) {
        this.state[name] = value;
        if (ref.el) {
            ref.el.value = value;
        }
    }

    /** A scan, wherever the focus is. */
    async scan(code) {
        this.setField("code", this.productInput, "");
        if (code && !this.isDialogOpen()) {
            await this.attempt(() => this.findProduct(code));
            this.focusNext();
        }
    }

    async findProduct(code) {
        const left = this.state.product;
        if (left && code === this.state.productCode) {
            return this.addQuantity(left.quantity);
        }
        const product = await this.orm.call(MODEL, "find_product", [code], {
            picking_type_id: this.pickingTypeId,
        });
        if (left?.id === product.id && !product.lot_name) {
            // By another of its barcodes, as that of its packaging.
            Object.assign(this.state, { productCode: code, product });
            this.addQuantity(product.quantity);
        } else {
            this.chooseProduct(product, code);
            this.warnOfLeft(left);
        }
    }

    chooseProduct(product, code) {
        Object.assign(this.state, {
            product,
            productCode: code,
            quantity: this.formatQuantity(product.quantity),
            lot: product.lot_name,
        });
    }

    warnOfLeft(left) {
        if (left && left.id !== this.state.product.id) {
            this.state.message = {
                type: "warning",
                icon: "fa-exclamation-circle",
                text: _t("%s was not reported.", left.name),
                details: [],
            };
        }
    }

    addQuantity(quantity) {
        const { product } = this.state;
        if (this.isSerial) {
            this.showError(_t("%s has serial numbers: report one at a time.", product.name));
            return;
        }
        const sum = (this.readQuantity() || 0) + quantity;
        if (sum > 0) {
            this.state.quantity = this.formatQuantity(sum);
        }
    }

    clear() {
        Object.assign(this.state, {
            code: "",
            product: null,
            productCode: "",
            quantity: "1",
            lot: "",
        });
        this.focus(this.productInput);
    }

    // ---- Steps ----

    /** The field that is to be filled in next. */
    focusNext() {
        if (!this.state.product) {
            this.focus(this.productInput);
        } else {
            this.focus(this.isSerial ? this.lotInput : this.quantityInput);
        }
    }

    focus(ref) {
        this.state.focusRequest = { ref };
    }

    async report() {
        const { product } = this.state;
        if (this.state.isBusy) {
            // Enter twice isn't produced twice.
            return;
        }
        if (!product) {
            return this.focus(this.productInput);
        }
        const quantity = this.isSerial ? 1 : this.readQuantity();
        if (quantity === null) {
            this.showError(_t("Enter a quantity greater than zero."));
            return this.focus(this.quantityInput);
        }
        await this.attempt(async () => {
            const report = await this.orm.call(
                MODEL,
                "report_production",
                [product.id, quantity],
                {
                    lot_name: this.isTracked ? this.state.lot.trim() : "",
                    picking_type_id: this.pickingTypeId,
                }
            );
            this.clear();
            this.showReported(report);
        });
        this.focusNext();
    }

    showReported(report) {
        const isWaiting = report.waiting.length > 0;
        this.state.message = {
            type: isWaiting ? "warning" : "success",
            icon: isWaiting ? "fa-clock-o" : "fa-check-circle",
            text: report.message,
            details: isWaiting ? [_t("Waiting for stock:"), ...report.waiting] : [],
        };
        this.state.reports.unshift(report);
    }

    // ---- Keys and fingers ----

    onProductKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            const code = this.state.code.trim();
            if (code) {
                this.scan(code);
            } else {
                this.state.product ? this.focusNext() : this.focus(this.productInput);
            }
        }
    }

    onQuantityKeydown(ev) {
        if (ev.key !== "Enter") {
            this.onStepKeydown(ev);
            return;
        }
        ev.preventDefault();
        const { code, typed } = this.scans.read(this.state.quantity);
        if (code) {
            // The quantity was selected: what was scanned has replaced it.
            this.setField("quantity", this.quantityInput, typed || this.quantityBefore);
            this.scan(code);
        } else if (this.isTracked && !this.state.lot) {
            this.focus(this.lotInput);
        } else {
            this.report();
        }
    }

    onStepKeydown(ev) {
        const step = { ArrowUp: 1, "+": 1, ArrowDown: -1, "-": -1 }[ev.key];
        // A hyphen within a barcode is none.
        if (step && !this.scans.isRunning) {
            ev.preventDefault();
            this.addQuantity(step);
            this.focus(this.quantityInput);
        } else {
            if (this.scans.burst === "") {
                this.quantityBefore = this.state.quantity;
            }
            this.scans.noteKey(ev.key);
        }
    }

    onQuantityFocus(ev) {
        this.quantityBefore = this.state.quantity;
        this.scans.clear();
        ev.target.select();
    }

    onLotKeydown(ev) {
        if (ev.key !== "Enter") {
            return;
        }
        ev.preventDefault();
        const lot = this.state.lot.trim();
        if (lot && lot === this.state.productCode) {
            // The product once more, not its lot.
            this.setField("lot", this.lotInput, "");
            this.scan(lot);
        } else {
            this.report();
        }
    }

    /** Enter with the focus on nothing, and Escape anywhere. */
    onWindowKeydown(ev) {
        if (ev.defaultPrevented || this.isDialogOpen()) {
            return;
        }
        if (ev.key === "Escape" && this.state.product) {
            this.state.message = null;
            this.clear();
        } else if (ev.key === "Enter" && !ev.target.closest("button, a, input, [role=menuitem]")) {
            ev.preventDefault();
            this.isTracked && !this.state.lot ? this.focus(this.lotInput) : this.report();
        }
    }

    /** What was wrong is read until something is entered. */
    onInput() {
        if (this.state.message) {
            this.state.message = null;
        }
    }

    isDialogOpen() {
        return Boolean(document.querySelector(".o_dialog"));
    }

    // ---- Today's reports ----

    async filterReports(isOwn) {
        this.state.isOwn = isOwn;
        await this.loadReports();
        this.focusNext();
    }

    openOrder(report) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "mrp.production",
            res_id: report.production_id,
            views: [[false, "form"]],
        });
    }

    askToUndo(report) {
        this.dialog.add(
            ConfirmationDialog,
            {
                title: _t("Undo this report?"),
                body: _t(
                    "%(quantity)s %(unit)s of %(product)s, %(order)s: exactly what was posted is returned.",
                    {
                        quantity: this.formatQuantity(report.quantity),
                        unit: report.unit,
                        product: report.product,
                        order: report.production,
                    }
                ),
                confirmLabel: _t("Undo"),
                confirm: () => this.undo(report),
                cancelLabel: _t("Keep It"),
                cancel: () => {},
            },
            { onClose: () => this.focusNext() }
        );
    }

    undo(report) {
        return this.attempt(async () => {
            await this.orm.call(MODEL, "action_undo", [[report.id]]);
            this.state.message = {
                type: "success",
                icon: "fa-check-circle",
                text: _t("%(order)s undone: %(quantity)s %(unit)s of %(product)s returned.", {
                    order: report.production,
                    quantity: this.formatQuantity(report.quantity),
                    unit: report.unit,
                    product: report.product,
                }),
                details: [],
            };
            await this.loadReports();
        });
    }
}

registry.category("actions").add("mrp_backflush.report_production", ReportProduction);
