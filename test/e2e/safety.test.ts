// The pages about safety in a real browser: the owner backs up by one button and sees where it went, in both languages
// and sizes, free of serious accessibility faults and console errors.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { type Company, startCompany } from "../harness/company.ts";
import { type Browsing, addAuthenticator, axeFindings, openBrowser, overflow, picture, visit } from "./browser.ts";

describe("pages about safety", () => {
  let company: Company;
  let browsing: Browsing;

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

  /** In both languages and sizes: as wide as the screen, no serious fault, a picture of each. */
  async function look(path: string, name: string, ready: { readonly zh: string; readonly en: string }): Promise<void> {
    const { page, complaints } = browsing;
    for (const language of ["zh", "en"] as const) {
      await page.evaluate(`localStorage.setItem("strongroom.language", "${language}")`);
      for (const size of ["desktop", "phone"] as const) {
        await browsing.resize(size);
        await visit(page, `${company.system.origin}${path}`);
        await page.getByText(ready[language]).first().waitFor();
        assert.equal(await overflow(page), 0, `${name} ${language} ${size}`);
        assert.deepEqual(await axeFindings(page), [], `${name} ${language} ${size}`);
        await picture(page, `${language}-${size}-${name}`);
      }
    }
    await browsing.resize("desktop");
    await page.evaluate(`localStorage.setItem("strongroom.language", "zh")`);
    assert.deepEqual(complaints, []);
  }

  test("the owner backs up by one button, and home says so", async () => {
    const { page } = browsing;
    const { origin, dataDir } = company.system;
    await visit(page, `${origin}/`);
    await page.getByRole("link", { name: "还没有备份" }).click();
    await page.getByRole("heading", { name: "备份", exact: true }).waitFor();
    await page.getByText("与数据在同一块磁盘上").waitFor();
    await page.getByRole("button", { name: "立即备份" }).click();
    const sheet = page.getByRole("dialog", { name: "确认这项操作" });
    await sheet.getByText("备份整个企业").waitFor();
    await sheet.getByRole("button", { name: "使用通行密钥" }).click();
    await page.getByText("已完整读回").waitFor();
    const place = (await page.getByText(/^\/.*\.backup$/u).textContent()) ?? "";
    assert.ok(place.startsWith(`${dataDir}-backups/`) && existsSync(place), place);
    await look("/backup", "backup", { zh: "已完整读回", en: "Read back whole" });
    await visit(page, `${origin}/`);
    await page.getByText(/最近备份：/u).waitFor();
  });

  test("the owner sees a contact as a thief of the disk does, and that the search finds none of it", async () => {
    const { page } = browsing;
    const contact = company.contacts[2]!;
    await visit(page, `${company.system.origin}/contacts/${contact.id}`);
    await page.getByRole("tab", { name: "谁看过" }).click();
    await page.getByRole("link", { name: "看看窃贼能看到什么" }).click();
    await page.getByRole("heading", { name: `窃贼看到的：${contact.name}` }).waitFor();
    await page.getByText("0 处命中").waitFor();
    await page.getByText(/找到这条记录的编号 \d+ 次/u).waitFor();
    const row = page.getByRole("row", { name: /sealed3/u });
    assert.match((await row.textContent()) ?? "", /严控字段，加密保存01[0-9a-f]{6} /u);
    assert.ok(!((await page.locator("table").textContent()) ?? "").includes(contact.phone));
    await look(`/thief/contact/${contact.id}`, "thief", { zh: "0 处命中", en: "0 found" });
  });
});
