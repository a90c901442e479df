import {rpc} from "@web/core/network/rpc";
import {stepUtils} from "@web_tour/tour_utils";

import {
    addTours,
    click,
    component,
    dialog,
    noDialog,
    see,
    seeDone,
} from "./order_steps.esm";

const SCAN = ".o_line_count_scan input";
const line = (name) => `.o_line_count_row:contains(${name})`;
const quantity = (name) => `${line(name)} input.o_line_counted`;
const success = (text) => see(`.o_line_count_success:contains(${text})`);
const failure = (text) => see(`.o_line_count_danger:contains(${text})`);
const progress = (text) => see(`[name=progress]:contains(${text})`);
const row = (name) => `[name=line_ids] .o_data_row:contains(${name})`;
const cell = (name, field, text) =>
    see(`${row(name)} [name=${field}]:contains(${text})`);
const rowInList = (name) => `.o_list_view .o_data_row:contains(${name})`;
const type = (trigger, text, content) => ({
    content,
    trigger,
    run: `edit ${text} && press Enter`,
});
const methods = ".o_select_menu_item";

/** Keys in quick succession, as a scanner sends them, into a field that has the focus. */
function scanInto(input, code) {
    input.focus();
    input.select();
    for (const key of code) {
        input.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true}));
        input.setRangeText(key, input.selectionStart, input.selectionEnd, "end");
        input.dispatchEvent(new InputEvent("input", {bubbles: true}));
    }
    input.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
    // What a script has typed, the browser doesn't take for a change.
    input.dispatchEvent(new Event("change", {bubbles: true}));
}

/** Another session counts a line that this screen shows. */
async function countElsewhere(product, counted) {
    const lines = "/web/dataset/call_kw/mrp.line.count.line";
    const [{id}] = await rpc(`${lines}/search_read`, {
        model: "mrp.line.count.line",
        method: "search_read",
        args: [
            [
                ["product_id.name", "=", product],
                ["state", "=", "draft"],
            ],
            ["id"],
        ],
        kwargs: {},
    });
    await rpc(`${lines}/write`, {
        model: "mrp.line.count.line",
        method: "write",
        args: [[id], {counted_quantity: counted}],
        kwargs: {},
    });
}

