// A company of several people in real browsers. One that was signed in to by password and code alone: what it may not open
// says so in one sentence, nothing on its pages fails, and a code or a passkey makes it whole. Links that are used up and
// forgotten passwords lead somewhere. What the owner does with colleagues and their records in his own browser.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type Company, type CompanyPerson, startCompany } from "../harness/company.ts";
import { type Browsing, addAuthenticator, axeFindings, openBrowser, overflow, picture, visit } from "./browser.ts";

describe("colleagues", () => {
  let company: Company;
  const opened: Browsing[] = [];
  /** Of the owner, from the first test on. */
  let desk: Browsing;

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
    const browsing = await newBrowser(company.people.owner);
    desk = browsing;
    const { page, refused, complaints } = browsing;
    const { origin } = company.system;
    const sales = ["leads", "accounts", "contacts", "opportunities", "activities", "todos", "products", "stages"];
    const names = ["recycle-bin", "departments", "roles", "audit", "fields", "devices", "security", "settings"];
    for (const name of ["", ...sales, ...names]) {
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
    const { page, refused, complaints } = await newBrowser(east1);
    const { origin } = company.system;
    await visit(page, `${origin}/audit`);
    await page.getByRole("heading", { name: "你没有这里的权限" }).waitFor();
    // Nothing is asked for that is known to be refused.
    assert.deepEqual(refused, []);
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

  test("a passkey confirms the owner's browser", async () => {
    const { page } = desk;
    await addAuthenticator(desk, company.people.owner.passkey);
    await visit(page, `${company.system.origin}/devices`);
    await page.getByRole("button", { name: "使用通行密钥" }).click();
    await page.getByText(/^\d{4} \d{4}$/u).waitFor({ state: "detached" });
  });

  /** The row of a person, by the name in it. */
  const row = (name: string) =>
    desk.page.getByRole("row").filter({ has: desk.page.getByRole("rowheader", { name, exact: true }) });

  async function choose(name: string, act: string): Promise<void> {
    await desk.page.getByRole("button", { name: `${name}的操作` }).click();
    await desk.page.getByRole("menuitem", { name: act }).click();
  }

  /** Signs the act that the page has just asked for, which says what it is about. */
  async function sign(about: string, step = ""): Promise<void> {
    const sheet = desk.page.getByRole("dialog", { name: new RegExp(`^确认这项操作\\s*${step}$`, "u") });
    await sheet.getByText(about, { exact: true }).waitFor();
    await sheet.getByRole("button", { name: "使用通行密钥" }).click();
    await sheet.waitFor({ state: "detached" });
  }

  test("a colleague's sign-in is reset; the new link says that it opens on this computer only", async () => {
    const { page } = desk;
    const { west1 } = company.people;
    await visit(page, `${company.system.origin}/people`);
    await choose(west1.name, "重置登录方式");
    const asked = page.getByRole("dialog", { name: `重置${west1.name}的登录方式？` });
    await asked.getByText("全部作废").waitFor();
    assert.deepEqual(await axeFindings(page), []);
    await picture(page, "zh-reset-sign-in");
    await asked.getByRole("button", { name: "取消" }).click();
    await asked.waitFor({ state: "detached" });
    assert.equal((await west1.client.request<{ userId: string }>("GET", "/api/session")).userId, west1.id);
    await choose(west1.name, "重置登录方式");
    await asked.getByRole("button", { name: "重置登录方式" }).click();
    await sign(west1.name);
    const made = page.getByRole("dialog", { name: `${west1.name}的邀请链接` });
    await made.getByRole("alert").filter({ hasText: "只能在运行金库的这台电脑上打开" }).waitFor();
    assert.match(await made.locator("code").innerText(), /^http:\/\/localhost:\d+\/invite#/u);
    assert.deepEqual(await axeFindings(page), []);
    await picture(page, "zh-invitation");
    await made.getByRole("button", { name: "完成" }).click();
    await row(west1.name).getByText("待加入").waitFor();
    await assert.rejects(west1.client.request("GET", "/api/session"));
  });

  test("a colleague changes department by a signed act, and his row says so", async () => {
    const { page } = desk;
    const { nobody } = company.people;
    await row(nobody.name).getByText("综合部").waitFor();
    await page.getByRole("link", { name: nobody.name }).click();
    await page.getByRole("heading", { name: nobody.name }).waitFor();
    await page.getByRole("button", { name: "修改部门" }).click();
    await page.getByLabel("部门", { exact: true }).fill("East");
    await page.getByRole("option", { name: "Team East" }).click();
    await sign(`${nobody.name}：部门 综合部 → Team East`);
    await page.getByRole("button", { name: "修改部门" }).waitFor();
    await visit(page, `${company.system.origin}/people`);
    await row(nobody.name).getByText("Team East").waitFor();
  });

  test("whoever is disabled hands over what he owns; what cannot be taken back offers no undo", async () => {
    const { page } = desk;
    const { east2, manager } = company.people;
    await choose(east2.name, "停用");
    const sheet = page.getByRole("dialog", { name: `停用${east2.name}？` });
    await sheet.getByText("1 个客户").waitFor();
    await sheet.getByRole("textbox").fill(manager.name);
    await page.getByRole("option", { name: manager.name }).click();
    await sheet.getByText("Team East").waitFor();
    assert.deepEqual(await axeFindings(page), []);
    await picture(page, "zh-hand-over");
    await sheet.getByRole("button", { name: "停用并交接" }).click();
    await sign(`停用 ${east2.name}`);
    await page.getByText(`已将 2 条转给${manager.name}`).waitFor();
    for (const object of ["account", "contact"] as const) {
      const id = company[`${object}s`].find(({ of }) => of === "east2")?.id;
      const path = `/api/records/${object}/${id}`;
      const { record } = await company.people.owner.client.request<{ record: { owner: string } }>("GET", path);
      assert.equal(record.owner, manager.id);
    }
    assert.equal(await page.getByRole("button", { name: "撤销", exact: true }).count(), 0);
    await row(east2.name).getByText("已停用").waitFor();
  });

  test("a half-filled form asks before it closes; roles and link of a new colleague are two counted steps", async () => {
    const { page } = desk;
    await visit(page, `${company.system.origin}/people?new`);
    const sheet = page.getByRole("dialog", { name: "添加人员" });
    const unsaved = page.getByRole("dialog", { name: "离开并放弃修改？" });
    await sheet.getByLabel("姓名").fill("韩梅梅");
    for (const close of [
      () => page.keyboard.press("Escape"),
      () => sheet.getByRole("button", { name: "取消" }).click(),
      () => sheet.getByRole("button", { name: "关闭" }).click(),
    ]) {
      await close();
      await unsaved.getByText("填写的内容尚未保存。").waitFor();
      await page.keyboard.press("Escape");
      await unsaved.waitFor({ state: "detached" });
      assert.equal(await sheet.getByLabel("姓名").inputValue(), "韩梅梅");
    }
    await sheet.getByLabel("邮箱").fill("han@example.com");
    await sheet.getByRole("checkbox", { name: "销售", exact: true }).check();
    await sheet.getByRole("button", { name: "添加并生成邀请" }).click();
    await sign("韩梅梅：无角色 → 销售", "第 1 步，共 2 步");
    await sign("韩梅梅", "第 2 步，共 2 步");
    await page.getByRole("dialog", { name: "韩梅梅的邀请链接" }).getByRole("button", { name: "完成" }).click();
    await visit(page, `${company.system.origin}/accounts?new`);
    const form = page.getByRole("dialog", { name: "新建客户" });
    await form.getByLabel("客户名称").fill("华信");
    await page.keyboard.press("Escape");
    await unsaved.getByRole("button", { name: "放弃修改" }).click();
    await form.waitFor({ state: "detached" });
  });

  test("a name or a number that is there already is hinted at while a record is made", async () => {
    const { page } = desk;
    const [account] = company.accounts;
    const [contact] = company.contacts;
    assert.ok(account && contact);
    await visit(page, `${company.system.origin}/accounts?new`);
    const sheet = page.getByRole("dialog", { name: "新建客户" });
    await sheet.getByLabel("客户名称").fill(`${account.name} neu`);
    await sheet.getByLabel("客户名称").fill(account.name);
    await sheet.getByRole("status").filter({ hasText: "已有客户名称相同的客户" }).waitFor();
    const link = sheet.getByRole("link", { name: account.name });
    assert.equal(await link.getAttribute("href"), `/accounts/${account.id}`);
    assert.deepEqual(await axeFindings(page), []);
    await picture(page, "zh-duplicate");
    await visit(page, `${company.system.origin}/contacts?new`);
    const other = page.getByRole("dialog", { name: "新建联系人" });
    await other.getByLabel("手机").fill(contact.phone.slice(3));
    await other.getByRole("status").filter({ hasText: "已有手机相同的联系人" }).waitFor();
    await other.getByRole("link", { name: contact.name }).waitFor();
  });

  test("a file with a delimiter of its own is read by it", async () => {
    const { page } = desk;
    const text = "客户名称~电话\n华星贸易~010-66660001\n海河机械~010-66660002\n";
    const file = { name: "tilde.csv", mimeType: "text/csv", buffer: Buffer.from(text) };
    await visit(page, `${company.system.origin}/import?object=account`);
    await page.locator("input[type=file]").setInputFiles(file);
    await page.waitForURL(/\/import\/[0-9a-f]/u);
    await page.getByText("只识别到一列").waitFor();
    await page.getByRole("combobox", { name: "分隔符" }).click();
    await page.getByRole("option", { name: "其他字符" }).click();
    await page.getByLabel("分隔字符").fill("~");
    await page.getByRole("rowheader", { name: "电话" }).waitFor();
    assert.deepEqual(await axeFindings(page), []);
    await picture(page, "zh-import-delimiter");
    await page.getByRole("button", { name: "试运行", exact: true }).click();
    await page.getByRole("button", { name: "导入 2 行" }).waitFor();
  });

  test("the lock hides the page and says what unlocks it; a wrong password does not", async () => {
    const { page } = desk;
    const { owner } = company.people;
    await page.getByRole("button", { name: `${owner.name}的菜单` }).click();
    await page.getByRole("button", { name: "锁定" }).click();
    const sheet = page.getByRole("dialog", { name: "已锁定" });
    await sheet.getByText("验证后继续，未保存的内容都还在。").waitFor();
    assert.deepEqual(await axeFindings(page), []);
    await picture(page, "zh-locked");
    await page.keyboard.press("Escape");
    await sheet.locator("input[type=password]").fill("not the password");
    await sheet.getByRole("button", { name: "解锁" }).click();
    await sheet.getByText("密码不正确。").waitFor();
    await sheet.locator("input[type=password]").fill(owner.password);
    await sheet.getByRole("button", { name: "解锁" }).click();
    await sheet.waitFor({ state: "detached" });
    await page.getByRole("button", { name: "导入 2 行" }).waitFor();
    assert.deepEqual(desk.complaints, []);
  });
});
