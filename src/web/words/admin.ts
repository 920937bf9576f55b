// Words of people, departments, roles, fields and the recycle bin.
import { words } from "./words.ts";

export const peopleWords = words({
  title: { zh: "人员", en: "People" },
  add: { zh: "添加人员", en: "Add person" },
  search: { zh: "搜索姓名或邮箱", en: "Search by name or e-mail" },
  name: { zh: "姓名", en: "Name" },
  department: { zh: "部门", en: "Department" },
  roles: { zh: "角色", en: "Roles" },
  status: { zh: "状态", en: "Status" },
  noRole: { zh: "未分配角色", en: "No role" },
  noRoleHint: {
    zh: "没有角色的人登录后看不到任何内容。",
    en: "Without a role a person sees nothing after signing in.",
  },
  noDepartment: { zh: "未分配部门", en: "No department" },
  addAndInvite: { zh: "添加并生成邀请", en: "Add and create invitation" },
  invitationTitle: { zh: "{name}的邀请链接", en: "Invitation for {name}" },
  invitationHint: {
    zh: "把链接或二维码发给本人。打开后设置密码并绑定设备，用过一次即失效。系统不会代发。",
    en: "Pass the link or the code on yourself. It is used up once the person has set a password and bound a device.",
  },
  invitationLocal: {
    zh: "这个链接只能在运行金库的这台电脑上打开。要让同事访问，请设置 TLS 证书和 STRONGROOM_HOST，或在前面放一个带 TLS 的反向代理并设置 STRONGROOM_ORIGIN，具体见 README。",
    en: "This link opens on the computer that runs Strongroom, and nowhere else. To let others in, set STRONGROOM_HOST with a TLS certificate, or put a reverse proxy with TLS in front and set STRONGROOM_ORIGIN; the README says how.",
  },
  invitationUntil: { zh: "{time} 前有效", en: "Valid until {time}" },
  invitationOnce: {
    zh: "关闭后不再显示，可重新邀请。",
    en: "It is not shown again after closing; you can invite again.",
  },
  link: { zh: "邀请链接", en: "Invitation link" },
  qr: { zh: "邀请二维码", en: "Invitation QR code" },
  copyLink: { zh: "复制链接", en: "Copy link" },
  done: { zh: "完成", en: "Done" },
  invite: { zh: "生成新邀请", en: "Create a new invitation" },
  rolesOf: { zh: "{name}的角色", en: "Roles of {name}" },
  ownerOnly: { zh: "只有企业负责人可以授予或收回。", en: "Only a company owner may give or take this role." },
  changeRoles: { zh: "分配角色", en: "Assign roles" },
  rolesSaved: { zh: "角色已更新", en: "Roles updated" },
  ownRoles: { zh: "不能修改自己的角色", en: "Nobody changes his own roles" },
  ownStatus: { zh: "不能停用自己", en: "You cannot disable yourself" },
  disable: { zh: "停用", en: "Disable" },
  enable: { zh: "启用", en: "Enable" },
  disableTitle: { zh: "停用{name}？", en: "Disable {name}?" },
  disableHint: {
    zh: "立即退出所有设备，无法再登录；负责的客户和记录都保留。",
    en: "All devices are signed out at once and no new sign-in is possible. Records stay as they are.",
  },
  disabled: { zh: "已停用{name}", en: "{name} disabled" },
  enabled: { zh: "已启用{name}", en: "{name} enabled" },
  reset: { zh: "重置登录方式", en: "Reset sign-in" },
  resetOwn: { zh: "不能重置自己的登录方式，请到“登录方式”页面修改", en: "Change your own on the page Sign-in methods" },
  resetTitle: { zh: "重置{name}的登录方式？", en: "Reset the sign-in of {name}?" },
  resetHint: {
    zh: "密码、验证器、通行密钥和恢复码全部作废，所有设备立即退出；接着生成新的邀请链接，由你发给本人。请先确认确实是本人提出的。",
    en: "Password, authenticator, passkeys and recovery codes become void, and all devices are signed out at once. You then get a new invitation link to pass on. First make sure that it really is this person who asks.",
  },
  devices: { zh: "设备", en: "Devices" },
  devicesOf: { zh: "{name}的设备", en: "Devices of {name}" },
  noDevices: { zh: "还没有绑定设备", en: "No device bound yet" },
  confirmed: { zh: "已确认", en: "Confirmed" },
  unconfirmed: { zh: "未确认，只显示脱敏内容", en: "Not confirmed: sees masks only" },
  ended: { zh: "已解绑", en: "Unbound" },
  replaced: { zh: "已被替换", en: "Replaced" },
  lastSeen: { zh: "最近使用 {time}", en: "Last used {time}" },
  confirmDevice: { zh: "确认设备", en: "Confirm device" },
  confirmDeviceText: {
    zh: "请对方在那台设备上打开“设备与登录”，把显示的 8 位确认码告诉你。当面或打电话核对，不要只看聊天消息。",
    en: "Ask your colleague for the eight digits that this device shows on its page “Devices and sessions”, in person or by phone, not by chat.",
  },
  boundAt: { zh: "绑定于 {time}", en: "Bound {time}" },
  revokeDevice: { zh: "解绑", en: "Unbind" },
  deviceRevoked: { zh: "设备已解绑", en: "Device unbound" },
  revokeTitle: { zh: "解绑“{family}”？", en: "Unbind “{family}”?" },
  revokeHint: {
    zh: "这台设备会立即退出，需要重新登录才能使用。",
    en: "This device is signed out at once and has to sign in again.",
  },
  actions: { zh: "{name}的操作", en: "Actions for {name}" },
  managerHint: {
    zh: "只有企业负责人或系统管理员可以添加人员。",
    en: "People are added by the company owner or an administrator.",
  },
  addedNoInvitation: {
    zh: "已添加{name}，但邀请未生成，可稍后在列表中邀请",
    en: "{name} was added, but no invitation was created; invite from the list",
  },
  addedNoRoles: { zh: "已添加{name}，但角色未保存", en: "{name} was added, but the roles were not saved" },
  all: { zh: "全部", en: "All" },
});

