// Figures of the search projection at 100,000 contacts lying sealed in PostgreSQL: how soon it answers after a start, how
// long a search takes by how many rows it finds, what it weighs.
import { contact } from "../../src/contract/objects/contact.ts";
import { querySchema } from "../../src/contract/query.ts";
import { uuidv7 } from "../../src/vault/db/uuid.ts";
import type { KeyMaterial } from "../../src/vault/keys/key-material.ts";
import { lookupTag } from "../../src/vault/keys/tag.ts";
import { compileQuery } from "../../src/vault/records/query-compiler.ts";
import { tableOf } from "../../src/vault/records/row.ts";
import { startOpener } from "../../src/vault/search/rebuild.ts";
import { SearchIndex, type UpsertRow } from "../../src/vault/search/search-index.ts";
import { tableSource } from "../../src/vault/search/table-source.ts";
import { fullAccess, random } from "../../src/vault/search/test-rows.ts";
import { type PlainRecord, insertSealed, sealRecord, testMaterial } from "../../src/vault/search/test-sealed.ts";
import { type TestDatabase, testDatabase } from "../harness/postgres.ts";
import type { Figure } from "./figure.ts";

const contacts = 100_000;
const bulk = 2000;

/** About two minutes on two cores, most of it sealing the rows. */
export async function benchSearch(): Promise<Figure[]> {
  const database = await testDatabase();
  const material = testMaterial();
  const ids = await fill(database, material);
  const before = process.memoryUsage().rss;
  const index = await SearchIndex.start({
    objects: [contact],
    lookup: (kind, text) => lookupTag(material.lookup, kind, text),
  });
  try {
    return [
      ...(await warm(index, database, material, before)),
      ...(await searches(index)),
      ...(await lists(index, ids)),
      ...(await writes(index)),
    ];
  } finally {
    await index.close();
    await database.close();
  }
}

const surnames = [
  ..."王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文",
];
const given = [
  ..."伟芳娜敏静秀英丽强磊军洋勇艳杰娟涛明超兰霞平刚桂文华建国玉梅红海云飞龙春雨晨阳思雪婷浩宇轩泽子涵欣怡梓豪博俊志鹏瑞嘉诗琪雅佳慧",
];
const first = ["Michael", "Sarah", "David", "Emma", "Olivia", "James"];
const last = ["Smith", "Johnson", "Brown", "Miller", "Davis", "Wilson", "Anderson", "Clark"];
const titles = ["采购经理", "销售总监", "工程师", "财务", "总经理", "CTO", "Purchasing Manager", "前台"];

const next = random(1);
const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T; // no list is empty

function someone(number: number): PlainRecord {
  const name =
    next() < 0.2 ? `${pick(first)} ${pick(last)}` : pick(surnames) + pick(given) + (next() < 0.7 ? pick(given) : "");
  return {
    id: uuidv7(),
    owner: owners[number % owners.length] ?? null,
    department: owners[number % 7] ?? null,
    updatedAt: new Date(1_700_000_000_000 + Math.floor(next() * 10_000_000_000)),
    values: {
      // One in a hundred and one in a thousand bear a mark, so that a search can find just so many.
      name: number === 77 ? "阚清子" : number % 1000 === 0 ? `${name}蘅` : number % 100 === 0 ? `${name}筠` : name,
      jobTitle: pick(titles),
      role: pick(["decides", "uses"]),
      isPrimary: next() < 0.5,
      phone: `+86138${String(10_000_000 + number)}`,
      email: `u${number}@example.com`,
      address: `北京市朝阳区建国路${number % 200}号`,
      nextFollowUp: "2026-11-23",
      note: number % 10 === 0 ? "客户对价格比较敏感，下次需要带报价单" : null,
    },
  };
}

const owners = Array.from({ length: 35 }, () => uuidv7());

async function fill(database: TestDatabase, material: KeyMaterial): Promise<string[]> {
  const ids: string[] = [];
  for (let start = 0; start < contacts; start += bulk) {
    const sealed = Array.from({ length: bulk }, (_, place) => sealRecord(material, contact, someone(start + place)));
    const rows = sealed.map((one) => one.row);
    await insertSealed(
      database.owner,
      contact,
      rows,
      sealed.map((one) => one.key),
    );
    for (const { id } of rows) ids.push(id);
  }
  await database.owner.query(`analyze ${tableOf(contact)}`);
  return ids;
}

