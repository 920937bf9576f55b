// The first day in a real browser: an owner enrols with the console's code, imports a real book, opens a customer, shows a
// masked number and finds himself under "who has looked"; every page in both languages and sizes is free of serious
// accessibility faults, of console errors and of requests to anybody else.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { type System, startSystem } from "../harness/system.ts";
import { inventContacts } from "../harness/invented.ts";
import { totpAt } from "../../src/vault/identity/test-totp.ts";
import { CanaryScanner } from "../security/canary-scanner.ts";
import { type Browsing, addAuthenticator, axeFindings, openBrowser, overflow, picture, visit } from "./browser.ts";

const accounts = path.resolve(import.meta.dirname, "../../../shared/data/b2b-sales/accounts.csv");
if (!existsSync(accounts) && process.env["CI"]) throw new Error("the sales book is missing beside the repository");

const password = "kite-Marble-917-orchid";

describe(
  "the first day in the browser",
  { skip: existsSync(accounts) ? false : "no sales book beside the repository" },
  () => {
    let system: System;
    let browsing: Browsing;
    let secret: string;

    before(async () => {
      system = await startSystem();
      browsing = await openBrowser(system.origin, { language: "zh-CN" });
    });
    after(async () => {
      await browsing.close();
      await system.stop();
    });

    test("the owner enrols with the code of the console", async () => {
      const { page } = browsing;
      const code = system.enrolmentCode;
      assert.ok(code);
      // A wrong code is told at once, before anything else is typed.
      await visit(page, `${system.origin}/welcome`);
      await page.getByRole("button", { name: "新建公司" }).click();
      await page.getByLabel("启用码").fill("AAAA-AAAA-AAAA-AAAA");
      await page.getByRole("button", { name: "下一步" }).click();
      await page.getByText("启用码不对或已失效").waitFor();
      await page.getByLabel("启用码").fill(code);
      await page.getByRole("button", { name: "下一步" }).click();
      await page.getByLabel("公司名称").waitFor();
      const fields = page.locator("form input");
      await fields.nth(0).fill("金石科技");
      await fields.nth(1).fill("王建国");
      await fields.nth(2).fill("owner@example.com");
      await fields.nth(3).fill(password);
      await picture(page, "zh-welcome");
      assert.deepEqual(await axeFindings(page), []);
      await page.locator("button[type=submit]").click();
      await page.locator("button[aria-expanded=false]").click();
      secret = ((await page.locator("code").textContent()) ?? "").replaceAll(" ", "");
      await page.locator("input[inputmode=numeric]").fill(totpAt(secret, new Date()));
      await page.locator("input[type=checkbox]").check();
      await page.getByRole("button", { name: "下一步" }).click();
      await page.getByRole("button", { name: "以后再说" }).click();
      await page.getByRole("alert").filter({ hasText: "没有通行密钥时" }).waitFor();
      await page.getByRole("button", { name: "仍然跳过" }).click();
      await page.getByRole("navigation").first().waitFor();
      assert.equal(new URL(page.url()).pathname, "/");
    });

    test("85 accounts come in through the wizard, misspelt options mended by one click", async () => {
      const { page } = browsing;
      await visit(page, `${system.origin}/import?object=account`);
      await page.locator("input[type=file]").setInputFiles(accounts);
      await page.waitForURL(/\/import\/[0-9a-f]/u);
      await page.getByRole("button", { name: "试运行", exact: true }).click();
      await page.getByRole("button", { name: "全部修正" }).click();
      await page.getByRole("button", { name: /导入 85 行/u }).waitFor();
      await picture(page, "zh-import");
      assert.deepEqual(await axeFindings(page), []);
      await page.getByRole("button", { name: /导入 85 行/u }).click();
      // An import is a bulk act. The code of enrolling has been used; the next one counts already.
      const sheet = page.getByRole("dialog", { name: "确认这项操作" });
      await sheet.getByText("开始导入").waitFor();
      await sheet.getByText("导入 85 行 · 客户 · accounts.csv").waitFor();
      await sheet.locator("input:focus").waitFor();
      await picture(page, "zh-act-code");
      assert.deepEqual(await axeFindings(page), []);
      const code = sheet.locator("input[inputmode=numeric]");
      const right = totpAt(secret, new Date(Date.now() + 30_000));
      await code.fill(right === "000000" ? "000001" : "000000");
      await sheet.getByText("验证码不正确").waitFor();
      await code.fill(right);
      await page.getByRole("button", { name: "撤销导入" }).waitFor();
      await page
        .getByRole("link", { name: /查看|客户/u })
        .first()
        .waitFor();
      await visit(page, `${system.origin}/accounts`);
      await page.getByText("85", { exact: true }).first().waitFor();
    });

    test("a passkey is added, and from then on it signs", async () => {
      const { page } = browsing;
      await addAuthenticator(browsing);
      await visit(page, `${system.origin}/security`);
      await page.getByRole("button", { name: "添加通行密钥" }).click();
      await page.getByText("已添加通行密钥").first().waitFor();
    });

    test("500 contacts; a masked number is shown by one click and the look stands in the record", async () => {
      const { page } = browsing;
      const contacts = inventContacts({
        count: 500,
        accounts: ["Acme Corporation", "Betasoloin"],
        owners: ["王建国"],
        seed: 7,
      });
      const table = `姓名,所属客户,手机,邮箱\n${contacts.map((one) => [one.name, one.account, one.phone, one.email].join(",")).join("\n")}\n`;
      const file = { name: "contacts.csv", mimeType: "text/csv", buffer: Buffer.from(table) };
      await visit(page, `${system.origin}/import?object=contact`);
      await page.locator("input[type=file]").setInputFiles(file);
      await page.waitForURL(/\/import\/[0-9a-f]/u);
      await page.getByRole("button", { name: "试运行", exact: true }).click();
      await page.getByRole("button", { name: /导入 500 行/u }).click();
      const sheet = page.getByRole("dialog", { name: "确认这项操作" });
      await sheet.getByRole("button", { name: "使用通行密钥" }).click();
      await page.getByRole("button", { name: "撤销导入" }).waitFor();
      await page
        .getByRole("link", { name: /查看|联系人/u })
        .first()
        .waitFor();
      await visit(page, `${system.origin}/contacts`);
      const first = contacts.at(-1);
      assert.ok(first);
      await page.getByPlaceholder("搜索联系人").fill(first.phone);
      await page.getByRole("rowheader", { name: first.name }).click();
      await page.waitForURL(/\/contacts\/[0-9a-f]/u);
      await page.getByRole("button", { name: /显示/u }).first().click();
      await page.getByText(first.phone.slice(-4)).first().waitFor();
      await page.getByRole("tab", { name: "谁看过" }).click();
      await page.getByRole("tabpanel").getByText("王建国").first().waitFor();
      await picture(page, "zh-contact");
      assert.deepEqual(await axeFindings(page), []);
      // The input of a restricted value starts out empty; saving it so takes nothing away.
      await page.reload();
      const masked = page.getByText(/^136 \*\*\*\* \d{4}$|^1\d\d ?\*{4} ?\d{4}$/u).first();
      await masked.waitFor();
      await page.getByRole("button", { name: "修改手机" }).click();
      await page.getByRole("button", { name: "保存" }).click();
      await masked.waitFor();
    });

    test("a list finds itself again by its address; Esc closes the inner list only; rows are links", async () => {
      const { page, context } = browsing;
      await visit(page, `${system.origin}/contacts`);
      await page.locator("[aria-sort=descending]").getByText("更新时间").waitFor();
      await page.getByRole("button", { name: "第 2 页" }).click();
      await page.getByText(/^第 51–\d+ 条，共 500 条$/u).waitFor();
      await page.getByRole("button", { name: "第 3 页" }).click();
      await page.getByText(/^第 101–\d+ 条/u).waitFor();
      await page.goBack();
      await page.getByText(/^第 51–\d+ 条/u).waitFor();
      await page.reload();
      await page.getByText(/^第 51–\d+ 条/u).waitFor();
      await page.getByRole("button", { name: "筛选", exact: true }).click();
      const editor = page.locator("form", { has: page.getByRole("button", { name: "应用" }) });
      await editor.getByRole("combobox").first().click();
      await page.keyboard.press("Escape");
      await editor.getByRole("button", { name: "应用" }).waitFor();
      await page.keyboard.press("Escape");
      await editor.waitFor({ state: "detached" });
      const link = page.locator('[role=row][aria-rowindex="56"]').getByRole("rowheader").getByRole("link");
      const href = await link.getAttribute("href");
      const beside = context.waitForEvent("page");
      await link.click({ modifiers: ["ControlOrMeta"] });
      assert.equal(new URL((await beside).url()).pathname, href);
      await (await beside).close();
      assert.equal(new URL(page.url()).search, "?page=2");
    });

    test("a list is one window over all its rows; the keyboard goes through it", async () => {
      const { page } = browsing;
      await visit(page, `${system.origin}/contacts`);
      const grid = page.getByRole("grid");
      await grid.focus();
      await page.keyboard.press("Control+End");
      await page.getByText(/–500 条，共 500 条$/u).waitFor();
      await page.locator('[role=row][aria-rowindex="501"]').getByRole("rowheader").waitFor();
      await page.keyboard.press("Control+Home");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Space");
      const panel = page.getByRole("complementary");
      const name = await page.locator('[role=row][aria-rowindex="3"]').getByRole("rowheader").innerText();
      await panel.getByRole("heading", { name }).waitFor();
      await panel.getByRole("button", { name: "下一条" }).click();
      const after = await page.locator('[role=row][aria-rowindex="4"]').getByRole("rowheader").innerText();
      await panel.getByRole("heading", { name: after }).waitFor();
      await page.keyboard.press("Escape");
      await panel.waitFor({ state: "detached" });
    });

    test("filters in groups make a view with a name that is there again after a reload", async () => {
      const { page } = browsing;
      await visit(page, `${system.origin}/contacts`);
      const condition = async (button: string, text: string): Promise<void> => {
        await page.getByRole("button", { name: button, exact: true }).last().click();
        const editor = page.locator("form", { has: page.getByRole("button", { name: "应用" }) });
        await editor.getByRole("combobox").first().fill("姓名");
        await page.getByRole("option", { name: "姓名" }).click();
        await editor.getByRole("textbox").last().fill(text);
        await editor.getByRole("button", { name: "应用" }).click();
        await editor.waitFor({ state: "detached" });
      };
      await condition("筛选", "王");
      await page.getByRole("button", { name: "组合条件" }).click();
      const sheet = page.getByRole("dialog", { name: "筛选联系人" });
      await sheet.getByText("满足以下任一条件").click();
      await sheet.getByRole("button", { name: "添加条件组" }).click();
      // The new group stands below; its own button comes first.
      await sheet.getByRole("group").last().getByRole("button", { name: "添加条件", exact: true }).click();
      const editor = page.locator("form", { has: page.getByRole("button", { name: "应用" }) });
      await editor.getByRole("combobox").first().fill("姓名");
      await page.getByRole("option", { name: "姓名" }).click();
      await editor.getByRole("textbox").last().fill("李");
      await editor.getByRole("button", { name: "应用" }).click();
      await picture(page, "zh-filter-groups");
      assert.deepEqual(await axeFindings(page), []);
      await sheet.getByRole("button", { name: "完成" }).click();
      await page.getByText("（姓名 包含 “李”）").waitFor();
      await page.getByRole("button", { name: "保存为视图" }).click();
      await page.getByLabel("名称").fill("王李两家");
      await picture(page, "zh-view");
      await page.getByRole("dialog").getByRole("button", { name: "保存" }).click();
      await page.getByRole("tab", { name: "王李两家", selected: true }).waitFor();
      assert.match(new URL(page.url()).search, /^\?view=[0-9a-f-]{36}$/u);
      const shown = await page.getByRole("grid").getAttribute("aria-rowcount");
      await page.reload();
      await page.getByText("姓名 包含 “王”").waitFor();
      await page.locator(`[role=grid][aria-rowcount="${shown}"]`).waitFor();
      for (const cell of await page.getByRole("rowheader").allInnerTexts()) assert.match(cell, /[王李]/u);
    });

    test("columns are the person's own wherever he looks; all that match are selected with their count", async () => {
      const { page } = browsing;
      await visit(page, `${system.origin}/contacts`);
      const saved = page.waitForResponse(
        (answer) => answer.url().includes("/api/views/") && answer.request().method() === "PUT",
      );
      await page.getByRole("columnheader", { name: /^职务/u }).hover();
      await page.getByRole("button", { name: "“职务”列的操作" }).click();
      await page.getByRole("menuitem", { name: "隐藏此列" }).click();
      await page.getByRole("columnheader", { name: /^职务/u }).waitFor({ state: "detached" });
      assert.equal((await saved).status(), 200);
      await page.reload();
      await page.getByRole("columnheader", { name: /^手机/u }).waitFor();
      assert.equal(await page.getByRole("columnheader", { name: /^职务/u }).count(), 0);
      await page.getByRole("rowheader").first().getByRole("checkbox").check();
      await page.getByRole("button", { name: "选择全部 500 条" }).click();
      await page.getByText("已选 500 条").waitFor();
      await page.getByRole("button", { name: "取消选择" }).click();
    });

    test("a selection goes to a colleague and comes back", async () => {
      const { page } = browsing;
      const file = {
        name: "people.csv",
        mimeType: "text/csv",
        buffer: Buffer.from("姓名,邮箱\n李雷,li@example.com\n"),
      };
      await visit(page, `${system.origin}/import?object=user`);
      await page.locator("input[type=file]").setInputFiles(file);
      await page.waitForURL(/\/import\/[0-9a-f]/u);
      await page.getByRole("button", { name: "试运行", exact: true }).click();
      await page.getByRole("button", { name: /导入 1 行/u }).click();
      await page.getByRole("dialog", { name: "确认这项操作" }).getByRole("button", { name: "使用通行密钥" }).click();
      await page.getByRole("button", { name: "撤销导入" }).waitFor();
      await visit(page, `${system.origin}/accounts`);
      for (const at of [0, 1, 2]) await page.getByRole("rowheader").nth(at).getByRole("checkbox").check();
      await page.getByRole("button", { name: "变更负责人" }).click();
      const dialog = page.getByRole("dialog", { name: "变更 3 条记录的负责人" });
      await dialog.getByRole("textbox").fill("李雷");
      await page.getByRole("option", { name: "李雷" }).click();
      await dialog.getByText("李雷未分配部门").waitFor();
      await picture(page, "zh-change-owner");
      assert.deepEqual(await axeFindings(page), []);
      await dialog.getByRole("button", { name: "变更 3 条" }).click();
      await page.getByText("已将 3 条转给李雷").waitFor();
      assert.equal(await page.getByRole("gridcell", { name: "李雷" }).count(), 3);
      await page.getByRole("button", { name: "撤销", exact: true }).click();
      await page.getByText("已恢复 3 条的原负责人").waitFor();
      assert.equal(await page.getByRole("gridcell", { name: "李雷" }).count(), 0);
    });

    const pages = [
      "",
      "accounts",
      "contacts",
      "import",
      "recycle-bin",
      "people",
      "departments",
      "roles",
      "audit",
      "fields",
      "devices",
      "security",
      "settings",
    ];
    const themes = { zh: "light", en: "dark" } as const;
    for (const language of ["zh", "en"] as const) {
      for (const size of ["desktop", "phone"] as const) {
        test(`every page in ${language} at ${size} size`, async () => {
          const { page } = browsing;
          await browsing.resize(size);
          await page.evaluate(`localStorage.setItem("strongroom.language", "${language}")`);
          await page.evaluate(`localStorage.setItem("strongroom.theme", "${themes[language]}")`);
          const findings: string[] = [];
          for (const name of pages) {
            await visit(page, `${system.origin}/${name}`);
            const wide = await overflow(page);
            if (wide > 0) findings.push(`/${name} is ${wide} px too wide`);
            // One size of each language for axe, and each has its theme: what it checks does not depend on the rest.
            if ((language === "zh") === (size === "desktop"))
              findings.push(...(await axeFindings(page)).map((finding) => `/${name} ${finding}`));
            await picture(page, `${language}-${size}-${name || "home"}`);
          }
          assert.deepEqual(findings, []);
        });
      }
    }

    test("a record page on a phone in English", async () => {
      const { page } = browsing;
      await browsing.resize("phone");
      await page.evaluate('localStorage.setItem("strongroom.language", "en")');
      await visit(page, `${system.origin}/accounts`);
      await page.getByPlaceholder("Search accounts").fill("acme");
      await page.getByText("Acme Corporation").first().click();
      await page.waitForURL(/\/accounts\/[0-9a-f]/u);
      await page.getByRole("heading", { name: "Acme Corporation" }).waitFor();
      await page.getByText("imported this account").waitFor();
      await picture(page, "en-phone-record");
      assert.deepEqual(await axeFindings(page), []);
      assert.equal(await overflow(page), 0);
    });

    test("nothing complained, and nothing but this installation was asked", () => {
      assert.deepEqual(browsing.complaints, []);
    });

    test("nothing that was typed or imported in the browser lies on the disk", () => {
      const typed = [
        "金石科技",
        "王建国",
        "owner@example.com",
        password,
        "Acme Corporation",
        "Bioholding",
        "Ganjaflex",
      ];
      const scanner = new CanaryScanner(typed, true);
      // The program itself lies there when users of their own could not reach it elsewhere.
      scanner.scanFolder(system.folder, path.join(system.dataDir, "runtime"));
      scanner.scanOpenFiles(Object.values(system.pids));
      assert.ok(scanner.files > 500);
      assert.deepEqual(scanner.hits, []);
    });

    test("the browser keeps nothing but the device key, and no cookie", async () => {
      const { context, page } = browsing;
      assert.deepEqual(await context.cookies(), []);
      const stored = (await page.evaluate("JSON.stringify({ ...localStorage, ...sessionStorage })")) as string; // text by its expression
      for (const value of ["Acme", "王建国", "owner@example.com"])
        assert.ok(!stored.includes(value), `storage holds ${value}`);
    });
  },
);
