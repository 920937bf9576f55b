// What `strongroom doctor` can find: each with how bad it is, what it says and what to do about it, in both languages.
// Braces name figures that the check puts in.

export type State = "ok" | "warning" | "wrong";
interface Text {
  readonly zh: string;
  readonly en: string;
}
interface Word {
  readonly state: State;
  readonly says: Text;
  readonly todo?: Text;
}

export const titles = {
  settings: { zh: "设置", en: "settings" },
  node: { zh: "Node 版本", en: "Node" },
  users: { zh: "进程隔离", en: "separation" },
  key: { zh: "根密钥", en: "root key" },
  place: { zh: "密钥位置", en: "place of the key" },
  data: { zh: "数据目录", en: "data folder" },
  run: { zh: "套接字目录", en: "sockets" },
  disk: { zh: "磁盘空间", en: "disk" },
  tls: { zh: "TLS", en: "TLS" },
  proxies: { zh: "反向代理", en: "proxies" },
  database: { zh: "数据库", en: "database" },
  clock: { zh: "时钟", en: "clock" },
  ledger: { zh: "审计日志", en: "audit log" },
} as const satisfies Record<string, Text>;
export type Check = keyof typeof titles;

export const marks: Readonly<Record<State, Text>> = {
  ok: { zh: "正常", en: "ok" },
  warning: { zh: "注意", en: "warning" },
  wrong: { zh: "有问题", en: "WRONG" },
};

export const todoMark: Text = { zh: "怎么办：", en: "what to do: " };
export const summary: Text = {
  zh: "{ok} 项正常，{warning} 项需注意，{wrong} 项有问题。",
  en: "{ok} ok, {warning} to look at, {wrong} wrong.",
};
export const usage: Text = {
  zh: "用法：strongroom doctor [--language zh|en]\n检查设置、密钥、数据目录、磁盘、TLS、数据库、时钟和审计日志。有问题时退出码为 1。",
  en: "Usage: strongroom doctor [--language zh|en]\nChecks settings, key, data folder, disk, TLS, database, clock and audit log. The exit code is 1 when something is wrong.",
};

