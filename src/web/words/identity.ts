// Words of setting up, signing in, devices, sessions and credentials.
import type { assurances, confirmations, passwordFeedback } from "../../contract/identity-shapes.ts";
import { type Word, words } from "./words.ts";

export const doorWords = words({
  notAnEmail: {
    zh: "邮箱格式不对，例如 xiaomin@company.com",
    en: "Not an e-mail address, for example min@company.com",
  },
  promise: { zh: "客户信息的保险库", en: "Customer information, under lock" },
  next: { zh: "下一步", en: "Next" },
  back: { zh: "上一步", en: "Back" },
  done: { zh: "完成", en: "Done" },
  skip: { zh: "以后再说", en: "Later" },
  skipAnyway: { zh: "仍然跳过", en: "Skip it anyway" },
  email: { zh: "邮箱", en: "E-mail" },
  password: { zh: "密码", en: "Password" },
  newPassword: { zh: "新密码", en: "New password" },
  name: { zh: "姓名", en: "Your name" },
  company: { zh: "公司名称", en: "Company" },
  language: { zh: "语言", en: "Language" },
});

export const welcomeWords = words({
  title: { zh: "启用金库", en: "Set up Strongroom" },
  steps: { zh: "启用步骤", en: "Steps" },
  stepOf: { zh: "第 {step} 步，共 {total} 步", en: "Step {step} of {total}" },
  codeStep: { zh: "启用码", en: "Code" },
  codeTitle: { zh: "输入启用码", en: "Enter the enrolment code" },
  codeText: {
    zh: "启动程序时，终端里显示的一次性启用码。",
    en: "The one-time code that the console printed at the start.",
  },
  code: { zh: "启用码", en: "Enrolment code" },
  codeWrong: {
    zh: "启用码不对或已失效。重新启动程序会显示新的启用码。",
    en: "This code is not right or has expired. A restart prints a new one.",
  },
  youStep: { zh: "公司与账号", en: "You" },
  youTitle: { zh: "公司与企业负责人", en: "Your company and you" },
  youText: {
    zh: "你将成为企业负责人，可以查看全部客户，并邀请同事加入。",
    en: "You become the company owner: you see all customers and invite your colleagues.",
  },
  totpStep: { zh: "验证器", en: "Authenticator" },
  codesStep: { zh: "恢复码", en: "Recovery codes" },
  passkeyStep: { zh: "通行密钥", en: "Passkey" },
  finish: { zh: "完成启用", en: "Finish setting up" },
  enter: { zh: "进入金库", en: "Open Strongroom" },
  alreadySetUp: { zh: "系统已经启用", en: "Already set up" },
  alreadySetUpText: { zh: "请直接登录。", en: "Please sign in." },
});

export const totpWords = words({
  title: { zh: "绑定验证器", en: "Add your authenticator" },
  text: {
    zh: "用验证器 App 扫描二维码，再填入它显示的动态验证码。",
    en: "Scan this with an authenticator app, then enter the 6 digits it shows.",
  },
  apps: {
    zh: "例如微软验证器、谷歌身份验证器、1Password。",
    en: "For example Microsoft Authenticator, Google Authenticator or 1Password.",
  },
  qr: { zh: "验证器二维码", en: "QR code for the authenticator" },
  byHand: { zh: "无法扫描？手动输入密钥", en: "Cannot scan? Enter this key" },
  key: { zh: "密钥", en: "Key" },
  openApp: { zh: "在本机验证器中打开", en: "Open in an app on this device" },
  code: { zh: "动态验证码", en: "6-digit code" },
  wrong: { zh: "动态验证码不正确，请填最新的一个。", en: "This code is not right. Enter the newest one." },
  expired: { zh: "二维码已过期，请扫描新的。", en: "The QR code has expired. Scan the new one." },
});

