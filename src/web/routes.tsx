// Every address of the product. Pages are fetched when they are first visited; those inside the frame need a bound device.
import type { ComponentType } from "react";
import { createBrowserRouter, type LoaderFunctionArgs, redirect, type RouteObject } from "react-router";
import { api } from "./api.ts";
import { loadDevice } from "./device-key.ts";
import { Frame } from "./frame/Frame.tsx";
import { PartMissing, RouteError } from "./frame/RouteError.tsx";
import { objectAt } from "./frame/places.ts";
import { Starting } from "./frame/Starting.tsx";
import { queryClient, schemaQuery, sessionQuery, viewsQuery } from "./query.ts";

interface PageModule {
  readonly default: ComponentType;
}

/**
 * Fetches a page's module when it is first visited. A failure becomes a page that says so: left to the router, a lazy
 * route that failed below a hydration fallback draws nothing at all.
 */
function lazily(load: () => Promise<PageModule>): () => Promise<{ readonly Component: ComponentType }> {
  return async () => ({ Component: await load().then((module) => module.default, partMissing) });
}

function partMissing(): ComponentType {
  return PartMissing;
}

function page(path: string, load: () => Promise<PageModule>): RouteObject {
  return { path, lazy: lazily(load), ErrorBoundary: RouteError };
}

/** A page outside the frame, which may be the first one seen. */
function door(path: string, load: () => Promise<PageModule>): RouteObject {
  return { ...page(path, load), HydrateFallback: Starting };
}

/** What every page needs, and a list besides: asked for while the page's own code is still on its way. */
function askAhead(pathname: string): void {
  void queryClient.prefetchQuery(schemaQuery());
  void queryClient.prefetchQuery(sessionQuery());
  const object = objectAt(pathname);
  if (object !== undefined) void queryClient.prefetchQuery(viewsQuery(object));
}

/** Where a browser without a device goes; it comes back to the place it was heading for. */
async function requireDevice({ request }: LoaderFunctionArgs): Promise<Response | null> {
  const device = await loadDevice();
  if (device.deviceId !== undefined) {
    askAhead(new URL(request.url).pathname);
    return null;
  }
  const { setUp } = await api.call("installationStatus", { body: {} });
  if (!setUp) return redirect("/welcome");
  const { pathname, search } = new URL(request.url);
  return redirect(pathname === "/" ? "/sign-in" : `/sign-in?to=${encodeURIComponent(pathname + search)}`);
}

/** Objects whose lists and records are shown by the pages for any object. */
const listed = [
  "leads",
  "accounts",
  "contacts",
  "opportunities",
  "activities",
  "todos",
  "comments",
  "products",
  "pipelines",
  "stages",
];

export const router = createBrowserRouter([
  door("/welcome", () => import("./pages/WelcomePage.tsx")),
  door("/sign-in", () => import("./pages/SignInPage.tsx")),
  door("/join", () => import("./pages/JoinPage.tsx")),
  door("/invite", () => import("./pages/JoinPage.tsx")),
  {
    path: "/",
    loader: requireDevice,
    shouldRevalidate: () => false,
    Component: Frame,
    ErrorBoundary: RouteError,
    HydrateFallback: Starting,
    children: [
      { index: true, lazy: lazily(() => import("./pages/HomePage.tsx")), ErrorBoundary: RouteError },
      ...listed.flatMap((path) => [
        page(path, () => import("./pages/ListPage.tsx")),
        page(`${path}/:id`, () => import("./pages/RecordPage.tsx")),
      ]),
      page("import", () => import("./pages/ImportPage.tsx")),
      page("import/:id", () => import("./pages/ImportJobPage.tsx")),
      page("recycle-bin", () => import("./pages/RecycleBinPage.tsx")),
      page("people", () => import("./pages/PeoplePage.tsx")),
      page("people/:id", () => import("./pages/RecordPage.tsx")),
      page("departments", () => import("./pages/DepartmentsPage.tsx")),
      page("departments/:id", () => import("./pages/RecordPage.tsx")),
      page("roles", () => import("./pages/RolesPage.tsx")),
      page("audit", () => import("./pages/AuditPage.tsx")),
      page("fields", () => import("./pages/FieldsPage.tsx")),
      page("backup", () => import("./pages/BackupPage.tsx")),
      page("thief/:object/:id", () => import("./pages/ThiefPage.tsx")),
      page("devices", () => import("./pages/DevicesPage.tsx")),
      page("security", () => import("./pages/SecurityPage.tsx")),
      page("settings", () => import("./pages/SettingsPage.tsx")),
      page("*", () => import("./pages/MissingPage.tsx")),
    ],
  },
]);
