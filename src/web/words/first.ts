// The first page of an empty installation: a new company, a backup put back, or sample data to try.
import { words } from "./words.ts";

export const firstWords = words({
  title: { zh: "开始使用金库", en: "Begin with Strongroom" },
  text: { zh: "这里还没有数据。你想怎么开始？", en: "There is nothing here yet. How would you like to begin?" },
  company: { zh: "新建公司", en: "New company" },
  companyText: { zh: "从空白开始，导入或录入自己的客户。", en: "Start empty, import or enter your own customers." },
  restore: { zh: "从备份恢复", en: "Restore a backup" },
  restoreText: {
    zh: "用备份文件和恢复套件恢复整个企业。",
    en: "Bring the whole company back from a backup and its recovery kit.",
  },
  sample: { zh: "先用示例数据试试", en: "Try sample data" },
  sampleText: {
    zh: "载入一家虚构的小公司：40 家客户、100 位联系人，随时一键清除。",
    en: "An invented small company: 40 accounts, 100 contacts, cleared by one click.",
  },
  sampleCompany: { zh: "示例公司", en: "Sample company" },
  loading: { zh: "正在载入示例数据…", en: "Loading the sample data…" },
  fileTitle: { zh: "选择备份文件", en: "Choose the backup" },
  fileText: {
    zh: "文件名类似 strongroom-….backup。上传后还需要恢复套件上的 24 个单词。",
    en: "Its name is like strongroom-….backup. After that you need the 24 words of its recovery kit.",
  },
  file: { zh: "备份文件", en: "Backup" },
  choose: { zh: "选择文件", en: "Choose a file" },
  sending: { zh: "正在上传 {name}…{percent}%", en: "Sending {name}… {percent}%" },
  progress: { zh: "进度", en: "Progress" },
  wordsTitle: { zh: "输入恢复套件的单词", en: "Type the words of the recovery kit" },
  wordsText: {
    zh: "按顺序输入 24 个单词，用空格隔开，每个输入前四个字母即可。",
    en: "The 24 words in order, with spaces between; four letters of each are enough.",
  },
  words: { zh: "24 个单词", en: "24 words" },
  counted: { zh: "已输入 {n} 个", en: "{n} of 24" },
  begin: { zh: "开始恢复", en: "Restore" },
  otherFile: { zh: "换一个文件", en: "Another file" },
  readingTitle: { zh: "正在恢复", en: "Restoring" },
  reading: { zh: "正在逐字节检查备份…{percent}%", en: "Reading every byte of the backup… {percent}%" },
  placing: {
    zh: "备份完整，共 {records} 条记录。正在写回，Strongroom 会重新启动，请不要关闭此页。",
    en: "The backup is whole: {records} records. Putting them in place; Strongroom starts anew. Keep this page open.",
  },
  doneTitle: { zh: "恢复完成", en: "Restored" },
  doneText: {
    zh: "和以前一样登录即可。所有人需要重新登录，已绑定的设备继续有效。",
    en: "Sign in as before. Everybody signs in again; devices stay bound.",
  },
  signIn: { zh: "去登录", en: "Sign in" },
  failed: {
    zh: "恢复没有完成，系统仍是空的。原因见服务器上的运行输出。",
    en: "It was not restored and the installation is still empty. The server's own output says why.",
  },
});

export const sampleWords = words({
  title: { zh: "示例数据", en: "Sample data" },
  none: { zh: "载入一家虚构的小公司，用来熟悉系统。", en: "Load an invented small company to find your way around." },
  some: {
    zh: "现有 {n} 条示例记录。清除只移走示例，不影响你自己的数据。",
    en: "There are {n} sample records. Clearing takes them alone; your own stay.",
  },
  load: { zh: "载入示例数据", en: "Load sample data" },
  clear: { zh: "清除示例数据", en: "Clear sample data" },
  loaded: { zh: "已载入 {n} 条示例记录", en: "{n} sample records loaded" },
  cleared: { zh: "已清除 {n} 条示例记录", en: "{n} sample records cleared" },
});
