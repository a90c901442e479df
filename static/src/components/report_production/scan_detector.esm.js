// A scanner types faster than anybody: less than this between two keys.
const LONGEST_GAP_MS = 50;
// Fewer characters than this are nobody's barcode.
export const SHORTEST_BARCODE = 4;
// Nobody reports a hundred million pieces: it is a barcode (EAN-8 and longer).
const LONGEST_QUANTITY = 7;

/**
 * Tells what a scanner has typed into a field from what a person has typed there: a
 * product may be scanned while the quantity has the focus.
 */
export class ScanDetector {
    constructor(now = () => performance.now()) {
        this.now = now;
        this.clear();
    }

    clear() {
        this.burst = "";
        this.lastKey = -Infinity;
    }

    /** Keys are coming in as from a scanner. */
    get isRunning() {
        return this.now() - this.lastKey < LONGEST_GAP_MS;
    }

    noteKey(key) {
        if (key.length > 1) {
            return;
        }
        const time = this.now();
        this.burst = time - this.lastKey < LONGEST_GAP_MS ? this.burst + key : key;
        this.lastKey = time;
    }

    /**
     * @param {string} text what the field holds
     * @returns {{ code: string, typed: string }} the barcode, empty if none was
     *  scanned, and what a person had typed before it
     */
    read(text) {
        const burst = this.burst;
        this.clear();
        if (burst.length >= SHORTEST_BARCODE && text.endsWith(burst)) {
            return {code: burst, typed: text.slice(0, -burst.length)};
        }
        const isQuantity =
            /^[\d\s.,'’]*$/.test(text) && text.length <= LONGEST_QUANTITY;
        return isQuantity || !text ? {code: "", typed: text} : {code: text, typed: ""};
    }
}
