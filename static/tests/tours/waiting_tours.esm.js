import {addTours, click, currentStatus, noDialog, see} from "./order_steps.esm";

const row = (name) => `.o_list_view .o_data_row:contains(${name})`;
const group = (name) => `.o_group_header:contains(${name})`;
const tile = (name) => `.o_order_tiles button[name=${name}]`;
const NOTIFICATION = ".o_notification";
const CONFIRM = ".modal footer button.btn-primary";

addTours({
    take_reservation: () => [
        see(group("Release a Reservation"), "Grouped by what to do next"),
        see(group("Receive or Buy Stock")),
        see(`${row("Frame")} td[name=holders]:contains(OUT)`, "Who holds the rest"),
        click(`${row("Frame")} td[name=product_id]`),
        see(".o_form_view .alert:contains(Release a Reservation):contains(OUT)"),
        click("button[name=action_open_holders]:contains(OUT)"),
        see(
            ".o_form_view:has(.o_last_breadcrumb_item:contains(OUT))",
            "The document itself"
        ),
        click(".o_back_button, .breadcrumb-item a:contains(Frame)"),
        click("button[name=action_take_reservation]"),
        click(CONFIRM, "Never by a mere slip"),
        see(`${NOTIFICATION}:contains(Settled: 1)`),
        see(`${noDialog} ${currentStatus("Settled")}`),
        see(".o-mail-Message:contains(took 4 Units of Frame)"),
    ],

    take_reservation_on_a_phone: () => [
        click(".o_kanban_record:contains(Frame)", "By reason, what waits alone"),
        see(".o_form_view .alert:contains(Release a Reservation)"),
        see(".o_form_view [name=value]"),
    ],

    operator_cannot_take: () => [
        see(".o_form_view .alert:contains(Release a Reservation)"),
        see(".o_form_view:not(:has(button[name=action_take_reservation]))"),
    ],

    tiles: () => [
        see(`${tile("with_open_exceptions")}:contains(1):contains(Waiting)`),
        see(`${tile("to_issue_by_hand")}:contains(2)`),
        click(`${tile("ready_to_complete")}:contains(1)`, "A click filters"),
        see(".o_facet_values:text(Ready to Complete)"),
        see(
            ".o_list_view:not(:has(.o_data_row:nth-child(2))) .o_data_row:contains(Bench)"
        ),
        click(tile("with_open_exceptions")),
        see(".o_facet_values:text(Waiting)", "This one and no other"),
        see(`${row("Table")} td[name=waiting_label]:contains(1 Waiting)`),
        click(tile("with_open_exceptions"), "And all again"),
        see(`body:not(:has(.o_facet_values)) ${row("Bench")}`),
    ],

    card: () => [
        see(
            ".o_kanban_record:contains(Tour Line) button[name=action_complete_orders]:contains(Due)"
        ),
        click(
            ".o_kanban_record:contains(Tour Line) a:contains(To Issue by Hand):contains(2)"
        ),
        see(".o_facet_values:text(To Issue by Hand)"),
        see(row("Chair")),
    ],

    complete_orders_dialog: () => [
        click("thead .o_list_record_selector input"),
        click(".o_cp_action_menus .dropdown-toggle:contains(Actions)"),
        click(".o-dropdown--menu .o-dropdown-item:contains(Complete Orders)"),
        see(
            ".modal .o_data_row:contains(Goes Negative)",
            "Of each what would become of it"
        ),
        see(".modal .o_data_row:contains(Will Wait)"),
        see(".modal .o_data_row:contains(Needs a Person)"),
        see(
            ".modal p:contains(1 with stock going negative, 1 with components waiting)"
        ),
        click(".modal button[name=show_person]:contains(1)", "A counter filters"),
        see(".modal .o_data_row:not(.d-none):contains(Needs a Person)"),
        see(".modal:not(:has(.o_data_row:not(.d-none):contains(Ready)))"),
        click(".modal button[name=show_person]"),
        click(".modal button[name=show_short]:contains(2)"),
        click(".modal button[name=leave_out]:contains(2)", "Several at once"),
        see(".modal:not(:has(.o_data_row:contains(Will Wait)))"),
        see(".modal button[name=show_short]:contains(0)"),
        click(".modal button[name=action_complete_all]"),
        see(
            ".o_form_view .alert:contains(1 completed, 1 needs a person)",
            "How it ended"
        ),
        see(".o_form_view [name=line_ids] .o_data_row .badge:contains(Needs a Person)"),
        see(".o_form_view:not(:has(.badge:contains(Failed)))"),
        see(`body:not(:has(${NOTIFICATION}))`, "Nothing over it"),
    ],

    notification: () => [
        click("button[name=button_mark_done]:visible"),
        see(`${NOTIFICATION}:contains(1 waiting):contains(3 Units of Frame)`),
        click(`${NOTIFICATION} button:contains(Open)`),
        see(`body:not(:has(${NOTIFICATION})) .ribbon:contains(Waiting)`),
    ],

    notification_not_again: () => [
        see(".ribbon:contains(Waiting)"),
        see(`body:not(:has(${NOTIFICATION}))`),
    ],
});
