import {
    addTours,
    chooseForAllOrders,
    click,
    component,
    dialog,
    noDialog,
    see,
} from "./order_steps.esm";

const REFUSED = dialog("Invalid Operation");
const MISSING = dialog("Not Enough Stock");
const UNBUILD = dialog("Unbuild: Table");
const DELETE = dialog("Bye-bye, record!");

const chooseAction = (name) => [
    click(`${noDialog} .o_cp_action_menus button:has(.fa-cog)`),
    click(`.o-dropdown--menu .o-dropdown-item:contains(${name})`),
];

const unlock = [
    ...chooseAction("Lock/Unlock"),
    see("[name=move_raw_ids] .o_field_x2many_list_row_add"),
];

const typePosted = (quantity) => [
    click(`${component("Frame")} td[name=quantity]`),
    {
        trigger: `${component("Frame")} [name=quantity] input`,
        run: `edit ${quantity} && click .o_form_view`,
    },
];

const save = click(".o_form_button_save:visible");
const seePosted = (quantity) =>
    see(
        `${noDialog}:not(:has(.o_form_status_indicator_buttons:not(.invisible))) ${component("Frame")} td[name=quantity]:text(${quantity}.00 Units)`
    );
const seeWaiting = (number) =>
    see(
        `button[name=action_view_backflush_exceptions]:contains(Waiting):contains(${number})`
    );

const unbuild = (quantity) => [
    click(`${noDialog} button[name=button_unbuild]`),
    {
        trigger: `${UNBUILD} [name=product_qty] input`,
        run: `edit ${quantity} && click .modal-title`,
    },
    click(`${UNBUILD} button[name=action_validate]`),
];

const seeWhyItStays = [
    see(`${REFUSED}:contains(can't be deleted):contains(kept)`),
    click(`${REFUSED} footer button:contains(Close)`),
];

addTours({
    correct_up: () => [
        ...unlock,
        ...typePosted(15),
        save,
        seePosted(12),
        seeWaiting(1),
        ...typePosted(11),
        save,
        seePosted(11),
        see(`${noDialog}:not(:has(.ribbon:contains(Waiting)))`, "Nothing waits"),
    ],

    correct_up_blocked: () => [
        ...unlock,
        ...typePosted(15),
        save,
        see(`${MISSING}:contains(Frame)`, "What is missing"),
        click(`${MISSING} footer button:contains(Close)`),
        ...typePosted(12),
        save,
        seePosted(12),
    ],

    unbuild_part: () => [
        ...unbuild(4),
        see(`${noDialog} button[name=button_unbuild]`),
        see(".ribbon:contains(Waiting)", "The rest still waits"),
    ],

    delete_cancelled: () => [
        ...chooseAction("Delete"),
        click(`${DELETE} footer button:contains(Delete)`),
        ...seeWhyItStays,
        see(`${noDialog} .o_form_view`),
    ],

    delete_cancelled_in_list: () => [
        click(".o_facet_remove", "Cancelled ones, too"),
        see(".o_data_row:contains(Table)"),
        ...chooseForAllOrders("Delete"),
        click(`${DELETE} footer button:contains(Delete)`),
        ...seeWhyItStays,
        see(`${noDialog} .o_data_row:contains(Table)`),
    ],
});
