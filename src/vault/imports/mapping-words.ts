// Headings that mean a field although they are neither its key nor its label, as other systems and people write them.

/** By object and field key, or `*` for every object; compared after `headingForm`. */
export const headingWords: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  "*": {
    owner: ["owner", "sales rep", "sales agent", "agent", "salesperson", "sales", "assigned to", "account owner", "负责人", "销售", "业务员", "跟进人", "所属销售", "客户经理"],
    phone: ["phone", "mobile", "tel", "telephone", "cell", "phone number", "mobile number", "电话", "手机", "手机号", "手机号码", "联系电话", "电话号码", "联系方式"],
    email: ["email", "mail", "e mail", "email address", "邮箱", "电子邮箱", "邮件", "电子邮件"],
    address: ["address", "street", "street address", "地址", "详细地址", "联系地址", "公司地址"],
    note: ["note", "notes", "remark", "remarks", "comment", "comments", "description", "备注", "说明", "描述", "备注信息"],
    jobTitle: ["title", "position", "job", "job title", "职位", "职务", "岗位", "头衔"],
    nextFollowUp: ["next contact", "next follow up", "next activity", "下次跟进", "下次联系", "下次跟进时间", "下次联系时间"],
    website: ["website", "web", "url", "homepage", "web site", "网址", "网站", "官网", "公司网站"],
    wechat: ["wechat", "weixin", "wechat id", "微信", "微信号"],
    idNumber: ["id number", "id card", "identity card", "证件号", "身份证", "身份证号", "身份证号码"],
    bankAccount: ["bank account", "account number", "iban", "银行账号", "银行账户", "开户账号", "账号"],
  },
  account: {
    name: ["account", "company", "company name", "customer", "customer name", "client", "organisation", "organization", "公司", "公司名称", "客户", "企业", "企业名称", "单位", "单位名称"],
    industry: ["industry", "sector", "行业", "所属行业", "行业类型"],
    country: ["country", "region", "location", "office location", "国家", "地区", "国家地区"],
    yearEstablished: ["year established", "founded", "founded in", "established", "year founded", "成立年份", "成立时间", "创立年份"],
    annualRevenue: ["revenue", "annual revenue", "turnover", "sales volume", "年收入", "营收", "年营业额", "营业额"],
    employees: ["employees", "employee count", "number of employees", "headcount", "staff", "company size", "员工数", "人数", "员工人数", "公司规模", "人员规模"],
    parent: ["parent", "parent account", "parent company", "subsidiary of", "group", "holding", "上级客户", "母公司", "上级公司", "所属集团"],
    level: ["level", "rating", "grade", "tier", "客户级别", "级别", "等级", "客户等级"],
    dealState: ["deal state", "deal status", "customer status", "status", "成交状态", "客户状态"],
  },
  contact: {
    name: ["name", "full name", "contact", "contact name", "person", "姓名", "联系人", "联系人姓名", "名字"],
    account: ["account", "company", "company name", "customer", "account name", "organisation", "organization", "公司", "公司名称", "客户", "客户名称", "所属公司", "单位"],
    role: ["role", "decision role", "角色", "决策角色", "决策关系"],
    isPrimary: ["primary", "main contact", "is primary", "主要联系人", "首要联系人", "是否主要联系人"],
  },
  user: {
    name: ["name", "full name", "employee", "employee name", "user", "user name", "sales agent", "agent", "person", "姓名", "员工", "员工姓名", "名字", "人员"],
    manager: ["manager", "reports to", "supervisor", "boss", "上级", "直属上级", "主管", "经理"],
    department: ["department", "team", "office", "regional office", "region", "部门", "所属部门", "团队", "办公室", "大区"],
  },
  department: {
    name: ["department", "name", "team", "office", "regional office", "部门", "部门名称", "名称"],
    parent: ["parent", "part of", "parent department", "上级部门", "上级"],
    leader: ["leader", "head", "manager", "lead", "部门负责人", "负责人", "主管"],
  },
};
