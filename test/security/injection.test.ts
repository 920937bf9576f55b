// Bad input in every place where the API takes input, found by walking the schemas of all endpoints and the fields of all
// objects: the answer is a problem in the language asked for, or the text is kept exactly as it came; never a 500, and
// nothing is written by what is refused.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { EndpointDefinition } from "../../src/contract/endpoint.ts";
import { endpoints } from "../../src/contract/endpoints.ts";
import { shippedObjects } from "../../src/contract/objects/shipped.ts";
import type { FieldType, ObjectDefinition } from "../../src/contract/field.ts";
import { type Company, startCompany } from "../harness/company.ts";
import { importFile } from "../harness/import-file.ts";
import { type Attack, brokenBodies, deepFilter, encoded, jsonWith, longText, texts, wrongTypes } from "./attacks.ts";
import { DatabaseState } from "./database-state.ts";
import { type Hit, type ProbeKey, assertProblem, ceaseFire, keyOf, newKey, shoot, sign } from "./probe.ts";
import { type Place, placesOf, sampleOf } from "./schema-walk.ts";
import { sideBySide } from "./side-by-side.ts";

const rows: readonly [string, EndpointDefinition][] = Object.entries(endpoints);

let company: Company;
let origin: string;
let owner: ProbeKey;
let ownerDevice: string;
let stranger: ProbeKey;
let state: DatabaseState;
let params: Readonly<Record<string, string>>;
let processes: Readonly<Record<string, number>>;

before(async () => {
  company = await startCompany({ admin: true });
  assert.ok(company.admin);
  state = new DatabaseState(company.admin);
  ({ origin } = company.system);
  const { client } = company.people.owner;
  owner = await keyOf(client);
  ownerDevice = client.deviceId ?? "";
  stranger = await newKey();
  // A record and an import that are there, so that an attack gets as far as it can.
  const file = {
    object: "account",
    fileName: "a.csv",
    content: "name,note\nA,b\n",
    map: { name: "name", note: "note" },
  };
  await importFile(client, { ...file, start: false });
  const { imports } = await client.request<{ imports: { id: string }[] }>("GET", "/api/imports/account");
  params = { object: "account", record: company.accounts[0]?.id ?? "", import: imports[0]?.id ?? "", index: "0" };
  processes = { ...company.system.pids };
});
after(async () => {
  ceaseFire();
  await company.stop();
});

const nobody = "019db3d1-0000-7000-8000-000000000000";

function pathOf({ path }: EndpointDefinition): string {
  const kind = path.startsWith("/api/records") ? "record" : path.startsWith("/api/imports") ? "import" : "";
  return path.replaceAll(/:(\w+)/gu, (_, name: string) => (name === "id" ? params[kind] : params[name]) ?? nobody);
}

/** Sends bytes as the owner, or as the key in the body; every second request in Chinese. */
async function send(endpoint: EndpointDefinition, path: string, body: Uint8Array<ArrayBuffer>): Promise<Hit> {
  const keyed = endpoint.auth === "key";
  const key = keyed ? stranger : owner;
  const signed = await sign(origin, key, keyed ? stranger.thumbprint : ownerDevice, {
    method: endpoint.method,
    path,
    body,
  });
  sent += 1;
  const headers = { ...signed, "accept-language": sent % 2 === 0 ? "zh-CN" : "en" };
  return shoot(origin, { method: endpoint.method, path, body, headers });
}
let sent = 0;

const chinese = /\p{Script=Han}/u;

/** True when it was taken. Throws for anything but a success or a whole problem in one language. */
function judge(hit: Hit, what: string): boolean {
  if (hit.status < 400) return true;
  const { title, fields } = assertProblem(hit, what);
  for (const { message } of fields ?? [])
    assert.equal(chinese.test(withoutQuotes(message)), chinese.test(title), `${what}: two languages in ${hit.text}`);
  assert.ok(!/prototype|admin|syntax error|relation|column|node_modules|\.ts:/u.test(title), `${what}: ${hit.text}`);
  return false;
}

