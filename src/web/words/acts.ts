// What a person signs, in his words: one name per endpoint that may ask for a signature, so that he reads what he approves.
import type { ActEndpoint } from "../endpoint-types.ts";
import { type Word, words } from "./words.ts";

/** An endpoint that asks for a signature and has no name here does not compile. */
export const actNames: Readonly<Record<ActEndpoint, Word>> = words({
  makeBackup: { zh: "备份整个企业", en: "Back up the whole company" },
  createInvitation: { zh: "发出邀请链接", en: "Create an invitation link" },
  assignRoles: { zh: "更改这位同事的角色", en: "Change a colleague's roles" },
  setPersonStatus: { zh: "更改这位同事的账号状态", en: "Enable or disable a colleague" },
  resetSignIn: { zh: "重置这位同事的登录方式", en: "Reset a colleague's sign-in" },
  confirmDevice: { zh: "确认你的另一台设备", en: "Confirm another device of yours" },
  confirmPersonDevice: { zh: "确认这位同事的设备", en: "Confirm a colleague's device" },
  changePassword: { zh: "修改密码", en: "Change your password" },
  confirmTotp: { zh: "更换验证器", en: "Replace your authenticator" },
  addPasskey: { zh: "添加通行密钥", en: "Add a passkey" },
  removePasskey: { zh: "移除通行密钥", en: "Remove a passkey" },
  createRecoveryCodes: { zh: "生成新的恢复码", en: "Create new recovery codes" },
  updateRecord: { zh: "调整部门归属", en: "Change who or what belongs to a department" },
  commitRecords: { zh: "批量处理所选记录", en: "Change all selected records" },
  startImport: { zh: "开始导入", en: "Run this import" },
  undoImport: { zh: "撤销这次导入", en: "Take this import back" },
});

export const actWords = words({
  title: { zh: "确认这项操作", en: "Approve this" },
  text: {
    zh: "确认只对这一项操作有效，并记入审计日志。",
    en: "Your approval counts for this alone and is kept in the audit log.",
  },
  /** Of several that one button asks for. */
  step: { zh: "第 {at} 步，共 {of} 步", en: "Step {at} of {of}" },
  nextStep: {
    zh: "上一步已完成。这是另一项操作，需要再确认一次；刚用过的验证码不能再用。",
    en: "The step before is done. This is another act and needs an approval of its own; the code just used no longer counts.",
  },
  approve: { zh: "确认", en: "Approve" },
  codeHint: {
    zh: "每个动态验证码只能用一次；刚用过的话，请等下一个。",
    en: "Each code counts once. If you have just used this one, wait for the next.",
  },
  withRecovery: { zh: "改用恢复码", en: "Use a recovery code" },
  withCode: { zh: "改用动态验证码", en: "Use a code" },
  recoveryCode: { zh: "恢复码", en: "Recovery code" },
  wrongRecovery: { zh: "恢复码不正确或已使用。", en: "This recovery code is not right or was used." },
  cannot: {
    zh: "你的通行密钥无法在此浏览器或此网址使用。请换用支持的浏览器、改用平时的网址，或使用恢复码。",
    en: "Your passkey does not work in this browser or at this address. Use another browser, the usual address or a recovery code.",
  },
  givenUp: { zh: "未确认，操作没有执行。", en: "Not approved, so nothing was done." },
});

/** What an act is done to: names and figures that stand on the page. */
export const aboutWords = words({
  change: { zh: "{record}：{changes}", en: "{record}: {changes}" },
  fromTo: { zh: "{field} {from} → {to}", en: "{field} {from} → {to}" },
  roles: { zh: "{name}：{from} → {to}", en: "{name}: {from} → {to}" },
  noRole: { zh: "无角色", en: "no role" },
  none: { zh: "无", en: "none" },
  enable: { zh: "启用 {name}", en: "Enable {name}" },
  disable: { zh: "停用 {name}", en: "Disable {name}" },
  device: { zh: "{name} · {family}", en: "{name} · {family}" },
  passkey: { zh: "{family} · {added}", en: "{family} · {added}" },
  importRows: { zh: "导入 {n} 行 · {objects} · {file}", en: "Import {n} {n|row|rows} · {objects} · {file}" },
  importRest: { zh: "继续导入剩余的行 · {objects} · {file}", en: "Import the remaining rows · {objects} · {file}" },
  undoRows: { zh: "撤销 {n} 条 · {objects} · {file}", en: "Take back {n} · {objects} · {file}" },
  owner: { zh: "{n} 条记录的负责人 → {name}", en: "Owner of {n} {n|record|records} → {name}" },
  ownerBack: { zh: "{n} 条记录的负责人 → 原负责人", en: "Owner of {n} {n|record|records} → the one before" },
  delete: { zh: "删除 {n} 条{objects}", en: "Delete {n} {objects}" },
  restore: { zh: "恢复 {n} 条{objects}", en: "Restore {n} {objects}" },
});
