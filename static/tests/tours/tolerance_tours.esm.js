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
    typeUsed,
} from "./order_steps.esm";

const WARNING = dialog("Consumption Warning");
const REFUSED = `${dialog("Invalid Operation")}:contains(Give the reason)`;
const COMPLETE = dialog("Complete Orders");
const CONFIRM = `${WARNING} button[name=action_confirm]:contains(Confirm)`;
const FOR_ALL = `${WARNING} .o_inner_group [name=deviation_reason_id] input`;
const warned = (name) => `${WARNING} .o_data_row:contains(${name})`;
const CARD = dialog("Open: Deviations");
const card = (name) => `${WARNING} .o_kanban_record:contains(${name})`;

const WAITING_ORDER = `${COMPLETE} .o_data_row:contains(Needs a Person)`;
const CHOICES = `${dialog("Search: Reason")} .o_kanban_record`;

const choose = (trigger, reason) => [
    {trigger, run: `edit ${reason}`},
    click(`.o-autocomplete--dropdown-item:contains(${reason})`),
];

const beRefused = (name) => [
    click(CONFIRM),
    see(`${REFUSED}:contains(${name})`, "Without a reason nothing is posted"),
    click(`${REFUSED} footer button:visible`),
];

addTours({
    reasons_desktop: () => [
        ...typeUsed("Frame", 11),
        pressProduce,
        see(`${warned("Screw")} [name=reason]:contains(More than planned)`),
        see(`${WARNING}:not(:has(.o_data_row:contains(Frame)))`, "11 of 10 are inside"),
        see(`${WARNING}:contains(A reason is required)`),
        ...beRefused("Screw"),
        ...choose(FOR_ALL, "Machine Fault"),
        see(`${warned("Screw")} [name=deviation_reason_id]:contains(Machine Fault)`),
        click(`${warned("Screw")} td[name=deviation_reason_id]`),
        ...choose(
            `${warned("Screw")} [name=deviation_reason_id] input`,
            "Bad Material"
        ),
        click(CONFIRM),
        seeDone,
        // Another one, afterwards.
        click("button[name=action_view_deviation_reasons]"),
        see(".o_data_row:contains(Screw):contains(Bad Material)"),
        click(".o_data_row:contains(Screw) td[name=deviation_reason_id]"),
        ...choose(
            ".o_data_row:contains(Screw) [name=deviation_reason_id] input",
            "Spilled or Lost"
        ),
        click(".o_list_button_save:visible"),
        see(
            ".o_data_row:contains(Screw):not(.o_selected_row):contains(Spilled or Lost)"
        ),
        click(".breadcrumb-item:first a, .o_back_button"),
        seeDone,
        see(`${noDialog} .o-mail-Message:contains(Bad Material)`, "Who, and what"),
        see(component("Screw")),
    ],

    reasons_phone: () => [
        pressProduce,
        see(`${card("Screw")}:contains(More than planned)`),
        ...beRefused("Screw"),
        click(card("Screw")),
        click(`${CARD} [name=deviation_reason_id] input`),
        click(`${dialog("Search: Reason")} .o_kanban_record:contains(Machine Fault)`),
        click(`${CARD} .o_form_button_save`),
        see(`${card("Screw")}:contains(Machine Fault)`),
        click(CONFIRM),
        see(`${noDialog} button[name=button_unbuild]`, "Only done orders are unbuilt"),
    ],

    reasons_of_many: () => [
        ...chooseForAllOrders("Complete Orders"),
        see(`${COMPLETE} .o_data_row:contains(Needs a Person):contains(Screw)`),
        see(`${COMPLETE} .o_data_row:contains(Ready)`, "Inside the tolerance"),
        click(
            `${COMPLETE} .o_data_row:contains(Needs a Person) td[name=deviation_reason_id]`
        ),
        ...choose(
            `${COMPLETE} .o_data_row [name=deviation_reason_id] input`,
            "Handling Error"
        ),
        see(`${COMPLETE} .o_data_row:contains(Handling Error):contains(Ready)`),
        ...choose(
            `${COMPLETE} .o_inner_group [name=deviation_reason_id] input`,
            "Wrong Entry"
        ),
        see(
            `${COMPLETE}:not(:has(.o_data_row:contains(Needs a Person))) .o_data_row:contains(Handling Error)`,
            "The order keeps its own reason"
        ),
        click(`${COMPLETE} button[name=action_complete_feasible]`),
        see(".o_form_view [name=done_count]:contains(3)"),
    ],

    reasons_of_many_on_a_phone: () => [
        click("button[name=action_complete_orders]:contains(Complete 3 Due)"),
        see(`${COMPLETE} .o_data_row:contains(Needs a Person)`),
        click(`${WAITING_ORDER} td[name=deviation_reason_id]`),
        click(`${COMPLETE} .o_data_row [name=deviation_reason_id] input`),
        click(`${CHOICES}:contains(Handling Error)`),
        see(`${COMPLETE} .o_data_row:has(input:value(Handling Error)):contains(Ready)`),
        click(`${COMPLETE} .o_inner_group [name=deviation_reason_id] input`),
        click(`${CHOICES}:contains(Wrong Entry)`),
        see(`${COMPLETE}:not(:has(.o_data_row:contains(Needs a Person)))`),
        click(`${COMPLETE} button[name=action_complete_feasible]`),
        see(".o_form_view [name=done_count]:contains(3)"),
    ],

    reasons_report: () => [
        {
            trigger: "#o_report_product",
            run: "edit WH/MO/TEST-1 && press Enter",
        },
        click("button[name=report]:contains(Report 10 Units)"),
        see(".o_report_warning:contains(Give the reason)"),
        see(".o_report_field:contains(Screw):contains(48 / 40)"),
        {
            trigger: ".o_report_field:contains(Frame) select",
            run: "selectByLabel Machine Fault",
        },
        see(
            ".o_report_field:contains(Screw) select:has(option:checked:contains(Machine Fault))",
            "The first choice is for all"
        ),
        {
            trigger: ".o_report_field:contains(Screw) select",
            run: "selectByLabel Bad Material",
        },
        click("button[name=report]"),
        see(".o_report_success:contains(10 Units of):not(:has(select))"),
    ],

    tolerance_levels: () => [
        see("[name=tolerance]:contains(Inherit):contains(10 % over)"),
        click("[name=has_own_tolerance] input"),
        {trigger: "[name=tolerance_over] input", run: "edit 7.5"},
        {trigger: "[name=tolerance_under] input", run: "edit 101"},
        click(".o_form_button_save:visible"),
        see(".modal:contains(at most 100 percent)"),
        click(".modal footer button:visible"),
        {trigger: "[name=tolerance_under] input", run: "edit 100"},
        click(".o_form_button_save:visible"),
        see(".o_form_saved"),
        see(".o-mail-Message:contains(7.5)"),
    ],

    tolerance_settings: () => [
        see("#use_consumption_tolerance:not(:has([name=tolerance_over]:visible))"),
        click("#use_consumption_tolerance [name=use_consumption_tolerance] input"),
        {
            trigger: "#use_consumption_tolerance [name=tolerance_over] input",
            run: "edit 10",
        },
        click("#use_consumption_tolerance [name=is_reason_required] input"),
        {trigger: "button.o_form_button_save", run: "click", expectUnloadPage: true},
        click(".o_menu_sections button:contains(Configuration)"),
        click(".o-dropdown--menu .dropdown-item:contains(Deviation Reasons)"),
        see(".o_data_row:contains(Machine Fault)"),
    ],
});