/** What a message repeats of the input says nothing about its language. */
function withoutQuotes(message: string): string {
  return message.replaceAll(/“[^”]*”/gu, "");
}

interface Case {
  readonly what: string;
  readonly path: string;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly endpoint: EndpointDefinition;
}

/** Tries all; what was refused among them must have written nothing, which a second try alone shows where others were taken. */
async function assail(cases: readonly Case[]): Promise<{ taken: number; refused: number }> {
  const before = await state.read();
  const outcomes = await sideBySide(cases, async (one) => {
    const hit = await send(one.endpoint, one.path, one.body);
    return { one, taken: judge(hit, one.what) };
  });
  const refused = outcomes.filter((outcome) => !outcome.taken).map((outcome) => outcome.one);
  let reference = before;
  if (refused.length < outcomes.length) {
    reference = await state.read();
    await sideBySide(refused, async (one) => judge(await send(one.endpoint, one.path, one.body), one.what));
  }
  const now = await state.read();
  const what = cases[0]?.what ?? "";
  for (const [table, digest] of Object.entries(now))
    assert.equal(digest, reference[table], `${what}: ${table} was written`);
  return { taken: outcomes.length - refused.length, refused: refused.length };
}

/** The same key stands in each row signed by a key, and the same proof in two rows: once is enough. */
function placesIn(name: string, endpoint: EndpointDefinition): Place[] {
  if (!endpoint.body) return [];
  return placesOf(endpoint.body).filter(
    (place) =>
      (!place.name.includes("deviceKey") || name === "installationStatus") &&
      (name !== "unlockSession" || !place.name.includes("response")),
  );
}

/** Bodies of rows signed by a key bear that key, unless it is what is attacked. */
function bodyJson(endpoint: EndpointDefinition, place: Place, attack: Attack): string {
  const body = jsonWith(place.put, attack);
  if (endpoint.auth !== "key" || place.name.includes("deviceKey")) return body;
  const sample = JSON.stringify((sampleOf(endpoint.body ?? never) as { deviceKey: unknown }).deviceKey);
  return body.replace(sample, JSON.stringify(stranger.publicKey));
}
const never = endpoints.installationStatus.body;