export const recoveryWords = words({
  title: { zh: "保存恢复码", en: "Keep your recovery codes" },
  text: {
    zh: "手机丢失时，用密码加一个恢复码登录，每个只能用一次。关闭后不再显示。",
    en: "When your phone is lost, your password and one of these sign you in. Each works once. They are not shown again.",
  },
  list: { zh: "恢复码", en: "Recovery codes" },
  copy: { zh: "全部复制", en: "Copy all" },
  print: { zh: "打印", en: "Print" },
  download: { zh: "下载", en: "Download" },
  kept: { zh: "我已妥善保存", en: "I have kept them safe" },
  fileHead: { zh: "金库 CRM 恢复码 · {email} · {date}", en: "Strongroom recovery codes · {email} · {date}" },
  fileNote: { zh: "每个恢复码只能用一次，请勿发给任何人。", en: "Each code works once. Give them to nobody." },
});

export const passkeyWords = words({
  title: { zh: "添加通行密钥", en: "Add a passkey" },
  text: {
    zh: "以后用指纹、面容或设备 PIN 登录，不怕钓鱼网站，也不必输密码；在新浏览器上登录也立即可信。",
    en: "Sign in with your fingerprint, face or device PIN. No phishing site can use it, and there is no password to type.",
  },
  add: { zh: "添加通行密钥", en: "Add a passkey" },
  withoutOne: {
    zh: "没有通行密钥时，换一个浏览器登录只能看到脱敏内容，要等另一台已确认的设备或系统管理员确认。首页的安全检查会一直提醒，直到添加为止。",
    en: "Without a passkey, the next browser you sign in with sees masks only, until a confirmed device or an administrator confirms it. The safety check on the home page keeps reminding you until you add one.",
  },
  unconfirmed: {
    zh: "先确认本设备，才能添加通行密钥。",
    en: "Confirm this device first; then you can add a passkey.",
  },
  added: { zh: "已添加通行密钥", en: "Passkey added" },
  failed: { zh: "没有添加成功，可以重试。", en: "The passkey was not added. You can try again." },
  needsHostName: {
    zh: "通行密钥需要域名：当前用 IP 地址访问，无法使用。",
    en: "Passkeys need a host name; this address is a bare IP or not secure.",
  },
  otherHost: {
    zh: "通行密钥只在系统的正式域名下可用。",
    en: "Passkeys work on the main address of this installation only.",
  },
  unsupported: { zh: "这个浏览器不支持通行密钥。", en: "This browser does not support passkeys." },
});

export const signInWords = words({
  title: { zh: "登录", en: "Sign in" },
  submit: { zh: "登录", en: "Sign in" },
  withPasskey: { zh: "用通行密钥登录", en: "Sign in with a passkey" },
  or: { zh: "或", en: "or" },
  codeTitle: { zh: "输入动态验证码", en: "Enter your code" },
  codeText: { zh: "验证器 App 中显示的 6 位数字。", en: "The 6 digits your authenticator shows." },
  recoveryTitle: { zh: "使用恢复码", en: "Use a recovery code" },
  recoveryText: { zh: "填入保存的任意一个恢复码，用过即失效。", en: "Enter one of the codes you kept. It works once." },
  recoveryCode: { zh: "恢复码", en: "Recovery code" },
  toRecovery: { zh: "验证器不在身边？使用恢复码", en: "No authenticator at hand? Use a recovery code" },
  toCode: { zh: "改用动态验证码", en: "Use the authenticator instead" },
  otherAccount: { zh: "换个账号", en: "Another account" },
  wrongPassword: { zh: "邮箱或密码不正确。", en: "E-mail or password is not right." },
  wrongRecovery: { zh: "恢复码不正确，或已经用过。", en: "This recovery code is not right, or was used." },
  expired: { zh: "登录超时，请重新输入密码。", en: "That took too long. Enter your password again." },
  forgotten: { zh: "忘记密码", en: "Forgotten password" },
  forgottenText: {
    zh: "有通行密钥可直接登录。否则请企业负责人或系统管理员在“人员”页面重置登录方式，再把新的邀请链接发给你。企业负责人本人：请在服务器上运行 npx strongroom sign-in reset 邮箱。",
    en: "A passkey signs you in without it. Otherwise ask the company owner or an administrator to reset your sign-in on the page People and send you a new invitation link. If you are the company owner, run npx strongroom sign-in reset E-MAIL on the server.",
  },
  ended: {
    zh: "登录已失效，请重新登录，之后会回到刚才的页面。",
    en: "You were signed out. Sign in to go back to where you were.",
  },
  notSetUp: { zh: "系统尚未启用", en: "Not set up yet" },
});

