// The page that shows what a thief of the disk sees.
import { words } from "./words.ts";

export const thiefWords = words({
  title: { zh: "窃贼看到的", en: "What a thief sees" },
  of: { zh: "窃贼看到的：{name}", en: "What a thief sees of {name}" },
  lead: {
    zh: "硬盘、数据库文件或备份被人拿走时，这条记录在对方眼里就是下面这样。",
    en: "Whoever takes the disk, the database files or a backup has this record like this.",
  },
  link: { zh: "看看窃贼能看到什么", en: "See what a thief sees" },
  back: { zh: "返回记录", en: "Back to the record" },
  row: { zh: "磁盘上的这一行", en: "The row on the disk" },
  rowText: { zh: "数据库表 {table}", en: "Database table {table}" },
  column: { zh: "列", en: "Column" },
  holds: { zh: "内容", en: "What it is" },
  content: { zh: "磁盘上的样子", en: "As it lies there" },
  system: { zh: "系统数据", en: "The system's own" },
  readable: { zh: "可读", en: "Readable" },
  sealed2: { zh: "保密字段，加密保存", en: "Confidential fields, encrypted" },
  sealed3: { zh: "严控字段，加密保存", en: "Restricted fields, encrypted" },
  tag: { zh: "防篡改标记", en: "Mark against tampering" },
  bytes: { zh: "{bytes} 字节", en: "{bytes} bytes" },
  search: { zh: "在数据文件夹中搜索", en: "Search of the data folder" },
  searchText: {
    zh: "在数据库文件、预写日志和运行日志中逐字节查找这条记录的原文。",
    en: "Every byte of the database files, its write-ahead log and the logs, for this record's values in plain text.",
  },
  progress: { zh: "搜索进度", en: "Progress of the search" },
  searching: { zh: "已搜索 {bytes}，共 {total}", en: "{bytes} of {total} searched" },
  begins: { zh: "正在开始搜索…", en: "The search begins…" },
  none: { zh: "0 处命中", en: "0 found" },
  noneText: {
    zh: "搜索了 {files} 个文件，共 {bytes}。",
    en: "{files} files, {bytes} searched.",
  },
  control: {
    zh: "同一次搜索找到这条记录的编号 {n} 次，说明确实搜到了它所在的位置。",
    en: "The same search found the record's id {n} {n|time|times}: it did look where the record lies.",
  },
  found: { zh: "{n} 处命中", en: "{n} found" },
  foundText: {
    zh: "以下文件中有这条记录的原文。常用词也可能出现在程序自身的文件里。",
    en: "These files hold values of this record in plain text. Common words may also stand in the program's own files.",
  },
  hit: { zh: "{field} · {file} · {n} 次", en: "{field} · {file} · {n} {n|time|times}" },
  sought: { zh: "查找了：{fields}", en: "Looked for: {fields}" },
  soughtNone: {
    zh: "你能查看的保密内容为空，没有可查找的值。",
    en: "There are no confidential values here that you may read.",
  },
  tooShort: {
    zh: "太短、会偶然命中，未查找：{fields}",
    en: "Too short to be told from chance, not looked for: {fields}",
  },
  forms: {
    zh: "查找形式：UTF-8、UTF-16、十六进制、Base64。程序文件不在搜索范围内。",
    en: "In UTF-8, UTF-16, hex and Base64. The program's own files are left out.",
  },
  elsewhere: {
    zh: "数据库在另一台服务器上，无法从这里搜索它的文件；以上只包括本机的文件。",
    en: "The database is on another server, whose files cannot be searched from here; this covers the files of this machine.",
  },
  cut: { zh: "一分钟内未搜完，只搜索了一部分。", en: "Not finished within a minute: this is a part of it." },
  again: { zh: "重新搜索", en: "Search again" },
  honest: {
    zh: "公开和内部字段（如阶段、金额、日期、负责人编号）以明文保存，窃贼能读到，但不知道属于哪位客户。",
    en: "Public and internal fields, such as stages, amounts, dates and ids of owners, lie in plain columns: a thief reads them, but not whose they are.",
  },
});