async function warm(
  index: SearchIndex,
  database: TestDatabase,
  material: KeyMaterial,
  before: number,
): Promise<Figure[]> {
  const start = performance.now();
  let ready = 0;
  const watch = setInterval(() => {
    if (ready === 0 && index.ready("contact").ready) ready = performance.now();
  }, 5);
  const busy = performance.eventLoopUtilization();
  const opener = startOpener();
  await index.rebuild({
    object: "contact",
    opener,
    source: tableSource(database.db, contact),
    material: () => material,
  });
  await opener.terminate();
  clearInterval(watch);
  const complete = performance.now();
  const loop = performance.eventLoopUtilization(busy).active;
  return [
    { name: "search.warm_s", value: (ready - start) / 1000, unit: "s", n: contacts },
    { name: "search.warm_complete_s", value: (complete - start) / 1000, unit: "s", n: contacts },
    { name: "search.warm_vault_thread_s", value: loop / 1000, unit: "s", n: contacts },
    { name: "search.projection_mb", value: (await index.size()) / 1e6, unit: "MB", n: contacts },
    { name: "search.process_growth_mb", value: (process.memoryUsage().rss - before) / 1e6, unit: "MB", n: contacts },
  ];
}

/** What a person might type, by how many of the rows it finds. */
const typed: readonly (readonly [selectivity: string, words: readonly string[]])[] = [
  ["none", ["阚阚", "华信", "qqq", "zzzzz"]],
  ["one", ["阚清", "kanqingzi", "kqz", "清子"]],
  ["per_mille", ["蘅", "王伟", "zhangwei"]],
  ["percent", ["筠", "王", "smith", "zs", "nsen", "zhang"]],
  ["tenth", ["李", "hn", "li", "涛 王", "wilson"]],
  ["most", ["a", "z", "s", "e"]],
];

async function searches(index: SearchIndex): Promise<Figure[]> {
  const access = fullAccess(contact);
  const figures: Figure[] = [];
  const all: number[] = [];
  for (const [selectivity, words] of typed) {
    const times: number[] = [];
    for (const search of words) {
      const compiled = compileQuery(
        querySchema.parse({ object: "contact", search, columns: ["name", "jobTitle", "phone"] }),
        { object: contact, target: "projection", access },
      );
      for (let round = 0; round < 40; round++) {
        const start = performance.now();
        await index.query(compiled);
        if (round >= 5) times.push(performance.now() - start);
      }
    }
    all.push(...times);
    figures.push({ name: `search.contains.${selectivity}.p95_ms`, value: p95(times), unit: "ms", n: times.length });
  }
  return [{ name: "search.contains.p95_ms", value: p95(all), unit: "ms", n: all.length }, ...figures];
}

async function lists(index: SearchIndex, ids: readonly string[]): Promise<Figure[]> {
  const times: number[] = [];
  for (let round = 0; round < 300; round++) {
    const wanted = Array.from({ length: 50 }, () => pick(ids));
    const start = performance.now();
    await index.columns("contact", wanted, ["name", "jobTitle", "phone", "email"]);
    if (round >= 20) times.push(performance.now() - start);
  }
  return [{ name: "search.columns50.p95_ms", value: p95(times), unit: "ms", n: times.length }];
}

async function writes(index: SearchIndex): Promise<Figure[]> {
  const count = 20_000;
  const rows = Array.from({ length: count }, (_, number): UpsertRow => {
    const { id, owner = null, department = null, updatedAt = new Date(), values } = someone(contacts + number);
    return {
      id,
      version: 1,
      owner,
      department,
      createdAt: updatedAt,
      createdBy: null,
      updatedAt,
      updatedBy: null,
      deletedAt: null,
      values,
    };
  });
  const start = performance.now();
  const told: Promise<unknown>[] = [];
  for (let place = 0; place < count; place += 500) told.push(index.upsert("contact", rows.slice(place, place + 500)));
  await Promise.all(told);
  const seconds = (performance.now() - start) / 1000;
  // From a committed write until queries see it.
  const behind: number[] = [];
  for (const row of rows.slice(0, 500)) {
    const written = performance.now();
    await index.upsert("contact", [{ ...row, version: 2 }]);
    behind.push(performance.now() - written);
  }
  return [
    { name: "search.follows.p95_ms", value: p95(behind), unit: "ms", n: behind.length },
    { name: "search.upsert.rows_per_s", value: count / seconds, unit: "rows/s", n: count },
  ];
}

function p95(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
}
