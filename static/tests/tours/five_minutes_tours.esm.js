import {stepUtils} from "@web_tour/tour_utils";
import {
    addTours,
    click,
    component,
    currentStatus,
    dialog,
    noDialog,
    pressProduce,
    see,
    seeDone,
} from "./order_steps.esm";

/** What the README's *Five minutes* does, on the demo data: a part for each step there,
 *  which has its name. */

const menu = (...names) =>
    names.map((name) => click(`[data-menu-xmlid='${name}']`, `menu ${name}`));
const openApplication = (root) => [
    click(".o_navbar_apps_menu button"),
    click(`.o-dropdown--menu [data-menu-xmlid='${root}']`),
];
const openManufacturing = openApplication("mrp.menu_mrp_root");
const openInventory = openApplication("stock.menu_stock_root");
const openOrders = [
    ...menu("mrp.menu_mrp_manufacturing", "mrp.menu_mrp_production_action"),
    see(".o_last_breadcrumb_item:contains(Manufacturing Orders)"),
];
const openRow = (text) => [
    click(`.o_list_view .o_data_row:contains(${text}) .o_data_cell:first`),
    see(".o_form_view"),
];
/** @param number of the demo order, as its source begins */
const openOrder = (number) => [...openOrders, ...openRow(`Demo ${number}:`)];
const openDoneOrder = (number) => [
    ...openOrders,
    click(".o_searchview_facet:contains(To Do) .o_facet_remove"),
    ...openRow(`Demo ${number}:`),
];
const seeStatus = (name, status) =>
    see(`${noDialog} ${component(name)} [name=issue_state] .badge:contains(${status})`);
const chooseMethod = (name, method) => [
    click(`${component(name)} td[name=issue_method]`),
    click(`${component(name)} [name=issue_method] input`),
    click(`.o_select_menu_item:contains(${method})`),
    ...stepUtils.saveForm(),
];
const line = (name) => `.modal [name=line_ids] .o_data_row:contains(${name})`;
const enterQuantity = (name, quantity) => [
    click(`${line(name)} td[name=quantity]`),
    {trigger: `${line(name)} [name=quantity] input`, run: `edit ${quantity}`},
];
const closeDialog = [click(".modal .btn-close"), see(noDialog)];

const chooseWhatUnrecordedDoes = (choice) => [
    ...menu("mrp.menu_mrp_configuration", "mrp.menu_mrp_config"),
    {trigger: `#unissued_rule input[data-value=${choice}]`, run: "check"},
    {trigger: "button.o_form_button_save", run: "click", expectUnloadPage: true},
    see(`#unissued_rule input[data-value=${choice}]:checked`),
];
const chooseRuleOfPurchasedParts = (rule) => [
    ...openInventory,
    ...menu(
        "stock.menu_stock_config_settings",
        "stock.menu_product_category_config_stock"
    ),
    ...openRow("Purchased Parts"),
    see(".o_last_breadcrumb_item:contains(Purchased Parts)"),
    {
        content: "The list is narrowed to it",
        trigger: "[name=shortage_rule] input",
        run: `edit ${rule}`,
    },
    click(`.o_select_menu_item:contains(${rule})`),
    see(`[name=shortage_rule] input:value(${rule})`),
    ...stepUtils.saveForm(),
    ...openManufacturing,
];

