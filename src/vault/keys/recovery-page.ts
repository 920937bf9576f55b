// The recovery kit as one printable page of plain text, in Chinese and English. It is written for a person who meets it
// years later, without this program at hand: what it is, what it can do, what else is needed.
import type { RecoveryKit } from "./recovery-kit.ts";

export interface RecoveryPageOptions {
  readonly language: "zh" | "en";
  /** Printed as a date (UTC). */
  readonly printedAt: Date;
  /** The command that asks for the words and writes the key file. */
  readonly restoreCommand: string;
}

/** One page of text, at most 78 columns wide (a Chinese character counts two), ending with a line feed. */
export function recoveryPage(kit: RecoveryKit, options: RecoveryPageOptions): string {
  const lines = (options.language === "zh" ? chinese : english)(kit, options);
  return `${lines.join("\n")}\n`;
}

/** Four columns of six, numbered downwards, as people read them aloud. */
function wordTable(words: readonly string[]): string[] {
  const rows = Math.ceil(words.length / 4);
  return Array.from({ length: rows }, (_, row) => {
    const cells = [0, 1, 2, 3].map((column) => {
      const at = column * rows + row;
      return `${String(at + 1).padStart(2)}. ${(words[at] ?? "").padEnd(12)}`;
    });
    return `  ${cells.join("  ").trimEnd()}`;
  });
}

const rule = "=".repeat(72);

function english(kit: RecoveryKit, options: RecoveryPageOptions): string[] {
  return [
    rule,
    "STRONGROOM - RECOVERY KIT",
    rule,
    "",
    `Installation   ${kit.installationId}`,
    `Check code     ${kit.checkCode}`,
    `Printed        ${options.printedAt.toISOString().slice(0, 10)}`,
    "",
    ...wordTable(kit.words),
    "",
    "What this is",
    "  These 24 words are the root key of your company's Strongroom. If the",
    "  key file of the server is lost, this page is the only way back to your",
    "  data. Nobody else has a copy: not the makers of Strongroom, not the host.",
    "",
    "How to keep it",
    "  - Print it, then delete the file. Do not photograph, scan or send it.",
    "  - Keep it in a safe, away from the server and away from the backups.",
    "    A second copy in another building is a good idea.",
    "  - Whoever holds this page and a copy of your data can read everything.",
    "    If it may have been seen, move to a new installation with a new key.",
    "",
    "How to restore",
    "  1. You also need the data folder or a backup of it; this page holds only",
    "     the key.",
    "  2. On the server, run:",
    `       ${options.restoreCommand}`,
    "  3. Type the installation, the 24 words in order, and the check code.",
    "     The first four letters of each word are enough.",
    "  4. Start Strongroom as usual.",
    rule,
  ];
}

function chinese(kit: RecoveryKit, options: RecoveryPageOptions): string[] {
  return [
    rule,
    "金库 CRM · 恢复套件",
    rule,
    "",
    `安装编号   ${kit.installationId}`,
    `校验码     ${kit.checkCode}`,
    `打印日期   ${options.printedAt.toISOString().slice(0, 10)}`,
    "",
    ...wordTable(kit.words),
    "",
    "这是什么",
    "  这 24 个英文单词就是贵公司金库 CRM 的根密钥。服务器上的密钥文件一旦丢失，",
    "  只有凭这一页才能找回数据。除你之外没有任何人留有副本，开发方和机房也没有。",
    "",
    "如何保管",
    "  · 打印后请删除电子文件；不要拍照、扫描或通过网络发送。",
    "  · 锁进保险柜，与服务器、备份分开存放；建议在另一处地点再存一份。",
    "  · 谁同时拿到这一页和数据副本，谁就能看到全部内容。如怀疑已被他人看过，",
    "    请重新安装并启用新的密钥。",
    "",
    "如何恢复",
    "  1. 还需要数据目录或其备份，这一页只包含密钥。",
    "  2. 在服务器上运行：",
    `       ${options.restoreCommand}`,
    "  3. 依次输入安装编号、24 个单词（按编号顺序）和校验码；",
    "     每个单词输入前四个字母即可。",
    "  4. 照常启动金库 CRM。",
    rule,
  ];
}
