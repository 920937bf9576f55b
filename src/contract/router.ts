// Finds the endpoint row of a request line. Vault and office use the same table and the same rule.
import { type EndpointName, endpoints } from "./endpoints.ts";
import type { EndpointDefinition } from "./endpoint.ts";

export interface Match {
  readonly name: EndpointName;
  readonly endpoint: EndpointDefinition;
  readonly params: Readonly<Record<string, string>>;
}

interface Route {
  readonly name: EndpointName;
  readonly endpoint: EndpointDefinition;
  readonly segments: readonly string[];
}

const routes = new Map<string, Route[]>();
for (const [name, endpoint] of Object.entries(endpoints)) {
  const segments = endpoint.path.split("/").slice(1);
  const key = `${endpoint.method} ${segments.length}`;
  const list = routes.get(key) ?? [];
  // Names come from the table's own keys.
  list.push({ name: name as EndpointName, endpoint, segments });
  // Fixed segments win over parameters.
  list.sort(
    (a, b) =>
      a.segments.filter((segment) => segment.startsWith(":")).length -
      b.segments.filter((segment) => segment.startsWith(":")).length,
  );
  routes.set(key, list);
}

/** Segments are letters, digits, dots, hyphens and underscores: nothing in a path is ever percent-encoded. */
const plain = /^[A-Za-z0-9._-]{1,100}$/u;

export function matchEndpoint(method: string, path: string): Match | undefined {
  const segments = path.split("/").slice(1);
  for (const { name, endpoint, segments: pattern } of routes.get(`${method} ${segments.length}`) ?? []) {
    const params: Record<string, string> = {};
    const fits = pattern.every((expected, index) => {
      const given = segments[index] ?? "";
      if (!expected.startsWith(":")) return expected === given;
      if (!plain.test(given)) return false;
      params[expected.slice(1)] = given;
      return true;
    });
    if (fits) return { name, endpoint, params };
  }
  return undefined;
}
