import {addTours, click, see} from "./order_steps.esm";

const row = (name) => `.o_list_view .o_data_row:contains(${name})`;
const tab = (name) => `.o_notebook_headers .nav-link:contains(${name})`;
const plan = ".tab-pane.active [name=consumption_analysis_ids]";
const CANVAS = ".o_graph_renderer canvas";
const LAST_CRUMB = ".o_last_breadcrumb_item";

/** What a chart shows: bars, and the line of their shares in percent. */
const seeChart = (content, {labels, bars, shares}) => ({
    content,
    trigger: CANVAS,
    run: () => {
        const {data} = window.Chart.getChart(document.querySelector(CANVAS));
        const [drawn, line] = data.datasets;
        const round = (value) => Number(value.toFixed(1));
        const percent = line?.data.map((share) => share && round(100 * share));
        const shown = [data.labels, drawn.data.map(round), percent];
        if (JSON.stringify(shown) !== JSON.stringify([labels, bars, shares])) {
            throw new Error(`The chart shows ${JSON.stringify(shown)}`);
        }
    },
});

const clickPoint = (index) => ({
    content: "A point of the line, as a bar",
    trigger: CANVAS,
    async run() {
        const chart = window.Chart.getChart(this.anchor);
        chart.stop();
        chart.update("none");
        const {x, y} = chart.getDatasetMeta(1).data[index];
        const {left, top} = this.anchor.getBoundingClientRect();
        const place = {clientX: left + x, clientY: top + y, bubbles: true};
        this.anchor.dispatchEvent(new MouseEvent("click", place));
    },
});

addTours({
    analysis: () => [
        see(".o_pivot td:contains(63.0)", "The planned cost, in the pivot"),
        see(".o_pivot td:contains(3.00)", "The deviation"),
        click(".o_pivot tbody tr:has(th:contains(Screw)) td:contains(3.00)", "A cell"),
        see(`${row("Screw")} td[name=deviation_cost]:contains(3.00)`, "Its components"),
        click(`${row("Screw")} td[name=product_id]`),
        see(".o_form_view [name=usage_cost]:contains(6.00)", "6 more were used"),
        see(".o_form_view [name=scrap_cost]:contains(-3.00)"),
        click("button[name=action_view_moves]"),
        see(`${LAST_CRUMB}:contains(Stock Moves)`),
        see(`${row("Screw")} td[name=quantity]:contains(66)`, "The move itself"),
        click(".o_back_button, .breadcrumb-item a:contains(Screw)"),
        click("button[name=action_view_lots]"),
        see(`${LAST_CRUMB}:contains(Lots Used)`),
        see(`${row("Screw")} td[name=lot_id]:contains(S-1)`, "And its lot"),
    ],

    analysis_pareto: () => [
        click("button.o_graph"),
        seeChart("What costs most comes first, and what it is of all that costs more", {
            labels: ["Frame", "Screw M4", "Foil"],
            bars: [6, 3, -1],
            shares: [66.7, 100, null],
        }),
        click("button.fa-sort-amount-asc"),
        see("button.fa-sort-amount-asc.active"),
        seeChart("The other way round it says nothing", {
            labels: ["Foil", "Screw M4", "Frame"],
            bars: [-1, 3, 6],
        }),
        click("button.fa-sort-amount-desc"),
        see("button.fa-sort-amount-desc.active"),
        clickPoint(1),
        see(`${row("Screw M4")} td[name=deviation_cost]:contains(3.00)`),
        see(".o_list_view:not(:has(.o_data_row:contains(Frame)))", "And no other"),
    ],

    plan_and_actual: () => [
        click(tab("Plan and Actual")),
        see(
            `${plan} .o_data_row:contains(Screw) td[name=planned_quantity]:contains(63)`
        ),
        see(
            `${plan} .o_data_row:contains(Screw) td[name=actual_quantity]:contains(66)`
        ),
        see(
            `${plan} .o_data_row:contains(Screw) td[name=deviation_cost]:contains(3.00)`
        ),
        click(`${plan} button[name=action_view_moves]`),
        see(`${row("Screw")} td[name=quantity]:contains(66)`),
    ],

    plan_and_actual_on_a_phone: () => [
        click(tab("Plan and Actual")),
        see(`${plan} .o_kanban_record:contains(Screw):contains(66):contains(63)`),
        see(`${plan} .o_kanban_record:contains(Screw):contains(3.00)`),
    ],

    deviation_of_a_product: () => [
        click(".o_button_more"),
        click("button[name=action_view_deviation]:contains(3.00)"),
        see(".o_pivot td:contains(63.0)"),
    ],

    analysis_switched_on: () => [
        click("#use_consumption_analysis input[type=checkbox]"),
        {trigger: ".o_form_button_save", run: "click", expectUnloadPage: true},
        click("button[data-menu-xmlid='mrp.menu_mrp_reporting']"),
        click(".o-dropdown--menu .dropdown-item:contains(Consumption Analysis)"),
        see(
            `${LAST_CRUMB}:contains(Consumption Analysis), .o_breadcrumb:contains(Consumption Analysis)`
        ),
    ],
});