export const joinWords = words({
  title: { zh: "加入 {company}", en: "Join {company}" },
  titlePlain: { zh: "接受邀请", en: "Accept the invitation" },
  codeText: { zh: "输入邀请链接里的邀请码。", en: "Enter the code of your invitation." },
  code: { zh: "邀请码", en: "Invitation code" },
  hello: {
    zh: "{name}，为 {email} 设置密码和动态验证码。",
    en: "{name}, choose a password and an authenticator for {email}.",
  },
  until: { zh: "邀请有效期至 {when}", en: "The invitation holds until {when}" },
  invalid: { zh: "邀请已失效", en: "This invitation is no longer valid" },
  invalidText: {
    zh: "可能已被使用、已过期、已被新的邀请取代，或因权限变动而失效。已经加入的话，直接登录；否则请联系邀请你的人。",
    en: "It was used, has expired, was replaced by a newer one, or ended when rights changed. If you have joined already, sign in; otherwise ask whoever invited you.",
  },
  voidText: {
    zh: "发出邀请后，邀请人或你的权限有变动。请联系系统管理员重新邀请。",
    en: "Since it was made, the rights of whoever invited you, or yours, have changed. Ask for a new one.",
  },
  accept: { zh: "加入", en: "Join" },
  toSignIn: { zh: "去登录", en: "Sign in" },
  otherCode: { zh: "换一个邀请码", en: "Another code" },
});

export const passwordWords = words({
  hint: { zh: "至少 8 个字符，好记的一句话就很好", en: "At least 8 characters; a short sentence is good" },
  strength: { zh: "密码强度", en: "Password strength" },
  checking: { zh: "正在检查…", en: "Checking…" },
  score0: { zh: "太弱", en: "Far too weak" },
  score1: { zh: "弱", en: "Weak" },
  score2: { zh: "一般", en: "Fair" },
  score3: { zh: "强", en: "Strong" },
  score4: { zh: "很强", en: "Very strong" },
  changed: { zh: "密码已修改，其他设备已退出登录", en: "Password changed. Other devices were signed out" },
});

/** One sentence per kind of weakness; a kind without one does not compile. */
export const feedbackWords = {
  too_short: { zh: "至少 8 个字符。", en: "At least 8 characters." },
  too_long: { zh: "最多 128 个字符。", en: "At most 128 characters." },
  common: { zh: "这是很多人都在用的密码。", en: "Many people use this very password." },
  personal: { zh: "不要用你的姓名、公司名或邮箱。", en: "Do not use your name, company or e-mail." },
  dictionary: {
    zh: "单个词语、姓名或拼音容易猜到，多加几个词。",
    en: "A single word or name is easy to guess. Add some more.",
  },
  repeats: { zh: "重复的字符容易猜到。", en: "Repeated characters are easy to guess." },
  sequence: { zh: "abcd、4321 这样的顺序容易猜到。", en: "Sequences like abcd or 4321 are easy to guess." },
  keyboard: { zh: "键盘上相邻的按键容易猜到。", en: "Neighbouring keys are easy to guess." },
  date: { zh: "年份和生日容易猜到。", en: "Years and birthdays are easy to guess." },
  guessable: { zh: "太容易猜到，再长一些。", en: "Too easy to guess. Make it longer." },
} as const satisfies Record<(typeof passwordFeedback)[number], Word>;