export const departmentWords = words({
  title: { zh: "部门", en: "Departments" },
  lead: {
    zh: "主管能看到本部门及所有下级部门的客户。",
    en: "A department head sees the customers of the department and of all departments below it.",
  },
  actions: { zh: "{name}的操作", en: "Actions for {name}" },
  add: { zh: "新建部门", en: "New department" },
  addBelow: { zh: "在“{name}”下新建部门", en: "New department below “{name}”" },
  parent: { zh: "上级部门", en: "Part of" },
  noLeader: { zh: "未指定主管", en: "No head" },
  top: { zh: "（顶级）", en: "(top level)" },
  people: { zh: "{n} 人", en: "{n} {n|person|people}" },
  edit: { zh: "编辑“{name}”", en: "Edit “{name}”" },
  rename: { zh: "编辑", en: "Edit" },
  remove: { zh: "删除", en: "Delete" },
  expand: { zh: "展开{name}", en: "Expand {name}" },
  collapse: { zh: "收起{name}", en: "Collapse {name}" },
  circular: { zh: "不能移到自己的下级部门", en: "A department cannot move below itself" },
  saved: { zh: "部门已保存", en: "Department saved" },
  created: { zh: "部门已创建", en: "Department created" },
  deleted: { zh: "“{name}”已移入回收站", en: "“{name}” moved to the recycle bin" },
  hasPeople: { zh: "还有 {n} 人在此部门", en: "{n} {n|person is|people are} still in it" },
  hasChildren: { zh: "还有下级部门", en: "It still has departments below" },
  emptyTitle: { zh: "还没有部门", en: "No departments yet" },
  emptyHint: {
    zh: "部门决定主管能看到哪些客户：本部门，以及所有下级部门。",
    en: "Departments decide what a department head sees: that department and all below it.",
  },
});

