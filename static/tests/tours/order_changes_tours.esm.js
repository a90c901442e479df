import {
    addTours,
    chooseForAllOrders,
    click,
    component,
    dialog,
    noDialog,
    pressProduce,
    see,
    seeDone,
    seeOrder,
} from "./order_steps.esm";

const QUANTITY = dialog("Change Quantity To Produce");
const SPLIT = dialog("Split production");
const ISSUE = dialog("Issue Components");
const RETURN = dialog("Return Components");
const PREVIEW = dialog("Backflush Preview");
const COMPLETE = dialog("Complete Orders");

const discard = (title) => click(`${title} footer button:contains(Discard):visible`);

const card = (title, name) => `${title} .o_kanban_record:contains(${name})`;

const typeInLine = (title, name, quantity) => [
    click(`${title} .o_data_row:contains(${name}) td[name=quantity]`),
    {
        trigger: `${title} .o_data_row:contains(${name}) [name=quantity] input`,
        run: `edit ${quantity}`,
    },
];

const changeQuantity = (quantity) => [
    click("div[name=qty] button:has([name=product_qty])"),
    {
        trigger: `${QUANTITY} [name=product_qty] input`,
        run: `edit ${quantity}`,
    },
];

const chooseOnPhone = (name) => [
    click(`${noDialog} .o_statusbar_buttons button:has(.oi-ellipsis-v)`),
    click(`.o-dropdown--menu button[name=${name}]`),
];

const previewOnPhone = () => [
    click(`${noDialog} .o_button_more`),
    click(".o-dropdown--menu button[name=action_preview_backflush]"),
];

addTours({
    increase_quantity: () => [
        ...changeQuantity(12),
        discard(QUANTITY),
        seeOrder("MO/", 10),
        ...changeQuantity(15),
        click(`${QUANTITY} button[name=change_prod_qty]`),
        seeOrder("MO/", 15),
        pressProduce,
        seeDone,
    ],

    reduce_quantity: () => [
        ...changeQuantity(6),
        click(`${QUANTITY} button[name=change_prod_qty]`),
        see(
            `${RETURN} .o_data_row:contains(Frame):has([name=surplus_quantity]:text(4.00)) [name=quantity]:text(4.00)`,
            "What was issued beyond that is offered for return"
        ),
        discard(RETURN),
        seeOrder("MO/", 6),
        click("button[name=action_open_return]"),
        click(`${RETURN} button[name=action_return]`),
        pressProduce,
        seeDone,
    ],

    split: () => [
        click(".o_cp_action_menus button:has(.fa-cog)"),
        click(".o-dropdown--menu .o-dropdown-item:contains(Split)"),
        {
            trigger: `${SPLIT} [name=max_batch_size] input`,
            run: "edit 4 && click .modal-title",
        },
        see(`${SPLIT} .o_data_row:nth-child(3) [name=quantity]:text(2.00)`),
        click(`${SPLIT} button[name=action_split]`),
        seeOrder("-001", 4),
    ],

    mark_all_done: () => [
        ...chooseForAllOrders("Mark as Done"),
        see(`${noDialog} .o_list_view:not(:has(.o_data_row:contains(Table)))`),
    ],

    merge: () => [
        ...chooseForAllOrders("Merge"),
        seeOrder("MO/", 15),
        pressProduce,
        seeDone,
    ],

    discard_own_dialogs: () => [
        click("button[name=action_open_issue]"),
        see(`${ISSUE} .o_data_row:contains(Frame) [name=quantity]:text(0.00)`),
        ...typeInLine(ISSUE, "Frame", 5),
        discard(ISSUE),
        click(`${noDialog} button[name=action_open_return]`),
        ...typeInLine(RETURN, "Frame", 2),
        discard(RETURN),
        click(`${noDialog} button[name=action_preview_backflush]`),
        click(`${PREVIEW} footer button:contains(Close)`),
        see(
            `${noDialog} ${component("Frame")} td[name=open_quantity]:text(6.00 Units)`
        ),
    ],

    phone_issue: () => [
        ...chooseOnPhone("action_open_issue"),
        click(`${ISSUE} button[name=action_fill_in]`),
        see(`${card(ISSUE, "Screw")} .o_quantity_stepper input:value(40.00)`),
        click(`${ISSUE} button[name=action_clear]`),
        see(`${card(ISSUE, "Screw")} .o_quantity_stepper input:value(0.00)`),
        discard(ISSUE),
        ...chooseOnPhone("action_open_issue"),
        {
            trigger: `${card(ISSUE, "Frame")} .o_quantity_stepper input`,
            run: "edit 3 && press Tab",
        },
        click(`${card(ISSUE, "Frame")} button[aria-label^="One more"]`),
        see(`${card(ISSUE, "Frame")} .o_quantity_stepper input:value(4.00)`),
        click(`${ISSUE} footer button[name=action_issue]`),
        see(".o_notification:contains(4 Frame issued)"),
        ...previewOnPhone(),
        see(`${card(PREVIEW, "Screw")}:contains(of 40.00)`),
        click(`${PREVIEW} footer button:contains(Close)`),
        ...chooseOnPhone("action_open_return"),
        see(`${card(RETURN, "Frame")}:contains(WH/Stock)`),
        click(`${card(RETURN, "Frame")} button[aria-label^="One more"]`),
        click(`${RETURN} footer button[name=action_return]`),
        see(".o_notification:contains(1 Frame returned)"),
        see(
            `${noDialog} [name=move_raw_ids] .o_kanban_record:contains(Frame) [name=open_quantity]:text(7.00 Units)`
        ),
    ],

    complete_all: () => [
        ...chooseForAllOrders("Complete Orders"),
        see(`${COMPLETE} .o_data_row:contains(Less was produced)`),
        discard(COMPLETE),
        ...chooseForAllOrders("Complete Orders"),
        click(`${COMPLETE} [name=backorder] .o_radio_item:contains(Backorder) input`),
        click(`${COMPLETE} [name=deviations] .o_radio_item:contains(Anyway) input`),
        see(
            `${COMPLETE}:not(:has(.o_data_row:contains(Person)))`,
            "Answered for all of them"
        ),
        click(`${COMPLETE} button[name=action_complete_all]`),
        see(".o_field_widget[name=progress]:contains(100)"),
    ],
});
