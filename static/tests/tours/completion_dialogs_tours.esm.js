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
    typeProduced,
    typeUsed,
} from "./order_steps.esm";

const BACKORDER = dialog("You produced less than the initial demand");
const DEVIATION = dialog("Consumption Warning");
const SERIALS = dialog("Assign Serial Numbers");
const EXPIRED = dialog("Confirmation");

const CREATE_BACKORDER = `${BACKORDER} button[name=action_backorder]:visible`;
const NO_BACKORDER = `${BACKORDER} button[name=action_close_mo]`;
const CONFIRM = `${DEVIATION} button[name=action_confirm]:contains(Confirm)`;
const SET_QUANTITIES = `${DEVIATION} button[name=action_set_qty]`;

const seeWarning = (name, planned, used) =>
    see(
        `${DEVIATION} .o_data_row:contains(${name}):has([name=product_expected_qty_uom]:text(${planned}.00)) [name=product_consumed_qty_uom]:text(${used}.00)`
    );

const seeReason = (name, reason) =>
    see(`${DEVIATION} .o_data_row:contains(${name}) [name=reason]:contains(${reason})`);

addTours({
    create_backorder: () => [
        ...typeProduced(6),
        pressProduce,
        click(CREATE_BACKORDER),
        seeOrder("-002", 4),
    ],

    no_backorder: () => [
        ...typeProduced(6),
        pressProduce,
        click(NO_BACKORDER),
        seeDone,
    ],

    confirm_deviation: () => [
        ...typeUsed("Frame", 12),
        pressProduce,
        seeWarning("Frame", 10, 12),
        seeReason("Frame", "More than planned"),
        see(`${DEVIATION}:contains(complete with what was consumed)`),
        see(`${DEVIATION}:contains(take what was to be consumed)`),
        click(CONFIRM),
        seeDone,
    ],

    set_quantities: () => [
        ...typeUsed("Frame", 12),
        pressProduce,
        seeWarning("Frame", 10, 12),
        click(SET_QUANTITIES),
        seeDone,
    ],

    force_deviation: () => [
        ...typeUsed("Frame", 12),
        pressProduce,
        seeWarning("Frame", 10, 12),
        click(`${DEVIATION} button[name=action_confirm]:contains(Force)`),
        seeDone,
    ],

    confirm_and_create_backorder: () => [
        ...typeProduced(9),
        ...typeUsed("Frame", 12),
        pressProduce,
        seeWarning("Frame", 9, 12),
        click(CONFIRM),
        click(CREATE_BACKORDER),
        seeOrder("-002", 1),
    ],

    set_quantities_and_close: () => [
        ...typeProduced(9),
        ...typeUsed("Frame", 12),
        pressProduce,
        seeWarning("Frame", 9, 12),
        click(SET_QUANTITIES),
        click(NO_BACKORDER),
        seeDone,
    ],

    phone_questions: () => [
        pressProduce,
        see(
            `${DEVIATION} .o_kanban_record:contains(Frame):contains(More than planned)`
        ),
        click(CONFIRM),
        click(CREATE_BACKORDER),
        seeOrder("-002", 4),
    ],

    phone_set_quantities: () => [
        pressProduce,
        click(SET_QUANTITIES),
        click(NO_BACKORDER),
        see(`${noDialog} button[name=button_unbuild]`, "Only done orders are unbuilt"),
    ],

    discard_questions: () => [
        ...typeProduced(6),
        ...typeUsed("Frame", 7),
        pressProduce,
        click(`${DEVIATION} button[name=action_cancel]`),
        pressProduce,
        seeWarning("Frame", 6, 7),
        click(CONFIRM),
        click(
            `${BACKORDER} button[special=cancel], ${BACKORDER} .o_form_button_cancel`
        ),
        see(`${noDialog} ${component("Frame")} td[name=quantity]:text(7.00 Units)`),
        pressProduce,
        click(`${DEVIATION} .btn-close`),
        see(`${noDialog} ${component("Frame")} td[name=quantity]:text(7.00 Units)`),
    ],

    backorder_of_a_backorder: () => [
        ...typeProduced(4),
        ...typeUsed("Frame", 5),
        pressProduce,
        seeWarning("Frame", 4, 5),
        click(CONFIRM),
        click(CREATE_BACKORDER),
        seeOrder("-002", 6),
        ...typeProduced(4),
        pressProduce,
        click(CREATE_BACKORDER),
        seeOrder("-003", 2),
        pressProduce,
        seeDone,
    ],

    list_one_partial: () => [
        ...chooseForAllOrders("Mark as Done"),
        click(CREATE_BACKORDER),
        seeOrder("-002", 4),
    ],

    list_several_partial: () => [
        ...chooseForAllOrders("Mark as Done"),
        see(`${DEVIATION} .o_data_row:contains(MO/):contains(Frame)`, "Of which order"),
        click(CONFIRM),
        see(`${BACKORDER} .o_data_row:nth-child(2)`),
        click(
            `${BACKORDER} .o_data_row:first [name=to_backorder] input`,
            "No backorder of the first"
        ),
        see(`${BACKORDER} .o_data_row:first [name=to_backorder] input:not(:checked)`),
        click(`${BACKORDER} button[name=action_backorder]:contains(Validate)`),
        seeOrder("-002", 6),
    ],

    list_set_quantities: () => [
        ...chooseForAllOrders("Mark as Done"),
        click(SET_QUANTITIES),
        click(NO_BACKORDER),
        see(
            `${noDialog} .o_list_view:not(:has(.o_data_row:contains(Table)))`,
            "None is left to do"
        ),
    ],

    serials: () => [
        {...pressProduce, content: "The serial numbers are asked for first"},
        {
            trigger: `${SERIALS} [name=lot_name] input`,
            run: "edit LAMP-001",
        },
        click(`${SERIALS} button[name=action_generate_serial_numbers]`),
        see(`${SERIALS} [name=serial_numbers] textarea:value(LAMP-003)`),
        click(`${SERIALS} button[name=action_apply]`),
        see(`${noDialog} [name=qty_producing]:contains(3.00)`),
        pressProduce,
        seeDone,
    ],

    serials_partly: () => [
        click("button[name=action_generate_serial]:visible"),
        {
            trigger: `${SERIALS} [name=serial_numbers] textarea`,
            run: (helpers) => helpers.edit("LAMP-001\nLAMP-002"),
        },
        click(`${SERIALS} button[name=action_apply]`),
        see(`${noDialog} [name=qty_producing]:contains(2.00)`),
        pressProduce,
        click(CREATE_BACKORDER),
        seeOrder("-002", 1),
        pressProduce,
        seeDone,
    ],

    expired_lot: () => [
        ...typeProduced(6),
        pressProduce,
        see(`${EXPIRED}:contains(RESIN-1 which is expired)`),
        click(`${EXPIRED} footer button:contains(Discard):visible`),
        pressProduce,
        click(`${EXPIRED} button[name=confirm_produce]`),
        click(CREATE_BACKORDER),
        seeOrder("-002", 4),
    ],
});
