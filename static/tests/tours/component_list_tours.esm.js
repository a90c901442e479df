import {
    addTours,
    click,
    component,
    noDialog,
    pressProduce,
    see,
    seeDone,
} from "./order_steps.esm";

const OPEN_TAB = click("a[name=components]");
const SAVE = click(".o_form_button_save:visible");
const ISSUES = ".modal:has(.modal-title:contains(Issues of))";
const SAVED = "body:not(:has(.o_form_button_save:visible))";

const button = (name, label) => `${component(name)} button[aria-label^='${label}']`;
const pressPlanned = (name) => click(button(name, "Record the planned quantity"));
const pressNone = (name) => click(button(name, "Record that none"));
const takeBack = (name) => click(button(name, "Take this record back"));
const seeState = (name, state, colour) =>
    see(
        `${component(name)} [name=issue_state] .badge.text-bg-${colour}:contains(${state})`
    );

const seeNumbers = (name, planned, issued, open) =>
    see(
        `${component(name)}:has(td[name=product_uom_qty]:text(${planned} Units)):has(td[name=issued_quantity]:text(${issued} Units)):has(td[name=open_quantity]:text(${open} Units))`
    );

const typeReserved = (name, quantity) => [
    click(`${component(name)} td[name=quantity]`),
    {
        content: "What is reserved is in the empty cell",
        trigger: `${component(name)} [name=quantity] input[placeholder='${quantity}.00 reserved']`,
        run: `edit ${quantity} && click .o_form_view`,
    },
];

const card = (name) => `[name=move_raw_ids] .o_kanban_record:contains(${name})`;
const seeCard = (name, state) =>
    see(`${noDialog} ${card(name)} [name=issue_state] .badge:contains(${state})`);