export const deviceWords = words({
  title: { zh: "设备与登录", en: "Devices and sessions" },
  lead: {
    zh: "只有绑定过的设备才能访问客户信息。发现不认识的设备，请立即解绑并修改密码。",
    en: "Only bound devices reach customer information. Unbind any you do not know, then change your password.",
  },
  devices: { zh: "已绑定的设备", en: "Bound devices" },
  earlier: { zh: "已失效的设备", en: "Earlier devices" },
  sessions: { zh: "当前登录", en: "Open sessions" },
  thisDevice: { zh: "本设备", en: "This device" },
  thisSession: { zh: "本次登录", en: "This session" },
  confirmed: { zh: "已确认", en: "Confirmed" },
  unconfirmed: { zh: "未确认，只显示脱敏内容", en: "Not confirmed, sees masks only" },
  lastSeen: { zh: "最近使用：{when}", en: "Last used {when}" },
  boundAt: { zh: "绑定于 {when}", en: "Bound {when}" },
  endedAt: { zh: "{when} 失效", en: "Ended {when}" },
  replaced: { zh: "已被新的绑定取代", en: "Replaced by a newer binding" },
  revoked: { zh: "已解绑", en: "Unbound" },
  locked: { zh: "已锁定", en: "Locked" },
  signedInAt: { zh: "登录于 {when}", en: "Signed in {when}" },
  activeAt: { zh: "最近操作：{when}", en: "Active {when}" },
  expires: { zh: "有效期至 {when}", en: "until {when}" },
  signedInBy: { zh: "通过{how}登录", en: "by {how}" },
  confirm: { zh: "确认设备", en: "Confirm" },
  confirmTitle: { zh: "确认“{family}”", en: "Confirm “{family}”" },
  confirmText: {
    zh: "在那台设备的“设备与登录”页面会显示 8 位数字，填在这里。",
    en: "That device shows eight digits on its page “Devices and sessions”. Enter them here.",
  },
  confirmCode: { zh: "8 位确认码", en: "8-digit code" },
  confirmedDone: { zh: "设备已确认", en: "Device confirmed" },
  codeWrong: { zh: "确认码不对，请核对是不是那台设备。", en: "This is not that device's code." },
  mine: { zh: "确认本设备", en: "Confirm this device" },
  mineText: {
    zh: "在你已确认的另一台设备上打开“设备与登录”，填入这个确认码；也可以用通行密钥，或把确认码告诉系统管理员。企业负责人没有其他设备时，在服务器上运行 npx strongroom device confirm 确认码。",
    en: "On another confirmed device of yours, open “Devices and sessions” and enter this code; or use a passkey, or tell the code to your administrator. A company owner without another device runs npx strongroom device confirm CODE on the server.",
  },
  mineCode: { zh: "本设备的确认码", en: "Code of this device" },
  remove: { zh: "解绑", en: "Unbind" },
  removeTitle: { zh: "解绑“{family}”？", en: "Unbind “{family}”?" },
  removeText: {
    zh: "该设备立即退出登录，再次使用需要重新绑定。",
    en: "It is signed out at once and must be bound again before it can be used.",
  },
  confirmFirst: {
    zh: "先确认本设备，才能解绑已确认的设备",
    en: "Confirm this device first; then it can end confirmed ones",
  },
  removed: { zh: "设备已解绑", en: "Device unbound" },
  end: { zh: "结束", en: "End" },
  endTitle: { zh: "结束这次登录？", en: "End this session?" },
  endText: { zh: "该设备需要重新登录。", en: "That device has to sign in again." },
  ended: { zh: "登录已结束", en: "Session ended" },
  noSessions: { zh: "没有其他登录", en: "No other session" },
});

export const confirmedHowWords = {
  enrolment: { zh: "由启用码确认", en: "confirmed by the enrolment code" },
  invitation: { zh: "由邀请确认", en: "confirmed by the invitation" },
  passkey: { zh: "由通行密钥确认", en: "confirmed by a passkey" },
  device: { zh: "由另一台设备确认", en: "confirmed by another device" },
  manager: { zh: "由系统管理员确认", en: "confirmed by an administrator" },
  console: { zh: "由服务器控制台确认", en: "confirmed by the server's console" },
} as const satisfies Record<(typeof confirmations)[number], Word>;

