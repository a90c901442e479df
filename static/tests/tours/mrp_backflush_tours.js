import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const component = (name) => `[name=move_raw_ids] .o_data_row:contains(${name})`;

registry.category("web_tour.tours").add("mrp_backflush_planner", {
    steps: () => [
        {
            content: "The frame is backflushed",
            trigger: `${component("Frame")} [name=issue_method] .badge:contains(Backflush)`,
        },
        {
            content: "Its method can be chosen",
            trigger: `${component("Frame")} td[name=issue_method]`,
            run: "click",
        },
        {
            trigger: `${component("Frame")} [name=issue_method] input`,
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Manual)",
            run: "click",
        },
        ...stepUtils.saveForm(),
        {
            content: "What is reserved is not shown as consumed",
            trigger: `${component("Frame")} td[name=quantity]:contains(reserved):contains(10.00)`,
        },
        {
            content: "The planned quantity is recorded in one click",
            trigger: `${component("Frame")} button[name=action_record_planned]`,
            run: "click",
        },
        {
            trigger: `${component("Frame")} [name=issue_state] .badge:contains(Recorded)`,
        },
        {
            content: "So is that none was used",
            trigger: `${component("Glue")} button[name=action_record_unused]`,
            run: "click",
        },
        {
            trigger: `${component("Glue")} [name=issue_state] .badge:contains(Recorded)`,
        },
        {
            content: "A record can be taken back",
            trigger: `${component("Glue")} button[name=action_clear_record]`,
            run: "click",
        },
        {
            trigger: `${component("Glue")} [name=issue_state] .badge:contains(To Issue)`,
        },
        {
            content: "A quantity equal to the plan can be typed",
            trigger: `${component("Glue")} td[name=quantity]`,
            run: "click",
        },
        {
            trigger: `${component("Glue")} [name=quantity] input`,
            run: "edit 17 && click .o_form_view",
        },
        ...stepUtils.saveForm(),
        {
            trigger: `${component("Glue")} [name=issue_state] .badge:contains(Recorded)`,
        },
        {
            trigger: "button[name=button_mark_done]:visible",
            run: "click",
        },
        {
            trigger: `${component("Frame")} [name=issue_state] .badge:contains(Issued)`,
        },
        {
            trigger: `${component("Glue")} [name=issue_state] .badge:contains(Issued)`,
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_administrator", {
    steps: () => [
        {
            trigger: "#issue_method .o_select_menu_input",
            run: "click",
        },
        {
            trigger: ".o_select_menu_item:contains(Manual)",
            run: "click",
        },
        {
            trigger: "#unissued_rule input[data-value=block]",
            run: "check",
        },
        {
            trigger: "button.o_form_button_save",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Saved, and read again",
            trigger: "#unissued_rule input[data-value=block]:checked",
        },
    ],
});

registry.category("web_tour.tours").add("mrp_backflush_operator", {
    steps: () => [
        {
            trigger: "button[name=button_mark_done]:visible",
            run: "click",
        },
        {
            content: "The message names what must be issued first",
            trigger: ".modal:contains(issued by hand):contains(Glue, 20 Units)",
        },
        {
            trigger: ".modal footer button",
            run: "click",
        },
        {
            trigger: `body:not(:has(.modal)) ${component("Glue")} button[name=action_record_planned]`,
            run: "click",
        },
        {
            trigger: `${component("Glue")} [name=issue_state] .badge:contains(Recorded)`,
        },
        {
            trigger: "button[name=button_mark_done]:visible",
            run: "click",
        },
        {
            trigger: `${component("Glue")} [name=issue_state] .badge:contains(Issued)`,
        },
    ],
});
