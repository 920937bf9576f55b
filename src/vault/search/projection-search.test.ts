// What a search finds, for whom, and what it does not: on the projection itself, without threads.
import assert from "node:assert/strict";
import { test } from "node:test";
import { account } from "../../contract/objects/account.ts";
import { contact } from "../../contract/objects/contact.ts";
import type { ObjectDefinition } from "../../contract/field.ts";
import { Problem } from "../../contract/problem.ts";
import { querySchema } from "../../contract/query.ts";
import { compileQuery } from "../records/query-compiler.ts";
import { fold, searchWords } from "./normalise.ts";
import { Projection } from "./projection.ts";
import { compiled, fullAccess, names, put, random, testId } from "./test-rows.ts";

const people = ["张三", "李四", "曾国藩", "王小明", "Michael Acme", "O'Brien", "欧阳娜娜", "李大海"];

function filled(values: readonly string[] = people): Projection {
  const projection = new Projection([contact, account]);
  put(
    projection,
    values.map((name) => ({ values: { name } })),
  );
  return projection;
}

const found = (projection: Projection, search: string): unknown[] => names(projection, { search }).toSorted();

test("Chinese parts, Latin parts, pinyin and initials find", () => {
  const projection = new Projection([contact, account]);
  put(projection, [{ values: { name: "北京华信科技有限公司" } }, { values: { name: "Acme（上海）贸易" } }], account);
  const companies = (search: string): unknown[] =>
    projection.query(compiled({ search }, fullAccess(account), account)).rows.map((row) => row[4]);
  for (const search of ["华信", "信", "huaxin", "hx", "华信科技股份有限公司", "北京 科技", "ＨＸ", "hxkeji"]) {
    assert.deepEqual(companies(search), ["北京华信科技有限公司"], search);
  }
  for (const search of ["acm", "ACM", "cme", "me", "acme上海", "shanghai", "acme（上海"])
    assert.deepEqual(companies(search), ["Acme（上海）贸易"], search);
  for (const search of ["信华", "华科", "京技", "ab", "uaxin", "()", "有限责任"])
    assert.deepEqual(companies(search), [], search);
});

test("people are found as they are typed", () => {
  const projection = filled();
  const expected: Record<string, string[]> = {
    zs: ["张三"],
    zhangsan: ["张三"],
    zhangs: ["张三"],
    zhsan: ["张三"],
    "张 三": ["张三"],
    zengguofan: ["曾国藩"],
    ceng: ["曾国藩"],
    zgf: ["曾国藩"],
    oyn: ["欧阳娜娜"],
    lidh: ["李大海"],
    obrien: ["O'Brien"],
    "o'brien": ["O'Brien"],
    "mike acme": [],
    "mich acm": ["Michael Acme"],
    li: ["李四", "李大海"],
    小: ["王小明"],
    张四: [],
    "🙂": [],
  };
  for (const [search, wanted] of Object.entries(expected))
    assert.deepEqual(found(projection, search), wanted.toSorted(), search);
});

test("text that is syntax elsewhere is only text", () => {
  const projection = filled();
  for (const search of [
    "' or 1=1 --",
    '" OR "',
    "name:张",
    "张 OR 李",
    "NEAR(张 李)",
    "张*",
    "^张",
    "%",
    "_",
    "\u0000张",
    ") OR (",
    "{s0} : 张",
    "-张",
  ]) {
    const rows = names(projection, { search });
    assert.deepEqual(rows, search === "\u0000张" ? ["张三"] : [], search);
  }
});

