// Choices that several objects offer, so that the same thing has one word everywhere.
import type { ChoiceOption, FieldDefinition } from "../field.ts";

export const currencies: readonly ChoiceOption[] = [
  { key: "CNY", labels: { zh: "人民币 CNY", en: "CNY Renminbi" }, aliases: ["rmb", "人民币", "元", "¥", "cny"] },
  { key: "USD", labels: { zh: "美元 USD", en: "USD US dollar" }, aliases: ["美元", "$", "us$", "usd", "dollar"] },
  { key: "EUR", labels: { zh: "欧元 EUR", en: "EUR Euro" }, aliases: ["欧元", "€", "eur", "euro"] },
  { key: "HKD", labels: { zh: "港元 HKD", en: "HKD Hong Kong dollar" }, aliases: ["港元", "港币", "hk$", "hkd"] },
  { key: "JPY", labels: { zh: "日元 JPY", en: "JPY Yen" }, aliases: ["日元", "円", "jpy", "yen"] },
  { key: "GBP", labels: { zh: "英镑 GBP", en: "GBP Pound sterling" }, aliases: ["英镑", "£", "gbp", "pound"] },
  {
    key: "SGD",
    labels: { zh: "新加坡元 SGD", en: "SGD Singapore dollar" },
    aliases: ["新加坡元", "新元", "s$", "sgd"],
  },
  { key: "TWD", labels: { zh: "新台币 TWD", en: "TWD New Taiwan dollar" }, aliases: ["新台币", "台币", "nt$", "twd"] },
];

export const sources: readonly ChoiceOption[] = [
  { key: "referral", labels: { zh: "客户介绍", en: "Referral" }, aliases: ["转介绍", "word of mouth"] },
  { key: "website", labels: { zh: "官网", en: "Website" }, aliases: ["网站", "web"] },
  { key: "search", labels: { zh: "搜索推广", en: "Search advertising" }, aliases: ["百度", "google", "sem"] },
  { key: "social", labels: { zh: "社交媒体", en: "Social media" }, aliases: ["微信", "抖音", "公众号", "linkedin"] },
  {
    key: "exhibition",
    labels: { zh: "展会活动", en: "Exhibition or event" },
    aliases: ["展会", "活动", "event", "fair"],
  },
  {
    key: "outreach",
    labels: { zh: "主动开发", en: "Own outreach" },
    aliases: ["电销", "陌拜", "cold call", "outbound"],
  },
  { key: "partner", labels: { zh: "合作伙伴", en: "Partner" }, aliases: ["渠道", "代理", "reseller"] },
  { key: "other", labels: { zh: "其他", en: "Other" } },
];

/** How far a stage is from the end; also the state of what stands in it. */
export const outcomes: readonly ChoiceOption[] = [
  { key: "open", labels: { zh: "进行中", en: "Open" } },
  { key: "won", labels: { zh: "赢单", en: "Won" }, aliases: ["成交", "已成交"] },
  { key: "lost", labels: { zh: "输单", en: "Lost" }, aliases: ["丢单", "流失"] },
];

/** When somebody last spoke to the customer; follow-up records set it. */
export const lastFollowUp = {
  key: "lastFollowUp",
  type: "datetime",
  class: 1,
  labels: { zh: "最近跟进", en: "Last follow-up" },
  purpose: "selling",
  retention: "with_record",
  computed: true,
} as const satisfies FieldDefinition;

export const nextFollowUp = {
  key: "nextFollowUp",
  type: "date",
  class: 1,
  labels: { zh: "下次跟进", en: "Next follow-up" },
  purpose: "selling",
  retention: "with_record",
} as const satisfies FieldDefinition;
