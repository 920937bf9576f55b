// Which columns are proposed for which fields, for files as they come from elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { shippedRoles } from "../../contract/roles.ts";
import type { ObjectDefinition } from "../../contract/field.ts";
import { account } from "../../contract/objects/account.ts";
import { contact } from "../../contract/objects/contact.ts";
import { user } from "../../contract/objects/user.ts";
import { Access } from "../access/access.ts";
import { detectHeader, sampleRows } from "./detect.ts";
import { importableFields, proposeColumns, proposeKey } from "./mapping.ts";

function as(role: string): Access {
  return new Access({
    userId: "0192f0a0-0000-7000-8000-000000000001",
    department: null,
    subtree: [],
    roles: shippedRoles.filter((one) => one.key === role),
    confirmed: true,
  });
}

function proposal(object: ObjectDefinition, text: string): Record<string, string | null> {
  const rows = sampleRows(text, ",");
  return Object.fromEntries(
    proposeColumns(object, importableFields(object, as("owner")), rows, detectHeader(rows)).map((column) => [
      column.name || String(column.index),
      column.field,
    ]),
  );
}

test("the columns of a list of accounts as exported elsewhere", () => {
  const text =
    "account,sector,year_established,revenue,employees,office_location,subsidiary_of,sales_agent\nAcme Corporation,technolgy,1996,1100.04,2822,United States,,Moses Frase\nBioholding,medical,2012,587.34,1356,Philipines,Acme Corporation,\n";
  assert.deepEqual(proposal(account, text), {
    account: "name",
    sector: "industry",
    year_established: "yearEstablished",
    revenue: "annualRevenue",
    employees: "employees",
    office_location: "country",
    subsidiary_of: "parent",
    sales_agent: "owner",
  });
});

test("people with manager and office", () => {
  assert.deepEqual(proposal(user, "sales_agent,manager,regional_office\nAnna Snelling,Dustin Brinkmann,Central\n"), {
    sales_agent: "name",
    manager: "manager",
    regional_office: "department",
  });
});

test("Chinese headings, brackets and full width", () => {
  assert.deepEqual(
    proposal(
      contact,
      "姓名*,手机号码（必填）,电子邮箱,公司名称,职位,Ｎｏｔｅ\n张三,13812345678,z@example.com,华信,经理,x\n",
    ),
    {
      "姓名*": "name",
      "手机号码（必填）": "phone",
      电子邮箱: "email",
      公司名称: "account",
      职位: "jobTitle",
      Ｎｏｔｅ: "note",
    },
  );
});

test("without headings, by what the values look like", () => {
  const found = proposal(contact, "张三,13812345678,z@example.com,1\n李四,010-65551234,l@example.com,2\n");
  assert.deepEqual(found, { 0: null, 1: "phone", 2: "email", 3: null });
});

test("days and numbers are not taken for phones, nor the same field twice", () => {
  assert.deepEqual(proposal(contact, "a,b,c\n20261123,1234567.50,13812345678\n20261124,7654321.25,13812345679\n"), {
    a: null,
    b: null,
    c: "phone",
  });
  assert.deepEqual(proposal(contact, "phone,mobile\n13812345678,13812345679\n"), { phone: "phone", mobile: null });
});

test("samples are different values, dates show their order", () => {
  const rows = sampleRows("name,nextFollowUp\nA,23-11-2026\nA,03-04-2026\nB,\n", ",");
  const [name, next] = proposeColumns(contact, importableFields(contact, as("owner")), rows, true);
  assert.deepEqual(name?.samples, ["A", "B"]);
  assert.deepEqual([next?.field, next?.dateOrder], ["nextFollowUp", "dmy"]);
});

test("nothing is proposed that the person may not write, nor what the product computes", () => {
  assert.deepEqual(importableFields(account, as("auditor")), []);
  const keys = importableFields(user, as("owner")).map((field) => field.key);
  assert.ok(keys.includes("department") && !keys.includes("status") && !keys.includes("owner"));
});

test("keys", () => {
  assert.equal(proposeKey(user, ["name", "email"]), "email");
  assert.equal(proposeKey(account, ["name", "phone"]), "name");
  assert.equal(proposeKey(contact, ["phone"]), null);
});
