import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useService} from "@web/core/utils/hooks";
import {ListRenderer} from "@web/views/list/list_renderer";
import {listView} from "@web/views/list/list_view";

import {Component, onWillStart, onWillUpdateProps, useState} from "@odoo/owl";

// By the name of the search view's filter that a click applies.
const TILES = [
    {name: "with_open_exceptions", label: _t("Waiting"), color: "text-bg-warning"},
    {name: "to_issue_by_hand", label: _t("To Issue by Hand"), color: "text-bg-info"},
    {
        name: "ready_to_complete",
        label: _t("Ready to Complete"),
        color: "text-bg-success",
    },
];

// Places to count: no orders, so a list of its own.
const COUNT_DUE = {name: "count_due", label: _t("Count Due"), color: "text-bg-warning"};

/** How many orders wait for somebody: nothing where none does. */
export class OrderTiles extends Component {
    static template = "mrp_backflush.OrderTiles";
    static props = {list: {type: Object, optional: true}};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({numbers: {}});
        // The list doesn't wait for it: nothing is returned.
        onWillStart(() => {
            this.load();
        });
        onWillUpdateProps(() => {
            this.load();
        });
    }

    async load() {
        if (this.env.inDialog || !this.env.searchModel) {
            return;
        }
        const domain = this.env.searchModel.globalDomain;
        this.state.numbers = await this.orm.silent.call(
            "mrp.production",
            "get_order_tiles",
            [domain]
        );
    }

    get tiles() {
        const number = this.state.numbers[COUNT_DUE.name];
        return [...this.filterTiles, ...(number ? [{...COUNT_DUE, number}] : [])];
    }

    get filterTiles() {
        return TILES.filter((tile) => this.state.numbers[tile.name]).flatMap((tile) => {
            const [filter] = this.env.searchModel.getSearchItems(
                (item) => item.name === tile.name
            );
            const number = this.state.numbers[tile.name];
            return filter ? [{...tile, number, filter}] : [];
        });
    }

    /** Show the tile's orders and no others, or all again; or the places to count. */
    async apply({filter}) {
        if (!filter) {
            const action = await this.orm.call(
                "stock.location",
                "action_open_count_due",
                []
            );
            return this.action.doAction(action);
        }
        const {searchModel} = this.env;
        searchModel.query = [];
        if (filter.isActive) {
            searchModel._notify();
        } else {
            searchModel.toggleSearchItem(filter.id);
        }
    }
}

export class OrderTilesRenderer extends ListRenderer {
    static template = "mrp_backflush.OrderTilesRenderer";
    static components = {...ListRenderer.components, OrderTiles};
}

registry.category("views").add("mrp_backflush_orders_list", {
    ...listView,
    Renderer: OrderTilesRenderer,
});
