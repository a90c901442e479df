import {addTours, click, see} from "./order_steps.esm";

const row = (...texts) =>
    `.o_data_row${texts.map((text) => `:contains(${text})`).join("")}`;

addTours({
    proposals_apply: () => [
        click(".o_control_panel button:contains(Look for Proposals)"),
        see(row("Glue", "10 → 10.5", "+5.0 %")),
        click(`${row("Glue")} td[name=change_text]`),
        see("[name=change_text]:contains(10 → 10.5)"),
        see(".o_proposal_chart circle.o_observation"),
        see(".o_proposal_chart circle.o_outlier"),
        see(".o_proposal_numbers tr:contains(Left out):contains(1,050)"),
        click("button[name=action_apply]"),
        see(".modal [name=production_ids] .o_tag"),
        see(".modal [name=left_out]:contains(components were issued)"),
        click(".modal button[name=action_update]"),
        see(
            "body:not(:has(.modal)) [name=state] button[aria-checked=true]:contains(Applied)"
        ),
        click("button[name=action_open_bom]"),
        see(".o-mail-Message:contains(Proposal applied: 10 → 10.5)"),
        see(
            "[name=bom_line_ids] .o_data_row:contains(Glue) td[name=product_qty]:contains(10.5)"
        ),
    ],
    proposals_apply_phone: () => [
        click(".o_kanban_record:contains(Glue):contains(10 → 10.5)"),
        see(".o_proposal_chart circle.o_observation"),
        click(".o_statusbar_buttons button[name=action_apply]"),
        see(".modal [name=production_ids] .o_tag"),
        see(".modal [name=left_out]:contains(components were issued)"),
        click(".modal button[name=action_update]"),
        see("body:not(:has(.modal)) [name=closed_at]"),
        // There is nothing to decide on any more.
        see(".o_form_view:not(:has(button[name=action_apply]))"),
    ],
    proposals_reject_phone: () => [
        click(".o_kanban_record:contains(Glue):contains(10 → 10.5)"),
        see(".o_proposal_chart circle.o_observation"),
        see(".o_proposal_numbers tr:contains(1,050)"),
        click(".o_statusbar_buttons button.o-dropdown"),
        click(".o-dropdown--menu button:contains(Reject)"),
        {
            trigger: ".modal [name=reason] textarea",
            run: "edit The pump leaked",
        },
        click(".modal button[name=action_reject]"),
        see("body:not(:has(.modal)) [name=reject_reason]:contains(The pump leaked)"),
    ],
});
