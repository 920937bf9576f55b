// A verb's input as its endpoint's row puts it together, for the identity room's tests.

export function inputOf(bindings: string | Record<string, string>, places: { body: unknown; path: unknown }): unknown {
  if (typeof bindings === "string") return places.body;
  const bound = Object.entries(bindings).map(([key, source]) => {
    const [where, member = ""] = source.split(".");
    const place = (where === "path" ? places.path : places.body) as Record<string, unknown>; // both are objects
    return [key, place[member]] as const;
  });
  return Object.fromEntries(bound.filter(([, value]) => value !== undefined));
}
