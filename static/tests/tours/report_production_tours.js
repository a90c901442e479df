import { registry } from "@web/core/registry";

const product = "#o_report_product";
const quantity = "#o_report_quantity";
const card = (name) => `.o_report_card:contains(${name})`;
const message = (type, text) => `.o_report_${type}:contains(${text})`;
const row = (text) => `.o_report_row:contains(${text})`;

/** Keys in quick succession, as a scanner sends them, wherever the focus is. */
function scan(code) {
    for (const key of [...code, "Enter"]) {
        const target = document.activeElement || document.body;
        const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
        const isTyped = target.dispatchEvent(event) && key !== "Enter";
        if (isTyped && target.matches("input")) {
            target.setRangeText(key, target.selectionStart, target.selectionEnd, "end");
            target.dispatchEvent(new InputEvent("input", { bubbles: true }));
        }
    }
}

registry.category("web_tour.tours").add("mrp_backflush_report_production", {
    steps: () => [
        {
            content: "The product has the focus",
            trigger: `${product}:focus`,
            run: "edit 4006381333931 && press Enter",
        },
        {
            content: "What is known of it: 100 legs, 4 each",
            trigger: `${card("Table")}:contains(25 Units)`,
        },
        {
            content: "Then the quantity; Enter reports",
            trigger: `${quantity}:focus`,
            run: "edit 3 && press Enter",
        },
        {
            trigger: message("success", "3 Units of Table reported"),
        },
        {
            content: "The next one, which asks for its lot",
            trigger: `${product}:focus`,
            run: "edit LAMP-1 && press Enter",
        },
        {
            trigger: `body:has(${card("Lamp")}) ${quantity}:focus`,
            run: "edit 4 && press Enter",
        },
        {
            trigger: "button[name=more]",
            run: "click",
        },
        {
            trigger: "#o_report_lot",
            run: "edit L-1 && press Enter",
        },
        {
            trigger: message("success", "5 Units of Lamp, L-1 reported"),
        },
        {
            content: "Errors on the spot, until the next input",
            trigger: `${product}:focus`,
            run: "edit 0815 && press Enter",
        },
        {
            trigger: message("danger", "No product has the barcode or reference 0815"),
        },
        {
            trigger: `${product}:focus`,
            run: "edit 4006381333931",
        },
        {
            trigger: "body:not(:has(.o_report_danger))",
        },
        {
            trigger: product,
            run: "press Enter",
        },
        {
            content: "More than the legs are enough for",
            trigger: `${quantity}:focus`,
            run: "edit 50 && press Enter",
        },
        {
            trigger: message("danger", "needed 200"),
        },
        {
            content: "What was entered is still there",
            trigger: quantity,
            run() {
                if (this.anchor.value !== "50") {
                    throw new Error(`The quantity is ${this.anchor.value}`);
                }
            },
        },
        {
            trigger: "button[name=clear]",
            run: "click",
        },
        {
            content: "Undo asks first",
            trigger: `${row("Table")} button[name=undo]`,
            run: "click",
        },
        {
            trigger: ".modal:contains(3 Units of Table) footer .btn-primary",
            run: "click",
        },
        {
            trigger: message("success", "3 Units of Table returned"),
        },
        {
            trigger: `${row("Table")} .o_report_state:contains(Undone)`,
        },
        {
            trigger: `.o_report_list button[name=own]`,
            run: "click",
        },
        {
            trigger: `${row("Lamp")}:contains(L-1)`,
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_report_scanner", {
    steps: () => [
        {
            content: "The focus is nowhere",
            trigger: `${product}:focus`,
            run() {
                document.activeElement.blur();
                scan("4006381333931");
            },
        },
        {
            content: "Another product, into the quantity",
            trigger: `body:has(${card("Table")}) ${quantity}:focus`,
            run: () => scan("LAMP-1"),
        },
        {
            content: "Nobody is to think that the first was reported",
            trigger: message("warning", "Table was not reported"),
        },
        {
            trigger: `body:has(${card("Lamp")}) ${quantity}:focus`,
            run: () => scan("4006381333931"),
        },
        {
            content: "Again, into the quantity: one more",
            trigger: `body:has(${card("Table")}) ${quantity}:focus`,
            run: () => scan("4006381333931"),
        },
        {
            trigger: ".o_report_button:contains(Report 2 Units)",
            run() {
                document.activeElement.blur();
                scan("4006381333931");
            },
        },
        {
            trigger: `body:has(.o_report_button:contains(Report 3 Units)) ${quantity}:focus`,
            run: "press Enter",
        },
        {
            trigger: message("success", "3 Units of Table reported"),
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_report_card", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(Line 2) button:contains(Report Production)",
            run: "click",
        },
        {
            trigger: `${product}:focus`,
            run: "edit 4006381333931 && press Enter",
        },
        {
            trigger: `body:has(${card("Table")}) ${quantity}:focus`,
            run: "press Enter",
        },
        {
            trigger: message("success", "1 Units of Table reported"),
        },
    ],
});
