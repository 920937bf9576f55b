// The first page of an empty installation in a real browser: a backup put back with the words of its kit, and a company of
// sample data that goes again by one click. Both end where people sign in or work, free of faults.
import assert from "node:assert/strict";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { readKeyFile } from "../../src/vault/keys/key-file.ts";
import { recoveryKit } from "../../src/vault/keys/recovery-kit.ts";
import { totpAt } from "../../src/vault/identity/test-totp.ts";
import { startCompany } from "../harness/company.ts";
import { eventually } from "../harness/eventually.ts";
import { type System, startSystem } from "../harness/system.ts";
import { type Browsing, axeFindings, openBrowser, overflow, picture, visit } from "./browser.ts";

describe("the first page", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "strongroom-backup-"));
  const file = path.join(folder, "strongroom.backup");
  let words: string;
  let owner: { readonly email: string; readonly password: string; totp(ahead?: number): string };
  let system: System;
  let browsing: Browsing;

  before(async () => {
    const company = await startCompany();
    ({ owner } = company.people);
    const { client } = company.people.owner;
    await client.request("POST", "/api/backups", { folder: `${company.system.dataDir}-backups` });
    const made = await eventually("the backup is made", async () => {
      const { last } = await client.request<{ last: { folder: string; file: string } | null }>("GET", "/api/backups");
      return last ?? undefined;
    });
    renameSync(path.join(made.folder, made.file), file);
    words = recoveryKit(readKeyFile(path.join(company.system.keysDir, "root.key"))).words.join(" ");
    await company.stop();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function open(language: "zh-CN" | "en-GB"): Promise<void> {
    system = await startSystem();
    browsing = await openBrowser(system.origin, { language });
    await visit(browsing.page, `${system.origin}/`);
  }
  afterEach(async () => {
    await browsing.close();
    await system.stop();
  });
  async function look(name: string): Promise<void> {
    for (const size of ["phone", "desktop"] as const) {
      await browsing.resize(size);
      assert.equal(await overflow(browsing.page), 0, `${name} ${size}`);
      assert.deepEqual(await axeFindings(browsing.page), [], `${name} ${size}`);
      await picture(browsing.page, `${name}-${size}`);
    }
  }

  test("puts a backup back, and its owner signs in as before", async () => {
    await open("zh-CN");
    const { page } = browsing;
    await page.getByRole("button", { name: "从备份恢复" }).waitFor();
    await look("zh-first-page");
    await page.getByRole("button", { name: "从备份恢复" }).click();
    await page.getByLabel("启用码").fill(system.enrolmentCode ?? "");
    await page.getByRole("button", { name: "下一步" }).click();
    await page.locator("input[type=file]").setInputFiles(file);
    await page.getByRole("button", { name: "下一步" }).click();
    const field = page.getByLabel("24 个单词");
    await field.fill(words.split(" ").toReversed().join(" "));
    await page.getByRole("button", { name: "开始恢复" }).click();
    await page.getByText("单词不对").waitFor();
    await look("zh-restore-words");
    await field.fill(words);
    await page.getByRole("button", { name: "开始恢复" }).click();
    await page.getByRole("heading", { name: "恢复完成" }).waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "去登录" }).click();
    await page.getByLabel("邮箱").fill(owner.email);
    await page.locator("input[type=password]").fill(owner.password);
    await page.getByRole("button", { name: "下一步" }).click();
    await page.getByLabel("动态验证码").fill(owner.totp(1));
    await page.getByRole("navigation").first().waitFor();
    assert.deepEqual(browsing.complaints, []);
  });

  test("fills a company with sample data, which one click clears", async () => {
    await open("en-GB");
    const { page } = browsing;
    await page.getByRole("button", { name: "Try sample data" }).click();
    await page.getByLabel("Enrolment code").fill(system.enrolmentCode ?? "");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByLabel("Company").waitFor();
    const fields = page.locator("form input");
    assert.equal(await fields.nth(0).inputValue(), "Sample company");
    await fields.nth(1).fill("Ada Owner");
    await fields.nth(2).fill("ada@example.com");
    await fields.nth(3).fill("kite-Marble-917-orchid");
    await page.locator("button[type=submit]").click();
    await page.locator("button[aria-expanded=false]").click();
    const secret = ((await page.locator("code").textContent()) ?? "").replaceAll(" ", "");
    await page.locator("input[inputmode=numeric]").fill(totpAt(secret, new Date()));
    await page.locator("input[type=checkbox]").check();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "Later" }).click();
    await page.getByRole("button", { name: "Skip it anyway" }).click();
    await page.getByRole("navigation").first().waitFor({ timeout: 60_000 });
    await visit(page, `${system.origin}/accounts`);
    await page
      .getByText(/ (Ltd|Inc|Co)$/u)
      .first()
      .waitFor();
    await look("en-sample-accounts");
    await visit(page, `${system.origin}/settings`);
    await page.getByRole("button", { name: "Clear sample data" }).click();
    await page.getByText("222 sample records cleared").waitFor();
    await page.getByRole("button", { name: "Load sample data" }).waitFor();
    await look("en-settings-sample");
    assert.deepEqual(browsing.complaints, []);
  });
});
