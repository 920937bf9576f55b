// Starts the product in the browser, unless preflight.js has put a plain page in its place.
import "./mantine.css";
import "virtual:mantine-variables.css";
import "./theme.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { applyToDocument } from "./words/words.ts";

const root = document.getElementById("root");
if (root !== null && document.documentElement.dataset["instead"] === undefined) {
  applyToDocument();
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
