// Script that gets into a page does not run: neither with the page's HTML nor through its DOM. The same page without its
// policy runs all of it, so the test sees what it looks for.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type System, startSystem } from "../harness/system.ts";
import { type Browsing, openBrowser, visit } from "./browser.ts";

let system: System;
let browsing: Browsing;

before(async () => {
  system = await startSystem();
  browsing = await openBrowser(system.origin, { language: "en-GB" });
});
after(async () => {
  await browsing.close();
  await system.stop();
});

const injected = `
  <script>document.documentElement.dataset.inline = "ran"</script>
  <script src="/planted.js"></script>
  <img src="/none.png" onerror="document.documentElement.dataset.handler = 'ran'">
  <iframe srcdoc="<script>parent.document.documentElement.dataset.frame = 'ran'</script>"></iframe>`;

/** Opens a page into which HTML was put behind its head; what of it ran. */
async function ran(policy: "kept" | "taken away"): Promise<readonly string[]> {
  const { page } = browsing;
  await page.route("**/planted.js", (route) =>
    route.fulfill({ contentType: "text/javascript", body: "document.documentElement.dataset.file = 'ran'" }),
  );
  await page.route(`${system.origin}/`, async (route) => {
    const answer = await route.fetch();
    const headers = answer.headers();
    if (policy === "taken away") delete headers["content-security-policy"];
    const body = (await answer.text()).replace("</body>", `${injected}</body>`);
    await route.fulfill({ response: answer, headers, body });
  });
  await visit(page, `${system.origin}/`);
  await page.locator("#root > *").first().waitFor({ state: "attached" });
  await page.waitForLoadState("load");
  const found = await page.evaluate<string[]>("Object.keys(document.documentElement.dataset)");
  await page.unrouteAll();
  return ["file", "frame", "handler", "inline"].filter((name) => found.includes(name));
}

test("HTML that was put into a page runs nothing", async () => {
  assert.deepEqual(await ran("taken away"), ["file", "frame", "handler", "inline"]);
  assert.deepEqual(await ran("kept"), []);
});

/** Ways from a text to HTML or script. Not eval: the debugger, which runs these lines, is always let through there. */
const ways = {
  innerHTML: "document.createElement('div').innerHTML = text",
  outerHTML: "document.body.appendChild(document.createElement('div')).outerHTML = text",
  insertAdjacentHTML: "document.body.insertAdjacentHTML('beforeend', text)",
  "document.write": "document.write(text)",
  "the text of a script": "document.createElement('script').text = '1'",
  "the source of a script": "document.createElement('script').src = '/planted.js'",
  "a policy that lets texts through": "trustedTypes.createPolicy('planted', { createHTML: (html) => html })",
} as const;

test("texts do not become HTML, script or handlers through the DOM", async () => {
  const { page } = browsing;
  await visit(page, `${system.origin}/`);
  const text = `<img src=x onerror="document.documentElement.dataset.dom = 'ran'">`;
  for (const [name, way] of Object.entries(ways)) {
    const outcome = `{ const text = ${JSON.stringify(text)}; try { ${way}; "done" } catch (error) { error.name } }`;
    assert.match(await page.evaluate<string>(outcome), /^TypeError$/u, name);
  }
  // Newer browsers refuse the attribute already; the others refuse to run it.
  await page.evaluate(`{
    const button = document.body.appendChild(document.createElement("button"));
    try { button.setAttribute("onclick", "document.documentElement.dataset.dom = 'ran'") } catch {}
    button.click();
  }`);
  assert.equal(await page.evaluate('document.documentElement.dataset.dom ?? "nothing"'), "nothing");
});