export const words = {
  settings_ok: { state: "ok", says: { zh: "可以读取，没有矛盾", en: "understood, without contradiction" } },
  settings_wrong: {
    state: "wrong",
    says: { zh: "无法使用：{message}", en: "cannot be used: {message}" },
    todo: { zh: "按上面的说明修改环境变量", en: "change the environment variable as it says" },
  },
  node_pinned: { state: "ok", says: { zh: "{version}，即本版本锁定的版本", en: "{version}, the pinned one" } },
  node_other: {
    state: "warning",
    says: {
      zh: "{version}，而本版本锁定并测试过的是 {pinned}",
      en: "{version}, but {pinned} is the pinned and tested one",
    },
    todo: {
      zh: "用 npm start 和 npx strongroom 启动，它们自带锁定的 Node",
      en: "start by npm start and npx strongroom, which bring it",
    },
  },
  users_separate: {
    state: "ok",
    says: {
      zh: "以 root 启动时，数据库、vault 和 office 各用自己的用户",
      en: "started as root: database, vault and office each run as a user of their own",
    },
  },
  users_one: {
    state: "warning",
    says: {
      zh: "所有进程共用一个用户，隔离减弱(reduced separation)",
      en: "all processes share one user: reduced separation",
    },
    todo: { zh: "以 root 启动；SECURITY.md 说明了差别", en: "start as root; SECURITY.md says what the difference is" },
  },
  key_ok: { state: "ok", says: { zh: "{file} 完好，只有所有者可读", en: "{file} is whole and its owner's alone" } },
  key_new: { state: "ok", says: { zh: "还没有，首次启动时生成", en: "none yet: the first start makes it" } },
  key_missing: {
    state: "wrong",
    says: { zh: "{file} 不存在，而数据是用它加密的", en: "{file} is missing, and the data is sealed under it" },
    todo: {
      zh: "让 STRONGROOM_KEYS 指向密钥所在目录，或运行 npx strongroom kit restore",
      en: "set STRONGROOM_KEYS to where it lies, or run npx strongroom kit restore",
    },
  },
  key_unusable: {
    state: "wrong",
    says: { zh: "无法使用：{message}", en: "cannot be used: {message}" },
    todo: {
      zh: "chmod 600 {file}；如果别人读过它，应视为已泄露",
      en: "chmod 600 {file}; if others could read it, consider it known to them",
    },
  },
  place_ok: { state: "ok", says: { zh: "与数据不在同一个磁盘", en: "not on the disk of the data" } },
  place_inside: {
    state: "wrong",
    says: {
      zh: "密钥在数据目录里：拿走数据的人也拿走了密钥",
      en: "it lies in the data folder: whoever takes the data has the key",
    },
    todo: { zh: "把 {folder} 移到别处，并设置 STRONGROOM_KEYS", en: "move {folder} elsewhere and set STRONGROOM_KEYS" },
  },
  place_folder: {
    state: "warning",
    says: {
      zh: "密钥和数据在同一个上级目录 {folder}，一次拷贝会同时带走",
      en: "keys and data lie under one folder, {folder}: one copy takes both",
    },
    todo: { zh: "把 STRONGROOM_KEYS 设到别处", en: "set STRONGROOM_KEYS to another place" },
  },
  place_disk: {
    state: "warning",
    says: { zh: "密钥和数据在同一个磁盘", en: "it lies on the disk of the data" },
    todo: {
      zh: "把恢复套件打印出来存放到别处：npx strongroom kit print",
      en: "keep the recovery kit elsewhere: npx strongroom kit print",
    },
  },
  data_ok: { state: "ok", says: { zh: "{folder} 只有 Strongroom 能进入", en: "{folder} is closed to others" } },
  data_new: {
    state: "ok",
    says: { zh: "{folder} 还没有，首次启动时创建", en: "{folder} is not there yet: the first start makes it" },
  },
  data_open: {
    state: "wrong",
    says: { zh: "{folder} 的权限是 {mode}，其他用户可以进入", en: "{folder} has mode {mode}: other users can enter" },
    todo: { zh: "chmod {want} {folder}", en: "chmod {want} {folder}" },
  },
  data_foreign: {
    state: "wrong",
    says: {
      zh: "{folder} 属于用户 {owner}，本命令以用户 {own} 运行，未检查数据库",
      en: "{folder} belongs to user {owner}, this command runs as {own}: the database was not looked at",
    },
    todo: { zh: "以用户 {owner} 运行", en: "run it as user {owner}" },
  },
  run_ok: { state: "ok", says: { zh: "{folder} 是自己的目录", en: "{folder} is a folder of our own" } },
  run_unsafe: {
    state: "wrong",
    says: { zh: "不可信：{message}", en: "not to be trusted: {message}" },
    todo: { zh: "停止 Strongroom，删除该目录后重新启动", en: "stop Strongroom, remove that folder and start again" },
  },
  disk_ok: { state: "ok", says: { zh: "剩余 {free} GB", en: "{free} GB are free" } },
  disk_low: {
    state: "warning",
    says: { zh: "只剩 {free} GB", en: "only {free} GB are free" },
    todo: { zh: "清理磁盘，或把数据移到更大的磁盘", en: "make room, or move the data to a larger disk" },
  },
  disk_full: {
    state: "wrong",
    says: { zh: "只剩 {free} GB，写入随时可能失败", en: "{free} GB are free: writing may fail at any time" },
    todo: { zh: "立即清理磁盘", en: "make room now" },
  },
  tls_near: { state: "ok", says: { zh: "只在本机监听，不需要", en: "listens on this machine only and needs none" } },
  tls_proxy: { state: "ok", says: { zh: "由反向代理 {origin} 提供", en: "comes from the reverse proxy, {origin}" } },
  tls_ok: {
    state: "ok",
    says: { zh: "证书适用于 {host}，有效期至 {until}", en: "the certificate is for {host} and holds until {until}" },
  },
  tls_soon: {
    state: "warning",
    says: { zh: "证书将于 {until} 到期", en: "the certificate ends on {until}" },
    todo: { zh: "更新证书文件，运行中会自动换用", en: "renew the files; they are taken over while it runs" },
  },
  tls_over: {
    state: "wrong",
    says: {
      zh: "证书有效期为 {from} 至 {until}，现在无效",
      en: "the certificate holds from {from} to {until}, not now",
    },
    todo: { zh: "更新证书并重新启动", en: "renew it and start again" },
  },
  tls_host: {
    state: "wrong",
    says: { zh: "证书不适用于 {host}", en: "the certificate is not for {host}" },
    todo: {
      zh: "换用该域名的证书，或修改 STRONGROOM_ORIGIN",
      en: "use a certificate for that name, or change STRONGROOM_ORIGIN",
    },
  },
  tls_key: {
    state: "wrong",
    says: { zh: "证书和私钥不是一对", en: "certificate and private key do not belong together" },
    todo: {
      zh: "检查 STRONGROOM_TLS_CERT 和 STRONGROOM_TLS_KEY",
      en: "look at STRONGROOM_TLS_CERT and STRONGROOM_TLS_KEY",
    },
  },
  tls_unreadable: {
    state: "wrong",
    says: { zh: "证书无法读取：{message}", en: "the certificate cannot be read: {message}" },
    todo: { zh: "检查 STRONGROOM_TLS_CERT", en: "look at STRONGROOM_TLS_CERT" },
  },
  tls_authority: {
    state: "ok",
    says: {
      zh: "证书由本地证书颁发机构签发，适用于 {names}，自动续期；根证书有效期至 {until}，指纹 {fingerprint}",
      en: "by our own authority, for {names}, renewed by itself; its root holds until {until}, fingerprint {fingerprint}",
    },
  },
  tls_authority_new: {
    state: "ok",
    says: { zh: "本地证书颁发机构将在下次启动时创建", en: "our own authority is made at the next start" },
  },
  tls_authority_soon: {
    state: "warning",
    says: { zh: "根证书将于 {until} 到期", en: "the root of our own authority ends on {until}" },
    todo: {
      zh: "删除密钥目录中的 authority.key 后重新启动，并让所有人安装新的根证书",
      en: "remove authority.key from the folder of keys, start again, and let everybody install the new root",
    },
  },
  tls_authority_wrong: {
    state: "wrong",
    says: { zh: "本地证书颁发机构无法使用：{message}", en: "our own authority cannot be used: {message}" },
    todo: { zh: "按上面的说明处理", en: "do as it says" },
  },
  proxies_none: { state: "ok", says: { zh: "不信任任何代理", en: "none, and nobody's word is taken" } },
  proxies_ok: {
    state: "ok",
    says: { zh: "只信任 {list}，客户端地址取自 {header}", en: "the word of {list} is taken, as {header} has it" },
  },
  proxies_missing: {
    state: "warning",
    says: {
      zh: "{origin} 由反向代理提供，但代理不在信任列表中：日志和限流看到的都是代理的地址",
      en: "{origin} comes by a reverse proxy that is not trusted: log and limits see the proxy's address for everybody",
    },
    todo: {
      zh: "设置 STRONGROOM_TRUSTED_PROXIES=127.0.0.1 或代理的地址",
      en: "set STRONGROOM_TRUSTED_PROXIES=127.0.0.1, or the proxy's address",
    },
  },
  proxies_wide: {
    state: "warning",
    says: {
      zh: "{entry} 范围过大，其中任何机器都能伪造客户端地址",
      en: "{entry} is wide: any machine in it can make up a client's address",
    },
    todo: { zh: "只列出代理自己的地址", en: "name the proxies' own addresses" },
  },
  database_ok: { state: "ok", says: { zh: "PostgreSQL {version}，可以连接", en: "PostgreSQL {version} answers" } },
  database_old: {
    state: "wrong",
    says: { zh: "PostgreSQL {version} 太旧", en: "PostgreSQL {version} is too old" },
    todo: { zh: "升级到 15 或更高版本", en: "upgrade it to 15 or newer" },
  },
  database_away: {
    state: "wrong",
    says: { zh: "无法连接：{message}", en: "does not answer: {message}" },
    todo: {
      zh: "启动数据库，检查 DATABASE_URL；内置数据库看 postgres.log",
      en: "start it and look at DATABASE_URL; of the embedded one at postgres.log",
    },
  },
  clock_ok: { state: "ok", says: { zh: "与数据库和审计日志一致", en: "agrees with the database and the audit log" } },
  clock_off: {
    state: "warning",
    says: { zh: "与数据库相差 {seconds} 秒", en: "{seconds} s off the database's" },
    todo: { zh: "在两台机器上启用时间同步(NTP)", en: "keep both machines in time (NTP)" },
  },
  clock_back: {
    state: "wrong",
    says: { zh: "比审计日志最后一条({time})还早", en: "behind the newest entry of the audit log ({time})" },
    todo: { zh: "校准时间并启用时间同步(NTP)", en: "set it right and keep it in time (NTP)" },
  },
  ledger_ok: { state: "ok", says: { zh: "{entries} 条记录全部通过校验", en: "all {entries} entries verify" } },
  ledger_wrong: {
    state: "wrong",
    says: { zh: "{count} 处不符，第一处：{message}", en: "{count} findings, the first: {message}" },
    todo: { zh: "运行 npx strongroom ledger verify 查看全部", en: "see all of them by npx strongroom ledger verify" },
  },
} as const satisfies Record<`${Check}_${string}`, Word>;

export type Code = keyof typeof words;
