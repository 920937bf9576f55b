// The HTTP rows of imports. Every row names the object in its path, since the right to import is one about an object.
import { endpointsFor } from "./endpoint.ts";
import { type ImportVerbs, importPartBytes, importVerbs as verbs } from "./import-verbs.ts";

const rows = endpointsFor<ImportVerbs>();
const importer = { auth: "device", permission: { record: "import" } } as const;
const read = { ...importer, method: "GET" } as const;
const act = { ...importer, method: "POST" } as const;
const one = { object: "path.object", id: "path.id" } as const;

export const importEndpoints = rows({
  createImport: {
    ...act,
    path: "/api/imports/:object",
    body: verbs["import.create"].input.omit({ object: true }),
    verbs: { "import.create": { object: "path.object", fileName: "body.fileName", size: "body.size" } },
  },
  listImports: {
    ...read,
    path: "/api/imports/:object",
    verbs: { "import.list": { object: "path.object" } },
  },
  uploadImportPart: {
    ...importer,
    method: "PUT",
    path: "/api/imports/:object/:id/parts/:index",
    rawBody: importPartBytes,
    verbs: { "import.part": { ...one, index: "path.index", data: "body" } },
  },
  analyseImport: {
    ...act,
    path: "/api/imports/:object/:id/analyse",
    body: verbs["import.analyse"].input.omit({ object: true, id: true }),
    verbs: {
      "import.analyse": { ...one, encoding: "body.encoding", delimiter: "body.delimiter", header: "body.header" },
    },
  },
  checkImport: {
    ...act,
    path: "/api/imports/:object/:id/check",
    body: verbs["import.check"].input.shape.settings,
    verbs: { "import.check": { ...one, settings: "body" } },
  },
  startImport: {
    ...act,
    path: "/api/imports/:object/:id/start",
    body: verbs["import.start"].input.omit({ object: true, id: true }),
    verbs: { "import.start": { ...one, version: "body.version" } },
  },
  readImport: {
    ...read,
    path: "/api/imports/:object/:id",
    verbs: { "import.status": one },
  },
  readImportReport: {
    ...read,
    path: "/api/imports/:object/:id/report",
    output: verbs["import.report"].output,
    verbs: { "import.report": one },
  },
  readImportErrors: {
    ...act,
    path: "/api/imports/:object/:id/errors",
    body: verbs["import.errors"].input.omit({ object: true, id: true }),
    verbs: { "import.errors": { ...one, after: "body.after" } },
  },
  undoImport: {
    ...act,
    path: "/api/imports/:object/:id/undo",
    verbs: { "import.undo": one },
  },
  cancelImport: {
    ...act,
    path: "/api/imports/:object/:id/cancel",
    verbs: { "import.cancel": one },
  },
});
