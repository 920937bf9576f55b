// What `strongroom import` says, in both languages.
import type { ImportReport, ImportView } from "../contract/import-verbs.ts";

export interface ImportWords {
  readonly usage: string;
  readonly oneFile: string;
  readonly inputEnded: string;
  readonly uploading: string;
  readonly checking: string;
  readonly importing: string;
  readonly undoing: string;
  readonly row: string;
  readonly more: string;
  readonly nothing: string;
  readonly notAgreed: string;
  readonly failed: string;
  readonly errorFile: string;
  readonly report: (report: ImportReport) => string;
  readonly agree: (report: ImportReport) => string;
  readonly done: (counts: ImportView["counts"]) => string;
  readonly undoHint: (view: ImportView) => string;
  readonly undone: (undo: NonNullable<ImportView["undo"]>) => string;
}

const options =
  "[--object account] [--mode insert|update|upsert] [--key FIELD] [--map COLUMN=FIELD …] [--fix VALUE=OPTION …]\n  [--date-order COLUMN=dmy|mdy …] [--encoding E] [--delimiter D] [--no-header] [--errors FILE] [--language zh|en]\n  [--origin URL] [--device FILE] [--yes]";

export const importWords: Readonly<Record<"zh" | "en", ImportWords>> = {
  zh: {
    usage: `用法：strongroom import 文件.csv ${options}\n      strongroom import --undo ID [--object account]`,
    oneFile: "请指定一个文件。",
    inputEnded:
      "标准输入已关闭，无法登录或确认，没有导入任何内容。请在终端中运行；脚本中请先在终端登录一次，再用 --device 指定该设备文件并加 --yes。",
    uploading: "上传",
    checking: "检查",
    importing: "导入",
    undoing: "撤销",
    row: "行",
    more: "其余见错误文件(--errors)。",
    nothing: "没有可导入的行。",
    notAgreed: "未导入。",
    failed: "失败：",
    errorFile: "错误文件：",
    report: ({ rows, create, update, skip, bad }) =>
      `共 ${rows} 行：新建 ${create}，更新 ${update}，无变化 ${skip}，有问题 ${bad}。`,
    agree: ({ create, update }) => `写入 ${create + update} 条记录？(y/N) `,
    done: ({ created, updated, skipped, bad }) =>
      `完成：新建 ${created}，更新 ${updated}，无变化 ${skipped}，有问题 ${bad}。`,
    undoHint: ({ object, id }) => `可撤销：strongroom import --object ${object} --undo ${id}`,
    undone: ({ removed, restored, kept }) =>
      `已撤销：移除 ${removed}，还原 ${restored}，保留 ${kept}(其后有人修改过)。`,
  },
  en: {
    usage: `Usage: strongroom import FILE.csv ${options}\n       strongroom import --undo ID [--object account]`,
    oneFile: "Name one file.",
    inputEnded:
      "Standard input is closed, so nobody could sign in or agree, and nothing was imported. Run this in a terminal; for a script, sign in once in a terminal, then name that device with --device and add --yes.",
    uploading: "Uploading",
    checking: "Checking",
    importing: "Importing",
    undoing: "Undoing",
    row: "row",
    more: "the rest is in the error file (--errors).",
    nothing: "There is nothing to import.",
    notAgreed: "Nothing was imported.",
    failed: "Failed:",
    errorFile: "Error file:",
    report: ({ rows, create, update, skip, bad }) =>
      `${rows} rows: ${create} new, ${update} changed, ${skip} the same, ${bad} with problems.`,
    agree: ({ create, update }) => `Write ${create + update} records? (y/N) `,
    done: ({ created, updated, skipped, bad }) =>
      `Done: ${created} new, ${updated} changed, ${skipped} the same, ${bad} with problems.`,
    undoHint: ({ object, id }) => `To take it back: strongroom import --object ${object} --undo ${id}`,
    undone: ({ removed, restored, kept }) =>
      `Taken back: ${removed} removed, ${restored} set back, ${kept} kept because somebody has changed them since.`,
  },
};
