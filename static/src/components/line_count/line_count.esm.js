import {scanBarcode} from "@web/core/barcode/barcode_dialog";
import {isBarcodeScannerSupported} from "@web/core/barcode/barcode_video_scanner";
import {_t} from "@web/core/l10n/translation";
import {RPCError} from "@web/core/network/rpc";
import {registry} from "@web/core/registry";
import {Mutex} from "@web/core/utils/concurrency";
import {formatFloat} from "@web/core/utils/numbers";
import {useAutofocus, useBus, useService} from "@web/core/utils/hooks";
import {parseFloat} from "@web/views/fields/parsers";
import {standardActionServiceProps} from "@web/webclient/actions/action_service";

import {ScanDetector, SHORTEST_BARCODE} from "../report_production/scan_detector.esm";

import {Component, onMounted, onWillStart, onWillUnmount, useState} from "@odoo/owl";

// So often the screen looks what others have counted meanwhile.
const REFRESH_MS = 10000;
// More than anybody types for a quantity.
const LONGEST_TYPED = 7;
const SHEET = "mrp.line.count";
const LINE = "mrp.line.count.line";

/**
 * Counting at the shelf, by scanner or by finger: each quantity is saved by itself, so
 * that several people can fill one sheet. What a screen hasn't seen, it doesn't
 * overwrite: the server is told what it showed.
 */
export class LineCount extends Component {
    static template = "mrp_backflush.LineCount";
    static props = {...standardActionServiceProps};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.scanInput = useAutofocus({refName: "scan"});
        this.scans = new ScanDetector();
        this.hasCamera = isBarcodeScannerSupported();
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
        useBus(useService("barcode").bus, "barcode_scanned", ({detail}) =>
            this.scan(detail.barcode)
        );
        onWillStart(() => this.load(this.orm));
        let timer = 0;
        onMounted(() => {
            timer = setInterval(() => this.refresh(), REFRESH_MS);
        });
        onWillUnmount(() => clearInterval(timer));
    }

    async load(orm) {
        this.state.sheet = await orm.call(SHEET, "get_counting", [[this.countId]]);
    }

    /** No news is no fault of the person's. */
    loadQuietly() {
        return this.load(this.orm.silent).catch(() => false);
    }

    /** What others have counted. */
    refresh() {
        if (document.visibilityState !== "visible") {
            return;
        }
        return this.mutex.exec(() => this.loadQuietly());
    }

    get countId() {
        const {params, context} = this.props.action;
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
        return formatFloat(quantity, {digits: [16, 6], trailingZeros: false});
    }

    getShown(line) {
        return line.is_counted ? this.formatQuantity(line.counted) : "";
    }

    // ---- Talking to the server, one thing after the other: a scanner doesn't wait ----

    /** @returns whether it went well */
    attempt(callback) {
        return this.mutex.exec(async () => {
            try {
                await callback();
                return true;
            } catch (error) {
                if (!(error instanceof RPCError)) {
                    this.fail(
                        _t("The server can't be reached. Count this line again.")
                    );
                    return false;
                }
                this.fail(error.data?.message || error.message);
                // Somebody else may have counted it, or closed the sheet.
                await this.loadQuietly();
                return false;
            }
        });
    }

    fail(text) {
        this.state.message = {type: "danger", text};
    }

    replace(counted) {
        const {lines} = this.state.sheet;
        const index = lines.findIndex((line) => line.id === counted.id);
        if (index < 0) {
            lines.unshift(counted);
        } else {
            lines[index] = counted;
        }
        this.state.lastId = counted.id;
        const name = counted.lot
            ? `${counted.product}, ${counted.lot}`
            : counted.product;
        const text = counted.is_counted
            ? _t("%(name)s: %(quantity)s %(unit)s", {
                  name,
                  quantity: this.formatQuantity(counted.counted),
                  unit: counted.unit,
              })
            : _t("%s: not counted", name);
        this.state.message = {type: "success", text};
    }

    /** @returns whether it was saved */
    count({id}, quantity) {
        return this.attempt(async () => {
            const seen = this.getSeen(id);
            this.replace(await this.orm.call(LINE, "count", [[id], quantity, seen]));
        });
    }

    /** Nobody has counted it yet. */
    uncount({id}) {
        return this.attempt(async () => {
            const seen = this.getSeen(id);
            this.replace(await this.orm.call(LINE, "uncount", [[id], seen]));
        });
    }

    /** What this screen shows: what it has counted itself just now, it has seen. */
    getSeen(id) {
        return this.state.sheet.lines.find((line) => line.id === id)?.counted ?? null;
    }

    countMore({id}, step) {
        return this.attempt(async () => {
            this.replace(await this.orm.call(LINE, "count_more", [[id], step]));
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
            const counted = await this.orm.call(SHEET, "count_scanned", [
                [this.countId],
                code,
            ]);
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

    async scanWithCamera() {
        const code = await scanBarcode(this.env);
        if (code) {
            await this.scan(code);
        }
    }

    async onQuantityChange(line, ev) {
        const {code, typed} = this.readTyped(ev.target.value.trim());
        const isSaved = await this.saveTyped(line, typed, !code);
        if (!isSaved) {
            ev.target.value = this.getShown(line);
        }
        if (code) {
            await this.scan(code);
        }
    }

    /** A product may be scanned while a quantity has the focus. */
    readTyped(text) {
        const {burst} = this.scans;
        const isScanned = burst === text && burst.length >= SHORTEST_BARCODE;
        const {code, typed} = this.scans.read(text);
        // What a person types slowly and isn't a number, is no barcode either.
        const isWrong = code === text && !isScanned && text.length <= LONGEST_TYPED;
        return isWrong ? {code: "", typed: text} : {code, typed};
    }

    /**
     * @param isMeant a person has left it like that
     * @returns whether it was saved
     */
    async saveTyped(line, text, isMeant) {
        if (!text) {
            return isMeant && line.is_counted && this.uncount(line);
        }
        let quantity = 0;
        try {
            quantity = parseFloat(text);
        } catch {
            this.fail(_t("%s is not a quantity.", text));
            return false;
        }
        return this.count(line, quantity);
    }

    /** Enter goes on to the next line. */
    onQuantityKeydown(ev) {
        if (ev.key !== "Enter") {
            this.scans.noteKey(ev.key);
            return;
        }
        ev.preventDefault();
        const inputs = [
            ...document.querySelectorAll(".o_line_count input.o_line_counted"),
        ];
        const next = inputs[inputs.indexOf(ev.target) + 1];
        if (next && !this.scans.isRunning) {
            next.focus();
            next.select();
        } else {
            ev.target.blur();
        }
    }

    nothingThere(line) {
        return this.count(line, 0);
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