describe("every place of every endpoint", () => {
  // All kinds; the other texts are tried on the fields of records, where texts are kept.
  const few = new Set(["SQL", "a NUL", "a lone surrogate", "__proto__"]);
  const attacks = [...texts.filter(({ name }) => few.has(name)), ...wrongTypes.filter((_, index) => index % 5 !== 1)];

  test("takes or refuses every attack, and writes nothing when it refuses", async (t) => {
    let places = 0;
    let taken = 0;
    let refused = 0;
    for (const [name, endpoint] of rows) {
      const cases = placesIn(name, endpoint).flatMap((place) => {
        places += 1;
        return attacks.map((attack) => ({
          what: `${name} ${place.name}: ${attack.name}`,
          path: pathOf(endpoint),
          body: encoded(bodyJson(endpoint, place, attack)),
          endpoint,
        }));
      });
      if (cases.length === 0) continue;
      const outcome = await assail(cases);
      taken += outcome.taken;
      refused += outcome.refused;
    }
    t.diagnostic(`${places} places, ${taken} attacks taken as they are, ${refused} refused`);
    assert.ok(places > 250, `${places} places`);
    assert.ok(taken > 40 && refused > 2000);
  });

  test("refuses texts of a million characters", async () => {
    const cases = rows.flatMap(([name, endpoint]) => {
      const places = placesIn(name, endpoint).filter((place) => !place.name.includes("(unknown"));
      return places.slice(0, 3).map((place) => ({
        what: `${name} ${place.name}: ${longText.name}`,
        path: pathOf(endpoint),
        body: encoded(bodyJson(endpoint, place, longText)),
        endpoint,
      }));
    });
    const { taken, refused } = await assail(cases);
    assert.equal(taken, 0);
    assert.ok(refused > 60, `${refused} refused`);
  });

  test("refuses bodies that are not what they should be", async () => {
    const taking = rows.filter(([, endpoint]) => endpoint.body);
    for (const { name: broken, bytes } of brokenBodies) {
      const cases = taking.map(([name, endpoint]) => ({
        what: `${name}: ${broken}`,
        path: pathOf(endpoint),
        body: bytes,
        endpoint,
      }));
      // The largest go to a few rows only.
      const { taken, refused } = await assail(
        bytes.length > 10_000 ? cases.filter((_, index) => index % 6 === 0) : cases,
      );
      assert.equal(taken, 0, broken);
      assert.ok(refused > 5);
    }
    assert.ok(taking.length > 40);
  });

  test("refuses filters deeper than any honest one", async () => {
    const endpoint = endpoints.listRecords;
    for (const depth of [9, 100, 2000, 50_000]) {
      const what = `a filter ${depth} deep`;
      assert.equal(judge(await send(endpoint, pathOf(endpoint), encoded(deepFilter(depth))), what), false, what);
    }
  });

  test("finds nothing by paths that are attacks", async () => {
    const named = rows.filter(([, { path }]) => path.includes(":"));
    const cases = named.flatMap(([name, endpoint]) => {
      const body = endpoint.body ? encoded(JSON.stringify(sampleOf(endpoint.body))) : encoded("");
      return texts.flatMap((attack) => {
        const value = encodeURIComponent((attack.text ?? "").toWellFormed());
        return [value, "__proto__", "constructor", "..", "%2e%2e", "%00"].map((segment) => ({
          what: `${name} path ${segment}`,
          path: endpoint.path.replaceAll(/:\w+/gu, segment),
          body,
          endpoint,
        }));
      });
    });
    // A path that dots lead out of the API is answered by the pages, which have nothing there.
    const few = cases.filter(
      ({ path }, index) => index % 4 === 0 && new URL(path, origin).pathname.startsWith("/api/"),
    );
    const { taken } = await assail(few);
    assert.equal(taken, 0);
    assert.ok(named.length > 20 && few.length > 200);
  });

  test("headers that are attacks change nothing", async () => {
    const endpoint = endpoints.readSchema;
    for (const value of ["<script>", "'; drop table x; --", "x".repeat(4000), "\u00ff\u00fe", "../../x", "__proto__"]) {
      for (const header of [
        "user-agent",
        "accept-language",
        "accept",
        "x-forwarded-for",
        "cookie",
        "content-type",
        "forwarded",
      ]) {
        const signed = await sign(origin, owner, ownerDevice, { method: "GET", path: endpoint.path });
        const hit = await shoot(origin, {
          method: "GET",
          path: endpoint.path,
          headers: { ...signed, [header]: value },
        });
        assert.equal(hit.status, 200, `${header}: ${value.slice(0, 20)}`);
      }
      for (const header of ["signature", "signature-input", "content-digest"]) {
        const signed = await sign(origin, owner, ownerDevice, { method: "GET", path: endpoint.path });
        const hit = await shoot(origin, {
          method: "GET",
          path: endpoint.path,
          headers: { ...signed, [header]: value },
        });
        assert.equal(judge(hit, header), false);
      }
    }
  });
});

/** Something each kind of field takes, to stand beside the attack. */
const kept: Readonly<Record<FieldType, boolean>> = {
  text: true,
  long_text: true,
  integer: false,
  decimal: false,
  boolean: false,
  date: false,
  datetime: false,
  choice: false,
  phone: false,
  email: false,
  url: false,
  id_number: false,
  bank_account: false,
  reference: false,
};

/** What a new record cannot do without: its required fields, and what it is about. */
function needed(object: ObjectDefinition): Readonly<Record<string, unknown>> {
  const { work, accounts } = company;
  const required = object.fields.filter(({ key, required: must }) => must === true || key === object.nameField);
  const values = required.map((field) => {
    const other = field.type === "reference" ? work.find((one) => one.object === field.target)?.id : "somebody";
    return [field.key, field.type === "choice" ? field.options[0]?.key : other] as const;
  });
  return { ...Object.fromEntries(values), ...(object.follows && { account: accounts[0]?.id }) };
}