export const roleWords = words({
  title: { zh: "角色与权限", en: "Roles and rights" },
  intro: {
    zh: "内置角色，目前不能增删或修改；一个人可以有多个角色。没有写明的一律不允许。",
    en: "Built-in roles; they cannot be added to or changed yet. A person may have several. Whatever is not named is denied.",
  },
  records: { zh: "能对哪些记录做什么", en: "Access to records" },
  capabilities: { zh: "管理权限", en: "Capabilities" },
  noCapabilities: { zh: "无", en: "None" },
  members: { zh: "{n} 人", en: "{n} {n|person|people}" },
  nobody: { zh: "暂无人员", en: "Nobody" },
  mayDo: { zh: "可以做什么", en: "May do" },
  sees: { zh: "能看到什么", en: "Sees" },
  may: { zh: "{actions}{whose}{objects}", en: "{actions}: {whose}" },
  mayNot: { zh: "不能{actions}", en: "Not: {actions}" },
  classesAre: { zh: "{classes}字段{level}", en: "{classes} fields: {level}" },
  exceptions: { zh: "例外：{list}", en: "Except: {list}" },
  explainTitle: { zh: "权限查询", en: "Explain a person’s access" },
  explainHint: {
    zh: "选一个人和一项操作，查看系统如何判断。",
    en: "Choose a person and an action to see how the decision is made.",
  },
  person: { zh: "人员", en: "Person" },
  action: { zh: "操作", en: "Action" },
  object: { zh: "对象", en: "Object" },
  record: { zh: "记录（可选）", en: "Record (optional)" },
  field: { zh: "字段（可选）", en: "Field (optional)" },
  explain: { zh: "查看判断", en: "Explain" },
  allowed: { zh: "允许", en: "Allowed" },
  denied: { zh: "不允许", en: "Not allowed" },
});

/** The vault's reasons, by their code. */
export const becauseWords = words({
  granted: { zh: "给予这项权限", en: "gives this right" },
  no_grant: { zh: "没有这项权限", en: "does not give this right" },
  outside_scope: {
    zh: "有这项权限，但这条记录不在范围内",
    en: "gives this right, but this record lies outside its scope",
  },
  field_hidden: { zh: "看不到这个字段", en: "does not show this field" },
  field_not_writable: { zh: "不能修改这个字段", en: "does not let this field be changed" },
  not_active: { zh: "此人尚未加入或已停用", en: "This person has not joined yet, or is disabled" },
  device_unconfirmed: {
    zh: "本设备尚未确认：只显示脱敏内容，不能修改任何数据",
    en: "This device is not confirmed yet: it shows masks and changes nothing",
  },
  no_role: { zh: "此人没有任何角色", en: "This person has no role" },
  other: { zh: "其他原因", en: "for another reason" },
});

export const actionWords = words({
  view: { zh: "查看", en: "See" },
  create: { zh: "新建", en: "Create" },
  edit: { zh: "编辑", en: "Edit" },
  delete: { zh: "删除", en: "Delete" },
  import: { zh: "导入", en: "Import" },
  export: { zh: "导出", en: "Export" },
});

export const scopeWords = words({
  none: { zh: "不允许", en: "Nothing" },
  own: { zh: "自己负责的", en: "Own" },
  department: { zh: "本部门", en: "Own department" },
  department_and_below: { zh: "本部门及下级", en: "Department and below" },
  all: { zh: "全部", en: "All" },
});

/** Before the name of the objects: 查看本部门及下级的客户. */
export const whoseWords = words({
  own: { zh: "自己负责的", en: "own" },
  department: { zh: "本部门的", en: "own department" },
  department_and_below: { zh: "本部门及下级的", en: "own department and below" },
  all: { zh: "全部", en: "all" },
});

export const levelWords = words({
  hidden: { zh: "不可见", en: "Hidden" },
  masked: { zh: "脱敏", en: "Masked" },
  read: { zh: "可见", en: "Shown" },
  write: { zh: "可编辑", en: "Editable" },
});

