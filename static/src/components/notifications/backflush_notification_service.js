import { markup } from "@odoo/owl";
import { registry } from "@web/core/registry";

/**
 * What a person should know of an order that was just completed: a title and a list,
 * which the bus's own notifications would run together.
 */
export const backflushNotificationService = {
    dependencies: ["bus_service", "notification"],

    start(env, { bus_service, notification }) {
        bus_service.subscribe("mrp_backflush.notification", ({ title, lines }) => {
            const items = lines.map((line) => markup`<li>${line}</li>`);
            const list = items.reduce((all, item) => markup`${all}${item}`, markup``);
            notification.add(
                markup`<strong>${title}</strong><ul class="mb-0 ps-3">${list}</ul>`,
                { type: "warning", sticky: true }
            );
        });
        bus_service.start();
    },
};

registry.category("services").add("backflush_notification", backflushNotificationService);
