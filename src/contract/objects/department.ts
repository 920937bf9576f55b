// Department (部门): a node of the tree that scopes are measured in. The name is confidential, as it often bears a
// person's or a customer's name.
import { defineObject } from "../field.ts";

export const department = defineObject({
  key: "department",
  labels: { zh: "部门", en: "Department" },
  plural: { zh: "部门", en: "Departments" },
  placement: "department",
  nameField: "name",
  fields: [
    {
      key: "name",
      type: "text",
      class: 2,
      labels: { zh: "部门名称", en: "Department name" },
      purpose: "organisation",
      retention: "with_record",
      required: true,
      searchable: true,
      listed: true,
      max: 100,
    },
    {
      key: "parent",
      type: "reference",
      target: "department",
      class: 1,
      labels: { zh: "上级部门", en: "Part of" },
      authority: true,
      purpose: "organisation",
      retention: "with_record",
      listed: true,
    },
    {
      key: "leader",
      type: "reference",
      target: "user",
      class: 1,
      labels: { zh: "部门主管", en: "Head" },
      purpose: "organisation",
      retention: "with_record",
      listed: true,
    },
    {
      key: "position",
      type: "integer",
      class: 1,
      labels: { zh: "排序", en: "Position" },
      purpose: "organisation",
      retention: "with_record",
      min: 0,
      maxValue: 1_000_000,
    },
  ],
});
