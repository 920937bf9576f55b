// A browser that was signed in to by password and code alone: what it may not open says so in one sentence, nothing on its
// pages fails, and the code it shows makes it whole. Links that are used up and forgotten passwords lead somewhere.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Company, type CompanyPerson, startCompany } from "../harness/company.ts";
import { type Browsing, axeFindings, openBrowser, overflow, visit } from "./browser.ts";

describe("ways back in", () => {
  let company: Company;
  const opened: Browsing[] = [];

  before(async () => {
    company = await startCompany();
  });
  after(async () => {
    for (const browsing of opened) await browsing.close();
    await company.stop();
  });

  /** A new browser of this person, signed in by password and code, with the answers that were refused. */
  async function newBrowser(person: CompanyPerson): Promise<Browsing & { readonly refused: string[] }> {
    const { origin } = company.system;
    const browsing = await openBrowser(origin, { language: "zh-CN" });
    opened.push(browsing);
    const { page } = browsing;
    await visit(page, `${origin}/sign-in`);
    await page.getByRole("button", { name: "忘记密码" }).click();
    await page.getByText("重置登录方式").waitFor();
    assert.deepEqual(await axeFindings(page), []);
    await page.getByLabel("邮箱").fill(person.email);
    await page.locator("input[type=password]").fill(person.password);
    await page.getByRole("button", { name: "下一步" }).click();
    await page.getByLabel("动态验证码").fill(person.totp(1));
    await page.getByRole("navigation").first().waitFor();
    assert.equal(await page.getByRole("checkbox").count(), 0);
    const refused: string[] = [];
    page.on("response", (response) => {
      if (response.status() >= 400) refused.push(`${response.status()} ${new URL(response.url()).pathname}`);
    });
    return { ...browsing, refused };
  }

  test("the owner's unconfirmed browser meets no failing page, and is told what to do first", async () => {
    const { page, refused, complaints } = await newBrowser(company.people.owner);
    const { origin } = company.system;
    const names = ["", "accounts", "contacts", "recycle-bin", "departments", "roles", "audit", "fields", "devices"];
    for (const name of [...names, "security", "settings"]) {
      await visit(page, `${origin}/${name}`);
      assert.deepEqual(refused.splice(0), [], `/${name}`);
    }
    for (const name of ["people", "import"]) {
      await visit(page, `${origin}/${name}`);
      await page.getByRole("heading", { name: "请先确认本设备" }).waitFor();
      assert.deepEqual(await axeFindings(page), []);
      assert.deepEqual(refused.splice(0), [], `/${name}`);
    }
    await visit(page, `${origin}/security`);
    await page.getByRole("link", { name: "先确认本设备，才能添加通行密钥。" }).waitFor();
    assert.deepEqual(complaints, []);
  });

  test("a colleague's browser is confirmed by the code it shows; pages beyond his role say so", async () => {
    const { east1, owner } = company.people;
    const { page, complaints } = await newBrowser(east1);
    const { origin } = company.system;
    await visit(page, `${origin}/audit`);
    await page.getByRole("heading", { name: "你没有这里的权限" }).waitFor();
    assert.deepEqual(await axeFindings(page), []);
    await page.setViewportSize({ width: 390, height: 844 });
    assert.equal(await overflow(page), 0);
    await visit(page, `${origin}/devices`);
    const shown = await page.getByText(/^\d{4} \d{4}$/u).textContent();
    const { devices } = await owner.client.request<{ devices: { id: string; confirmed: boolean; endedAt?: string }[] }>(
      "GET",
      `/api/people/${east1.id}/devices`,
    );
    const waiting = devices.find(({ confirmed, endedAt }) => !confirmed && endedAt === undefined);
    await owner.client.request("POST", `/api/people/${east1.id}/devices/${waiting?.id}/confirm`, {
      code: (shown ?? "").replace(" ", ""),
    });
    await visit(page, `${origin}/people`);
    await page.getByText(east1.name).first().waitFor();
    assert.deepEqual(complaints, []);
  });

  test("a link that is used up leads to the sign-in", async () => {
    const { origin } = company.system;
    const browsing = await openBrowser(origin, { language: "zh-CN" });
    opened.push(browsing);
    const { page } = browsing;
    await visit(page, `${origin}/invite#AAAA-AAAA-AAAA-AAAA-AAAA-AAAA-AAAA`);
    await page.getByRole("button", { name: "去登录" }).click();
    await page.waitForURL(`${origin}/sign-in`);
  });
});
