import {registry} from "@web/core/registry";

const row = (order, text) => `.o_data_row:contains(${order}):contains(${text})`;
const card = (text) => `.o_kanban_record:contains(${text})`;

registry.category("web_tour.tours").add("mrp_backflush_issue_by_hand", {
    steps: () => [
        {
            content: "Over all orders, by order",
            trigger: `body:has(${row("WH/MO/HAND-1", "Glue")}) ${row("WH/MO/HAND-2", "Glue")}`,
        },
        {
            content: "10 are open, 30 are there",
            trigger: `${row("WH/MO/HAND-1", "Glue")}:contains(10.00):contains(30.00):contains(Units)`,
        },
        {
            trigger: `${row("WH/MO/HAND-1", "Glue")} .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger: `${row("WH/MO/HAND-2", "Glue")} .o_list_record_selector input`,
            run: "click",
        },
        {
            trigger:
                ".o_control_panel_actions button:contains(Print Pick List), .o_list_buttons button:contains(Print Pick List), button[name=action_print_pick_list]",
        },
        {
            trigger: "button.btn-primary[name=action_issue_by_hand]",
            run: "click",
        },
        {
            content: "One message says what can't be, and what can",
            trigger:
                ".modal:contains(Nothing was issued):contains(100 Units of Glue, WH/MO/HAND-2)",
        },
        {
            trigger:
                ".modal:contains(These can be):contains(10 Units of Glue, WH/MO/HAND-1)",
        },
        {
            trigger: ".modal footer .btn-primary",
            run: "click",
        },
        {
            content: "Another quantity, in the order's dialog",
            trigger: `${row("WH/MO/HAND-2", "Glue")} button[name=action_open_order_issue]`,
            run: "click",
        },
        {
            trigger: ".modal:contains(Issue Components) button:contains(Discard)",
            run: "click",
        },
        {
            content: "In one click",
            trigger: `body:not(:has(.modal)) ${row("WH/MO/HAND-1", "Glue")} button[name=action_issue_by_hand]`,
            run: "click",
        },
        {
            trigger: ".o_notification:contains(10 Units of Glue, WH/MO/HAND-1)",
        },
        {
            trigger: `.o_list_view:not(:has(${row("WH/MO/HAND-1", "Glue")})) ${row("WH/MO/HAND-2", "Glue")}`,
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_issue_by_hand_phone", {
    steps: () => [
        {
            content: "A card for each",
            trigger: `${card("Glue")}:contains(10.00):contains(WH/MO/HAND-1)`,
        },
        {
            content: "Amber where it isn't there",
            trigger: `${card("WH/MO/HAND-2")} .text-bg-warning:contains(In stock)`,
        },
        {
            trigger: `${card("WH/MO/HAND-1")} button:contains(Issue)`,
            run: "click",
        },
        {
            trigger: ".o_notification:contains(10 Units of Glue, WH/MO/HAND-1)",
        },
        {
            trigger: `.o_kanban_view:not(:has(${card("WH/MO/HAND-1")}))`,
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_production_reports", {
    steps: () => [
        {
            trigger: ".o_data_row:contains(Table):contains(3.00):contains(Units)",
        },
        {
            content: "No sum over different products",
            trigger: ".o_list_view:not(:has(tfoot .o_list_number))",
        },
        {
            trigger: "button.o_pivot",
            run: "click",
        },
        {
            trigger: ".o_pivot tr:contains(Table):contains(3.00)",
        },
        {
            trigger: "button.o_graph",
            run: "click",
        },
        {
            trigger: ".o_graph_view canvas",
        },
    ],
});