export const assuranceWords = {
  enrolment: { zh: "启用码", en: "the enrolment code" },
  invitation: { zh: "邀请", en: "an invitation" },
  passkey: { zh: "通行密钥", en: "a passkey" },
  password_totp: { zh: "密码和动态验证码", en: "password and code" },
  password_recovery: { zh: "密码和恢复码", en: "password and recovery code" },
} as const satisfies Record<(typeof assurances)[number], Word>;

export const securityWords = words({
  title: { zh: "登录方式", en: "Sign-in methods" },
  lead: { zh: "修改前需要再次验证。", en: "Changes ask you to confirm it is you." },
  passkeys: { zh: "通行密钥", en: "Passkeys" },
  passkeysText: {
    zh: "最安全的登录方式。建议添加两个，一个丢失时还有另一个。",
    en: "The safest way to sign in. Have two, so that losing one does not lock you out.",
  },
  noPasskeys: { zh: "还没有通行密钥", en: "No passkey yet" },
  synced: { zh: "随账号同步", en: "synced" },
  boundHere: { zh: "仅限添加时的设备", en: "only on the device it was added on" },
  addedAt: { zh: "添加于 {when}", en: "Added {when}" },
  lastUsed: { zh: "最近使用：{when}", en: "last used {when}" },
  neverUsed: { zh: "还没有用过", en: "never used" },
  removePasskey: { zh: "移除这个通行密钥？", en: "Remove this passkey?" },
  removePasskeyText: { zh: "移除后不能再用它登录。", en: "It will no longer sign you in." },
  passkeyRemoved: { zh: "通行密钥已移除", en: "Passkey removed" },
  password: { zh: "密码", en: "Password" },
  passwordSince: { zh: "上次修改：{when}", en: "Changed {when}" },
  passwordChange: { zh: "修改密码", en: "Change" },
  passwordNone: { zh: "未设置", en: "Not set" },
  passwordText: { zh: "修改后，其他设备需要重新登录。", en: "Your other devices will have to sign in again." },
  totp: { zh: "验证器", en: "Authenticator" },
  totpSince: { zh: "绑定于 {when}", en: "Added {when}" },
  totpChange: { zh: "更换验证器", en: "Replace" },
  totpChanged: { zh: "验证器已更换", en: "Authenticator replaced" },
  recovery: { zh: "恢复码", en: "Recovery codes" },
  recoveryLeft: { zh: "还剩 {count} 个", en: "{count} {count|code|codes} left" },
  recoveryNone: { zh: "没有可用的恢复码", en: "None left" },
  recoveryNew: { zh: "重新生成", en: "Make new ones" },
  recoveryNewTitle: { zh: "重新生成恢复码？", en: "Make new recovery codes?" },
  recoveryNewText: { zh: "旧的恢复码立即失效。", en: "The old ones stop working at once." },
  secondFactor: { zh: "密码与第二重验证", en: "Password and second factor" },
  save: { zh: "保存", en: "Save" },
  remove: { zh: "移除", en: "Remove" },
});

export const settingsWords = words({
  title: { zh: "偏好设置", en: "Preferences" },
  lead: { zh: "只影响这台设备上的显示。", en: "These change what you see on this device only." },
  language: { zh: "语言", en: "Language" },
  languageText: { zh: "字段和选项也会用所选语言显示。", en: "Fields and options follow as well." },
  appearance: { zh: "外观", en: "Appearance" },
  appearanceText: {
    zh: "跟随系统时，会随电脑或手机切换深浅色。",
    en: "System follows the setting of your computer or phone.",
  },
  you: { zh: "我的资料", en: "You" },
  name: { zh: "姓名", en: "Name" },
  company: { zh: "公司", en: "Company" },
  department: { zh: "部门", en: "Department" },
  roles: { zh: "角色", en: "Roles" },
  none: { zh: "无", en: "None" },
  allowances: { zh: "今天的查看额度", en: "Today's viewing allowance" },
  allowancesText: { zh: "每次查看都会计数并记入审计日志。", en: "Each look is counted and recorded in the audit log." },
  outside: { zh: "查看本人负责范围以外的客户详情", en: "Customers seen in detail outside your own" },
  opened: { zh: "打开记录（全部）", en: "Records opened, all" },
  revealed: { zh: "显示完整号码", en: "Full numbers shown" },
  listed: { zh: "列表中显示的行", en: "Rows listed" },
  matched: { zh: "精确查找号码或邮箱", en: "Exact numbers and addresses looked for" },
});