addTours({
    components: () => [
        {
            content: "Of the glue 6 were issued, which is no row of its own",
            trigger: `[name=move_raw_ids]:not(:has(${component("Glue")} ~ .o_data_row:contains(Glue)))`,
        },
        seeNumbers("Glue", "20.00", "6.00", "14.00"),
        seeNumbers("Paint", "10.00", "0.00", "10.00"),
        see(`${component("Glue")} [name=issue_state]:contains(6 of 20)`),
        see(
            `${component("Glue")}:not(:has(.o_list_record_remove button))`,
            "It isn't removed"
        ),
        see(`${component("Paint")}:has(.o_list_record_remove button)`),
        see(`${component("Frame")} [name=issue_method] .badge.text-bg-300`),
        click(`${component("Glue")} td[name=issued_quantity] button`),
        see(
            `${ISSUES} .o_data_row:contains(6.00):contains(keeper)`,
            "When and by whom"
        ),
        click(".modal .btn-close"),

        pressNone("Label"),
        seeState("Label", "None Used", 300),
        takeBack("Label"),
        seeState("Label", "To Issue", "warning"),
        pressNone("Label"),
        seeState("Label", "None Used", 300),

        ...typeReserved("Paint", 10),
        seeState("Paint", "Recorded", 300),
        SAVE,
        see(
            `${SAVED} ${component("Paint")} [name=issue_state] .badge:contains(Recorded)`
        ),
        see(`${component("Paint")} td[name=quantity]:text(10.00 Units)`),

        click("button[name=action_record_all_planned]"),
        seeState("Glue", "Recorded", 300),
        see(`${component("Glue")} td[name=quantity]:text(14.00 Units)`),
        see("body:not(:has(button[name=action_record_all_planned]))"),
        click("button[name=action_start]:visible", "Recording is no start"),
        see("body:not(:has(button[name=action_start]:visible))"),
        seeNumbers("Frame", "10.00", "10.00", "0.00"),
        takeBack("Glue"),
        seeState("Glue", "Partly Issued", "warning"),

        pressProduce,
        seeDone,
        seeNumbers("Glue", "20.00", "6.00", "14.00"),
        seeState("Glue", "Partly Issued", "warning"),
        see(`${component("Glue")} [name=issue_state]:contains(6 of 20)`),
        seeNumbers("Paint", "10.00", "10.00", "0.00"),
        seeState("Label", "None Used", 300),

        click("button:has(.o_stat_text:contains(Overview))"),
        see(
            "tr:contains(Glue) [name=not_issued].text-warning-emphasis:contains(14.00 Units)"
        ),
        see("tr:contains(Glue) [name=plan]:contains(Planned 20.00 Units)"),
        see("tr:contains(Label) [name=none_used].text-muted:contains(None Used)"),
    ],

    change_plan: () => [
        click(`${component("Glue")} td[name=product_uom_qty]`),
        {
            content: "The plan is what is edited, not what is left of it",
            trigger: `${component("Glue")} [name=product_uom_qty] input:value(20.00)`,
            run: "edit 4 && click .o_form_view",
        },
        see(".o_notification:contains(6.00 Units were issued already)"),
        {
            trigger: `${component("Glue")} [name=product_uom_qty] input`,
            run: "edit 24 && click .o_form_view",
        },
        seeNumbers("Glue", "24.00", "6.00", "18.00"),
        click(
            "[name=move_raw_ids] .o_field_x2many_list_row_add button:contains(Add a line), [name=move_raw_ids] .o_field_x2many_list_row_add a:contains(Add a line)"
        ),
        {
            trigger: "[name=move_raw_ids] .o_selected_row [name=product_id] input",
            run: "edit Screw",
        },
        click(".o-autocomplete--dropdown-item:contains(Screw)"),
        {
            trigger: "[name=move_raw_ids] .o_selected_row [name=product_uom_qty] input",
            run: "edit 3 && click .o_form_view",
        },
        SAVE,
        see(SAVED),
        seeNumbers("Screw", "3.00", "0.00", "3.00"),
        seeNumbers("Glue", "24.00", "6.00", "18.00"),
        {
            content: "Sorted by what is planned",
            trigger: "[name=move_raw_ids] th[data-name=product_uom_qty]",
            run: "click",
        },
        see("[name=move_raw_ids] .o_data_row:first:contains(Screw)"),
        see(
            "[name=move_raw_ids]:has(.o_data_row:nth-child(5)):not(:has(.o_data_row:nth-child(6)))"
        ),
    ],

    work_order: () => [
        OPEN_TAB,
        seeNumbers("Glue", "20.00", "6.00", "14.00"),
        see(
            "[name=move_raw_ids]:not(:has(.o_data_row:contains(Paint)))",
            "Its own alone"
        ),
        pressPlanned("Glue"),
        seeState("Glue", "Recorded", 300),
        takeBack("Glue"),
        seeState("Glue", "Partly Issued", "warning"),
        ...typeReserved("Label", 10),
        seeState("Label", "Recorded", 300),
        SAVE,
        see(SAVED),
        click("button[name=action_open_issue]"),
        see(
            ".modal:has(.o_data_row:contains(Glue)):not(:has(.o_data_row:contains(Paint)))"
        ),
        click(".modal .btn-close"),
        click(`${noDialog} button[name=action_record_all_planned]`),
        seeState("Glue", "Recorded", 300),
    ],

    phone_components: () => [
        seeCard("Glue", "Partly Issued"),
        see(
            `${card("Glue")}:contains(Planned):contains(20.00 Units):contains(6 of 20)`
        ),
        click(
            `${card("Glue")} button[name=action_record_planned]:contains(As Planned)`
        ),
        seeCard("Glue", "Recorded"),
        click(`${card("Paint")} button[name=action_record_unused]:contains(None Used)`),
        seeCard("Paint", "None Used"),
        click(`${card("Paint")} button[name=action_clear_record]`),
        seeCard("Paint", "To Issue"),
        click(`${card("Paint")}`, "A card opens the component"),
        {
            trigger: ".modal [name=quantity] input[placeholder='10.00 reserved']",
            run: "edit 10 && click .modal-title",
        },
        click(".modal footer .o_form_button_save"),
        seeCard("Paint", "Recorded"),
        SAVE,
        see(`${SAVED} ${card("Paint")} [name=issue_state] .badge:contains(Recorded)`),
    ],
});
