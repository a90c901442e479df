import {Component} from "@odoo/owl";

/** Products to choose from with a finger. */
export class ProductTiles extends Component {
    static template = "mrp_backflush.ProductTiles";
    static props = {
        title: {type: String},
        products: {type: Array},
        onChoose: {type: Function},
    };

    getImageUrl(product) {
        return `/web/image/product.product/${product.id}/image_256`;
    }
}