export const kitWords = words({
  title: { zh: "恢复套件", en: "Recovery kit" },
  text: {
    zh: "恢复套件是写在纸上的根密钥（24 个单词）。在服务器上用启动金库的同一用户运行下面的命令，打印后锁进保险柜，与服务器和备份分开存放。",
    en: "The recovery kit is the root key on paper: 24 words. Run this on the server, as the user who starts Strongroom, print what it shows, and keep it in a safe, away from the server and its backups.",
  },
  keyFile: { zh: "根密钥文件：{path}", en: "File of the root key: {path}" },
  printed: { zh: "审计日志中最近一次打印：{when}", en: "Last printed {when}, by the audit log" },
  never: { zh: "审计日志中没有打印记录", en: "The audit log knows of no print yet" },
  copy: { zh: "复制命令", en: "Copy the command" },
});

export const homeWords = words({
  nextSteps: { zh: "下一步", en: "Next steps" },
  safety: { zh: "安全检查", en: "Safety check" },
  stepImport: { zh: "导入客户", en: "Import your accounts" },
  stepImportText: {
    zh: "支持 CSV，先试运行，再正式导入。",
    en: "From CSV, with a dry run before anything is written.",
  },
  stepInvite: { zh: "邀请同事", en: "Invite your colleagues" },
  stepInviteText: {
    zh: "先建部门和人员，再发送邀请链接。",
    en: "Enter departments and people, then send them their links.",
  },
  stepCreate: { zh: "新建第一个客户", en: "Create your first account" },
  invite: { zh: "邀请", en: "Invite" },
  figures: { zh: "数据", en: "Figures" },
  accounts: { zh: "客户", en: "Accounts" },
  contacts: { zh: "联系人", en: "Contacts" },
  people: { zh: "在职人员", en: "Active people" },
  newThisWeek: { zh: "近 7 天新增 {count}", en: "{count} new in 7 days" },
  recent: { zh: "最近更新的客户", en: "Recently updated accounts" },
  all: { zh: "全部客户", en: "All accounts" },
  passkeyNone: { zh: "添加通行密钥", en: "Add a passkey" },
  passkeyOne: { zh: "再添加一个通行密钥", en: "Add a second passkey" },
  passkeyOk: { zh: "{count} 个通行密钥", en: "{count} {count|passkey|passkeys}" },
  passkeyNoneText: {
    zh: "没有它，换浏览器登录后要等别的设备或系统管理员确认。",
    en: "Without one, a new browser waits for another device or an administrator.",
  },
  passkeyOneText: { zh: "一个丢失时，还能用另一个登录。", en: "If one is lost, the other still signs you in." },
  kitPrint: { zh: "打印恢复套件", en: "Print the recovery kit" },
  kitText: {
    zh: "根密钥文件一旦丢失，只有凭它才能找回数据。",
    en: "If the file of the root key is lost, it is the only way back to your data.",
  },
  kitOk: { zh: "恢复套件打印于 {when}", en: "Recovery kit printed {when}" },
  recoveryOk: { zh: "恢复码还剩 {count} 个", en: "{count} recovery {count|code|codes} left" },
  recoveryLow: { zh: "恢复码不足，重新生成", en: "Make new recovery codes" },
  recoveryText: { zh: "手机丢失时用来登录。", en: "They sign you in when your phone is lost." },
  deviceOk: { zh: "本设备已确认", en: "This device is confirmed" },
  deviceWaiting: { zh: "确认本设备", en: "Confirm this device" },
  deviceText: { zh: "确认之前只显示脱敏内容。", en: "Until then it shows masks only." },
  updated: { zh: "更新", en: "updated" },
});
