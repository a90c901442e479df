import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("mrp_backflush_complete_orders", {
    steps: () => [
        {
            content: "All orders of the bench",
            trigger: ".o_data_row:contains(Bench)",
        },
        {
            trigger: "thead .o_list_record_selector input",
            run: "click",
        },
        {
            trigger: ".o_cp_action_menus .dropdown-toggle:contains(Actions)",
            run: "click",
        },
        {
            trigger: ".o-dropdown--menu .o-dropdown-item:contains(Complete Orders)",
            run: "click",
        },
        {
            content: "The first is served, the second would be short",
            trigger: ".modal .o_data_row:contains(Ready)",
        },
        {
            trigger: ".modal .o_data_row:contains(Frame: 20 Units missing)",
        },
        {
            trigger: ".modal a[name=shortages]",
            run: "click",
        },
        {
            content: "What is missing over all of them",
            trigger:
                ".modal [name=shortage_ids] .o_data_row:contains(Frame):contains(20.00)",
        },
        {
            trigger: ".modal button[name=action_complete_feasible]",
            run: "click",
        },
        {
            content: "The result, order by order",
            trigger: ".o_form_view [name=line_ids] .o_data_row:contains(Completed)",
        },
        {
            trigger: ".o_field_widget[name=progress]:contains(100)",
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_complete_from_dashboard", {
    steps: () => [
        {
            trigger: ".o_kanban_record:contains(To Manufacture)",
        },
        {
            content: "On the card, with its number",
            trigger:
                ".o_kanban_record:contains(To Manufacture) button[name=action_complete_orders]:contains(Due)",
            run: "click",
        },
        {
            content: "Without a selection: what is due",
            trigger: ".modal .o_data_row:contains(Bench):contains(Ready)",
        },
        {
            trigger: ".modal button[name=action_complete_feasible]",
            run: "click",
        },
        {
            content: "The run, and not the dialog: there it only can be completed",
            trigger:
                ".o_form_view [name=line_ids] .o_data_row [name=result]:contains(Completed)",
        },
    ],
});
