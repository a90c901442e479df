import {markup} from "@odoo/owl";
import {browser} from "@web/core/browser/browser";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";

// The last notifications that a tab of this browser has shown.
const SHOWN = "mrp_backflush.notifications";
const REMEMBERED = 50;
const SECONDS = 10;

/** @returns {boolean} whether no other tab has shown it, nor this one before a reload */
function claim(id) {
    const shown = JSON.parse(browser.localStorage.getItem(SHOWN) || "[]");
    if (shown.includes(id)) {
        return false;
    }
    browser.localStorage.setItem(
        SHOWN,
        JSON.stringify([id, ...shown].slice(0, REMEMBERED))
    );
    return true;
}

/**
 * What a person should know of orders that were just completed: a title, a list, and a
 * button that opens them. Shown once, in the tab that the person looks at; not where it
 * would lie over a field that is scanned into.
 */
export const backflushNotificationService = {
    dependencies: ["action", "bus_service", "notification"],

    start(env, {action, bus_service, notification}) {
        function open({title, res_model, res_ids}) {
            const [only] = res_ids.length === 1 ? res_ids : [];
            action.doAction({
                type: "ir.actions.act_window",
                name: title,
                res_model,
                ...(only
                    ? {res_id: only, views: [[false, "form"]]}
                    : {
                          domain: [["id", "in", res_ids]],
                          views: [
                              [false, "list"],
                              [false, "form"],
                          ],
                      }),
            });
        }

        function show(payload) {
            if (document.querySelector(".o_report_layout") || !claim(payload.id)) {
                return;
            }
            const items = payload.lines.map((line) => markup`<li>${line}</li>`);
            const list = items.reduce((all, item) => markup`${all}${item}`, markup``);
            const close = notification.add(markup`<ul class="mb-0 ps-3">${list}</ul>`, {
                title: payload.title,
                type: payload.kind,
                autocloseDelay: SECONDS * 1000,
                buttons: [
                    {
                        name: _t("Open"),
                        primary: true,
                        onClick: () => {
                            close();
                            open(payload);
                        },
                    },
                ],
            });
        }

        bus_service.subscribe("mrp_backflush.notification", (payload) => {
            if (!document.hidden) {
                show(payload);
                return;
            }
            document.addEventListener("visibilitychange", () => show(payload), {
                once: true,
            });
        });
        bus_service.start();
    },
};

registry
    .category("services")
    .add("backflush_notification", backflushNotificationService);
