import {addTours, click, see} from "./order_steps.esm";

const row = (name) => `.o_list_view .o_data_row:contains(${name})`;
const tab = (name) => `.o_notebook_headers .nav-link:contains(${name})`;
const plan = ".tab-pane.active [name=consumption_analysis_ids]";
const LAST_CRUMB = ".o_last_breadcrumb_item";

addTours({
    analysis: () => [
        see(".o_pivot td:contains(63.0)", "The planned cost, in the pivot"),
        see(".o_pivot td:contains(3.00)", "The deviation"),
        click(".o_pivot tbody tr:has(th:contains(Screw)) td:contains(3.00)", "A cell"),
        see(`${row("Screw")} td[name=deviation_cost]:contains(3.00)`, "Its components"),
        click(`${row("Screw")} td[name=product_id]`),
        see(".o_form_view [name=usage_cost]:contains(6.00)", "6 more were used"),
        see(".o_form_view [name=scrap_cost]:contains(-3.00)"),
        click("button[name=action_view_moves]"),
        see(`${LAST_CRUMB}:contains(Stock Moves)`),
        see(`${row("Screw")} td[name=quantity]:contains(66)`, "The move itself"),
        click(".o_back_button, .breadcrumb-item a:contains(Screw)"),
        click("button[name=action_view_lots]"),
        see(`${LAST_CRUMB}:contains(Lots Used)`),
        see(`${row("Screw")} td[name=lot_id]:contains(S-1)`, "And its lot"),
    ],

    analysis_pareto: () => [
        click("button.o_graph"),
        see(".o_graph_renderer canvas", "What costs most comes first"),
        click("button.o_list"),
        see(".o_list_view .o_group_header, .o_list_view .o_data_row"),
    ],

    plan_and_actual: () => [
        click(tab("Plan and Actual")),
        see(
            `${plan} .o_data_row:contains(Screw) td[name=planned_quantity]:contains(63)`
        ),
        see(
            `${plan} .o_data_row:contains(Screw) td[name=actual_quantity]:contains(66)`
        ),
        see(
            `${plan} .o_data_row:contains(Screw) td[name=deviation_cost]:contains(3.00)`
        ),
        click(`${plan} button[name=action_view_moves]`),
        see(`${row("Screw")} td[name=quantity]:contains(66)`),
    ],

    plan_and_actual_on_a_phone: () => [
        click(tab("Plan and Actual")),
        see(`${plan} .o_kanban_record:contains(Screw):contains(66):contains(63)`),
        see(`${plan} .o_kanban_record:contains(Screw):contains(3.00)`),
    ],

    deviation_of_a_product: () => [
        click(".o_button_more"),
        click("button[name=action_view_deviation]:contains(3.00)"),
        see(".o_pivot td:contains(63.0)"),
    ],

    analysis_switched_on: () => [
        click("#use_consumption_analysis input[type=checkbox]"),
        {trigger: ".o_form_button_save", run: "click", expectUnloadPage: true},
        click("button[data-menu-xmlid='mrp.menu_mrp_reporting']"),
        click(".o-dropdown--menu .dropdown-item:contains(Consumption Analysis)"),
        see(
            `${LAST_CRUMB}:contains(Consumption Analysis), .o_breadcrumb:contains(Consumption Analysis)`
        ),
    ],
});