export const capabilityWords = words({
  "people.manage": {
    zh: "管理人员：添加、邀请、停用、解绑设备",
    en: "Manage people: add, invite, disable, unbind devices",
  },
  "roles.manage": { zh: "分配角色", en: "Assign roles" },
  "fields.define": { zh: "自定义字段", en: "Define fields" },
  "audit.view": { zh: "查看审计日志", en: "Read the audit log" },
  "recycle.manage": { zh: "管理回收站", en: "Manage the recycle bin" },
});

export const fieldsWords = words({
  title: { zh: "字段", en: "Fields" },
  intro: {
    zh: "每个字段只有一个密级，它决定如何保存、显示、搜索和记录。",
    en: "Each field has one class. It decides how the value is stored, shown, found and logged.",
  },
  add: { zh: "新建字段", en: "New field" },
  addTo: { zh: "为{object}新建字段", en: "New {object} field" },
  field: { zh: "字段", en: "Field" },
  key: { zh: "标识", en: "Key" },
  keyHint: {
    zh: "小写字母开头，用于导入和接口，之后不能修改。",
    en: "Starts with a lower-case letter; used by imports and the API; cannot change later.",
  },
  keyWrong: {
    zh: "只能用字母、数字和下划线，以小写字母开头。",
    en: "Letters, digits and underscores, starting with a lower-case letter.",
  },
  keyTaken: { zh: "该标识已被使用。", en: "This key is in use." },
  type: { zh: "类型", en: "Type" },
  class: { zh: "密级", en: "Class" },
  purpose: { zh: "用途", en: "Purpose" },
  retention: { zh: "保存期限", en: "Kept" },
  notes: { zh: "说明", en: "Notes" },
  listedNote: { zh: "列表", en: "Listed" },
  myLevel: { zh: "我的权限", en: "Your right" },
  custom: { zh: "自定义", en: "Custom" },
  systemField: { zh: "系统", en: "System" },
  required: { zh: "必填", en: "Required" },
  requiredHint: {
    zh: "新建和导入时必须填写，之后可以改，不能清空。已有的空白记录不受影响。",
    en: "New and imported records need a value; it can be changed but not emptied. Records without one stay as they are.",
  },
  listed: { zh: "在列表中显示", en: "Show in lists" },
  searchable: { zh: "参与搜索", en: "Searchable" },
  searchableNo: {
    zh: "严控字段不参与文字搜索，只按完整号码或后四位查找",
    en: "Restricted fields are found by the whole value or its last four digits, never by part of the text",
  },
  labelZh: { zh: "中文名称", en: "Label in Chinese" },
  labelEn: { zh: "英文名称", en: "Label in English" },
  options: { zh: "选项", en: "Options" },
  optionZh: { zh: "中文", en: "Chinese" },
  optionEn: { zh: "英文", en: "English" },
  addOption: { zh: "添加选项", en: "Add option" },
  removeOption: { zh: "移除选项 {n}", en: "Remove option {n}" },
  scale: { zh: "小数位数", en: "Decimals" },
  target: { zh: "关联对象", en: "Refers to" },
  withRecord: { zh: "随记录保存", en: "As long as the record" },
  months: { zh: "最后修改后保留数月", en: "Some months after the last change" },
  monthsLabel: { zh: "月数", en: "Months" },
  stepWhat: { zh: "名称与类型", en: "Name and type" },
  stepClass: { zh: "密级", en: "Class" },
  stepDetails: { zh: "细节", en: "Details" },
  back: { zh: "上一步", en: "Back" },
  next: { zh: "下一步", en: "Next" },
  define: { zh: "创建字段", en: "Create field" },
  defined: { zh: "字段“{name}”已创建", en: "Field “{name}” created" },
  permanent: { zh: "密级创建后不能降低。", en: "The class cannot be lowered later." },
  atRest: { zh: "保存", en: "Stored" },
  onScreen: { zh: "显示", en: "On screen" },
  inSearch: { zh: "搜索", en: "Search" },
  suggested: { zh: "建议", en: "Suggested" },
});

