import {registry} from "@web/core/registry";
import {
    ProgressBarField,
    progressBarField,
} from "@web/views/fields/progress_bar/progress_bar_field";

import {onWillUnmount, useEffect} from "@odoo/owl";

const SECONDS = 2;

/** A progress bar that reads its record anew as long as that is running. */
export class LiveProgressField extends ProgressBarField {
    static template = "mrp_backflush.LiveProgressField";

    static props = {
        ...ProgressBarField.props,
        stateField: {type: String, optional: true},
    };

    setup() {
        super.setup();
        useEffect(
            (isRunning) => {
                if (isRunning) {
                    this.timer = setInterval(() => this.reload(), SECONDS * 1000);
                }
                return () => clearInterval(this.timer);
            },
            () => [this.isRunning]
        );
        onWillUnmount(() => clearInterval(this.timer));
    }

    get isRunning() {
        return this.props.record.data[this.props.stateField || "state"] === "running";
    }

    async reload() {
        const record = this.props.record;
        if (!this.isLoading && record.resId && !record.dirty) {
            this.isLoading = true;
            try {
                await record.load();
            } finally {
                this.isLoading = false;
            }
        }
    }
}

registry.category("fields").add("live_progress", {
    ...progressBarField,
    component: LiveProgressField,
    extractProps: (fieldInfo, dynamicInfo) => ({
        ...progressBarField.extractProps(fieldInfo, dynamicInfo),
        stateField: fieldInfo.options.state_field,
    }),
});
