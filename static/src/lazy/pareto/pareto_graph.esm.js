import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {formatPercentage} from "@web/views/fields/formatters";
import {GraphModel} from "@web/views/graph/graph_model";
import {GraphRenderer} from "@web/views/graph/graph_renderer";
import {graphView} from "@web/views/graph/graph_view";

// At the right, beside the axis of the bars.
const SHARE_AXIS = "share";

/**
 * Bars from the highest to the lowest, with a line above them: how much of all
 * these and those before them come to. What is below zero has no share.
 */
export class ParetoModel extends GraphModel {
    _getLineOverlayDataset() {
        if (!this.isPareto) {
            return super._getLineOverlayDataset();
        }
        const [bars] = this.data.datasets;
        let sum = 0;
        return {
            label: _t("Cumulative %"),
            data: bars.data.map((value) => {
                sum += Math.max(0, value);
                return value > 0 ? sum / this.whole : null;
            }),
            trueLabels: bars.trueLabels,
            domains: bars.domains,
            yAxisID: SHARE_AXIS,
            // The last point is at the edge.
            clip: false,
        };
    }

    /** Where shares mean something: one bar each, the highest first, and no ratios. */
    get isPareto() {
        const {fieldAttrs, measure, mode, order} = this.metaData;
        return (
            mode === "bar" &&
            order === "DESC" &&
            fieldAttrs[measure]?.widget !== "percentage" &&
            this.data.datasets.length === 1 &&
            this.whole > 0
        );
    }

    /** What all bars above zero come to. */
    get whole() {
        const [bars] = this.data.datasets;
        return bars.data.reduce((sum, value) => sum + Math.max(0, value), 0);
    }

    get lowest() {
        const [bars] = this.data.datasets;
        return bars.data.reduce((least, value) => Math.min(least, value), 0);
    }
}

export class ParetoRenderer extends GraphRenderer {
    /** Both axes have the same zero, and the whole of the bars is at 100 %. */
    getScaleOptions() {
        const options = super.getScaleOptions();
        if (!this.model.isPareto) {
            return options;
        }
        const {whole, lowest} = this.model;
        Object.assign(options.y, {min: lowest, max: whole});
        options.y.ticks.includeBounds = false;
        options[SHARE_AXIS] = {
            type: "linear",
            position: "right",
            min: lowest / whole,
            max: 1,
            ticks: {
                stepSize: 0.2,
                includeBounds: false,
                color: options.y.ticks.color,
                callback: (value) =>
                    value < 0 ? "" : formatPercentage(value, {digits: [false, 0]}),
            },
            grid: {display: false},
            border: {display: false},
        };
        return options;
    }

    getTooltipItems(data, metaData, tooltipModel) {
        if (!this.model.isPareto) {
            return super.getTooltipItems(data, metaData, tooltipModel);
        }
        const isShare = (point) => point.dataset.yAxisID === SHARE_AXIS;
        const points = tooltipModel.dataPoints;
        const shares = points.filter(isShare).map(({dataset, dataIndex, raw}) => ({
            label: `${dataset.trueLabels[dataIndex]} / ${dataset.label}`,
            value: formatPercentage(raw, {digits: [false, 1]}),
            boxColor: dataset.backgroundColor,
        }));
        const bars = {dataPoints: points.filter((point) => !isShare(point))};
        return [...super.getTooltipItems(data, metaData, bars), ...shares];
    }
}

registry.category("views").add("mrp_backflush_pareto", {
    ...graphView,
    Model: ParetoModel,
    Renderer: ParetoRenderer,
});
