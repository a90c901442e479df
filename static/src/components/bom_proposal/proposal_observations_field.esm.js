import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {formatDate, deserializeDate} from "@web/core/l10n/dates";
import {formatFloat} from "@web/views/fields/formatters";
import {standardFieldProps} from "@web/views/fields/standard_field_props";

import {Component} from "@odoo/owl";

// In units of the picture, which is as wide as the screen lets it be.
const WIDTH = 560;
const HEIGHT = 300;
const MARGIN = {left: 64, right: 16, top: 12, bottom: 44};
const TICKS = 4;

function formatNumber(value) {
    return formatFloat(value, {digits: [false, 3], trailingZeros: false});
}

/** A round number not below the given one: 1, 2 or 5 times a power of ten. */
function roundStep(step) {
    const power = 10 ** Math.floor(Math.log10(step));
    return power * [1, 2, 5, 10].find((factor) => power * factor >= step * 0.999);
}

/** From data to the picture, with round numbers along the axis. */
class Scale {
    constructor(values, from, to) {
        const [least, most] = [Math.min(...values), Math.max(...values)];
        const margin = (most - least) * 0.08 || Math.abs(most) * 0.1 || 1;
        this.least = Math.max(0, least - margin);
        this.most = most + margin;
        [this.from, this.to] = [from, to];
    }

    at(value) {
        const part = (value - this.least) / (this.most - this.least);
        return this.from + part * (this.to - this.from);
    }

    /** At the edge, what lies beyond it. */
    atMost(value) {
        return this.at(Math.min(this.most, Math.max(this.least, value)));
    }

    get ticks() {
        const step = roundStep((this.most - this.least) / TICKS);
        const ticks = [];
        for (
            let tick = Math.ceil(this.least / step) * step;
            tick <= this.most;
            tick += step
        ) {
            ticks.push({label: formatNumber(tick), at: this.at(tick)});
        }
        return ticks;
    }
}

/** What each order or count used of what it needed: a chart, and the numbers. */
export class ProposalObservationsField extends Component {
    static template = "mrp_backflush.ProposalObservationsField";
    static props = {...standardFieldProps};

    setup() {
        this.action = useService("action");
        this.size = {width: WIDTH, height: HEIGHT};
        this.area = {
            left: MARGIN.left,
            right: WIDTH - MARGIN.right,
            top: MARGIN.top,
            bottom: HEIGHT - MARGIN.bottom,
        };
    }

    get observations() {
        return (this.props.record.data[this.props.name] || []).map((each, index) => ({
            ...each,
            key: index,
            neededText: formatNumber(each.needed),
            usedText: formatNumber(each.used),
            dateText: formatDate(deserializeDate(each.date)),
            percent: `${formatFloat((100 * each.used) / each.needed, {digits: [false, 1]})} %`,
        }));
    }

    /** What else was used where counts have found something, or nothing. */
    get caveat() {
        const parts = this.observations.map((each) => each.part ?? 1);
        const others = 100 * (1 - Math.min(1, ...parts));
        return (
            others > 0.05 &&
            _t(
                "Up to %s of what was counted was used by other bills of materials: the deviation may be theirs.",
                `${formatFloat(others, {digits: [false, 1], trailingZeros: false})} %`
            )
        );
    }

    get unit() {
        return this.props.record.data.product_uom_id?.display_name || "";
    }

    get chart() {
        const observations = this.observations;
        const {left, right, top, bottom} = this.area;
        // What was left out lies far away: the others would be one line on the ground.
        const kept = observations.filter((each) => !each.is_outlier);
        const x = new Scale(
            kept.map((each) => each.needed),
            left,
            right
        );
        const y = new Scale(
            kept.flatMap((each) => [each.used, each.needed]),
            bottom,
            top
        );
        const line = (start, slope) => ({
            x1: x.at(x.least),
            y1: y.at(start + slope * x.least),
            x2: x.at(x.most),
            y2: y.at(start + slope * x.most),
        });
        return {
            x,
            y,
            asNeeded: line(0, 1),
            asUsed: this.isEstimated && line(...this.usedLine),
            points: observations.map((each) => ({
                ...each,
                x: x.atMost(each.needed),
                y: y.atMost(each.used),
                title: `${each.name}: ${each.usedText} / ${each.neededText} ${this.unit}`,
            })),
        };
    }

    get isEstimated() {
        return this.props.record.data.ratio > 0;
    }

    /** What is used of what is needed: a start and a slope. */
    get usedLine() {
        const data = this.props.record.data;
        if (data.kind === "fixed") {
            return [data.proposed_value, data.proposed_quantity / data.current_value];
        }
        return [0, data.ratio];
    }

    open(observation) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: observation.model,
            res_id: observation.id,
            views: [[false, "form"]],
        });
    }
}

registry.category("fields").add("proposal_observations", {
    component: ProposalObservationsField,
    supportedTypes: ["json"],
    fieldDependencies: [
        {name: "ratio", type: "float"},
        {name: "kind", type: "selection"},
        {name: "current_value", type: "float"},
        {name: "proposed_value", type: "float"},
        {name: "proposed_quantity", type: "float"},
        {name: "product_uom_id", type: "many2one", relation: "uom.uom"},
    ],
});
