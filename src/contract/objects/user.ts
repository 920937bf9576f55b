// User (人员): a colleague. A record like any other, so that scope, masks and history hold for colleagues too;
// passwords, devices and sessions are identity's and no part of it.
import { defineObject } from "../field.ts";

export const user = defineObject({
  key: "user",
  labels: { zh: "人员", en: "Person" },
  plural: { zh: "人员", en: "People" },
  placement: "person",
  nameField: "name",
  fields: [
    { key: "name", type: "text", class: 2, labels: { zh: "姓名", en: "Name" }, purpose: "organisation", retention: "with_record", required: true, searchable: true, listed: true, max: 100 },
    { key: "email", type: "email", class: 3, labels: { zh: "邮箱", en: "E-mail" }, purpose: "organisation", retention: "with_record", unique: true, listed: true },
    { key: "phone", type: "phone", class: 3, labels: { zh: "手机", en: "Mobile" }, purpose: "organisation", retention: "with_record" },
    { key: "jobTitle", type: "text", class: 2, labels: { zh: "职务", en: "Job title" }, purpose: "organisation", retention: "with_record", listed: true, max: 100 },
    { key: "manager", type: "reference", target: "user", class: 1, labels: { zh: "直属上级", en: "Reports to" }, purpose: "organisation", retention: "with_record", listed: true },
    {
      key: "status",
      type: "choice",
      class: 1,
      labels: { zh: "状态", en: "Status" },
      purpose: "organisation",
      retention: "with_record",
      listed: true,
      computed: true,
      options: [
        { key: "invited", labels: { zh: "待加入", en: "Not joined yet" } },
        { key: "active", labels: { zh: "在职", en: "Active" } },
        { key: "disabled", labels: { zh: "已停用", en: "Disabled" } },
      ],
    },
  ],
});
