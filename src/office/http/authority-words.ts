// Words of the page about the root certificate, in both languages.
import type { Language } from "../../contract/problem.ts";

type Word = Readonly<Record<Language, string>>;

export interface System {
  readonly name: string;
  readonly steps: readonly Word[];
  /** Typed as they are, in every language. */
  readonly commands?: string;
}

export const words = {
  title: { zh: "安装根证书", en: "Install the root certificate" },
  otherLanguage: { zh: "English", en: "中文" },
  why: {
    zh: "本公司的金库 CRM 使用自己签发的证书。每台电脑或手机安装一次根证书，之后浏览器就能确认连接的确实是本公司的服务器，内容也不会被旁人看到。",
    en: "Your company's Strongroom uses a certificate of its own. Install its root once on each computer or phone: from then on the browser knows your company's server, and nobody reads along.",
  },
  compareTitle: { zh: "先核对指纹", en: "First compare the fingerprint" },
  compare: {
    zh: "请与同事当面、电话或邀请单上告知的 SHA-256 指纹核对。有一处不同就不要安装。安装时系统也会显示它。",
    en: "Compare this SHA-256 fingerprint with the one that your colleague told you in person, by phone or on the invitation sheet. If one digit differs, do not install it. Your system shows it too while installing.",
  },
  download: { zh: "下载根证书", en: "Download the root certificate" },
  afterTitle: { zh: "装好之后", en: "When it is installed" },
  after: {
    zh: "重新打开浏览器，进入下面的地址，地址栏不再有警告，就是装好了。",
    en: "Open the browser anew and go to this address. No warning beside the address means that it works.",
  },
  limits: {
    zh: "这个根证书只能为内网地址和本系统的域名作保，不能用来冒充其他网站。",
    en: "This root can vouch for addresses of local networks and this system's own name only. It cannot be used to imitate any other site.",
  },
} as const satisfies Record<string, Word>;

export const systems: readonly System[] = [
  {
    name: "Windows",
    steps: [
      {
        zh: "下载后双击文件，点“安装证书”。",
        en: "Open the downloaded file and choose Install Certificate.",
      },
      {
        zh: "选“本地计算机”；没有管理员权限时选“当前用户”。",
        en: "Choose Local Machine, or Current User without administrator rights.",
      },
      {
        zh: "选“将所有的证书都放入下列存储”，点“浏览”，选“受信任的根证书颁发机构”，然后完成。",
        en: "Choose “Place all certificates in the following store”, Browse, Trusted Root Certification Authorities, then Finish.",
      },
    ],
  },
  {
    name: "macOS",
    steps: [
      { zh: "下载后双击文件，加入“登录”钥匙串。", en: "Open the downloaded file and add it to the login keychain." },
      {
        zh: "在“钥匙串访问”里双击名称以 Strongroom 开头的证书，展开“信任”。",
        en: "In Keychain Access, open the certificate whose name begins with Strongroom and unfold Trust.",
      },
      {
        zh: "“使用此证书时”选“始终信任”，关闭窗口并输入密码。",
        en: "Set “When using this certificate” to Always Trust, close the window and enter your password.",
      },
    ],
  },
  {
    name: "iOS · iPadOS",
    steps: [
      {
        zh: "用 Safari 打开本页，下载并允许描述文件。",
        en: "Open this page in Safari, download the file and allow the profile.",
      },
      { zh: "打开“设置”，点“已下载描述文件”，点“安装”。", en: "In Settings, tap Profile Downloaded, then Install." },
      {
        zh: "再到“设置”→“通用”→“关于本机”→“证书信任设置”，打开 Strongroom 的开关。",
        en: "Then in Settings → General → About → Certificate Trust Settings, switch Strongroom on.",
      },
    ],
  },
  {
    name: "Android",
    steps: [
      {
        zh: "下载后打开“设置”，搜索“CA 证书”，一般在“安全”→“加密与凭据”→“安装证书”里。",
        en: "Download the file, then search Settings for “CA certificate”: usually Security → Encryption and credentials → Install a certificate.",
      },
      {
        zh: "看到提醒后选“仍然安装”，选中下载的文件。",
        en: "At the warning choose Install anyway, and pick the file.",
      },
      { zh: "用 Chrome 或 Edge 打开系统。", en: "Use Chrome or Edge to open the system." },
    ],
  },
  {
    name: "Linux",
    steps: [
      {
        zh: "Debian、Ubuntu 等运行下面两行命令；Fedora 把文件放到 /etc/pki/ca-trust/source/anchors，再运行 update-ca-trust。",
        en: "On Debian, Ubuntu and the like run the two lines below; on Fedora copy the file to /etc/pki/ca-trust/source/anchors and run update-ca-trust.",
      },
      {
        zh: "Chrome 和 Firefox 在各自的设置里搜索“证书”，再导入一次。",
        en: "In Chrome and Firefox search the settings for “certificates” and import it there as well.",
      },
    ],
    commands:
      "sudo cp strongroom-root.crt /usr/local/share/ca-certificates/strongroom-root.crt\nsudo update-ca-certificates",
  },
];
