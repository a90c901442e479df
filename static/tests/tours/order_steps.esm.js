import {registry} from "@web/core/registry";

/** What the tours of a manufacturing order share. */

export const component = (name) => `[name=move_raw_ids] .o_data_row:contains(${name})`;
export const currentStatus = (name) =>
    `.o_statusbar_status .o_arrow_button_current:contains(${name})`;
export const dialog = (title) => `.modal:has(.modal-title:contains(${title}))`;
export const noDialog = "body:not(:has(.modal))";

export const click = (trigger, content) => ({content, trigger, run: "click"});
export const see = (trigger, content) => ({content, trigger});

export const pressProduce = click(`${noDialog} button[name=button_mark_done]:visible`);
export const seeDone = see(`${noDialog} ${currentStatus("Done")}`);

/** The order knows what it uses once its button no longer says *Produce All*. */
export const typeProduced = (quantity) => [
    {
        trigger: "[name=qty_producing] input",
        run: `edit ${quantity} && click .o_form_view`,
    },
    see("button[name=button_mark_done]:visible:contains(Produce):not(:contains(All))"),
];

export const typeUsed = (name, quantity) => [
    click(`${component(name)} td[name=quantity]`),
    {
        trigger: `${component(name)} [name=quantity] input`,
        run: `edit ${quantity} && click .o_form_view`,
    },
];

/** The form shows an order of this quantity; its number ends like this. */
export const seeOrder = (number, quantity) =>
    see(
        `${noDialog}:has(.o_last_breadcrumb_item:contains(${number})) div[name=qty] button [name=product_qty]:text(${quantity}.00)`
    );

/** Of the orders that the list shows, all. */
export const chooseForAllOrders = (action) => [
    click("thead .o_list_record_selector input"),
    click(".o_cp_action_menus .dropdown-toggle:contains(Actions)"),
    click(`.o-dropdown--menu .o-dropdown-item:contains(${action})`),
];

/** @param tours functions that return the steps, by name */
export function addTours(tours) {
    for (const [name, steps] of Object.entries(tours)) {
        registry.category("web_tour.tours").add(`mrp_backflush_${name}`, {
            // The machine may be busy with other tests.
            timeout: 20000,
            steps,
        });
    }
}
