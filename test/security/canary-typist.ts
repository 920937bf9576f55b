// Somebody who types all day: every field, every search, every mistake, files to import; and people who are not signed
// in. What he types is told nowhere else.
import { type FieldType, isServed } from "../../src/contract/field.ts";
import { shippedObjects } from "../../src/contract/objects/shipped.ts";
import { givePasskey } from "../harness/passkey.ts";
import { DeviceClient, RequestRefused } from "../../src/cli/device-client.ts";
import { totpAt } from "../../src/vault/identity/test-totp.ts";
import { importFile } from "../harness/import-file.ts";
import type { System } from "../harness/system.ts";
import { gb18030 } from "./canary-scanner.ts";
import type { CanaryValues } from "./canary-values.ts";

const typedElsewhere: ReadonlySet<string> = new Set(["account", "contact"]);

export class Typist {
  requests = 0;
  refused = 0;
  /** Values that stand in a record or in its history. */
  readonly kept: string[] = [];
  readonly #client: DeviceClient;
  readonly #stranger: DeviceClient;
  readonly #values: CanaryValues;

  private constructor(client: DeviceClient, stranger: DeviceClient, values: CanaryValues) {
    this.#client = client;
    this.#stranger = stranger;
    this.#values = values;
  }

  static async enrol(system: System, values: CanaryValues): Promise<Typist> {
    const client = await DeviceClient.create(system.origin);
    await client.enrolOwner({
      code: system.enrolmentCode ?? "",
      company: `${values.chinese()}有限公司`,
      name: values.chinese(),
      email: values.email(),
      password: `${values.latin()} ${values.latin()}`,
      totp: (setup) => {
        values.all.push(setup.secret);
        return totpAt(setup.secret, new Date());
      },
    });
    await givePasskey(client);
    const typist = new Typist(client, await DeviceClient.create(system.origin), values);
    for (const [key, level] of [
      ["licence", 2],
      ["hobby", 2],
      ["passport", 3],
    ] as const)
      await typist.#ask("POST", "/api/fields", {
        object: "account",
        key,
        type: key === "hobby" ? "long_text" : "text",
        class: level,
        labels: { zh: key, en: key },
        purpose: "selling",
        retention: "with_record",
      });
    return typist;
  }

  close(): void {
    this.#client.close();
    this.#stranger.close();
  }

  async type(round: number): Promise<void> {
    const account = await this.#account();
    const contact = await this.#contact(account.id);
    await this.#search(account, contact);
    if (round % 2 === 0) await this.#work(contact.id);
    await this.#fail(account, contact);
    if (round % 3 === 0) await this.#people();
    await this.#strangers();
  }

  async #account(): Promise<Typed> {
    const v = this.#values;
    const from = v.all.length;
    const values = {
      name: `${v.chinese()}科技`,
      phone: v.phone(),
      email: v.email(),
      website: `https://${v.latin().toLowerCase()}.example/`,
      address: `北京市朝阳区${v.chinese()}路 7 号 ${v.latin()}`,
      bankAccount: v.bankAccount(),
      note: `说过 ${v.chinese()} and ${v.latin()}`,
      licence: v.latin(),
      hobby: v.chinese(),
      passport: v.latin(),
    };
    this.kept.push(...v.all.slice(from));
    return { ...(await this.#ask<{ id: string }>("POST", "/api/records/account", { values })), values };
  }

  async #contact(account: string): Promise<Typed> {
    const v = this.#values;
    const from = v.all.length;
    const values = {
      account,
      name: v.chinese(),
      jobTitle: `${v.latin()} 总监`,
      phone: `+86 ${v.phone()}`,
      email: v.email(),
      wechat: v.latin(),
      idNumber: v.idNumber(),
      address: v.chinese(),
      note: v.chinese(),
    };
    this.kept.push(...v.all.slice(from));
    return { ...(await this.#ask<{ id: string }>("POST", "/api/records/contact", { values })), values };
  }

  /** What is sold and done, by definition: a record of each object that is about somebody, all its sealed fields typed. */
  async #work(contact: string): Promise<void> {
    for (const object of shippedObjects.filter((one) => typedElsewhere.has(one.key) === false && isServed(one))) {
      const from = this.#values.all.length;
      const typed = object.fields.flatMap((field) => (field.class >= 2 ? [[field.key, this.#typed(field.type)]] : []));
      const about = object.fields.some(({ key }) => key === "contact") ? { contact } : {};
      this.kept.push(...this.#values.all.slice(from));
      const values: Record<string, unknown> = { ...Object.fromEntries(typed), ...about };
      const { id } = await this.#ask<{ id: string }>("POST", `/api/records/${object.key}`, { values });
      await this.#ask("GET", `/api/records/${object.key}/${id}`);
      await this.#ask("POST", `/api/records/${object.key}/query`, { search: this.#values.chinese(), count: true });
      const changed = { [object.nameField]: this.#values.chinese() };
      await this.#ask("PATCH", `/api/records/${object.key}/${id}`, { version: 1, values: changed });
      await this.#wrong("POST", `/api/records/${object.key}`, { values: { ...values, owner: this.#values.latin() } });
    }
  }

  #typed(type: FieldType): string {
    const v = this.#values;
    if (type === "phone") return v.phone();
    return type === "email" ? v.email() : `${v.chinese()} ${v.latin()}`;
  }

  async #search(account: Typed, contact: Typed): Promise<void> {
    const v = this.#values;
    const query = (object: string, body: unknown): Promise<unknown> =>
      this.#ask("POST", `/api/records/${object}/query`, body);
    await this.#ask("GET", `/api/records/account/${account.id}`);
    for (const text of [account.values["name"], contact.values["phone"], v.chinese(), v.latin(), v.phone(), v.email()])
      await this.#ask("POST", "/api/search", { text });
    await query("account", { search: v.chinese(), count: true });
    await query("contact", { filter: { field: "name", op: "contains", value: v.chinese() } });
    await query("contact", { filter: { any: [{ field: "phone", op: "eq", value: v.phone() }] } });
    await query("account", {
      filter: { field: "licence", op: "eq", value: v.latin() },
      sort: [{ field: "name", direction: "asc" }],
    });
    await this.#ask("POST", "/api/records/account/suggest", { text: v.latin(), limit: 5 });
    await this.#ask("POST", `/api/records/contact/${contact.id}/reveal`, {
      field: "phone",
      purpose: `回电 ${v.chinese()}`,
    });
    await this.#ask("PATCH", `/api/records/account/${account.id}`, {
      version: 1,
      values: { note: v.chinese(), phone: v.phone() },
    });
    await this.#ask("PATCH", `/api/records/contact/${contact.id}`, {
      version: 1,
      values: { note: v.latin(), wechat: v.latin() },
    });
    await this.#ask("GET", `/api/records/account/${account.id}/history`);
    await this.#ask("POST", `/api/records/contact/${contact.id}/delete`, { version: 2 });
    await query("contact", { deleted: true, search: v.chinese() });
    await this.#ask("POST", `/api/records/contact/${contact.id}/restore`);
  }

  /** Each is a mistake; what was typed must not stay behind in a log, an entry or an error. */
  async #fail(account: Typed, contact: Typed): Promise<void> {
    const v = this.#values;
    const create = (values: Record<string, unknown>): Promise<void> =>
      this.#wrong("POST", "/api/records/contact", { values });
    await create({ name: v.chinese(), email: v.latin() });
    await create({ name: v.chinese(), phone: v.chinese() });
    await create({ name: v.chinese(), role: v.latin(), isPrimary: v.latin(), nextFollowUp: v.chinese() });
    await create({ name: v.chinese(), [v.latin()]: v.chinese() });
    await create({ name: v.latin().repeat(12) });
    await create({ name: "x", account: v.latin() });
    await create({ name: `${v.latin()}\u0000${v.chinese()}` });
    await this.#wrong("POST", "/api/records/account", {
      values: { name: "x", employees: v.latin(), annualRevenue: v.phone() },
    });
    await this.#wrong("PATCH", `/api/records/account/${account.id}`, { version: 1, values: { note: v.chinese() } });
    await this.#wrong("PATCH", `/api/records/contact/${contact.id}`, { version: 99, values: { note: v.chinese() } });
    await this.#wrong("POST", `/api/records/${v.latin()}`, { values: {} });
    await this.#wrong("GET", `/api/records/account/${encodeURIComponent(v.chinese())}`);
    await this.#wrong("GET", `/api/records/account/${account.id}?name=${encodeURIComponent(v.chinese())}`);
    await this.#wrong("GET", `/api/${v.latin()}/${encodeURIComponent(v.chinese())}`);
    await this.#wrong("POST", "/api/commit", {
      operations: [
        { op: "create", object: "contact", values: { name: v.chinese(), phone: v.phone(), note: v.latin() } },
        { op: "create", object: "contact", values: { name: v.chinese(), account: crypto.randomUUID() } },
      ],
    });
    await this.#wrong("POST", "/api/records/contact/query", {
      filter: { field: "phone", op: "contains", value: v.phone() },
    });
    await this.#wrong("POST", "/api/records/contact/query", {
      filter: { field: v.latin(), op: "eq", value: v.chinese() },
    });
    await this.#wrong("POST", "/api/search", { text: v.chinese(), more: v.latin() });
    await this.#wrong("POST", "/api/step-up", { password: v.latin(), totpCode: "000000" });
    const broken = new TextEncoder().encode(`{"values":{"name":"${v.chinese()}","note":"${v.latin()}`);
    this.#count((await this.#client.send("POST", "/api/records/contact", broken)).status);
  }

  async #people(): Promise<void> {
    const v = this.#values;
    const email = v.email();
    const values = { name: v.chinese(), email, phone: v.phone(), jobTitle: v.latin() };
    const { id } = await this.#ask<{ id: string }>("POST", "/api/records/user", { values });
    await this.#ask("POST", "/api/records/department", { values: { name: `${v.chinese()}部` } });
    await this.#wrong("POST", "/api/records/user", { values: { name: v.chinese(), email } });
    const { code } = await this.#ask<{ code: string }>("POST", "/api/invitations", { userId: id });
    v.all.push(code);
    const password = `${v.latin()} ${v.latin()}`;
    const joined = await DeviceClient.create(this.#client.origin);
    const { totp } = await joined.acceptInvitation({
      code,
      password,
      totp: ({ secret }) => totpAt(secret, new Date()),
    });
    v.all.push(totp.secret);
    joined.close();
    this.requests += 1;
  }

  /** People who are not signed in type too. */
  async #strangers(): Promise<void> {
    const v = this.#values;
    const key = async (target: string, body: Record<string, unknown>): Promise<void> => {
      await this.#stranger.requestWithKey(target, body).then(
        () => (this.requests += 1),
        (error: unknown) => {
          if (!(error instanceof RequestRefused)) throw error;
          this.#count(error.status);
        },
      );
    };
    await key("/api/password-check", { password: v.latin(), personal: [v.latin(), v.email()] });
    await key("/api/sign-in/password", { email: v.email(), password: v.latin() });
    await key("/api/invitations/inspect", { code: v.latin() });
    await key("/api/enrolment/begin", { code: v.latin(), email: v.email() });
  }

  /** A file in each encoding, with good rows and bad ones; the second is taken back. */
  async imports(): Promise<void> {
    const v = this.#values;
    for (const encoding of ["utf-8", "gb18030"] as const) {
      const lines = Array.from({ length: 12 }, (_, row) => {
        const phone = row % 4 === 3 ? v.latin() : v.phone();
        return [
          v.chinese(),
          phone,
          v.email(),
          v.latin(),
          `"客户希望下周再联系，电话里说过：${v.chinese()}, ""${v.latin()}"""`,
        ].join(",");
      });
      const text = ["name,phone,email,wechat,note", ...lines, ""].join("\r\n");
      const content = encoding === "utf-8" ? text : Uint8Array.from(gb18030(text));
      const { done } = await importFile(this.#client, {
        object: "contact",
        fileName: `${v.latin()} ${v.chinese()}.csv`,
        content,
        map: { name: "name", phone: "phone", email: "email", wechat: "wechat", note: "note" },
      });
      if (done.state !== "done" || done.counts.created !== 9 || done.counts.bad !== 3)
        throw new Error(`The import is ${done.state}: ${JSON.stringify(done.counts)}`);
      await this.#ask("POST", `/api/imports/contact/${done.id}/errors`, { after: null });
      if (encoding === "gb18030") await this.#ask("POST", `/api/imports/contact/${done.id}/undo`);
      this.requests += 6;
    }
  }

  async #ask<T>(method: string, target: string, body?: unknown): Promise<T> {
    this.requests += 1;
    return this.#client.request<T>(method, target, body);
  }

  async #wrong(method: string, target: string, body?: unknown): Promise<void> {
    const { status } = await this.#client.send(method, target, body);
    if (status >= 500) throw new Error(`${method} ${target} ${JSON.stringify(body)}: ${status}`);
    this.#count(status);
  }

  #count(status: number): void {
    this.requests += 1;
    if (status >= 400) this.refused += 1;
    else throw new Error(`a mistake was answered with ${status}`);
  }
}

interface Typed {
  readonly id: string;
  readonly values: Readonly<Record<string, string>>;
}