test("phones in any format, last four digits, whole values only", () => {
  const projection = new Projection([contact]);
  put(projection, [
    {
      owner: testId(91),
      values: { name: "张三", phone: "+8613812345678", email: "Zhang@Example.com", idNumber: "11010519491231002X" },
    },
    { owner: testId(92), values: { name: "李四", phone: "+861065521234" } },
  ]);
  for (const search of [
    "13812345678",
    "138 1234 5678",
    "+86-138-1234-5678",
    "0086 138 1234 5678",
    "（138）1234－5678",
    "１３８１２３４５６７８",
    "zhang@example.com",
    "11010519491231002x",
    "5678",
    "002x",
  ]) {
    assert.deepEqual(names(projection, { search }), ["张三"], search);
  }
  for (const search of ["010-6552 1234", "65521234", "6552 1234", "６５５２-１２３４"])
    assert.deepEqual(names(projection, { search }), ["李四"], search);
  for (const search of [
    "1381234567",
    "12345678",
    "65521235",
    "5521234",
    "567",
    "45678",
    "example",
    "138****5678",
    "zhang@",
  ])
    assert.deepEqual(names(projection, { search }), [], search);
  const own = { ...fullAccess(), lastFour: { all: false, owners: [testId(92)], departments: [] } };
  assert.deepEqual(names(projection, { search: "5678" }, own), [], "last four digits count only within the given rows");
  const others = { ...own, lastFour: { all: false, owners: [testId(91)], departments: [] } };
  assert.deepEqual(names(projection, { search: "65521234" }, others), [], "and so do numbers without their area code");
  assert.deepEqual(names(projection, { search: "13812345678" }, own), ["张三"]);
  const none = { ...fullAccess(), exact: new Set<string>() };
  for (const search of ["13812345678", "5678"]) assert.deepEqual(names(projection, { search }, none), []);
  const [row] = projection.query(compiled({ columns: ["phone", "email", "idNumber"] })).rows;
  assert.deepEqual(row?.slice(4), ["010****1234", null, null]);
});

test("scope and field rights hold in the match itself", () => {
  const noteFound = {
    ...contact,
    fields: contact.fields.map((field) => (field.key === "note" ? { ...field, searchable: true } : field)),
  } satisfies typeof contact;
  const searched = new Projection([noteFound]);
  put(
    searched,
    [
      { owner: testId(91), department: testId(81), values: { name: "张三", note: "秘密报价" } },
      { owner: testId(92), department: testId(82), values: { name: "李四", note: "秘密报价" } },
      { owner: null, department: null, values: { name: "秘密" } },
    ],
    noteFound,
  );
  const list = (search: string, access: Parameters<typeof compiled>[1]): unknown[] =>
    searched
      .query(compiled({ search }, access, noteFound))
      .rows.map((row) => row[4])
      .toSorted();
  const all = fullAccess(noteFound);
  assert.deepEqual(list("秘密", all), ["张三", "李四", "秘密"].toSorted());
  const own = { all: false, owners: [testId(91)], departments: [] };
  assert.deepEqual(list("秘密", { ...all, ...own }), ["张三"]);
  assert.deepEqual(list("秘密", { ...all, all: false, departments: [testId(82)] }), ["李四"]);
  assert.deepEqual(list("秘密", { ...all, all: false }), []);
  const nameOnly = { ...all, readable: new Set(["name"]) };
  assert.deepEqual(list("秘密", nameOnly), ["秘密"], "an unreadable field is not searched");
  assert.deepEqual(
    list("秘密", { ...nameOnly, own: { ...own, readable: new Set(["name", "note"]) } }),
    ["张三", "秘密"].toSorted(),
  );
  assert.deepEqual(list("秘密", { ...all, readable: new Set<string>() }), []);
});

test("hidden, masked and unknown fields are refused alike", () => {
  const access = {
    ...fullAccess(),
    readable: new Set(["name"]),
    exact: new Set(["phone"]),
    hiddenSystem: new Set(["owner"]),
  };
  const refused = [
    "jobTitle",
    "role",
    "email",
    "nothing",
    "owner",
    "f_name",
    'name"; drop table x; --',
    "constructor",
    "__proto__",
    "",
  ];
  for (const field of refused) {
    for (const query of [
      { sort: [{ field, direction: "asc" }] },
      { filter: { field, op: "eq", value: "a" } },
      { filter: { any: [{ field: "name", op: "eq", value: "a" }, { all: [{ field, op: "empty" }] }] } },
    ] as const) {
      assert.throws(
        () => compiled(query as Parameters<typeof compiled>[0], access),
        (error) => error instanceof Problem && error.code === "not_sortable",
        field,
      );
    }
  }
  for (const query of [
    { sort: [{ field: "phone", direction: "asc" }] },
    { filter: { field: "phone", op: "contains", value: "1" } },
    { filter: { field: "phone", op: "empty" } },
    { filter: { field: "phone", op: "in", value: ["1"] } },
  ] as const) {
    assert.throws(
      () => compiled(query as Parameters<typeof compiled>[0], access),
      (error) => error instanceof Problem && error.code === "not_sortable",
    );
  }
});

