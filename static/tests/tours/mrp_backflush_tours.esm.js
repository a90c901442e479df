import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const component = (name) => `[name=move_raw_ids] .o_data_row:contains(${name})`;

registry.category("web_tour.tours").add("mrp_backflush_planner", {
    steps: () => [
        {
            content: "The frame is backflushed",
            trigger: `${component("Frame")} [name=issue_method] .badge:contains(At Completion)`,
        },
        {
            content: "Its method can be chosen",
            trigger: `${component("Frame")} td[name=issue_method]`,
            run: "click",
        },
        {
            trigger: `${component("Frame")} [name=issue_method] input`,
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Manual)",
            run: "click",
        },
        ...stepUtils.saveForm(),
        {
            content: "What is reserved is not shown as consumed",
            trigger: `${component("Frame")} td[name=quantity]:contains(reserved):contains(10.00)`,
        },
        {
            content: "The planned quantity is recorded in one click",
            trigger: `${component("Frame")} button[name=action_record_planned]`,
            run: "click",
        },
        {
            trigger: `${component("Frame")} [name=issue_state] .badge:contains(Recorded)`,
        },
        {
            content: "So is that none was used",
            trigger: `${component("Glue")} button[name=action_record_unused]`,
            run: "click",
        },
        {
            trigger: `${component("Glue")} [name=issue_state] .badge:contains(None Used)`,
        },
        {
            content: "A record can be taken back",
            trigger: `${component("Glue")} button[name=action_clear_record]`,
            run: "click",
        },
        {
            trigger: `${component("Glue")} [name=issue_state] .badge:contains(To Issue)`,
        },
        {
            content: "A quantity equal to the plan can be typed",
            trigger: `${component("Glue")} td[name=quantity]`,
            run: "click",
        },
        {
            trigger: `${component("Glue")} [name=quantity] input`,
            run: "edit 17 && click .o_form_view",
        },
        ...stepUtils.saveForm(),
        {
            trigger: `${component("Glue")} [name=issue_state] .badge:contains(Recorded)`,
        },
        {
            trigger: "button[name=button_mark_done]:visible",
            run: "click",
        },
        {
            trigger: `${component("Frame")} [name=issue_state] .badge:contains(Issued)`,
        },
        {
            trigger: `${component("Glue")} [name=issue_state] .badge:contains(Issued)`,
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_administrator", {
    steps: () => [
        {
            trigger: "#issue_method .o_select_menu_input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Manual)",
            run: "click",
        },
        {
            trigger: "#unissued_rule input[data-value=block]",
            run: "check",
        },
        {
            trigger: "button.o_form_button_save",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Saved, and read again",
            trigger: "#unissued_rule input[data-value=block]:checked",
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_operator", {
    steps: () => [
        {
            trigger: "button[name=button_mark_done]:visible",
            run: "click",
        },
        {
            content: "The message names what must be issued first",
            trigger:
                ".modal:has(.modal-title:contains(Recorded by Hand)):contains(Glue, 20 Units)",
        },
        {
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) ${component("Glue")} button[name=action_record_planned]`,
            run: "click",
        },
        {
            trigger: `${component("Glue")} [name=issue_state] .badge:contains(Recorded)`,
        },
        {
            trigger: "button[name=button_mark_done]:visible",
            run: "click",
        },
        {
            trigger: `${component("Glue")} [name=issue_state] .badge:contains(Issued)`,
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_operation", {
    steps: () => [
        {
            content: "Nothing has left the stock yet",
            trigger: `${component("Frame")} [name=issue_state] .badge:contains(To Issue)`,
        },
        {
            trigger: "a[name=operations]",
            run: "click",
        },
        {
            trigger: "[name=workorder_ids] button[name=button_start]",
            run: "click",
        },
        {
            content: "The operation is finished in the order's own tab",
            trigger: "[name=workorder_ids] button[name=button_finish]",
            run: "click",
        },
        {
            trigger:
                "[name=workorder_ids] .o_data_row:not(:has(button[name=button_finish]))",
        },
        {
            trigger: "a[name=components]",
            run: "click",
        },
        {
            trigger: `${component("Frame")} [name=issue_state] .badge:contains(Issued)`,
        },
        {
            content: "All that was planned was issued",
            trigger: `${component("Frame")} td[name=issued_quantity]:contains(10.00)`,
        },
    ],
});

const dialogLine = (name) => `.modal [name=line_ids] .o_data_row:contains(${name})`;

registry.category("web_tour.tours").add("mrp_backflush_issue", {
    steps: () => [
        {
            trigger: "button[name=action_open_issue]",
            run: "click",
        },
        {
            content: "The open need is proposed",
            trigger: `${dialogLine("Bulb")} td[name=quantity]:contains(10.00)`,
        },
        {
            trigger: `${dialogLine("Frame")} td[name=quantity]:contains(10.00)`,
        },
        {
            content: "A scanner types the number and presses Enter",
            trigger: ".modal [name=scan] input:focus",
            run: "edit LOT-2 && press Enter",
        },
        {
            trigger: `${dialogLine("Bulb")} [name=lot_ids]:contains(LOT-2)`,
        },
        {
            content: "It may go on scanning: the dialog stays",
            trigger: ".modal [name=scan] input:focus",
            run: "edit LOT-1 && press Enter",
        },
        {
            trigger: `${dialogLine("Bulb")} [name=lot_ids]:contains(LOT-1)`,
        },
        {
            trigger: ".modal [name=scan] input:focus",
            run: "edit LOT-9 && press Enter",
        },
        {
            content: "What is unknown is said below it, and stays",
            trigger:
                ".modal .o_component_scan_message:contains(LOT-9 is no product, lot)",
        },
        {
            content: "The next scan replaces it",
            trigger: ".modal [name=scan] input:focus:value(LOT-9)",
            run: "edit FRAME && press Enter",
        },
        {
            content: "A product is counted",
            trigger: `${dialogLine("Frame")} td[name=quantity]:contains(1.00)`,
        },
        {
            trigger: ".modal .o_component_scan_message:contains(Frame: 1 Units)",
        },
        {
            trigger: ".modal button[name=action_clear]",
            run: "click",
        },
        {
            trigger: `${dialogLine("Frame")} td[name=quantity]:contains(0.00)`,
        },
        {
            trigger: ".modal [name=scan] input:focus",
            run: "edit LOT-2 && press Enter",
        },
        {
            trigger: `${dialogLine("Bulb")}:has(td[name=quantity]:contains(1.00)) [name=lot_ids]:contains(LOT-2)`,
        },
        {
            trigger: ".modal [name=scan] input:focus",
            run: "edit LOT-1 && press Enter",
        },
        {
            trigger: `${dialogLine("Bulb")} [name=lot_ids]:contains(LOT-1)`,
        },
        {
            content: "Backflushed ones are behind a switch",
            trigger: `.modal:not(:has(.o_data_row:contains(Screw))) [name=show_backflushed] input`,
            run: "click",
        },
        {
            trigger: `${dialogLine("Screw")} td[name=quantity]:contains(0.00)`,
        },
        {
            trigger: `${dialogLine("Bulb")} td[name=quantity]`,
            run: "click",
        },
        {
            trigger: `${dialogLine("Bulb")} [name=quantity] input`,
            run: "edit 5",
        },
        {
            trigger: ".modal footer button[name=action_issue]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(5 Bulb issued)",
        },
        {
            trigger: `body:not(:has(.modal)) ${component("Bulb")} [name=issue_state] .badge:contains(Partly Issued)`,
        },
        {
            trigger: "button[name=action_open_return]",
            run: "click",
        },
        {
            content: "Only what was issued can be returned, with its lots",
            trigger: `${dialogLine("Bulb")}:contains(5.00):contains(LOT-2):contains(LOT-1)`,
        },
        {
            trigger: `${dialogLine("Bulb")} td[name=quantity]`,
            run: "click",
        },
        {
            trigger: `${dialogLine("Bulb")} [name=quantity] input`,
            run: "edit 2",
        },
        {
            trigger: ".modal footer button[name=action_return]",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) ${component("Bulb")} td[name=open_quantity]:contains(7.00)`,
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_preview", {
    steps: () => [
        {
            trigger: "button[name=action_preview_backflush]",
            run: "click",
        },
        {
            trigger: ".modal .alert:contains(1)",
        },
        {
            content: "The method and the level that decided it",
            trigger: `${dialogLine("Bulb")} td[name=issue_method]:contains(Completion):contains(Company)`,
        },
        {
            trigger: `${dialogLine("Frame")} td[name=issue_method]:contains(Operation):contains(BoM Line)`,
        },
        {
            trigger: `${dialogLine("Bulb")} td[name=need]:contains(10.00)`,
        },
        {
            trigger: `${dialogLine("Bulb")} td[name=lots]:contains(LOT-1 (4)):contains(LOT-2 (6))`,
        },
        {
            content: "The location and the level that decided it",
            trigger: `${dialogLine("Frame")} td[name=location_id]:contains(Shelf)`,
        },
        {
            content: "The stock before and after, and who holds a part of it",
            trigger: `${dialogLine("Frame")} td[name=on_hand]:contains(12.00)`,
        },
        {
            trigger: `${dialogLine("Frame")} td[name=on_hand_after]:contains(2.00)`,
        },
        {
            trigger: `${dialogLine("Frame")} td[name=remarks]:contains(3 not in free stock):contains(Takes 3 that are reserved for)`,
        },
        {
            content: "Who holds it is a click away",
            trigger: `${dialogLine("Frame")} td[name=remarks] a:contains(/MO/)`,
            run: "click",
        },
        {
            content: "The other order",
            trigger: "body:not(:has(.modal)) .o_form_view div[name=qty]:contains(5.00)",
        },
        {
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_form_view div[name=qty]:contains(10.00)",
        },
        {
            trigger: "button[name=action_preview_backflush]",
            run: "click",
        },
        {
            trigger: ".modal footer button.btn-primary:contains(Produce All)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains(Done)",
        },
    ],
});

const exceptionRow = (name) => `.o_list_view .o_data_row:contains(${name})`;
const currentStatus = (name) =>
    `.o_statusbar_status .o_arrow_button_current:contains(${name})`;

registry.category("web_tour.tours").add("mrp_backflush_park", {
    steps: () => [
        {
            trigger: "button[name=button_mark_done]:visible",
            run: "click",
        },
        {
            content: "The order is completed, and says that something is missing",
            trigger: `.o_form_view:has(${currentStatus("Done")}) .ribbon:contains(Waiting)`,
        },
        {
            trigger: `${component("Frame")} [name=issue_state] .badge:contains(Waiting)`,
        },
        {
            trigger: `${component("Frame")} td[name=issued_quantity]:contains(7.00)`,
        },
        {
            trigger: `${component("Frame")} td[name=parked_quantity]:contains(3.00)`,
        },
        {
            trigger: `${component("Leg")} [name=issue_state] .badge:contains(Issued)`,
        },
        {
            trigger: "button[name=action_view_backflush_exceptions]:contains(1)",
            run: "click",
        },
        {
            trigger: `${exceptionRow("Frame")} td[name=reason]:contains(Not in Stock)`,
            run: "click",
        },
        {
            content: "What was found when it was parked",
            trigger: ".o_form_view .alert:contains(needed 10 Units, available 7)",
        },
        {
            trigger: currentStatus("Waiting"),
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_settled", {
    steps: () => [
        {
            trigger: `.o_form_view:not(:has(.ribbon:contains(Waiting))) ${component("Frame")} [name=issue_state] .badge:contains(Issued)`,
        },
        {
            content: "The 3 that were issued since are among the 10 issued",
            trigger: `${component("Frame")} td[name=issued_quantity]:contains(10.00)`,
        },
        {
            content: "Nothing waits any more, so all of them are shown",
            trigger: "button[name=action_view_backflush_exceptions]:contains(0)",
            run: "click",
        },
        {
            content: "The list is there, grouped by what is to be done",
            trigger: ".o_breadcrumb:contains(Waiting Components)",
        },
        {
            trigger: `${exceptionRow("Frame")} td[name=product_id]`,
            run: "click",
        },
        {
            trigger: `.o_form_view:has(${currentStatus("Settled")}) [name=issue_move_ids] .o_data_row td[name=quantity]:contains(3.00)`,
        },
        {
            content: "What is closed is not tried again",
            trigger: ".o_form_view:not(:has(button[name=action_retry]))",
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_retry", {
    steps: () => [
        {
            trigger: "[data-menu-xmlid='mrp.menu_mrp_manufacturing']",
            run: "click",
        },
        {
            trigger: "[data-menu-xmlid='mrp_backflush.mrp_backflush_exception_menu']",
            run: "click",
        },
        {
            content: "In vain: nothing has changed",
            trigger: `${exceptionRow("Frame")} button[name=action_retry]`,
            run: "click",
        },
        {
            trigger:
                ".o_notification:contains(Still waiting: needed 3 Units, available 0)",
        },
        {
            trigger: `${exceptionRow("Frame")} td[name=product_id]`,
            run: "click",
        },
        {
            content: "They were taken from the shelf, and only 2",
            trigger: ".o_form_view [name=location_id] input",
            run: "edit Tour Shelf",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Tour Shelf)",
            run: "click",
        },
        {
            trigger: ".o_form_view [name=quantity] input",
            run: "edit 2",
        },
        {
            trigger: "button[name=action_retry]",
            run: "click",
        },
        {
            trigger: ".o_notification:contains(Settled: 1)",
        },
        {
            trigger: currentStatus("Settled"),
        },
        {
            trigger:
                "[name=issue_move_ids] .o_data_row td[name=location_id]:contains(Tour Shelf)",
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_cancel", {
    steps: () => [
        {
            trigger: "button[name=action_open_cancel]",
            run: "click",
        },
        {
            content: "What will be cancelled",
            trigger:
                ".modal [name=exception_ids] .o_data_row:contains(Frame):contains(3.00)",
        },
        {
            content: "One may think better of it",
            trigger: ".modal footer button:contains(Discard)",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)):has(${currentStatus("Waiting")}) button[name=action_open_cancel]`,
            run: "click",
        },
        {
            content: "A reason is needed",
            trigger: ".modal footer button[name=action_cancel_exceptions]",
            run: "click",
        },
        {
            trigger: ".modal [name=reason].o_field_invalid textarea",
            run: "edit Counted again: never used",
        },
        {
            trigger: ".modal footer button[name=action_cancel_exceptions]",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) ${currentStatus("Cancelled")}`,
        },
        {
            trigger: ".o_form_view .alert:contains(Counted again: never used)",
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_operator_cannot_cancel", {
    steps: () => [
        {
            trigger:
                ".o_form_statusbar:has(button[name=action_retry]):not(:has(button[name=action_open_cancel]))",
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_block", {
    steps: () => [
        {
            trigger: "button[name=action_preview_backflush]",
            run: "click",
        },
        {
            content: "The preview says so before",
            trigger: ".modal .alert-danger:contains(can't be completed)",
        },
        {
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) button[name=button_mark_done]:visible",
            run: "click",
        },
        {
            content: "The message names what is missing, and who holds it",
            trigger:
                ".modal:has(.modal-title:contains(Not Enough Stock)):contains(Frame, needed 10 Units, available 3 in):contains(4 reserved for)",
        },
        {
            content: "It leads to the preview",
            trigger: ".modal footer button.btn-primary:contains(Backflush Preview)",
            run: "click",
        },
        {
            trigger: `.modal:has(.modal-title:contains(Backflush Preview)) .o_data_row:contains(Frame) td[name=remarks] a:contains(/OUT/)`,
        },
        {
            trigger: ".modal footer button:contains(Close)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) button[name=button_mark_done]:visible",
            run: "click",
        },
        {
            content: "And to the forecast",
            trigger: ".modal footer button:contains(Forecast of Frame)",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_forecasted_details_table",
        },
        {
            trigger: ".o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) ${currentStatus("Confirmed")}`,
        },
    ],
});