addTours({
    line_count: () => [
        click(".o_list_button_add"),
        {
            trigger: "[name=location_id] input",
            run: "edit Assembly Shelf",
        },
        click(".o-autocomplete--dropdown-item a:contains(Assembly Shelf)"),
        click("button[name=action_open_counting]:text(Count)"),
        see(`${SCAN}:focus`, "All that was used there, and nothing is counted yet"),
        progress("0 of 3 counted"),
        see("[name=unreported]:contains(1 order in progress takes from here)"),
        type(SCAN, "40063813", "A nut; again: one more"),
        success("Nut: 1 Units"),
        type(SCAN, "40063813"),
        success("Nut: 2 Units"),
        type(SCAN, "NOTHING"),
        failure("No product, lot or serial number is NOTHING"),
        type(SCAN, "R-7", "A lot"),
        success("Resin, R-7: 1 Units"),
        type(quantity("Screw"), "abc"),
        failure("abc is not a quantity"),
        see(
            `.o_line_count_row:not(.o_line_is_counted):contains(Screw) input:not(:value(abc))`,
            "Still not counted"
        ),
        type(quantity("Screw"), "-5"),
        failure("Screw: less than nothing can't be counted"),
        type(quantity("Screw"), "1e30"),
        see(".o_line_count_danger:contains(1e30)"),
        progress("2 of 3 counted"),
        click("button[name=left]", "What is left"),
        see(`.o_line_count:not(:has(${line("Nut")})) ${line("Screw")}`),
        click("button[name=left]"),
        click(`${line("Screw")} button[name=nothing]`, "In one click"),
        success("Screw: 0 Units"),
        {
            content: "A product is scanned while a quantity has the focus",
            trigger: quantity("Screw"),
            run: ({anchor}) => scanInto(anchor, "40063813"),
        },
        success("Nut: 3 Units"),
        see(`${quantity("Screw")}:value(0)`),
        {
            content: "Somebody else counts the nuts; this screen doesn't know yet",
            trigger: quantity("Nut"),
            run: () => countElsewhere("Nut", 203),
        },
        type(quantity("Nut"), "7"),
        failure("has counted 203 Units meanwhile"),
        see(`${quantity("Nut")}:value(203)`, "Seen now"),
        click(`${line("Nut")} button[aria-label="One less"]`),
        success("Nut: 202 Units"),
        type(quantity("Screw"), "370"),
        success("Screw: 370 Units"),
        {
            content: "Emptied: nobody has counted it",
            trigger: quantity("Resin"),
            run: "edit  && press Enter",
        },
        success("Resin, R-7: not counted"),
        progress("2 of 3 counted"),
        click("button[name=sheet]"),
        see(".o_form_view .alert:contains(haven't reported yet)"),
        cell("Screw", "opening_quantity", "1,000.00"),
        cell("Screw", "in_quantity", "0.00"),
        cell("Screw", "issued_quantity", "600.00"),
        cell("Screw", "book_quantity", "400.00"),
        cell("Screw", "counted_quantity", "370.00"),
        cell("Screw", "difference", "-30.00"),
        cell("Screw", "difference_percent", "-5%"),
        cell("Screw", "deviation_value", "15.00"),
        see(
            "[name=line_ids] .o_data_row:first-child:contains(Screw)",
            "The worst first"
        ),
        see(`${row("Resin")}.text-muted`),
        click("button[name=action_open_validation]"),
        see(`${dialog("Validate")} [name=uncounted_names]:contains(Resin, R-7)`),
        click(".modal button[name=action_validate]"),
        see(`${noDialog} .o_arrow_button_current:contains(Done)`),
        see(".o-mail-Message:contains(Not counted, and left alone):contains(Resin)"),
        click("button[name=action_view_shares]"),
        see(`${rowInList("Screw")} [name=quantity]:contains(15.00)`),
    ],

    line_count_on_the_order: () => [
        see(
            "button[name=action_view_consumption_shares]:contains(Counted):contains(1)"
        ),
        see(`${component("Screw")} td[name=issued_quantity]:contains(100.00)`),
        click(`${component("Screw")} td[name=shared_quantity] button:contains(5.00)`),
        see(`${dialog("Counts of Screw")} .o_data_row:contains(COUNT)`),
        click(".modal .btn-close"),
        click(
            `${noDialog} button[name=action_view_mo_overview], ${noDialog} button:contains(Overview)`
        ),
        see("tr:contains(Screw) [name=counted]:contains(5.00 Units counted)"),
    ],

    at_count: () => [
        click(`${component("Screw")} td[name=issue_method]`),
        click(`${component("Screw")} [name=issue_method] input`),
        click(`${methods}:contains(At Count)`),
        ...stepUtils.saveForm(),
        see(`${component("Screw")} td[name=issue_method]:contains(At Count)`),
        click("button[name=action_preview_backflush]"),
        see(".modal .o_data_row:contains(Screw):contains(100 at the next count)"),
        click(".modal button[name=action_produce]"),
        seeDone,
        see(`${component("Screw")} [name=issue_state]:contains(At Count)`),
    ],

    at_count_filter: () => [
        click(".o_facet_remove"),
        click(".o_searchview_dropdown_toggler"),
        click(".o_filter_menu .o_menu_item:contains(At Count)"),
        see(".o_facet_values:contains(At Count)"),
        see(
            ".o_list_view:not(:has(.o_data_row:nth-child(2))) .o_data_row:contains(Table)"
        ),
    ],

    count_due: () => [
        click(".o_order_tiles button[name=count_due]"),
        see(`${rowInList("Assembly Shelf")} [name=count_due_date]`),
        click(`${rowInList("Assembly Shelf")} button[name=action_count_now]`),
        progress("0 of 1 counted"),
    ],

    count_due_card: () => [
        click(".o_kanban_record:contains(Manufacturing) a[name=action_open_count_due]"),
        see(rowInList("Assembly Shelf")),
    ],

    count_now_location: () => [
        click("button[name=action_count_now]"),
        see(".o_line_count h1:contains(Assembly Shelf)"),
    ],

    count_now_workcenter: () => [
        click("button[name=action_count_now]"),
        see(".o_line_count h1:contains(Assembly Shelf)"),
    ],

    count_what_waits: () => [
        click("button[name=action_open_count]"),
        see(`${dialog("Count What Lies There")} [name=book_quantity]:contains(0.00)`),
        see(".modal [name=waiting_quantity]:contains(10.00)"),
        {
            trigger: ".modal [name=counted_quantity] input",
            run: "edit 12",
        },
        click(".modal button[name=action_count]"),
        see(`${noDialog} .o_arrow_button_current:contains(Settled)`),
        see(".o-mail-Message:contains(Counted at)"),
    ],

    line_count_cancelled: () => [
        click("button[name=action_open_cancel]"),
        see(`${dialog("Cancel the Count")}:contains(What was posted is reversed)`),
        click(".modal button[name=action_cancel_count]"),
        see(".modal .o_field_invalid[name=reason]", "Never without a reason"),
        {
            trigger: ".modal [name=reason] textarea",
            run: "edit The wrong shelf",
        },
        click(".modal button[name=action_cancel_count]"),
        see(`${noDialog} [name=cancel_reason]:contains(The wrong shelf)`),
    ],

    traceability_of_a_count: () => [
        click(".o-form-buttonbox button:contains(Traceability)"),
        click(".o_stock_reports_page a:contains(COUNT)"),
        see(".o_form_view .o_arrow_button_current:contains(Done)"),
    ],

    without_line_counts: () => [
        click(`${component("Screw")} td[name=issue_method]`),
        click(`${component("Screw")} [name=issue_method] input`),
        see(`${methods}:contains(At Operation)`),
        see(`body:not(:has(${methods}:contains(At Count)))`),
    ],

    line_count_on_a_phone: () => [
        click("button.o-control-panel-adaptive-dropdown"),
        click(".o-dropdown--menu button:contains(Count Due)"),
        see(".o_kanban_record:contains(Assembly Shelf)"),
        click(
            ".o_kanban_record:contains(Assembly Shelf) button[name=action_count_now]"
        ),
        progress("0 of 1 counted"),
        type(SCAN, "4006381333931"),
        success("Screw: 1 Units"),
        click(`${line("Screw")} button[aria-label="One more"]`),
        success("Screw: 2 Units"),
        type(quantity("Screw"), "890"),
        success("Screw: 890 Units"),
        click("button[name=sheet]"),
        see("[name=line_ids] .o_kanban_record:contains(Screw):contains(-10.00)"),
        click(".o_statusbar_buttons button:has(.oi-ellipsis-v)"),
        click("button[name=action_open_validation]"),
        see(".o_statusbar_status:contains(Done)"),
    ],

    line_count_order_on_a_phone: () => [
        see(
            "[name=move_raw_ids] .o_kanban_record:contains(Screw):contains(Counted):contains(10.00)"
        ),
        click("[name=move_raw_ids] .o_kanban_record [name=shared_quantity] button"),
        see(".modal .o_kanban_record:contains(COUNT):contains(of 100.00 used)"),
    ],
});
