import {registry} from "@web/core/registry";
import {formatFloat} from "@web/views/fields/formatters";
import {ForecastWidgetField, forecastWidgetField} from "@stock/widgets/forecast_widget";

/** Core's forecast of a component. What is filled in is no news, negative stock is. */
export class ComponentForecastField extends ForecastWidgetField {
    static template = "mrp_backflush.ComponentForecastField";

    get deficit() {
        const {stock_deficit} = this.props.record.data;
        return stock_deficit
            ? formatFloat(-stock_deficit, {
                  field: this.props.record.fields.stock_deficit,
              })
            : "";
    }

    get decoration() {
        return this.deficit ? "text-bg-danger" : super.decoration;
    }
}

registry.category("fields").add("component_forecast", {
    ...forecastWidgetField,
    component: ComponentForecastField,
});
