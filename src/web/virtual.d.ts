// Modules that the build makes out of the contract and the theme (vite.config.ts).
declare module "virtual:endpoint-table" {
  import type { EndpointName, EndpointRoute } from "./endpoint-types.ts";
  export const endpointTable: Readonly<Record<EndpointName, EndpointRoute>>;
}
declare module "virtual:mantine-variables.css" {}
