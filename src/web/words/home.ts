// Words of the home page's list of today and its figures.
import { words } from "./words.ts";

export const todayWords = words({
  title: { zh: "今天", en: "Today" },
  nothing: { zh: "今天没有到期的待办和跟进。", en: "Nothing is due today." },
  overdueSince: { zh: "逾期 · {when}", en: "overdue · {when}" },
  followToday: { zh: "今天跟进", en: "follow up today" },
  finished: { zh: "已完成“{name}”", en: "“{name}” done" },
});

export const figureWords = words({
  pipeline: { zh: "进行中的商机", en: "Open pipeline" },
  wonThisMonth: { zh: "本月赢单", en: "Won this month" },
  deals: { zh: "{n} 个商机", en: "{n} deals" },
});
