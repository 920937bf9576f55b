// What the commands about backups say, in both languages.
import type { RecoveryKitFault } from "../vault/keys/recovery-kit.ts";

interface Contents {
  readonly madeAt: string;
  readonly records: number;
  readonly entries: number;
  readonly program: string;
  readonly bytes: number | undefined;
}

const kitEn: Record<RecoveryKitFault, string> = {
  word_count: "A recovery kit has 24 words.",
  unknown_word: "These words are not on the list of recovery words",
  checksum: "One of the words is mistaken, or two are swapped.",
  check_code: "The words are those of another recovery kit.",
  installation: "The installation's number is not one.",
};
const kitZh: Record<RecoveryKitFault, string> = {
  word_count: "恢复套件共有 24 个单词。",
  unknown_word: "以下序号的单词不在词表中",
  checksum: "有单词抄错，或有两个单词顺序颠倒。",
  check_code: "这些单词属于另一份恢复套件。",
  installation: "安装编号格式不对。",
};

export const backupWords = {
  making: { en: "Backing up", zh: "正在备份" },
  reading: { en: "Reading", zh: "正在检查" },
  restoring: { en: "Restoring", zh: "正在恢复" },
  failed: {
    en: "The backup could not be made; Strongroom's own output says why.",
    zh: "备份未能完成，原因见 Strongroom 的运行输出。",
  },
  made: {
    en: (records: number, bytes: number) => `${records} records, ${size(bytes)}, read back whole.`,
    zh: (records: number, bytes: number) => `共 ${records} 条记录，${size(bytes)}，已通过完整性检查。`,
  },
  whole: { en: "This backup is whole and genuine.", zh: "备份完整，未被改动。" },
  restored: {
    en: "The backup is restored. Start Strongroom; everybody signs in again, devices stay bound.",
    zh: "恢复完成。请启动 Strongroom；所有人需要重新登录，已绑定的设备继续有效。",
  },
  askWords: {
    en: "Type the 24 words of the recovery kit in order, as many per line as you like (four letters of each are enough):",
    zh: "请按顺序输入恢复套件上的 24 个单词，每行个数不限（每个单词输入前四个字母即可）：",
  },
  kit: { en: kitEn, zh: kitZh },
  contents: {
    en: ({ madeAt, records, entries, program, bytes }: Contents) =>
      `made ${madeAt} by version ${program}: ${records} records, ${entries} entries of the audit log${bytes === undefined ? "" : `, ${size(bytes)}`}`,
    zh: ({ madeAt, records, entries, program, bytes }: Contents) =>
      `${madeAt} 由 ${program} 版制作：${records} 条记录，${entries} 条审计日志${bytes === undefined ? "" : `，${size(bytes)}`}`,
  },
} as const;

function size(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