describe("every field of every object", () => {
  test("keeps a text exactly as it came or refuses it, and writes nothing when it refuses", async (t) => {
    const { client } = company.people.owner;
    let looked = 0;
    let stored = 0;
    for (const object of shippedObjects) {
      for (const field of object.fields) {
        const attacks = [...texts, longText, ...wrongTypes];
        const before = await state.read();
        const results = await sideBySide(attacks, async (attack) => {
          const { [field.key]: _attacked, ...others } = needed(object);
          const beside = Object.entries(others).map(
            ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)},`,
          );
          const body = encoded(`{"values":{${beside.join("")}${JSON.stringify(field.key)}:${attack.json}}}`);
          const hit = await send(endpoints.createRecord, `/api/records/${object.key}`, body);
          return { attack, hit, taken: judge(hit, `${object.key}.${field.key}: ${attack.name}`) };
        });
        looked += results.length;
        const taken = results.filter((one) => one.taken);
        if (taken.length === 0) assert.deepEqual(await state.read(), before, `${object.key}.${field.key}`);
        for (const { attack, hit } of taken) {
          const { id } = JSON.parse(hit.text) as { id: string };
          const path = `/api/records/${object.key}/${id}`;
          const value =
            field.class === 3
              ? (
                  await client.request<{ value: unknown }>("POST", `${path}/reveal`, {
                    field: field.key,
                    purpose: "test",
                  })
                ).value
              : (await client.request<{ record: { values: Record<string, unknown> } }>("GET", path)).record.values[
                  field.key
                ];
          const what = `${object.key}.${field.key}: ${attack.name}`;
          if (attack.text === undefined) {
            assert.ok(
              value === JSON.parse(attack.json) || (attack.json === "null" && (value ?? null) === null),
              `${what} became ${String(value)}`,
            );
          } else {
            assert.ok(kept[field.type], `${what} was taken for a ${field.type}`);
            // Lines of a long text end as everywhere else here.
            const text = field.type === "long_text" ? attack.text.replaceAll("\r\n", "\n") : attack.text;
            assert.equal(value, text, what);
            stored += 1;
          }
        }
      }
    }
    t.diagnostic(`${looked} values tried, ${stored} texts kept as they came`);
    assert.ok(looked > 600 && stored > 60);
  });

  test("searching and filtering with attacks finds what bears them and nothing else", async () => {
    const { client } = company.people.owner;
    const text = "'; drop table vault.record_account; -- <b>&\"%_\\";
    const { id } = await client.request<{ id: string }>("POST", "/api/records/contact", { values: { name: text } });
    for (const query of [
      { filter: { field: "name", op: "eq", value: text } },
      { filter: { field: "name", op: "contains", value: "%_\\" } },
      { search: "drop table vault.record" },
    ]) {
      const { rows: found } = await client.request<{ rows: { id: string }[] }>(
        "POST",
        "/api/records/contact/query",
        query,
      );
      assert.ok(
        found.some((row) => row.id === id),
        JSON.stringify(query),
      );
    }
    for (const attack of texts) {
      const value = (attack.text ?? "").slice(0, 200);
      for (const body of [
        { search: value },
        { filter: { field: "note", op: "contains", value } },
        { filter: { field: "note", op: "eq", value } },
      ])
        judge(
          await send(endpoints.listRecords, "/api/records/contact/query", encoded(JSON.stringify(body))),
          attack.name,
        );
    }
  });
});

test("every process is the one that was there at the start, and well", async () => {
  const { rows: found } = await company.people.east1.client.request<{ rows: unknown[] }>(
    "POST",
    "/api/records/account/query",
    {},
  );
  assert.equal(found.length, 2);
  assert.deepEqual({ ...company.system.pids }, processes);
  assert.ok(sent > 3000, `${sent} requests`);
});
