// Contact (联系人): a person at an account, and a subject of his own: his key seals his values and dies with him.
import { defineObject } from "../field.ts";

export const contact = defineObject({
  key: "contact",
  labels: { zh: "联系人", en: "Contact" },
  plural: { zh: "联系人", en: "Contacts" },
  placement: "owner",
  nameField: "name",
  fields: [
    { key: "name", type: "text", class: 2, labels: { zh: "姓名", en: "Name" }, purpose: "identification", retention: "with_record", required: true, searchable: true, listed: true, max: 100 },
    { key: "account", type: "reference", target: "account", class: 1, labels: { zh: "所属客户", en: "Account" }, purpose: "selling", retention: "with_record", listed: true },
    { key: "jobTitle", type: "text", class: 2, labels: { zh: "职务", en: "Job title" }, purpose: "selling", retention: "with_record", listed: true, max: 100 },
    {
      key: "role",
      type: "choice",
      class: 1,
      labels: { zh: "决策角色", en: "Role in decisions" },
      purpose: "selling",
      retention: "with_record",
      listed: true,
      options: [
        { key: "decides", labels: { zh: "决策人", en: "Decides" } },
        { key: "influences", labels: { zh: "影响者", en: "Influences" } },
        { key: "uses", labels: { zh: "使用者", en: "Uses" } },
        { key: "buys", labels: { zh: "采购", en: "Buys" } },
      ],
    },
    { key: "isPrimary", type: "boolean", class: 1, labels: { zh: "主要联系人", en: "Main contact" }, purpose: "selling", retention: "with_record" },
    { key: "phone", type: "phone", class: 3, labels: { zh: "手机", en: "Mobile" }, purpose: "contact", retention: "with_record", listed: true },
    { key: "email", type: "email", class: 3, labels: { zh: "邮箱", en: "E-mail" }, purpose: "contact", retention: "with_record", listed: true },
    { key: "wechat", type: "text", class: 3, labels: { zh: "微信号", en: "WeChat" }, purpose: "contact", retention: "with_record", max: 60 },
    { key: "idNumber", type: "id_number", class: 3, labels: { zh: "证件号码", en: "ID number" }, purpose: "billing", retention: { monthsAfterChange: 36 } },
    { key: "address", type: "long_text", class: 2, labels: { zh: "地址", en: "Address" }, purpose: "contact", retention: "with_record", max: 500 },
    { key: "nextFollowUp", type: "date", class: 1, labels: { zh: "下次跟进", en: "Next follow-up" }, purpose: "selling", retention: "with_record" },
    { key: "note", type: "long_text", class: 2, labels: { zh: "备注", en: "Note" }, purpose: "selling", retention: "with_record" },
  ],
});
