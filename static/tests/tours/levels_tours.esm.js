import {stepUtils} from "@web_tour/tour_utils";
import {addTours, click, component, noDialog, see} from "./order_steps.esm";

const entry = (text) => `.o_select_menu_item:contains(${text})`;
const inherit = (text) => entry(`Inherit: ${text}`);
const line = (name) => `[name=bom_line_ids] .o_data_row:contains(${name})`;
const log = (text) => see(`.o-mail-Message:contains(${text})`);

/** On a form with one selection of this name that may be edited. */
const choose = (name, item) => [click(`[name=${name}] input`), click(item)];
const seeChosen = (name, text) => see(`[name=${name}] input:value(${text})`);
const seeInherited = (name, text) => see(`[name=${name}] input[placeholder="${text}"]`);

const settings = () => [
    see("#backflush_first_minutes:contains(Try this first)"),
    see("#issue_method button:contains(BoM Lines)"),
    see("#shortage_rule:not(:has([name=exception_attempt_limit]))"),
    see("#tell_taken_reservations"),
    {
        content: "What waits needs somebody who looks at it",
        trigger: "#shortage_rule input[data-value=park]",
        run: "check",
    },
    see("#shortage_rule [name=exception_attempt_limit]"),
    see("body:not(:has(#tell_taken_reservations))"),
    see("#completion_background_limit:contains(Complete in background above)"),
    see("#unissued_rule:contains(Must Be Recorded First):not(:contains(Block))"),
    see("#shortage_rule:contains(Block the Order)"),
    {
        trigger: "button.o_form_button_save",
        run: "click",
        expectUnloadPage: true,
    },
    see("#shortage_rule input[data-value=park]:checked"),
    click("button[name=action_open_log]"),
    log("Let It Wait and Settle Later"),
];

const category = () => [
    seeInherited("issue_method", "At Completion (company)"),
    seeInherited("shortage_rule", "Allow (company)"),
    ...choose("issue_method", entry("Manual")),
    seeChosen("issue_method", "Manual"),
    ...choose("shortage_rule", entry("Block the Order")),
    ...stepUtils.saveForm(),
    log("Issue Method"),
    ...choose("issue_method", inherit("At Completion (company)")),
    seeInherited("issue_method", "At Completion (company)"),
    ...choose("shortage_rule", inherit("Allow (company)")),
    seeInherited("shortage_rule", "Allow (company)"),
    ...stepUtils.saveForm(),
];

addTours({
    levels_settings: settings,
    levels_settings_phone: settings,
    levels_category: category,
    levels_category_phone: category,
    levels_bom: () => [
        see(
            `${line("Frame")} td[name=issue_method]:contains(At Completion · Hardware)`
        ),
        see(`${line("Set")} td[name=product_qty]`),
        see(`${line("Set")}:not(:contains(At Completion))`),
        click(`${line("Frame")} td[name=issue_method]`),
        click("[name=bom_line_ids] .o_selected_row [name=issue_method] input"),
        see(inherit("At Completion (category Hardware)")),
        click(entry("At Start")),
        ...stepUtils.saveForm(),
        log("Frame, Issue Method: Inherited → At Start"),
        click(`${line("Frame")} td.o_list_record_open_form_view button`),
        see("[name=quantity_example]:contains(6 × 100)"),
        see("[name=issue_method]:contains(At Start)"),
    ],
    levels_bom_lines: () => [
        see(".o_data_row:contains(Glue) [name=issue_method] .badge:contains(Manual)"),
        see(".o_data_row:contains(Glue) td[name=issue_method_from]:contains(BoM Line)"),
        see(
            ".o_data_row:contains(Frame) td[name=issue_method]:contains(At Completion)"
        ),
        see(
            ".o_data_row:contains(Frame) td[name=issue_method_from]:contains(Category Hardware)"
        ),
    ],
    levels_order: () => [
        click(`${component("Frame")} td[name=issue_method]`),
        click(`${component("Frame")} [name=issue_method] input`),
        click(entry("Manual")),
        ...stepUtils.saveForm(),
        see(`${component("Frame")} [name=issue_method] .badge:contains(Manual)`),
        log("Frame, Issue Method: At Completion (inherited) → Manual"),
        click(`${component("Frame")} td[name=issue_method]`),
        click(`${component("Frame")} [name=issue_method] input`),
        click(inherit("At Completion (category Hardware)")),
        ...stepUtils.saveForm(),
        see(`${component("Frame")} [name=issue_method] .badge:contains(At Completion)`),
        click(`${noDialog} ${component("Glue")} button[name=action_record_planned]`),
        log("Glue, Quantity Used: not recorded → 20"),
    ],
    levels_phone_bom_lines: () => [
        see(".o_kanban_record:contains(Glue):contains(Manual):contains(BoM Line)"),
        see(
            ".o_kanban_record:contains(Frame):contains(At Completion):contains(Category Hardware)"
        ),
    ],
});
