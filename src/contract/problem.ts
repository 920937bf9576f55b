// The closed list of things that can go wrong in a way a person may read (RFC 9457 problem details), with one status
// each and a text in both languages. Anything that is not a Problem is a 500 which bears only a request id.

interface ProblemKind {
  readonly status: number;
  readonly en: string;
  readonly zh: string;
}

const kinds = {
  malformed: { status: 400, en: "The request could not be read.", zh: "请求内容无法识别。" },
  invalid: { status: 422, en: "Some values need correcting.", zh: "有些内容需要更正。" },
  too_large: { status: 413, en: "This is larger than allowed.", zh: "内容超过允许的大小。" },
  too_many: { status: 429, en: "Too many attempts. Please wait a little.", zh: "尝试次数过多，请稍后再试。" },
  not_found: { status: 404, en: "This does not exist, or you may not see it.", zh: "内容不存在，或你无权查看。" },
  not_allowed: { status: 403, en: "Your role does not permit this.", zh: "你的角色没有这项权限。" },
  field_not_allowed: {
    status: 403,
    en: "Your role does not permit changing these fields.",
    zh: "你的角色不能修改这些字段。",
  },
  not_sortable: {
    status: 422,
    en: "This field cannot be sorted, filtered or searched by you.",
    zh: "你不能按这个字段排序、筛选或搜索。",
  },
  conflict: {
    status: 409,
    en: "Someone else changed this meanwhile.",
    zh: "在你编辑期间，其他人已修改了这条记录。",
  },
  duplicate: { status: 409, en: "This value is already in use.", zh: "该值已被占用。" },
  in_use: { status: 409, en: "Other records still refer to this.", zh: "还有其他记录关联着它。" },
  limit_reached: { status: 409, en: "The limit for this is reached.", zh: "已达到上限。" },
  signature_missing: {
    status: 401,
    en: "The request is not signed by a bound device.",
    zh: "请求没有已绑定设备的签名。",
  },
  signature_invalid: { status: 401, en: "The request's signature does not hold.", zh: "请求签名无效。" },
  signature_replayed: { status: 401, en: "This request was already used once.", zh: "该请求已被使用过。" },
  clock_skew: { status: 401, en: "The clock of this device is off.", zh: "本设备的时钟不准。" },
  device_unknown: { status: 401, en: "This device is not bound. Please sign in.", zh: "本设备尚未绑定，请登录。" },
  session_ended: { status: 401, en: "You are signed out. Please sign in.", zh: "登录已失效，请重新登录。" },
  session_locked: { status: 401, en: "The session is locked. Confirm it is you.", zh: "会话已锁定，请再次验证。" },
  credentials_wrong: {
    status: 401,
    en: "E-mail, password or code is not right.",
    zh: "邮箱、密码或动态验证码不正确。",
  },
  second_factor_needed: { status: 401, en: "A second factor is needed.", zh: "需要第二重验证。" },
  step_up_needed: { status: 401, en: "Please confirm it is you.", zh: "请再次验证你的身份。" },
  act_signature_required: {
    status: 401,
    en: "This needs your approval of exactly this change: by passkey, or by a new code.",
    zh: "这项操作须由你本人确认：请使用通行密钥或新的验证码。",
  },
  act_signature_invalid: {
    status: 401,
    en: "This approval is not for this change, was used already, or came too late. Please approve again.",
    zh: "本次确认与这项操作不符、已被使用或已过期，请重新确认。",
  },
  device_unconfirmed: {
    status: 403,
    en: "This device is not confirmed yet, so full values stay masked.",
    zh: "本设备尚未确认，暂时只显示脱敏内容。",
  },
  allowance_used: {
    status: 429,
    en: "Today's viewing allowance is used up. Confirm it is you to get more.",
    zh: "今天的查看额度已用完，再次验证后可获得更多额度。",
  },
  matches_used: {
    status: 429,
    en: "Today's allowance of exact matches of phone numbers, e-mail addresses and the like is used up. It is free again at 00:00 UTC.",
    zh: "今天精确查找电话、邮箱等受保护内容的次数已用完，北京时间早上 8 点（UTC 0 点）后可继续。",
  },
  mandate_ended: {
    status: 409,
    en: "The time or number of records this was allowed for is used up. Start it again to go on.",
    zh: "本次授权的时间或条数已用完，请重新开始。",
  },
  rights_changed: {
    status: 409,
    en: "It was stopped: the rights of the person or device it was started with have changed. What was done so far stays and can be undone.",
    zh: "发起人的权限或所用设备有变动，任务已停止；已完成的部分会保留，可以撤销。",
  },
  purpose_needed: {
    status: 422,
    en: "Please say what you need this value for.",
    zh: "请填写查看用途。",
  },
  code_invalid: { status: 422, en: "The code or link is not valid any more.", zh: "代码或链接已失效。" },
  invitation_void: {
    status: 422,
    en: "This invitation no longer holds; ask for a new one.",
    zh: "该邀请已不再有效，请联系系统管理员重新邀请。",
  },
  password_weak: { status: 422, en: "This password is too easy to guess.", zh: "密码太容易被猜到。" },
  already_set_up: { status: 409, en: "This installation already has an owner.", zh: "系统已完成初始化。" },
  handle_expired: { status: 409, en: "This took too long. Please try again.", zh: "处理超时，请重试。" },
  not_bound: { status: 403, en: "This act does not belong to the signed request.", zh: "该操作与已签名的请求不符。" },
  starting: { status: 503, en: "The search index is still loading.", zh: "搜索索引正在加载。" },
  unavailable: { status: 503, en: "The strongroom is not available right now.", zh: "服务暂时不可用。" },
  backup_running: { status: 409, en: "A backup is being made already.", zh: "正在备份，请等它完成。" },
  backup_folder: {
    status: 422,
    en: "The folder for backups does not exist, or Strongroom may not write to it.",
    zh: "备份文件夹不存在，或 Strongroom 没有写入权限。",
  },
  backup_no_space: {
    status: 422,
    en: "There is not enough room on the disk for a backup. Nothing half done was left there.",
    zh: "磁盘空间不足，无法备份；没有留下未完成的文件。",
  },
  backup_failed: {
    status: 503,
    en: "The backup could not be made, or could not be read back whole. Please try again.",
    zh: "备份未能完成，或未能通过完整性检查，请重试。",
  },
  backup_unknown: {
    status: 422,
    en: "This file is not a backup of Strongroom.",
    zh: "这个文件不是 Strongroom 的备份文件。",
  },
  backup_damaged: {
    status: 422,
    en: "This backup is damaged or not whole. Nothing of it was used; try another one.",
    zh: "这份备份已损坏或不完整，其中内容均未使用，请换一份备份。",
  },
  backup_wrong_kit: {
    status: 422,
    en: "This recovery kit belongs to another installation: the backup was made under another root key.",
    zh: "恢复套件与这份备份不符：备份是用另一把根密钥制作的。",
  },
  backup_newer: {
    status: 422,
    en: "This backup was made by a newer version of Strongroom. Install that version, then restore.",
    zh: "这份备份由更新版本的 Strongroom 制作，请先安装该版本再恢复。",
  },
  backup_external: {
    status: 409,
    en: "A backup is restored into the embedded database, and this installation uses another (DATABASE_URL).",
    zh: "备份只能恢复到内置数据库，而本系统使用的是外部数据库（DATABASE_URL）。",
  },
  kit_words: {
    status: 422,
    en: "These are not the 24 words of a recovery kit: one is mistyped, missing or out of order.",
    zh: "单词不对：恢复套件共 24 个单词，请检查有没有抄错、遗漏或顺序颠倒。",
  },
  file_unreadable: { status: 422, en: "The file could not be read as a table.", zh: "无法将文件识别为表格。" },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof kinds;

/** Per field: what is wrong with it, as a key of `fieldProblems`, with figures for the text. */
export interface FieldProblem {
  readonly field: string;
  readonly reason: FieldReason;
  readonly params?: Readonly<Record<string, string | number>>;
}

export const fieldReasons = {
  required: { en: "This is required.", zh: "必填。" },
  unknown_field: { en: "There is no such field.", zh: "没有这个字段。" },
  wrong_type: { en: "This is not the kind of value expected.", zh: "值的类型不对。" },
  too_long: { en: "At most {max} characters.", zh: "最多 {max} 个字符。" },
  not_a_number: {
    en: "This is not a number: digits only, for example 120000.",
    zh: "不是数字，请只填数字，例如 120000。",
  },
  out_of_range: { en: "Between {min} and {max}.", zh: "应在 {min} 到 {max} 之间。" },
  too_precise: { en: "At most {scale} decimals.", zh: "最多 {scale} 位小数。" },
  not_a_date: { en: "This is not a date, for example 2026-11-23.", zh: "不是日期，例如 2026-11-23。" },
  ambiguous_date: { en: "Day and month are not clear here.", zh: "无法判断日和月的顺序。" },
  not_a_phone: { en: "This is not a phone number.", zh: "不是有效的电话号码。" },
  not_an_email: { en: "This is not an e-mail address.", zh: "不是有效的邮箱地址。" },
  not_an_id_number: {
    en: "This is not an ID number: a digit is missing or mistyped.",
    zh: "不是有效的证件号码，请核对位数和校验位。",
  },
  not_a_bank_account: {
    en: "This is not a bank account: 8 to 30 digits.",
    zh: "不是有效的银行账号，应为 8 到 30 位数字。",
  },
  not_a_url: { en: "This is not a web address.", zh: "不是有效的网址。" },
  not_an_option: { en: "“{value}” is not one of the options.", zh: "“{value}”不在可选项中。" },
  not_an_option_suggest: {
    en: "“{value}” is not an option. Did you mean “{suggestion}”?",
    zh: "“{value}”不在可选项中，是不是“{suggestion}”？",
  },
  no_such_record: { en: "No record named “{value}” was found.", zh: "找不到“{value}”。" },
  no_such_address: {
    en: "No person whose address you may read has “{value}”. Give the name instead.",
    zh: "在你可查看邮箱的人员中找不到“{value}”，请改填姓名。",
  },
  row_refused: {
    en: "Row {row}, to which this refers, is left out itself.",
    zh: "所引用的第 {row} 行本身不能导入。",
  },
  several_records: { en: "Several records are named “{value}”.", zh: "有多条记录名为“{value}”。" },
  already_used: { en: "Already in use.", zh: "已被占用。" },
  same_name_beside: {
    en: "A department beside it has this name already.",
    zh: "同一上级部门下已有同名部门。",
  },
  duplicate_in_file: { en: "The same key stands in row {row} as well.", zh: "与第 {row} 行的识别字段重复。" },
  other_pipeline: { en: "This stage belongs to another pipeline.", zh: "该阶段不属于所选的销售流程。" },
  about_nothing: {
    en: "Say what this is about: an account, contact, opportunity or lead.",
    zh: "请选择所属的客户、联系人、商机或线索。",
  },
  fixed: { en: "This cannot be changed once it is set.", zh: "创建后不能修改。" },
  circular: { en: "This would make a circle.", zh: "会形成循环。" },
  changed_meanwhile: { en: "Someone else changed this meanwhile.", zh: "在你编辑期间，其他人已修改了这一项。" },
  not_yours: { en: "You may not change this record.", zh: "你无权修改这条记录。" },
  one_exact_match: {
    en: "Only one exact value of a protected field can be looked for at a time.",
    zh: "受保护的字段一次只能精确查找一个值。",
  },
  not_writable: { en: "Your role cannot write this field.", zh: "你的角色不能填写此字段。" },
  control_characters: { en: "This holds characters that cannot be stored.", zh: "包含无法保存的字符。" },
  wrong_columns: {
    en: "This row has {found} columns instead of {expected}.",
    zh: "该行有 {found} 列，应为 {expected} 列。",
  },
} as const satisfies Record<string, { en: string; zh: string }>;

export type FieldReason = keyof typeof fieldReasons;

export interface ProblemDetails {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode | "internal";
  readonly instance?: string;
  readonly fields?: readonly (FieldProblem & { readonly message: string })[];
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** An expected refusal. `extra` goes to the caller as it is, so it never bears a value the caller may not see. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly fields: readonly FieldProblem[];
  readonly extra: Readonly<Record<string, unknown>> | undefined;
  constructor(
    code: ProblemCode,
    options: { fields?: readonly FieldProblem[]; extra?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(code);
    this.name = "Problem";
    this.code = code;
    this.fields = options.fields ?? [];
    this.extra = options.extra;
  }
  get status(): number {
    return kinds[this.code].status;
  }
}

export type Language = "zh" | "en";

// The keys of the table, which Object.keys forgets.
export const problemCodes = Object.keys(kinds) as [ProblemCode, ...ProblemCode[]];

export function isProblemCode(code: string): code is ProblemCode {
  return Object.hasOwn(kinds, code);
}

export function fieldMessage(problem: FieldProblem, language: Language): string {
  let text: string = fieldReasons[problem.reason][language];
  for (const [key, value] of Object.entries(problem.params ?? {})) text = text.replaceAll(`{${key}}`, String(value));
  return text;
}

/** What a code says to people; undefined for one that is none. */
export function problemTitle(code: string | null, language: Language): string | undefined {
  return code !== null && isProblemCode(code) ? kinds[code][language] : undefined;
}

/** RFC 9457 body of a problem in one language. */
export function problemDetails(problem: Problem, language: Language, requestId: string): ProblemDetails {
  const kind = kinds[problem.code];
  return {
    type: `urn:strongroom:problem:${problem.code}`,
    title: kind[language],
    status: kind.status,
    code: problem.code,
    instance: `urn:strongroom:request:${requestId}`,
    ...(problem.fields.length > 0 && {
      fields: problem.fields.map((field) => ({ ...field, message: fieldMessage(field, language) })),
    }),
    ...(problem.extra && { extra: problem.extra }),
  };
}