const PARTS = {
    "Issue by hand, then Produce All": [
        ...openOrder(1),
        seeStatus("LED Module", "To Issue"),
        click(`${component("LED Module")} button[name=action_record_planned]`),
        seeStatus("LED Module", "Recorded"),
        click(`${component("Adhesive")} button[name=action_record_unused]`),
        seeStatus("Adhesive", "None Used"),
        pressProduce,
        see(`${dialog("Consumption Warning")} .o_data_row:contains(Adhesive)`),
        see(`${dialog("Consumption Warning")} .o_data_row:contains(Cable)`),
        click(`${dialog("Consumption Warning")} button[name=action_confirm]`),
        seeDone,
        seeStatus("LED Module", "Issued"),
        seeStatus("Adhesive", "None Used"),
        seeStatus("Cable", "Not Issued"),
    ],

    "Override a method": [
        ...openOrder(2),
        ...chooseMethod("Lamp Base", "Manual"),
        see(`${component("Lamp Base")} [name=issue_method]:contains(Manual)`),
        ...chooseMethod("Lamp Base", "Inherit"),
        see(`${component("Lamp Base")} [name=issue_method]:contains(At Completion)`),
    ],

    "See what was not issued": [
        ...openDoneOrder(3),
        seeStatus("Adhesive", "Not Issued"),
        click(".o-form-buttonbox button:contains(Overview)"),
        see(
            "table[name=overview] tr:contains(Adhesive) [name=not_issued]:contains(40)"
        ),
    ],

    "Produce All leaves the adhesive alone": [
        ...openOrder(4),
        pressProduce,
        seeDone,
        seeStatus("Adhesive", "Not Issued"),
        seeStatus("Lamp Base", "Issued"),
    ],

    "Where a method comes from": [
        ...menu("mrp.menu_mrp_bom", "mrp.menu_mrp_bom_form_action"),
        ...openRow("Desk Lamp"),
        see(
            "[name=bom_line_ids] .o_data_row:contains(Cable) [name=issue_method]:contains(Test Bench)"
        ),
        click(".o-form-buttonbox button:contains(BoM Overview)"),
        see("tr:contains(Cable) [name=issue_method]:contains(Manual)"),
    ],

    "Block instead of ask": [
        ...chooseWhatUnrecordedDoes("block"),
        ...openOrder(2),
        pressProduce,
        see(".modal:contains(LED Module):contains(Adhesive):contains(Power Cable)"),
        ...closeDialog,
        ...chooseWhatUnrecordedDoes("bom"),
    ],

    "Moments and quantities": [
        ...openOrder(5),
        click("button[name=action_preview_backflush]"),
        see(`${line("Light Bulb")}:contains(20):contains(Assembly Shelf)`),
        see(`${line("Screw")}:contains(63)`),
        see(`${line("Paint")}:contains(at the next count)`),
        ...closeDialog,
        click("button[name=action_start]:visible"),
        seeStatus("Lamp Base", "Issued"),
        click("button[name=action_open_issue]"),
        {
            trigger: ".modal [name=scan] input:focus",
            run: "edit LED-2602 && press Enter",
        },
        see(`${line("LED Module")} [name=lot_ids]:contains(LED-2602)`),
        ...enterQuantity("LED Module", 4),
        click(".modal footer button[name=action_issue]"),
        seeStatus("LED Module", "Partly Issued"),
        click("button[name=action_open_return]"),
        ...enterQuantity("LED Module", 1),
        click(".modal footer button[name=action_return]"),
        see(noDialog),
        click("a[name=operations]"),
        click("[name=workorder_ids] button[name=button_start]"),
        click("[name=workorder_ids] button[name=button_finish]"),
        see("[name=workorder_ids] .o_data_row:not(:has(button[name=button_finish]))"),
        click("a[name=components]"),
        seeStatus("Light Bulb", "Issued"),
    ],

    "Block where stock is missing": [
        ...chooseRuleOfPurchasedParts("Block the Order"),
        ...openOrder(7),
        pressProduce,
        see(".modal:contains(Lamp Shade):contains(Dimmer Switch):contains(WH/OUT/)"),
        ...closeDialog,
        ...chooseRuleOfPurchasedParts("Let It Wait and Settle Later"),
    ],

    "Let what is missing wait": [
        ...openDoneOrder(6),
        seeStatus("Lamp Shade", "Waiting"),
        click("button[name=action_view_backflush_exceptions]:contains(2)"),
        see(".o_list_view .o_data_row:contains(Lamp Shade):contains(3)"),
        see(".o_list_view .o_data_row:contains(Dimmer Switch):contains(2)"),
        ...openOrder(7),
        click("button[name=action_preview_backflush]"),
        see(`${line("Lamp Shade")}:contains(4)`),
        ...closeDialog,
        pressProduce,
        seeDone,
        seeStatus("Lamp Shade", "Waiting"),
        ...openInventory,
        ...menu("stock.menu_stock_warehouse_mgmt", "stock.in_picking"),
        ...openRow("lamp shades arrive"),
        click("button[name=button_validate]:visible"),
        see(currentStatus("Done")),
    ],
};

const card = (name) => `[name=move_raw_ids] .o_kanban_record:contains(${name})`;
const seeCard = (name, status) =>
    see(`${noDialog} ${card(name)} [name=issue_state] .badge:contains(${status})`);

addTours({
    five_minutes: () =>
        Object.entries(PARTS).flatMap(([part, steps]) =>
            steps.map((step) => ({...step, content: `${part}: ${step.content || ""}`}))
        ),

    /** The first part, with a telephone in the hand. */
    five_minutes_phone: () => [
        seeCard("LED Module", "To Issue"),
        click(`${card("LED Module")} button[name=action_record_planned]`),
        seeCard("LED Module", "Recorded"),
        click(`${card("Adhesive")} button[name=action_record_unused]`),
        seeCard("Adhesive", "None Used"),
        pressProduce,
        see(`${dialog("Consumption Warning")}:contains(Adhesive):contains(Cable)`),
        click(`${dialog("Consumption Warning")} button[name=action_confirm]`),
        seeCard("LED Module", "Issued"),
        seeCard("Adhesive", "None Used"),
        seeCard("Cable", "Not Issued"),
    ],

    /** After a moment, the receipt's shades are issued. */
    five_minutes_settled: () => [
        ...openDoneOrder(6),
        seeStatus("Lamp Shade", "Issued"),
        seeStatus("Dimmer Switch", "Waiting"),
        ...openDoneOrder(7),
        seeStatus("Lamp Shade", "Issued"),
        seeStatus("Dimmer Switch", "Waiting"),
    ],
});
