import {registry} from "@web/core/registry";

const product = "#o_report_product";
const quantity = "#o_report_quantity";
const card = (name) => `.o_report_card:contains(${name})`;
const message = (type, text) => `.o_report_${type}:contains(${text})`;
const row = (text) => `.o_report_row:contains(${text})`;

/** Keys in quick succession, as a scanner sends them, wherever the focus is. */
function scan(code) {
    for (const key of [...code, "Enter"]) {
        const target = document.activeElement || document.body;
        const event = new KeyboardEvent("keydown", {
            key,
            bubbles: true,
            cancelable: true,
        });
        const isTyped = target.dispatchEvent(event) && key !== "Enter";
        if (isTyped && target.matches("input")) {
            target.setRangeText(key, target.selectionStart, target.selectionEnd, "end");
            target.dispatchEvent(new InputEvent("input", {bubbles: true}));
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
            trigger: `${card("Table")}:contains(Enough for 25; Leg runs out first)`,
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
            trigger: message(
                "danger",
                "No product has the barcode, reference or name 0815"
            ),
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
            trigger:
                ".o_kanban_record:contains(Line 2) button:contains(Report Production)",
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
            trigger: message("success", "1 Unit of Table reported"),
        },
    ],
});

const component = "#o_report_component";
const tile = (name) => `.o_report_tile:contains(${name})`;
/** The text is large enough to be read at arm's length. */
const isLarge = {
    content: "Read from afar",
    trigger: ".o_report_button[name=report]",
    run() {
        const size = parseFloat(getComputedStyle(this.anchor).fontSize);
        if (size < 24) {
            throw new Error(`The button's text has ${size} px`);
        }
    },
};
const isOnScreen = {
    content: "Nothing is wider than the screen",
    trigger: ".o_report_production",
    run() {
        if (this.anchor.scrollWidth > this.anchor.clientWidth) {
            const {scrollLeft, clientWidth} = this.anchor;
            const wide = [...this.anchor.querySelectorAll("*")].filter(
                (el) => el.getBoundingClientRect().right + scrollLeft > clientWidth
            );
            const names = wide
                .map(
                    (el) =>
                        `${el.tagName} ${el.className} ${el.textContent.slice(0, 30)}`
                )
                .join("; ");
            throw new Error(`${this.anchor.scrollWidth} px are needed by ${names}`);
        }
    },
};

// Also run at the size of a phone.
registry.category("web_tour.tours").add("mrp_backflush_report_components", {
    steps: () => [
        {
            content: "Where the user is",
            trigger:
                ".o_report_header:contains(Report Production):contains(Manufacturing)",
        },
        {
            content: "By a part of its name, of two",
            trigger: `${product}:focus`,
            run: "edit Wall && press Enter",
        },
        {
            trigger: `body:has(${tile("Wall Lamp Blue")}) ${tile("Wall Lamp Green")}`,
            run: "click",
        },
        {
            content: "What a person issues is said at once",
            trigger: `${card("Wall Lamp Green")}:contains(Left out, issue by hand: Shade)`,
        },
        {
            content: "1 Unit needs 1 motor and 2 of resin",
            trigger: `.o_report_component:contains(Resin):contains(2 Units to scan)`,
        },
        isLarge,
        isOnScreen,
        {
            trigger: `${quantity}:focus`,
            run: "edit 2 && press Enter",
        },
        {
            content: "Then its components, of two lamps",
            trigger: `body:has(.o_report_component:contains(Resin):contains(4 Units to scan)) ${component}:focus`,
            run: "press Enter",
        },
        {
            content: "Nothing is reported before",
            trigger: `${message("danger", "Still to scan")}:contains(Motor: 2 Units)`,
        },
        {
            trigger: `${component}:focus`,
            run: () => scan("G-1"),
        },
        {
            content: "A lot of something else; the message stays",
            trigger: message("danger", "G-1 is a lot or serial number of Glue"),
        },
        {
            trigger: `${component}:focus`,
            run: () => scan("M-1"),
        },
        {
            trigger: `.o_report_component:contains(Motor):contains(1 Unit to scan)`,
            run: () => scan("M-1"),
        },
        {
            trigger: message("danger", "M-1 is scanned already"),
            run() {
                document.activeElement.blur();
                scan("M-2");
            },
        },
        {
            trigger: `.o_report_component:contains(Motor):not(:contains(to scan))`,
            run: () => scan("R-1"),
        },
        {
            content: "3 of R-1 are there",
            trigger: `.o_report_component:contains(R-1 3 Units):contains(1 Unit to scan)`,
            run: () => scan("R-2"),
        },
        {
            trigger: `.o_report_component:contains(R-2 1 Unit):not(:contains(to scan))`,
            run: () => scan("R-2"),
        },
        {
            trigger: message("danger", "No more of Resin is needed"),
        },
        isOnScreen,
        {
            trigger: `${component}:focus`,
            run: "press Enter",
        },
        {
            trigger: message("success", "2 Units of Wall Lamp Green reported"),
        },
        {
            content: "The last product is a tile",
            trigger: tile("Wall Lamp Green"),
        },
        {
            content: "What can't be reported here says so, and leads on",
            trigger: `${product}:focus`,
            run: "edit Desk && press Enter",
        },
        {
            trigger: `.o_report_warning:contains(Can't be reported here):contains(Shade)`,
        },
        isOnScreen,
        {
            trigger: "button[name=order]:contains(Make an Order)",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=product_id] input",
            run() {
                if (this.anchor.value !== "Desk") {
                    throw new Error(`The order is of ${this.anchor.value}`);
                }
            },
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_report_order", {
    steps: () => [
        {
            content: "An order's barcode, and the rest of it",
            trigger: `${product}:focus`,
            run: () => scan("WH/MO/TEST-1"),
        },
        {
            trigger: `${card("WH/MO/TEST-1")}:contains(5 Units planned)`,
        },
        {
            trigger: `body:has(.o_report_button:contains(Report 5 Units)) ${quantity}:focus`,
            run: "edit 2",
        },
        {
            trigger: `${card("3 Units left: a backorder is made of it")}`,
        },
        {
            trigger: quantity,
            run: "press Enter",
        },
        {
            trigger: message("success", "2 Units of Table reported, WH/MO/TEST-1"),
        },
        {
            trigger: message("success", "3 Units left"),
        },
        {
            content: "Nobody undoes what somebody else reported",
            trigger: `${row("of the manager")}:not(:has(button[name=undo]))`,
        },
        {
            trigger: `${row("WH/MO/TEST-1")} button[name=undo]`,
        },
        {
            content: "It is done now",
            trigger: `${product}:focus`,
            run: () => scan("WH/MO/TEST-2"),
        },
        {
            trigger: message("danger", "WH/MO/TEST-2 is a draft: confirm it first"),
        },
    ],
});
