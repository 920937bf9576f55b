// Words of what is done with a record: the stage bar, the next step, the thread and what is written into it.
import { words } from "./words.ts";

export const stageWords = words({
  label: { zh: "阶段", en: "Stage" },
  moveTo: { zh: "移到“{stage}”", en: "Move to “{stage}”" },
  days: { zh: "{n} 天", en: "{n} d" },
  daysIn: { zh: "在此阶段 {n} 天", en: "{n} {n|day|days} in this stage" },
  stale: { zh: "在此阶段 {n} 天，超过提醒的 {limit} 天", en: "{n} days in this stage, beyond {limit}" },
  moved: { zh: "已移到“{stage}”", en: "Moved to “{stage}”" },
  whyLost: { zh: "为什么输单？", en: "Why was it lost?" },
  saveReason: { zh: "保存", en: "Save" },
  later: { zh: "以后再填", en: "Later" },
  readOnly: { zh: "你不能修改这条商机的阶段", en: "You may not change this stage" },
});

export const nextStepWords = words({
  next: { zh: "下次跟进", en: "Next step" },
  none: { zh: "安排下次跟进", en: "Plan the next step" },
  overdue: { zh: "已逾期", en: "overdue" },
  save: { zh: "保存", en: "Save" },
  clear: { zh: "取消安排", en: "Clear" },
});

export const threadWords = words({
  all: { zh: "全部", en: "All" },
  filter: { zh: "按类型查看", en: "Show by kind" },
  changes: { zh: "变更", en: "Changes" },
  followedUp: { zh: "跟进", en: "followed up" },
  followedUpBy: { zh: "跟进 · {type}", en: "followed up · {type}" },
  commented: { zh: "评论", en: "commented" },
  planned: { zh: "新建了待办", en: "added a to-do" },
  due: { zh: "截止 {when}", en: "due {when}" },
  nextAt: { zh: "下次跟进 {when}", en: "next step {when}" },
  done: { zh: "已完成", en: "done" },
  markDone: { zh: "完成“{name}”", en: "Mark “{name}” as done" },
  emptyKind: { zh: "这一类还没有内容", en: "Nothing of this kind yet" },
  older: { zh: "显示更早的", en: "Show earlier" },
});

export const composerWords = words({
  label: { zh: "写点什么", en: "Write" },
  activity: { zh: "写跟进", en: "Follow-up" },
  todo: { zh: "加待办", en: "To-do" },
  comment: { zh: "评论", en: "Comment" },
  activityPlaceholder: { zh: "和客户谈了什么？", en: "What was said or done?" },
  todoPlaceholder: { zh: "要做什么？", en: "What is to be done?" },
  commentPlaceholder: { zh: "给同事留言…", en: "A word to your colleagues…" },
  send: { zh: "保存", en: "Save" },
  hint: { zh: "{keys} 保存", en: "{keys} saves" },
  saved: { zh: "已保存", en: "Saved" },
  kind: { zh: "方式", en: "Kind" },
  next: { zh: "下次跟进", en: "Next step" },
  due: { zh: "截止", en: "Due" },
  openTodos: { zh: "待办", en: "To-dos" },
});
