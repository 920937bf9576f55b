// What can be wrong with a backup, or with the place where one is made or restored, each in both languages and with
// what to do. None of the texts names a customer.
import type { Language } from "../contract/problem.ts";

const texts = {
  not_a_backup: {
    en: "This file is not a backup of Strongroom, or its first lines are damaged.",
    zh: "这个文件不是 Strongroom 的备份文件，或文件开头已损坏。",
  },
  damaged: {
    en: "This backup is damaged or not whole. Nothing of it was used; try another one.",
    zh: "这份备份文件已损坏或不完整，其中内容均未使用，请换一份备份。",
  },
  wrong_kit: {
    en: "This recovery kit belongs to another installation: the backup was made under another root key.",
    zh: "恢复套件与这份备份不符：备份是用另一把根密钥制作的。",
  },
  newer_version: {
    en: "This backup was made by a newer version of Strongroom. Install that version, then restore.",
    zh: "这份备份由更新版本的 Strongroom 制作，请先安装该版本再恢复。",
  },
  not_empty: {
    en: "There is data in this folder already. A backup is restored into an empty one only.",
    zh: "该文件夹中已有数据，只能恢复到空文件夹。",
  },
  other_key: {
    en: "Another root key lies in the folder for keys. Move it away, or choose another folder for keys.",
    zh: "密钥文件夹中已有另一把根密钥，请先移走，或另选密钥文件夹。",
  },
  external_database: {
    en: "A backup is restored into the embedded database. Unset DATABASE_URL for this.",
    zh: "备份只能恢复到内置数据库，请先取消 DATABASE_URL 设置。",
  },
  folder_unusable: {
    en: "The folder for backups does not exist, or Strongroom may not write to it.",
    zh: "备份文件夹不存在，或 Strongroom 没有写入权限。",
  },
  no_space: {
    en: "There is not enough room on the disk. Nothing half done was left there.",
    zh: "磁盘空间不足，没有留下未完成的文件。",
  },
  file_missing: { en: "There is no such file.", zh: "找不到该文件。" },
} as const;

export type BackupFault = keyof typeof texts;

/** A backup that cannot be made, read or restored. The message is for the operator's log; `text` for people. */
export class BackupProblem extends Error {
  override name = "BackupProblem";
  readonly fault: BackupFault;

  constructor(fault: BackupFault, options?: ErrorOptions) {
    super(texts[fault].en, options);
    this.fault = fault;
  }

  text(language: Language): string {
    return texts[this.fault][language];
  }
}
