// How the web UI is built: hashed files under dist/web, a nonce placeholder for the office to fill, the endpoint table
// and Mantine's variables turned into static modules, and brotli and gzip copies of everything that compresses.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from "@mantine/core";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { identityEndpoints } from "./src/contract/identity-endpoints.ts";
import { importEndpoints } from "./src/contract/import-endpoints.ts";
import { recordEndpoints } from "./src/contract/record-endpoints.ts";
import { theme } from "./src/web/theme.ts";

const endpoints = { ...identityEndpoints, ...recordEndpoints, ...importEndpoints };

/** Method, path and kind of signature of each endpoint: what a client needs, without the schemas. */
function endpointTable(): string {
  const rows = Object.entries(endpoints).map(([name, { method, path, auth, ...rest }]) => [name, { method, path, auth, hasBody: "body" in rest }]);
  return `export const endpointTable = ${JSON.stringify(Object.fromEntries(rows))};`;
}

/** Mantine's variables as a style sheet: at run time it would write them by innerHTML, which Trusted Types forbid. */
function mantineVariables(): string {
  const ours = defaultCssVariablesResolver(mergeMantineTheme(DEFAULT_THEME, theme));
  const shipped = defaultCssVariablesResolver(DEFAULT_THEME);
  const changed = <T extends Record<string, string>>(mine: T, theirs: T): T => Object.fromEntries(Object.entries(mine).filter(([key, value]) => theirs[key] !== value)) as T;
  return convertCssVariables(
    { variables: changed(ours.variables, shipped.variables), light: changed(ours.light, shipped.light), dark: changed(ours.dark, shipped.dark) },
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

function compressed(): Plugin {
  return {
    name: "strongroom-compressed",
    apply: "build",
    async writeBundle({ dir }) {
      if (dir === undefined) return;
      for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
        // index.html is filled with a nonce per answer, fonts are compressed already.
        if (!entry.isFile() || !/\.(?:js|css|svg)$/u.test(entry.name)) continue;
        const file = join(entry.parentPath, entry.name);
        const content = await readFile(file);
        if (content.length < 1024) continue;
        await writeFile(`${file}.gz`, gzipSync(content, { level: 9 }));
        await writeFile(`${file}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 10, [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }));
      }
    },
  };
}

export default defineConfig({
  root: "src/web",
  base: "/",
  plugins: [made(), react(), compressed()],
  html: { cspNonce: "%NONCE%" },
  server: { port: 5173, proxy: { "/api": { target: "http://localhost:7600", changeOrigin: false } } },
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
        advancedChunks: {
          groups: [
            { name: "react", test: /node_modules\/(?:react|react-dom|scheduler|react-router)\// },
            { name: "mantine", test: /node_modules\/(?:@mantine|@floating-ui|react-remove-scroll|react-number-format)/ },
          ],
        },
      },
    },
  },
});
