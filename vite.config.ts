// How the web UI is built: hashed files under dist/web, a nonce placeholder for the office to fill, and the
// endpoint table and Mantine's variables turned into static modules. The office compresses what it serves.
import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from "@mantine/core";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { endpoints, stepUpsOf } from "./src/contract/endpoints.ts";
import { theme } from "./src/web/theme.ts";

/** Method, path, kind of signature and step-up of each endpoint: what a client needs, without the schemas. */
function endpointTable(): string {
  const rows = Object.entries(endpoints).map(([name, { method, path, auth, ...rest }]) => [
    name,
    { method, path, auth, hasBody: "body" in rest, stepUps: stepUpsOf(rest) },
  ]);
  return `export const endpointTable = ${JSON.stringify(Object.fromEntries(rows))};`;
}

/** Mantine's variables as a style sheet: at run time it would write them by innerHTML, which Trusted Types forbid. */
function mantineVariables(): string {
  const ours = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme));
  const shipped = defaultCssVariablesResolver(DEFAULT_THEME);
  const changed = <T extends Record<string, string>>(mine: T, theirs: T): T =>
    Object.fromEntries(Object.entries(mine).filter(([key, value]) => theirs[key] !== value)) as T;
  return convertCssVariables(
    {
      variables: changed(ours.variables, shipped.variables),
      light: changed(ours.light, shipped.light),
      dark: changed(ours.dark, shipped.dark),
    },
    ":root",
  );
}

const madeModules: Record<string, () => string> = {
  "virtual:endpoint-table": endpointTable,
  "virtual:mantine-variables.css": mantineVariables,
};

function made(): Plugin {
  return {
    name: "strongroom-made-modules",
    resolveId: (id) => (Object.hasOwn(madeModules, id) ? `\0${id}` : undefined),
    load: (id) => madeModules[id.slice(1)]?.(),
  };
}

export default defineConfig({
  root: "src/web",
  base: "/",
  plugins: [made(), react()],
  html: { cspNonce: "%NONCE%" },
  server: { port: 5173, proxy: { "/api": { target: "http://localhost:8420", changeOrigin: false } } },
  build: {
    outDir: "../../dist/web",
    emptyOutDir: true,
    manifest: false,
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: ["chrome108", "safari16", "firefox115"],
    cssCodeSplit: true,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
        // Parts that change rarely keep their hash when the product changes.
        codeSplitting: {
          groups: [{ name: "react", test: /node_modules\/(?:react|react-dom|scheduler|react-router)\// }],
        },
      },
    },
  },
});
