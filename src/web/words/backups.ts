// Backups: the page, and the tick on the home page.
import { words } from "./words.ts";

export const backupWords = words({
  title: { zh: "备份", en: "Backup" },
  lead: {
    zh: "整个企业备份成一个加密文件。没有恢复套件，谁也打不开。",
    en: "The whole company in one encrypted file. Without the recovery kit nobody opens it.",
  },
  now: { zh: "立即备份", en: "Back up now" },
  last: { zh: "最近一次备份", en: "Last backup" },
  none: { zh: "还没有备份", en: "No backup yet" },
  noneText: {
    zh: "服务器损坏或丢失后，只能靠备份恢复。第一份通常几秒钟就能完成，期间照常工作。",
    en: "If the server breaks or is lost, a backup is all that is left. The first takes seconds, and everybody goes on working.",
  },
  made: { zh: "完成时间", en: "Made" },
  byConsole: { zh: "由服务器命令行发起", en: "By the server's command line" },
  file: { zh: "文件", en: "File" },
  size: { zh: "大小", en: "Size" },
  records: { zh: "记录", en: "Records" },
  check: { zh: "完整性", en: "Checked" },
  checked: { zh: "写完后已完整读回，逐字节核对", en: "Read back whole, every byte authenticated" },
  writing: { zh: "正在写入…{percent}%", en: "Writing… {percent}%" },
  reading: { zh: "正在读回核对…{percent}%", en: "Reading back… {percent}%" },
  progress: { zh: "备份进度", en: "Progress of the backup" },
  done: { zh: "备份完成，共 {records} 条记录", en: "Backed up: {records} records" },
  failed: { zh: "上次备份未成功（{when}）", en: "The last try failed ({when})" },
  where: { zh: "备份到", en: "Back up to" },
  whereText: {
    zh: "文件夹由服务器的设置 STRONGROOM_BACKUPS 指定。",
    en: "The folders are named in the server's setting STRONGROOM_BACKUPS.",
  },
  free: { zh: "可用空间 {bytes}", en: "{bytes} free" },
  away: { zh: "文件夹不存在，或没有写入权限", en: "Not there, or Strongroom may not write to it" },
  sameDisk: {
    zh: "与数据在同一块磁盘上：磁盘损坏或被盗时会一起丢失。请把备份文件再复制到别处，或改用另一块磁盘、NAS。",
    en: "On the same disk as the data: a broken or stolen disk takes both. Copy the file elsewhere, or name a folder on another disk or NAS.",
  },
  restore: { zh: "如何恢复", en: "How to restore" },
  restoreText: {
    zh: "在新机器上安装 Strongroom，运行下面的命令，按提示输入恢复套件上的 24 个单词。",
    en: "Install Strongroom on the new machine, run this, and type the 24 words of the recovery kit when asked.",
  },
  copy: { zh: "复制命令", en: "Copy the command" },
  tickOk: { zh: "最近备份：{when}", en: "Last backup {when}" },
  tickOld: { zh: "备份已过期：{when}", en: "The last backup is old: {when}" },
  tickNone: { zh: "还没有备份", en: "No backup yet" },
  tickText: { zh: "一键备份整个企业", en: "Back up the whole company with one click" },
});
