// Every address of the product. Pages are fetched when they are first visited; those inside the frame need a bound device.
import { type ComponentType } from "react";
import { createBrowserRouter, type LoaderFunctionArgs, redirect, type RouteObject } from "react-router";
import { api } from "./api.ts";
import { loadDevice } from "./device-key.ts";
import { Frame } from "./frame/Frame.tsx";
import { RouteError } from "./frame/RouteError.tsx";
import { Starting } from "./frame/Starting.tsx";

/** A page by its module; the name is kept out of the first load. */
function page(path: string, load: () => Promise<{ readonly default: ComponentType }>): RouteObject {
  return { path, lazy: async () => ({ Component: (await load()).default }), ErrorBoundary: RouteError };
}

/** Where a browser without a device goes; it comes back to the place it was heading for. */
async function requireDevice({ request }: LoaderFunctionArgs): Promise<Response | null> {
  const device = await loadDevice();
  if (device.deviceId !== undefined) return null;
  const { setUp } = await api.call("installationStatus", { body: {} });
  if (!setUp) return redirect("/welcome");
  const { pathname, search } = new URL(request.url);
  return redirect(pathname === "/" ? "/sign-in" : `/sign-in?to=${encodeURIComponent(pathname + search)}`);
}

export const router = createBrowserRouter([
  {
    path: "/welcome",
    lazy: async () => ({ Component: (await import("./pages/WelcomePage.tsx")).default }),
    ErrorBoundary: RouteError,
    HydrateFallback: Starting,
  },
  {
    path: "/sign-in",
    lazy: async () => ({ Component: (await import("./pages/SignInPage.tsx")).default }),
    ErrorBoundary: RouteError,
    HydrateFallback: Starting,
  },
  {
    path: "/join",
    lazy: async () => ({ Component: (await import("./pages/JoinPage.tsx")).default }),
    ErrorBoundary: RouteError,
    HydrateFallback: Starting,
  },
  {
    path: "/invite",
    lazy: async () => ({ Component: (await import("./pages/JoinPage.tsx")).default }),
    ErrorBoundary: RouteError,
    HydrateFallback: Starting,
  },
  {
    path: "/",
    loader: requireDevice,
    shouldRevalidate: () => false,
    Component: Frame,
    ErrorBoundary: RouteError,
    HydrateFallback: Starting,
    children: [
      {
        index: true,
        lazy: async () => ({ Component: (await import("./pages/HomePage.tsx")).default }),
        ErrorBoundary: RouteError,
      },
      page("accounts", () => import("./pages/AccountsPage.tsx")),
      page("accounts/:id", () => import("./pages/RecordPage.tsx")),
      page("contacts", () => import("./pages/ContactsPage.tsx")),
      page("contacts/:id", () => import("./pages/RecordPage.tsx")),
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
      page("devices", () => import("./pages/DevicesPage.tsx")),
      page("security", () => import("./pages/SecurityPage.tsx")),
      page("settings", () => import("./pages/SettingsPage.tsx")),
      page("*", () => import("./pages/MissingPage.tsx")),
    ],
  },
]);