test("candidates and reading all rows find the same, and all that holds the text", () => {
  const next = random(11);
  const alphabet = [..."北京华信科技张三曾单长重ab cZ1-é"];
  const text = (longest: number): string =>
    Array.from({ length: 1 + Math.floor(next() * longest) }, () => alphabet[Math.floor(next() * alphabet.length)]).join(
      "",
    );
  const projection = new Projection([contact]);
  const all = Array.from({ length: 400 }, () => text(8));
  put(
    projection,
    all.map((name) => ({ values: { name } })),
  );
  const letters = [..."zhangsbejxck"];
  let narrowed = 0;
  for (let round = 0; round < 1500; round++) {
    const typed =
      round % 3 === 0
        ? Array.from({ length: 1 + Math.floor(next() * 6) }, () => letters[Math.floor(next() * letters.length)]).join(
            "",
          )
        : text(4);
    if (typed.trim() === "") continue;
    const query = compiled({ search: typed, limit: 200, count: true });
    const { narrowed: candidates, ...walked } = query;
    const { scan, ...direct } = walked;
    const answer = projection.query(query);
    if (candidates) narrowed++;
    assert.deepEqual(projection.query(walked), answer, typed);
    assert.deepEqual(projection.query(direct), answer, typed);
    if (scan) assert.deepEqual(projection.query({ ...direct, scan: { rows: scan.rows } }), answer, typed);
    const words = searchWords(typed);
    const holding = all.filter((name) => words.length > 0 && words.every((word) => fold(name).includes(word)));
    const found = new Set(answer.rows.map((row) => row[4]));
    assert.ok((answer.count ?? 0) > 200 || holding.every((name) => found.has(name)), typed);
    if (words.every((word) => !/^[a-z0-9]+$/u.test(word))) assert.equal(answer.count, holding.length, typed);
  }
  assert.ok(narrowed > 700, `${narrowed} searches were narrowed`);
});

test("a match names its field only to those who may search it there", () => {
  const projection = new Projection([withTitle]);
  put(
    projection,
    [
      { owner: testId(90), values: { name: "王小明", jobTitle: "采购经理", phone: "+8613812345678" } },
      { owner: testId(91), values: { name: "采购 5678", jobTitle: "经理", phone: "+8613900005678" } },
    ],
    withTitle,
  );
  const matched = (search: string, access = fullAccess(withTitle)): unknown =>
    projection.query(
      compileQuery(querySchema.parse({ object: withTitle.key, search }), {
        object: withTitle,
        target: "projection",
        access,
        matched: true,
      }),
    ).matched;
  assert.deepEqual(matched("采购"), ["name", "jobTitle"]);
  assert.deepEqual(matched("小明 采购"), ["jobTitle"]);
  assert.deepEqual(matched("cgjl"), ["jobTitle"]);
  assert.deepEqual(matched("王小明"), ["name"]);
  assert.deepEqual(matched("138-1234-5678"), ["phone"]);
  // Found by its digits, which the name happens to hold as well: who may not read the name is not told of it.
  assert.deepEqual(matched("5678"), ["name", "phone"]);
  const noNames = { ...fullAccess(withTitle), readable: new Set(["jobTitle"]) };
  assert.deepEqual(matched("5678", noNames), ["phone", "phone"]);
  const ownNames = {
    ...noNames,
    own: { all: false, owners: [testId(91)], departments: [], readable: new Set(["name"]) },
  };
  assert.deepEqual(matched("5678", ownNames), ["name", "phone"]);
});

const withTitle: ObjectDefinition = {
  ...contact,
  fields: contact.fields.map((field) => (field.key === "jobTitle" ? { ...field, searchable: true } : field)),
};
