import {scanBarcode} from "@web/core/barcode/barcode_dialog";
import {isBarcodeScannerSupported} from "@web/core/barcode/barcode_video_scanner";
import {hasTouch, isMobileOS} from "@web/core/browser/feature_detection";
import {_t} from "@web/core/l10n/translation";
import {ConfirmationDialog} from "@web/core/confirmation_dialog/confirmation_dialog";
import {RPCError} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {Mutex} from "@web/core/utils/concurrency";
import {useAutofocus, useBus, useService} from "@web/core/utils/hooks";
import {parseFloat} from "@web/views/fields/parsers";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

import {
    Component,
    markRaw,
    onWillStart,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";

import {ComponentScan} from "./component_scan.esm";
import {DeviationReasons, isReasonQuestion} from "./deviation_reasons.esm";
import {getPossibleText, getRestText} from "./product_texts.esm";
import {ProductTiles} from "./product_tiles.esm";
import {ScanDetector} from "./scan_detector.esm";
import {formatAmount, formatQuantity, ScannedLots} from "./scanned_lots.esm";
import {TodaysReports} from "./todays_reports.esm";

const MODEL = "mrp.production.report";
// The screen stays open for weeks: it lists no more than the server does.
const MOST_LISTED = 200;
const MOST_RECENT = 8;

/**
 * Reporting what was produced, for a touch screen and a scanner. Enter always means:
 * the next step, and report with the last one. A scan is understood wherever the focus
 * is.
 */
export class ReportProduction extends Component {
    static template = "mrp_backflush.ReportProduction";
    static components = {ComponentScan, DeviationReasons, ProductTiles, TodaysReports};
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.productInput = useAutofocus({refName: "product", mobile: true});
        this.quantityInput = useRef("quantity");
        this.lotInput = useRef("lot");
        this.componentInput = useRef("component");
        this.hasCamera = isBarcodeScannerSupported() && (isMobileOS() || hasTouch());
        this.scans = new ScanDetector();
        this.mutex = new Mutex();
        // Lists that are handed to other components are replaced and never changed: raw,
        // because those components would observe each list that they ever had, and so
        // keep it.
        this.state = useState({
            code: "",
            // What is shown before anything is entered, as of the server's get_screen.
            screen: {operation_type: "", place: "", recent: []},
            // Products that what was typed may mean.
            choices: [],
            // A product, or a planned order of one.
            product: null,
            // What named the product: scanned again, it counts one more.
            productCode: "",
            quantity: "1",
            lot: "",
            component: "",
            scanned: new ScannedLots(),
            // What the server asks why: {components, reasons}; and what was chosen, by
            // the component's product.
            question: null,
            chosenReasons: {},
            // {type: success, warning or danger; icon; text; details}
            message: null,
            isBusy: false,
            isOwn: false,
            reports: [],
            focusRequest: null,
        });
        useBus(useService("barcode").bus, "barcode_scanned", ({detail}) =>
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
        onWillStart(async () => {
            await Promise.all([
                this.attempt(() => this.loadScreen()),
                this.loadReports(),
            ]);
        });
    }

    // The operation type whose card the screen was opened from.
    get pickingTypeId() {
        const {context} = this.props.action;
        return context.active_model === "stock.picking.type"
            ? context.active_id
            : false;
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

    get place() {
        const {operation_type, place} = this.state.screen;
        const type = this.state.product?.operation_type || operation_type;
        return type === operation_type && place ? `${type} · ${place}` : type;
    }

    get tiles() {
        const {choices, screen} = this.state;
        return choices.length
            ? {title: _t("Which one?"), products: choices}
            : {title: _t("Reported last"), products: screen.recent};
    }

    get possibleText() {
        return getPossibleText(this.state.product);
    }

    get isBeyondPossible() {
        const {possible} = this.state.product;
        const quantity = this.readQuantity();
        return possible !== null && (quantity === null || quantity > possible);
    }

    get unit() {
        const {unit, unit_one} = this.state.product;
        return this.readQuantity() === 1 ? unit_one : unit;
    }

    get nextStepText() {
        return _t("Report %(quantity)s %(unit)s", {
            quantity: this.isSerial ? "1" : this.state.quantity,
            unit: this.unit,
        });
    }

    get restText() {
        return getRestText(this.state.product, this.readQuantity());
    }

    formatAmount(quantity, product) {
        return formatAmount(quantity, product);
    }

    /** @returns {number | null} null: what was typed is no quantity */
    readQuantity() {
        try {
            const quantity = this.isSerial ? 1 : parseFloat(this.state.quantity);
            return quantity > 0 ? quantity : null;
        } catch {
            return null;
        }
    }

    // ---- Talking to the server ----

    async loadScreen() {
        const screen = await this.orm.call(MODEL, "get_screen", [], {
            picking_type_id: this.pickingTypeId,
        });
        this.state.screen = {...screen, recent: markRaw(screen.recent)};
    }

    async loadReports() {
        const reports = await this.orm.call(MODEL, "get_reports", [], {
            is_own: this.state.isOwn,
        });
        this.state.reports = markRaw(reports);
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
                if (isReasonQuestion(error)) {
                    this.askForReasons(error);
                }
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

    /** The components are named beside their reasons, not in the message. */
    askForReasons(error) {
        const [text] = this.getErrorText(error).split("\n");
        this.showMessage("warning", "fa-commenting-o", text);
        this.state.question = error.data.context;
    }

    forgetReasons() {
        Object.assign(this.state, {question: null, chosenReasons: {}});
    }

    showMessage(type, icon, text, details = []) {
        this.state.message = {type, icon, text, details};
    }

    showError(text, details = []) {
        this.showMessage("danger", "fa-times-circle", text, details);
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
            await this.read(code, () => this.isComponentNext(code));
        }
    }

    async scanWithCamera() {
        const code = await scanBarcode(this.env);
        if (code) {
            await this.read(code, () => this.isComponentNext(code));
        }
    }

    /** @param {Function} isComponent says when it comes to that what is scanned */
    async read(code, isComponent) {
        await this.attempt(() =>
            isComponent() ? this.findComponentLot(code) : this.findProduct(code)
        );
        this.focusNext();
    }

    async findProduct(code) {
        const left = this.state.product;
        if (left && code === this.state.productCode) {
            this.addQuantity(left.quantity);
            return this.loadComponents();
        }
        const {found, choices} = await this.orm.call(MODEL, "find", [code], {
            picking_type_id: this.pickingTypeId,
        });
        this.state.choices = markRaw(choices);
        if (!found) {
            this.startOver();
            this.warnOfLeft(left);
            return;
        }
        const isSame = left?.id === found.id && left.order_id === found.order_id;
        if (isSame && !found.lot_name && !found.order_id) {
            // By another of its barcodes, as that of its packaging.
            Object.assign(this.state, {productCode: code, product: found});
            this.addQuantity(found.quantity);
            await this.loadComponents();
        } else {
            await this.chooseProduct(found, code);
            this.warnOfLeft(left);
        }
    }

    async chooseTile({id}) {
        await this.attempt(async () => {
            const product = await this.orm.call(MODEL, "get_product", [id], {
                picking_type_id: this.pickingTypeId,
            });
            await this.chooseProduct(product, product.code);
        });
        this.focusNext();
    }

    async chooseProduct(product, code) {
        Object.assign(this.state, {
            choices: [],
            product,
            // An order is reported once: its barcode again counts no more.
            productCode: product.order_id ? "" : code,
            quantity: formatQuantity(product.quantity),
            lot: product.lot_name,
        });
        this.forgetReasons();
        this.state.scanned.clear();
        await this.loadComponents();
    }

    warnOfLeft(left) {
        const {product} = this.state;
        if (left && (left.id !== product?.id || left.order_id !== product.order_id)) {
            this.showMessage(
                "warning",
                "fa-exclamation-circle",
                _t("%s was not reported.", left.order || left.name)
            );
        }
    }

    addQuantity(quantity) {
        const {product} = this.state;
        if (this.isSerial) {
            this.showError(
                _t("%s has serial numbers: report one at a time.", product.name)
            );
            return;
        }
        const sum = (this.readQuantity() || 0) + quantity;
        if (sum > 0) {
            this.state.quantity = formatQuantity(sum);
        }
    }

    startOver() {
        Object.assign(this.state, {
            code: "",
            product: null,
            productCode: "",
            quantity: "1",
            lot: "",
            component: "",
        });
        this.forgetReasons();
        this.state.scanned.clear();
    }

    clear() {
        this.startOver();
        this.state.choices = [];
        this.focus(this.productInput);
    }

    /** Where nothing can be reported without components that are issued by hand. */
    openOrderForm() {
        const {product} = this.state;
        const context = {
            default_product_id: product.id,
            default_product_qty: this.readQuantity() || 1,
            default_picking_type_id: product.picking_type_id,
        };
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "mrp.production",
            views: [[false, "form"]],
            ...(product.order_id ? {res_id: product.order_id} : {context}),
        });
    }

    // ---- Lots of components ----

    /** Whether a scan means a component: the product's own code still counts one more. */
    isComponentNext(code) {
        const {product, productCode, scanned, lot} = this.state;
        return (
            Boolean(product) &&
            scanned.isNeeded &&
            code !== productCode &&
            (this.isComponentFocused() ||
                ((lot || !this.isTracked) && scanned.missing.length > 0))
        );
    }

    isComponentFocused() {
        const {el} = this.componentInput;
        return Boolean(el) && document.activeElement === el;
    }

    /** Which lots are to be scanned for the quantity that was entered. */
    async loadComponents() {
        const {product, scanned} = this.state;
        const quantity = this.readQuantity();
        if (!product?.scans_lots || quantity === null) {
            return;
        }
        scanned.components = await this.orm.call(MODEL, "get_components_to_scan", [], {
            product_id: product.id,
            quantity,
            picking_type_id: this.pickingTypeId,
            order_id: product.order_id,
        });
    }

    /** The quantity was changed by hand. */
    refreshComponents() {
        if (!this.state.product?.scans_lots) {
            return;
        }
        return this.mutex.exec(async () => {
            try {
                await this.loadComponents();
            } catch (error) {
                this.showError(this.getErrorText(error));
            }
        });
    }

    async findComponentLot(code) {
        const {scanned} = this.state;
        const found = await this.orm.call(
            MODEL,
            "find_component_lot",
            [code, scanned.productIds],
            {chosen_id: scanned.chosenId}
        );
        if (!found.lot_id) {
            scanned.chosenId = found.product_id;
            const {name} = scanned.components.find(
                ({product_id}) => product_id === found.product_id
            );
            this.showMessage(
                "warning",
                "fa-arrow-right",
                _t("Now scan the lot of %s.", name)
            );
            return;
        }
        const refusal = scanned.add(found);
        if (refusal) {
            this.showError(refusal);
        } else if (found.warning) {
            this.showMessage("warning", "fa-exclamation-circle", found.warning);
        }
    }

    removeLot(lot) {
        this.state.scanned.remove(lot);
        this.focus(this.componentInput);
    }

    // ---- Steps ----

    /** The field that is to be filled in next. */
    focusNext() {
        if (!this.state.product) {
            this.focus(this.productInput);
        } else if (this.isSerial && !this.state.lot) {
            this.focus(this.lotInput);
        } else if (this.isScanning()) {
            this.focus(this.componentInput);
        } else {
            this.focus(this.isSerial ? this.lotInput : this.quantityInput);
        }
    }

    /** Whether the step of components' lots has begun. */
    isScanning() {
        const {scanned} = this.state;
        const hasBegun = scanned.lots.length > 0 || scanned.chosenId || this.isSerial;
        return scanned.isNeeded && (hasBegun || this.isComponentFocused());
    }

    /** Enter: what is still to be filled in, or report. */
    async goOn(isLotDone) {
        if (this.isTracked && !this.state.lot && !isLotDone) {
            return this.focus(this.lotInput);
        }
        if (this.state.scanned.missing.length && !this.isComponentFocused()) {
            return this.focus(this.componentInput);
        }
        return this.report();
    }

    focus(ref) {
        this.state.focusRequest = {ref};
    }

    async report() {
        // Enter twice isn't produced twice.
        if (this.state.isBusy || this.isReporting) {
            return;
        }
        this.isReporting = true;
        try {
            await this.tryToReport();
        } finally {
            this.isReporting = false;
        }
    }

    async tryToReport() {
        const {product, scanned} = this.state;
        if (product?.asked_for.length) {
            return;
        }
        if (!product) {
            return this.focus(this.productInput);
        }
        const quantity = this.readQuantity();
        if (quantity === null) {
            this.showError(_t("Enter a quantity greater than zero."));
            return this.focus(this.quantityInput);
        }
        await this.refreshComponents();
        if (scanned.missingText.length) {
            this.showError(_t("Still to scan:"), scanned.missingText);
            return this.focus(this.componentInput);
        }
        await this.attempt(async () => {
            const report = await this.postReport(product, quantity);
            this.clear();
            this.showReported(report);
            this.remember(product);
        });
        this.focusNext();
    }

    remember({id, name, code, has_image}) {
        const {screen} = this.state;
        const others = screen.recent.filter((tile) => tile.id !== id);
        const recent = [{id, name, code, has_image}, ...others];
        screen.recent = markRaw(recent.slice(0, MOST_RECENT));
    }

    get statedReasons() {
        const chosen = Object.entries(this.state.chosenReasons);
        return Object.fromEntries(chosen.filter(([, reason]) => reason));
    }

    postReport(product, quantity) {
        const values = {
            lot_name: this.isTracked ? this.state.lot.trim() : "",
            component_lots: this.state.scanned.stated,
            reasons: this.statedReasons,
        };
        if (product.order_id) {
            return this.orm.call(
                MODEL,
                "report_order",
                [product.order_id, quantity],
                values
            );
        }
        return this.orm.call(MODEL, "report_production", [product.id, quantity], {
            ...values,
            picking_type_id: this.pickingTypeId,
        });
    }

    showReported(report) {
        const {waiting} = report;
        if (waiting.length) {
            const details = [_t("Waiting:"), ...waiting];
            this.showMessage("warning", "fa-clock-o", report.message, details);
        } else {
            this.showMessage("success", "fa-check-circle", report.message);
        }
        const reports = [report, ...this.state.reports];
        this.state.reports = markRaw(reports.slice(0, MOST_LISTED));
    }

    // ---- Keys and fingers ----

    onProductKeydown(ev) {
        if (ev.key === "Enter") {
            ev.preventDefault();
            const code = this.state.code.trim();
            if (code) {
                this.setField("code", this.productInput, "");
                this.read(code, () => false);
            } else if (this.state.product) {
                this.focusNext();
            } else {
                this.focus(this.productInput);
            }
        }
    }

    async onQuantityKeydown(ev) {
        if (ev.key !== "Enter") {
            this.onStepKeydown(ev);
            return;
        }
        ev.preventDefault();
        const {code, typed} = this.scans.read(this.state.quantity);
        if (code) {
            // The quantity was selected: what was scanned has replaced it.
            this.setField("quantity", this.quantityInput, typed || this.quantityBefore);
            this.scan(code);
        } else {
            await this.refreshComponents();
            this.goOn();
        }
    }

    onStepKeydown(ev) {
        const step = {ArrowUp: 1, "+": 1, ArrowDown: -1, "-": -1}[ev.key];
        // A hyphen within a barcode is none.
        if (step && !this.scans.isRunning) {
            ev.preventDefault();
            this.step(step);
            this.focus(this.quantityInput);
        } else {
            if (this.scans.burst === "") {
                this.quantityBefore = this.state.quantity;
            }
            this.scans.noteKey(ev.key);
        }
    }

    /** One more or less, by key or finger. */
    step(quantity) {
        this.addQuantity(quantity);
        return this.refreshComponents();
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
            this.goOn(true);
        }
    }

    onComponentKeydown(ev) {
        if (ev.key !== "Enter") {
            return;
        }
        ev.preventDefault();
        const code = this.state.component.trim();
        this.setField("component", this.componentInput, "");
        if (code) {
            this.scan(code);
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
        } else if (
            ev.key === "Enter" &&
            !ev.target.closest("button, a, input, [role=menuitem]")
        ) {
            ev.preventDefault();
            this.goOn();
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
                    "%(quantity)s %(unit)s of %(product)s, %(order)s: everything that was posted is returned.",
                    {
                        quantity: formatQuantity(report.quantity),
                        unit: report.unit,
                        product: report.product,
                        order: report.production,
                    }
                ),
                confirmLabel: _t("Undo"),
                confirm: () => this.undo(report),
                cancelLabel: _t("Keep It"),
                cancel: () => this.focusNext(),
            },
            {onClose: () => this.focusNext()}
        );
    }

    undo(report) {
        return this.attempt(async () => {
            await this.orm.call(MODEL, "action_undo", [[report.id]]);
            this.showMessage(
                "success",
                "fa-check-circle",
                _t("%(order)s undone: %(quantity)s %(unit)s of %(product)s returned.", {
                    order: report.production,
                    quantity: formatQuantity(report.quantity),
                    unit: report.unit,
                    product: report.product,
                })
            );
            await this.loadReports();
        });
    }
}

registry.category("actions").add("mrp_backflush.report_production", ReportProduction);
