// A day of selling in a real browser: a deal is made, moved along its stages, followed up and planned without leaving its
// page; home begins with what is due; the palette leads anywhere. In both languages, sizes and looks, free of serious
// accessibility faults, of console errors and of requests to anybody else.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Company, startCompany } from "../harness/company.ts";
import { type Browsing, addAuthenticator, axeFindings, openBrowser, overflow, picture, visit } from "./browser.ts";

describe("a day of selling", () => {
  let company: Company;
  let browsing: Browsing;
  let deal = "";

  before(async () => {
    company = await startCompany();
    browsing = await openBrowser(company.system.origin, { language: "zh-CN" });
    const { page } = browsing;
    const { owner } = company.people;
    await visit(page, `${company.system.origin}/sign-in`);
    await addAuthenticator(browsing, owner.passkey);
    await page.getByLabel("邮箱").fill(owner.email);
    await page.locator("input[type=password]").fill(owner.password);
    await page.getByRole("button", { name: "下一步" }).click();
    await page.getByLabel("动态验证码").fill(owner.totp(1));
    await page.getByRole("navigation").first().waitFor();
    await visit(page, `${company.system.origin}/devices`);
    await page.getByRole("button", { name: "使用通行密钥" }).click();
    await page.getByText(/^\d{4} \d{4}$/u).waitFor({ state: "detached" });
  });
  after(async () => {
    await browsing.close();
    await company.stop();
  });

  test("a deal is made with its customer in the same form; it is one's own and begins at the first stage", async () => {
    const { page } = browsing;
    await visit(page, `${company.system.origin}/opportunities?new`);
    const form = page.getByRole("dialog", { name: "新建商机" });
    await form.getByLabel(/^商机名称/u).fill("一期采购");
    await form.getByLabel(/^客户/u).fill("北京华信");
    await page.getByRole("option", { name: /新建客户/u }).click();
    const inner = page.getByRole("dialog", { name: "新建客户" });
    await inner.getByRole("button", { name: "创建", exact: true }).click();
    await inner.waitFor({ state: "detached" });
    await form.getByLabel(/^金额/u).fill("1256000");
    assert.notEqual(
      await form.getByLabel(/^负责人/u).inputValue(),
      "",
      "whoever makes it owns it, unless he says otherwise",
    );
    await form.getByRole("button", { name: "创建", exact: true }).click();
    await page.waitForURL(/\/opportunities\/[0-9a-f]/u);
    deal = new URL(page.url()).pathname;
    await page.getByRole("heading", { name: "一期采购" }).waitFor();
    await page.getByRole("list", { name: "阶段" }).locator("[aria-current=step]").getByText("初步接触").waitFor();
  });

  test("a click on the bar moves the deal; a follow-up, a to-do and a comment are written beside it", async () => {
    const { page } = browsing;
    await visit(page, company.system.origin + deal);
    const stages = page.getByRole("list", { name: "阶段" });
    await stages.getByRole("button", { name: "方案报价" }).click();
    await stages.locator("[aria-current=step]").getByText("方案报价").waitFor();
    await page.getByText("修改了商机的阶段、赢率（%）").waitFor();
    const composer = page.getByRole("group", { name: "写点什么" });
    await composer.getByPlaceholder("和客户谈了什么？").fill("电话里谈了报价，月底前定。");
    await composer.getByPlaceholder("下次跟进").fill("今天");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("button", { name: /^下次跟进 /u }).waitFor();
    await composer.getByText("加待办").click();
    await composer.getByPlaceholder("要做什么？").fill("发送正式报价单");
    await composer.getByRole("textbox", { name: "截止时间" }).first().fill("今天");
    await page.keyboard.press("Control+Enter");
    await page.getByRole("checkbox", { name: "完成“发送正式报价单”" }).waitFor();
    await composer.getByText("评论").click();
    await composer.getByPlaceholder("给同事留言…").fill("先别降价，等我确认");
    await page.keyboard.press("Control+Enter");
    const thread = page.getByRole("tabpanel");
    for (const said of ["电话里谈了报价，月底前定。", "发送正式报价单", "先别降价，等我确认"])
      await thread.getByText(said).first().waitFor();
    // What the follow-up set on the deal stands in the follow-up and not a second time.
    assert.equal(await thread.getByText(/修改了商机的下次跟进/u).count(), 0);
    await thread.getByText("变更", { exact: true }).click();
    await thread.getByText("先别降价，等我确认").waitFor({ state: "detached" });
    await thread.getByText("全部", { exact: true }).click();
  });

  test("a deal that is lost asks why, once", async () => {
    const { page } = browsing;
    const stages = page.getByRole("list", { name: "阶段" });
    await stages.getByRole("button", { name: "输单" }).click();
    const why = page.getByRole("dialog", { name: "为什么输单？" });
    await why.getByRole("combobox").click();
    await page.getByRole("option", { name: "价格" }).click();
    assert.deepEqual(await axeFindings(page), []);
    await why.getByRole("button", { name: "保存" }).click();
    await why.waitFor({ state: "detached" });
    await stages.getByRole("button", { name: "方案报价" }).click();
    await stages.locator("[aria-current=step]").getByText("方案报价").waitFor();
  });

  test("what is half written is asked about before it is left", async () => {
    const { page } = browsing;
    const composer = page.getByRole("group", { name: "写点什么" });
    await composer.getByPlaceholder("给同事留言…").fill("还没写完");
    await page.getByRole("link", { name: "客户", exact: true }).first().click();
    await page.getByRole("button", { name: "放弃修改" }).click();
    await page.waitForURL(/\/accounts/u);
  });

  test("a list of deals adds up its amounts, and home begins with what is due", async () => {
    const { page } = browsing;
    await visit(page, `${company.system.origin}/opportunities?sort=-amount`);
    await page.getByRole("gridcell", { name: "¥1,256,000" }).waitFor();
    await page.getByRole("rowheader", { name: "合计" }).waitFor();
    await visit(page, `${company.system.origin}/`);
    const today = page.locator("section", { has: page.getByRole("heading", { name: "今天" }) });
    await today.getByText("发送正式报价单").waitFor();
    // One follow-up is one line, though it stands on the deal and on the customer.
    await today.getByRole("link", { name: "一期采购" }).waitFor();
    assert.equal(await today.getByRole("link", { name: "北京华信" }).count(), 0);
    await today.getByRole("checkbox", { name: "完成“发送正式报价单”" }).click();
    await today.getByText("发送正式报价单").waitFor({ state: "detached" });
    await page.getByRole("link", { name: /进行中的商机/u }).click();
    await page.getByText("商机状态 是 进行中").waitFor();
    await page.getByRole("tab", { name: "我负责的" }).click();
    await page.getByText("负责人 是 我").waitFor();
  });

  test("the palette finds records and does what one may do", async () => {
    const { page } = browsing;
    await visit(page, `${company.system.origin}/`);
    await page.keyboard.press("Control+K");
    const palette = page.getByRole("dialog", { name: "搜索" });
    await palette.getByRole("textbox").fill("一期采购");
    await palette.getByText("一期采购").first().waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(new RegExp(deal, "u"));
    await page.keyboard.press("Control+K");
    await palette.getByRole("textbox").fill("English");
    await palette.getByText("Switch to English").click();
    await page.getByRole("tab", { name: "Timeline" }).waitFor();
    await page.keyboard.press("Control+K");
    await page.getByRole("dialog", { name: "Search" }).getByRole("textbox").fill("切换");
    await page.getByText("切换到中文").click();
    await page.getByRole("tab", { name: "动态" }).waitFor();
  });

  test("a field of the company's own takes its key from a Chinese name, and its name can be changed", async () => {
    const { page } = browsing;
    await visit(page, `${company.system.origin}/fields`);
    await page.getByRole("tab", { name: "商机" }).click();
    await page.getByRole("button", { name: "新建字段" }).click();
    const wizard = page.getByRole("dialog", { name: "为商机新建字段" });
    await wizard.getByLabel(/^中文名称/u).fill("合同到期");
    await wizard.getByPlaceholder("heTongDaoQi").waitFor();
    // What was typed is not lost by Esc.
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "继续编辑" }).click();
    await wizard.getByRole("button", { name: "下一步" }).click();
    await wizard.getByRole("button", { name: "下一步" }).click();
    await wizard.getByRole("button", { name: "创建字段" }).click();
    await page.getByRole("button", { name: "修改合同到期" }).click();
    const sheet = page.getByRole("dialog", { name: "修改字段“合同到期”" });
    await sheet.getByLabel(/^中文名称/u).fill("合同到期日");
    assert.deepEqual(await axeFindings(page), []);
    await sheet.getByRole("button", { name: "保存" }).click();
    await page.getByRole("button", { name: "修改合同到期日" }).waitFor();
  });

  test("on a phone a list is sorted by its own control", async () => {
    const { page } = browsing;
    await browsing.resize("phone");
    await visit(page, `${company.system.origin}/opportunities`);
    await page.getByRole("button", { name: "排序" }).click();
    await page.getByRole("combobox", { name: "先按" }).click();
    await page.getByRole("option", { name: "金额" }).click();
    await page.getByText("降序").click();
    await page.waitForURL(/sort=-amount/u);
    assert.deepEqual(await axeFindings(page), []);
    await page.keyboard.press("Escape");
    await page
      .getByRole("list", { name: "商机列表" })
      .getByRole("link")
      .first()
      .filter({ hasText: "一期采购" })
      .waitFor();
    await browsing.resize("desktop");
  });

  const looks = { zh: "light", en: "dark" } as const;
  for (const language of ["zh", "en"] as const) {
    test(`deal, lists and home in ${language}, ${looks[language]}, at both sizes`, async () => {
      const { page } = browsing;
      const { origin } = company.system;
      await page.evaluate(`localStorage.setItem("strongroom.language", "${language}")`);
      await page.evaluate(`localStorage.setItem("strongroom.theme", "${looks[language]}")`);
      const findings: string[] = [];
      for (const size of ["desktop", "phone"] as const) {
        await browsing.resize(size);
        for (const [name, path] of [
          ["deal", deal],
          ["deals", "/opportunities"],
          ["leads", "/leads"],
          ["todos", "/todos"],
          ["products", "/products"],
          ["today", "/"],
        ] as const) {
          await visit(page, origin + path);
          const wide = await overflow(page);
          if (wide > 0) findings.push(`${path} is ${wide} px too wide at ${size} size`);
          // One size of each language for axe, and each has its look: what it checks does not depend on the rest.
          if ((language === "zh") === (size === "desktop"))
            findings.push(...(await axeFindings(page)).map((finding) => `${path} ${size} ${finding}`));
          await picture(page, `${language}-${size}-${name}`);
        }
      }
      await browsing.resize("desktop");
      assert.deepEqual(findings, []);
    });
  }

  test("a list that was never seen is there within 600 KB, and nothing complained", async () => {
    const { page, context, complaints } = browsing;
    const wire = await context.newCDPSession(page);
    await wire.send("Network.enable");
    await wire.send("Network.setCacheDisabled", { cacheDisabled: true });
    let bytes = 0;
    wire.on("Network.loadingFinished", ({ encodedDataLength }) => {
      bytes += encodedDataLength;
    });
    await visit(page, `${company.system.origin}/accounts`);
    await page.getByRole("rowheader").first().waitFor();
    await wire.detach();
    assert.ok(bytes > 100_000 && bytes <= 600_000, `${bytes} bytes`);
    assert.deepEqual(complaints, []);
  });
});
