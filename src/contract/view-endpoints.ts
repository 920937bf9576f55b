// The HTTP rows of views. What a view holds travels in the body.
import { endpointsFor } from "./endpoint.ts";
import { type ViewVerbs, viewVerbs as verbs } from "./view-verbs.ts";

const rows = endpointsFor<ViewVerbs>();
const view = { auth: "device", permission: { record: "view" } } as const;
const one = { object: "path.object", id: "path.id" } as const;

export const viewEndpoints = rows({
  listViews: {
    ...view,
    method: "GET",
    path: "/api/views/:object",
    verbs: { "view.list": { object: "path.object" } },
  },
  saveView: {
    ...view,
    method: "PUT",
    path: "/api/views/:object/:id",
    body: verbs["view.save"].input.omit({ object: true, id: true }),
    verbs: {
      "view.save": {
        ...one,
        version: "body.version",
        name: "body.name",
        sharing: "body.sharing",
        layout: "body.layout",
      },
    },
  },
  removeView: {
    ...view,
    method: "DELETE",
    path: "/api/views/:object/:id",
    verbs: { "view.remove": one },
  },
});
