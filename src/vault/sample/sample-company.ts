// A small company to try Strongroom with, in Chinese or English: the same at every load, invented throughout. Numbers come
// from ranges that no telephone has, addresses from domains that nobody can own.
import type { Language } from "../../contract/problem.ts";

export interface SampleRecord {
  readonly object: "account" | "contact" | "opportunity" | "activity" | "todo";
  readonly id: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What the samples refer to: stages of the company's own pipeline, in their order. */
export interface SamplePlaces {
  readonly now: Date;
  readonly owner: string;
  readonly pipeline: string | undefined;
  readonly stages: readonly { readonly id: string; readonly kind: string }[];
  readonly newId: () => string;
}

const zh = {
  places: ["上海", "北京", "深圳", "杭州", "苏州", "成都", "武汉", "青岛"],
  marks: ["远帆", "恒信", "云杉", "鼎新", "朗润"],
  trades: [
    ["精密机械有限公司", "manufacturing"],
    ["软件技术有限公司", "software"],
    ["医疗器械有限公司", "medical"],
    ["供应链管理有限公司", "services"],
    ["教育科技有限公司", "education"],
    ["电子商务有限公司", "retail"],
    ["通信设备有限公司", "telecommunications"],
    ["文化传媒有限公司", "marketing"],
  ],
  surnames: [
    "王",
    "李",
    "张",
    "刘",
    "陈",
    "杨",
    "赵",
    "黄",
    "周",
    "吴",
    "徐",
    "孙",
    "马",
    "朱",
    "胡",
    "郭",
    "何",
    "林",
    "罗",
    "高",
  ],
  given: [
    "伟",
    "芳",
    "敏",
    "静",
    "丽娟",
    "建国",
    "晓东",
    "志强",
    "雪梅",
    "文杰",
    "思远",
    "佳怡",
    "俊峰",
    "海燕",
    "子涵",
  ],
  titles: ["采购经理", "总经理", "技术总监", "财务主管", "运营负责人", "行政主管"],
  streets: ["人民路 {n} 号", "科技园路 {n} 号 A 座", "解放大道 {n} 号", "滨江路 {n} 号"],
  deals: ["年度采购", "系统升级", "设备更新", "服务续约", "试点项目"],
  notes: [
    "电话沟通了需求，对方关注交付周期，约下周演示。",
    "上门拜访，见到技术负责人，现有系统用了六年，想在年底前换掉。",
    "发送了报价单，对方说要走内部审批，大约两周。",
    "线上会议，演示了权限和审计功能，财务很满意。",
    "微信跟进，客户希望分两期付款。",
  ],
  todos: ["准备报价单", "安排产品演示", "回访试用情况", "确认合同条款", "寄送样品"],
};

const en: typeof zh = {
  places: ["Harbour", "Northgate", "Riverside", "Oakfield", "Summit", "Lakeview", "Westbrook", "Ashford"],
  marks: ["& Lane", "Bright", "Cedar", "United", "Pioneer"],
  trades: [
    ["Machine Works Ltd", "manufacturing"],
    ["Software Ltd", "software"],
    ["Medical Supplies Inc", "medical"],
    ["Logistics Inc", "services"],
    ["Learning Ltd", "education"],
    ["Trading Co", "retail"],
    ["Networks Inc", "telecommunications"],
    ["Media Ltd", "marketing"],
  ],
  surnames: [
    "Adams",
    "Baker",
    "Clarke",
    "Davies",
    "Evans",
    "Foster",
    "Grant",
    "Hughes",
    "Irving",
    "Jensen",
    "Keller",
    "Lewis",
    "Morgan",
    "Nolan",
    "Owens",
    "Parker",
    "Quinn",
    "Reed",
    "Stone",
    "Turner",
  ],
  given: [
    "Alice ",
    "Ben ",
    "Clara ",
    "David ",
    "Emma ",
    "Frank ",
    "Grace ",
    "Henry ",
    "Isabel ",
    "James ",
    "Karen ",
    "Leo ",
    "Maria ",
    "Nick ",
    "Olivia ",
  ],
  titles: [
    "Head of purchasing",
    "Managing director",
    "Technical director",
    "Finance manager",
    "Head of operations",
    "Office manager",
  ],
  streets: ["{n} High Street", "{n} Station Road, Unit A", "{n} Market Square", "{n} Quay Road"],
  deals: ["yearly supply", "system upgrade", "new equipment", "service renewal", "pilot project"],
  notes: [
    "Called about their needs; delivery time matters most. Demonstration next week.",
    "Visited them and met the technical lead. The present system is six years old and should go before the year ends.",
    "Sent the quote. They need about two weeks for their own approval.",
    "Online meeting: showed permissions and the audit log, finance was pleased.",
    "Message: they would like to pay in two parts.",
  ],
  todos: [
    "Prepare the quote",
    "Arrange a demonstration",
    "Ask how the trial goes",
    "Settle the contract's terms",
    "Send samples",
  ],
};

const accounts = 40;
const contacts = 100;
const opportunities = 30;
const day = 24 * 60 * 60 * 1000;

/** All records, each after those that it refers to. */
export function sampleCompany(language: Language, places: SamplePlaces): SampleRecord[] {
  const words = language === "zh" ? zh : en;
  const at = <T>(list: readonly T[], index: number): T => list[index % list.length]!; // no list here is empty
  const { now, owner, newId, pipeline, stages } = places;
  const date = (days: number): string => new Date(now.getTime() + days * day).toISOString().slice(0, 10);
  const instant = (days: number): string => new Date(now.getTime() + days * day).toISOString();
  const made: SampleRecord[] = [];
  const add = (object: SampleRecord["object"], values: Record<string, unknown>): string => {
    const id = newId();
    // A follow-up belongs to whom it is about.
    made.push({ object, id, values: { ...(object !== "activity" && { owner }), ...values } });
    return id;
  };
  const companies = Array.from({ length: accounts }, (_, index) => {
    const [trade, industry] = at(words.trades, index + Math.floor(index / 8));
    const parts = [at(words.places, index), at(words.marks, Math.floor(index / 8)), trade];
    const name = language === "zh" ? parts.join("") : parts.join(" ");
    const id = add("account", {
      name,
      level: at(["a", "b", "b", "c"], index),
      dealState: at(["open", "open", "won"], index),
      industry,
      country: language === "zh" ? "cn" : "us",
      employees: 20 + ((index * 37) % 480),
      yearEstablished: 1985 + ((index * 7) % 38),
      phone: phoneOf(language, index),
      email: `info@company${index + 1}.example`,
      website: `https://company${index + 1}.example`,
      address: at(words.streets, index).replace("{n}", String(10 + index * 3)),
    });
    return { id, name };
  });
  const people = Array.from({ length: contacts }, (_, index) => {
    const surname = at(words.surnames, index * 3 + 1);
    const given = at(words.given, index + Math.floor(index / 15));
    const account = at(companies, index).id;
    const id = add("contact", {
      name: language === "zh" ? surname + given : given + surname,
      account,
      jobTitle: at(words.titles, index),
      role: at(["decides", "influences", "uses", "buys"], index),
      isPrimary: index < accounts,
      phone: phoneOf(language, accounts + index),
      email: `person${index + 1}@company${(index % accounts) + 1}.example`,
    });
    return { id, account };
  });
  const deals = Array.from(
    { length: pipeline === undefined || stages.length === 0 ? 0 : opportunities },
    (_, index) => {
      const company = at(companies, index);
      const stage = at(stages, index);
      return add("opportunity", {
        name: `${company.name} ${at(words.deals, index)}`,
        account: company.id,
        contact: at(people, index).id,
        pipeline,
        stage: stage.id,
        amount: 20_000 + ((index * 17_300) % 380_000),
        currency: language === "zh" ? "CNY" : "USD",
        expectedClose: date(stage.kind === "open" ? 5 + index * 2 : -index),
        source: at(["referral", "website", "exhibition", "outreach"], index),
        ...(stage.kind === "lost" && { lostReason: at(["price", "competitor", "timing"], index) }),
      });
    },
  );
  for (let index = 0; index < 40; index += 1)
    add("activity", {
      content: at(words.notes, index),
      type: at(["call", "visit", "email", "meeting", "message"], index),
      happenedAt: instant(-1 - index / 2),
      contact: at(people, index).id,
    });
  for (let index = 0; index < 12; index += 1)
    add("todo", {
      title: at(words.todos, index),
      dueAt: instant(index - 2),
      priority: at(["normal", "high", "low"], index),
      ...(index < deals.length ? { opportunity: deals[index] } : { account: at(companies, index).id }),
    });
  return made;
}

/** Numbers of no telephone: 555-0100 to 0199, which are kept for fiction, and a mobile range that nobody was given. */
function phoneOf(language: Language, index: number): string {
  if (language === "zh") return `+8613800138${String(index).padStart(3, "0")}`;
  return `+1${index < 100 ? "202" : "303"}55501${String(index % 100).padStart(2, "0")}`;
}