export const classMeaning = words({
  c0rest: { zh: "普通列", en: "Plain column" },
  c0screen: { zh: "直接显示", en: "Shown" },
  c0search: { zh: "可搜索、筛选、排序", en: "Search, filter, sort" },
  c0for: { zh: "阶段、产品名称等不涉及客户的内容", en: "Stages, product names: nothing about a customer" },
  c1rest: { zh: "普通列", en: "Plain column" },
  c1screen: { zh: "直接显示", en: "Shown" },
  c1search: { zh: "可搜索、筛选、排序", en: "Search, filter, sort" },
  c1for: { zh: "金额、日期、级别", en: "Amounts, dates, levels" },
  c2rest: { zh: "加密保存", en: "Encrypted" },
  c2screen: { zh: "范围内显示，范围外脱敏或隐藏", en: "Shown within scope; masked or hidden outside" },
  c2search: { zh: "可搜索，索引只在内存中", en: "Searchable; the index stays in memory" },
  c2for: { zh: "姓名、地址、备注等一切自由文本", en: "Names, addresses, notes, any free text" },
  c3rest: { zh: "加密保存", en: "Encrypted" },
  c3screen: { zh: "脱敏，逐个显示，计入查看额度", en: "Masked; shown one at a time, counted" },
  c3search: { zh: "只按完整号码或后四位查找", en: "Whole value or last four digits only" },
  c3for: { zh: "电话、邮箱、微信、证件号码、银行账号", en: "Phone, e-mail, WeChat, ID number, bank account" },
});

export const purposeWords = words({
  identification: { zh: "识别", en: "Identification" },
  contact: { zh: "联系", en: "Contact" },
  selling: { zh: "销售", en: "Selling" },
  billing: { zh: "结算", en: "Billing" },
  organisation: { zh: "组织管理", en: "Organisation" },
  security: { zh: "安全", en: "Security" },
});

export const typeWords = words({
  text: { zh: "单行文本", en: "Text" },
  long_text: { zh: "多行文本", en: "Long text" },
  integer: { zh: "整数", en: "Whole number" },
  decimal: { zh: "小数", en: "Decimal" },
  boolean: { zh: "是/否", en: "Yes or no" },
  date: { zh: "日期", en: "Date" },
  datetime: { zh: "日期时间", en: "Date and time" },
  choice: { zh: "单选", en: "Choice" },
  phone: { zh: "电话", en: "Phone" },
  email: { zh: "邮箱", en: "E-mail" },
  url: { zh: "网址", en: "Web address" },
  id_number: { zh: "证件号码", en: "ID number" },
  bank_account: { zh: "银行账号", en: "Bank account" },
  reference: { zh: "关联记录", en: "Reference" },
});

export const recycleWords = words({
  title: { zh: "回收站", en: "Recycle bin" },
  lead: {
    zh: "删除的记录先放在这里，恢复后与删除前完全一样。",
    en: "Deleted records come here first. Restored, they are as they were.",
  },
  nothing: { zh: "没有可恢复的内容", en: "Nothing to restore" },
  nothingHint: { zh: "你的角色不能删除或恢复记录。", en: "Your role deletes and restores nothing." },
  name: { zh: "名称", en: "Name" },
  deletedBy: { zh: "删除人", en: "Deleted by" },
  deletedAt: { zh: "删除时间", en: "Deleted" },
  owner: { zh: "负责人", en: "Owner" },
  restore: { zh: "恢复", en: "Restore" },
  restoreNamed: { zh: "恢复{name}", en: "Restore {name}" },
  restored: { zh: "“{name}”已恢复", en: "“{name}” restored" },
  empty: { zh: "没有已删除的{objects}", en: "No deleted {objects}" },
  emptyHint: { zh: "删除记录后会显示在这里。", en: "Records appear here after they are deleted." },
});
