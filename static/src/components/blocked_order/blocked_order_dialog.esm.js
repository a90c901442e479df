import {WarningDialog} from "@web/core/errors/error_dialogs";
import {useService} from "@web/core/utils/hooks";
import {patch} from "@web/core/utils/patch";

/**
 * What keeps an order from going on has a title and ways on (see models/shortage/
 * blocked.py); other messages look as ever.
 */
patch(WarningDialog.prototype, {
    setup() {
        super.setup();
        this.ways = this.props.data?.context?.ways || [];
        if (this.ways.length) {
            this.title = this.props.data.context.title;
            this.action = useService("action");
        }
    },

    async go(way) {
        await this.action.doAction(way.action);
        this.props.close();
    },
});
