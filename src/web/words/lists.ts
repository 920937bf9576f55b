// Words of views, columns, nested filters and the window over a list.
import { words } from "./words.ts";

export const filterWords = words({
  and: { zh: " 且 ", en: " and " },
  or: { zh: " 或 ", en: " or " },
  group: { zh: "（{conditions}）", en: "({conditions})" },
  all: { zh: "满足以下全部条件", en: "All of these hold" },
  any: { zh: "满足以下任一条件", en: "Any of these holds" },
  addCondition: { zh: "添加条件", en: "Add condition" },
  addGroup: { zh: "添加条件组", en: "Add group" },
  removeGroup: { zh: "移除条件组", en: "Remove group" },
  advanced: { zh: "组合条件", en: "Combine conditions" },
  editorTitle: { zh: "筛选{objects}", en: "Filter {objects}" },
  emptyGroup: { zh: "还没有条件", en: "No condition yet" },
  done: { zh: "完成", en: "Done" },
});

export const viewWords = words({
  views: { zh: "视图", en: "Views" },
  all: { zh: "全部", en: "All" },
  mine: { zh: "我负责的", en: "Mine" },
  save: { zh: "保存为视图", en: "Save as view" },
  update: { zh: "更新视图", en: "Update view" },
  reset: { zh: "还原", en: "Reset" },
  settings: { zh: "视图“{name}”的操作", en: "Actions of the view “{name}”" },
  rename: { zh: "名称与共享", en: "Name and sharing" },
  remove: { zh: "删除视图", en: "Delete view" },
  removeTitle: { zh: "删除视图“{name}”？", en: "Delete the view “{name}”?" },
  removeText: {
    zh: "只删除视图，其中的记录不受影响。已共享的同事也不再看到它。",
    en: "Only the view goes; its records stay. Colleagues it is shared with lose it too.",
  },
  name: { zh: "名称", en: "Name" },
  nameHint: { zh: "名称和筛选内容都会加密保存。", en: "Its name and filters are kept encrypted." },
  sharing: { zh: "谁能看到", en: "Who sees it" },
  private: { zh: "仅自己", en: "Only me" },
  team: { zh: "本部门及下级", en: "My department and below" },
  company: { zh: "全公司", en: "Everybody" },
  rightsStay: {
    zh: "每个人仍只看到自己有权查看的记录。",
    en: "Everybody still sees only the records they may see.",
  },
  saved: { zh: "已保存视图“{name}”", en: "View “{name}” saved" },
  removed: { zh: "已删除视图“{name}”", en: "View “{name}” deleted" },
  withoutRestricted: {
    zh: "按完整号码的筛选不会存入视图。",
    en: "Filters by a whole number are not kept in a view.",
  },
  changed: { zh: "已改动", en: "changed" },
});

export const columnWords = words({
  menu: { zh: "“{name}”列的操作", en: "Actions of the column “{name}”" },
  ascending: { zh: "升序", en: "Sort ascending" },
  descending: { zh: "降序", en: "Sort descending" },
  addSort: { zh: "加入排序", en: "Add to the sort" },
  left: { zh: "左移", en: "Move left" },
  right: { zh: "右移", en: "Move right" },
  wider: { zh: "加宽", en: "Wider" },
  narrower: { zh: "收窄", en: "Narrower" },
  hide: { zh: "隐藏此列", en: "Hide column" },
  compact: { zh: "紧凑行高", en: "Compact rows" },
});

export const sortWords = words({
  sort: { zh: "排序", en: "Sort" },
  first: { zh: "先按", en: "By" },
  then: { zh: "再按", en: "Then by" },
  ascending: { zh: "升序", en: "Ascending" },
  descending: { zh: "降序", en: "Descending" },
  add: { zh: "添加排序", en: "Add a key" },
  remove: { zh: "移除", en: "Remove" },
  usual: { zh: "恢复默认排序", en: "Usual order" },
});

export const windowWords = words({
  more: { zh: "加载更多", en: "Load more" },
  sum: { zh: "合计", en: "Total" },
  selectAll: { zh: "选择全部 {n} 条", en: "Select all {n}" },
  selectMost: { zh: "选择前 {n} 条（一次最多）", en: "Select the first {n} (the most at once)" },
});
