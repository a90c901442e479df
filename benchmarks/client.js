/** What client.py has a page do: as a person would, and how long it took. */
{
    const ROWS = "[name=move_raw_ids] .o_data_row";
    const LONGEST_WAIT_MS = 120000;
    const STEP_PIXELS = 300;

    const find = (selector) => document.querySelector(selector);
    const findAll = (selector) => [...document.querySelectorAll(selector)];
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

    const until = async (condition) => {
        const started = performance.now();
        for (;;) {
            const found = condition();
            if (found) {
                return found;
            }
            if (performance.now() - started > LONGEST_WAIT_MS) {
                throw new Error(`never came true: ${condition}`);
            }
            await frame();
        }
    };

    const measure = async (action) => {
        const started = performance.now();
        await action();
        // It is painted with the next frame.
        await frame();
        await frame();
        return performance.now() - started;
    };

    const type = (field, text) => {
        field.focus();
        field.value = text;
        field.dispatchEvent(new InputEvent("input", {bubbles: true}));
    };

    const press = (field, key) =>
        field.dispatchEvent(
            new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true})
        );

    const change = (field, text) => {
        type(field, text);
        field.dispatchEvent(new Event("change", {bubbles: true}));
    };

    const act = (action) =>
        odoo.__WOWL_DEBUG__.root.env.services.action.doAction(action, {
            clearBreadcrumbs: true,
        });

    const show = (model, values) =>
        act({type: "ir.actions.act_window", res_model: model, ...values});

    const edit = async (row, name) => {
        row.querySelector(`td[name=${name}]`).click();
        return until(() => find(`.o_selected_row td[name=${name}] input`));
    };

    const save = async () => {
        // What is typed is known to the form once the focus leaves it.
        document.activeElement.blur();
        await until(() => find(".o_form_button_save:not(.invisible)"));
        find(".o_form_button_save").click();
        await until(() =>
            find(".o_form_status_indicator_buttons.invisible .o_form_button_save")
        );
    };

    window.client = {
        /** Nothing of an order on the screen. */
        leave: async () => {
            await show("uom.uom", {views: [[false, "list"]]});
            await until(() => find(".o_list_view") && !find(".o_form_view"));
        },

        open: (id) =>
            measure(async () => {
                await show("mrp.production", {res_id: id, views: [[false, "form"]]});
                await until(() => find(ROWS));
            }),

        /** All rows, instead of a page of 40. */
        showAll: (number) =>
            measure(async () => {
                find("[name=move_raw_ids] .o_pager_value").click();
                const pager = "[name=move_raw_ids] input.o_pager_value";
                change(await until(() => find(pager)), `1-${number}`);
                await until(() => findAll(ROWS).length === number);
            }),

        scroll: () =>
            measure(async () => {
                let box = find(ROWS);
                while (box.scrollHeight <= box.clientHeight + 1) {
                    box = box.parentElement;
                }
                while (box.scrollTop + box.clientHeight < box.scrollHeight - 1) {
                    box.scrollTop += STEP_PIXELS;
                    await frame();
                }
            }),

        changeQuantity: (quantity) =>
            measure(async () => {
                const row = findAll(ROWS)[1];
                change(await edit(row, "quantity"), quantity);
                await save();
            }),

        addLine: (product) =>
            measure(async () => {
                find("[name=move_raw_ids] .o_field_x2many_list_row_add a").click();
                const cell = ".o_selected_row td[name=product_id]";
                type(await until(() => find(`${cell} input`)), product);
                const choice = await until(() =>
                    findAll(".o-autocomplete--dropdown-item a").find((element) =>
                        element.textContent.includes(product)
                    )
                );
                choice.click();
                await until(() => find(`${cell} input`).value.includes(product));
                await save();
            }),

        openReportProduction: () => act("mrp_backflush.action_report_production"),

        /** One report after the other, as with a scanner. */
        report: (barcode, number) =>
            measure(async () => {
                for (let turn = 0; turn < number; turn++) {
                    const first = () => find(".o_report_row .o_report_order");
                    const before = first()?.textContent;
                    const field = await until(() => find("#o_report_product"));
                    type(field, barcode);
                    press(field, "Enter");
                    const quantity = await until(() => find("#o_report_quantity"));
                    press(quantity, "Enter");
                    await until(() => first() && first().textContent !== before);
                    await until(() => !find("#o_report_quantity"));
                }
            }),
    };
}
