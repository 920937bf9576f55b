// Runs before the product, in words old browsers understand: sets the colour scheme before the first paint, and puts a
// plain page in the place of the product inside WeChat and in browsers below Chromium 108, Safari 16 and Firefox 115.
(function () {
  "use strict";
  var root = document.documentElement;
  var agent = navigator.userAgent;

  function stored(key) {
    try {
      return localStorage.getItem(key);
    } catch (refused) {
      void refused; // without a name, browsers below the floor could not read this file
      return null;
    }
  }

  var chosen = stored("strongroom.theme");
  var dark =
    chosen === "dark" ||
    (chosen !== "light" && window.matchMedia && window.matchMedia("(prefers-color-scheme: dark)").matches);
  root.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
  var language =
    stored("strongroom.language") || ((navigator.language || "").toLowerCase().indexOf("zh") === 0 ? "zh" : "en");
  root.lang = language === "zh" ? "zh-CN" : "en";

  function tooOld() {
    var needed = window.crypto && window.crypto.subtle && window.indexedDB && window.fetch && window.BigInt;
    // No secure context: the page was opened over plain HTTP on another host, where browsers hide WebCrypto.
    if (!window.isSecureContext) return "insecure";
    if (!needed || !("noModule" in HTMLScriptElement.prototype)) return "browser";
    var firefox = /Firefox\/(\d+)/.exec(agent);
    if (firefox) return Number(firefox[1]) < 115 ? "browser" : "";
    var chromium = /Chrom(?:e|ium)\/(\d+)/.exec(agent);
    if (chromium) return Number(chromium[1]) < 108 ? "browser" : "";
    var safari = /Version\/(\d+)[\d.]* .*Safari\//.exec(agent);
    if (safari) return Number(safari[1]) < 16 ? "browser" : "";
    return "";
  }

  var why = /MicroMessenger/i.test(agent) ? "wechat" : tooOld();
  if (!why) return;
  root.setAttribute("data-instead", why);

  var texts = {
    wechat: {
      zh: ["请在系统浏览器中打开", "微信内无法绑定设备。请点右上角“…”，选择“在浏览器打开”。", "复制链接"],
      en: [
        "Open this in your browser",
        "A device cannot be bound inside WeChat. Tap “…” at the top right, then “Open in browser”.",
        "Copy the link",
      ],
    },
    browser: {
      zh: ["浏览器版本过低", "请升级浏览器后再打开：Chrome 或 Edge 108、Safari 16、Firefox 115 及以上。", "复制链接"],
      en: [
        "This browser is too old",
        "Please use Chrome or Edge 108, Safari 16, Firefox 115, or later.",
        "Copy the link",
      ],
    },
    insecure: {
      zh: [
        "请使用 HTTPS 地址访问",
        "当前连接未加密，浏览器不允许使用设备密钥。请向管理员索取以 https:// 开头的地址。",
        "复制链接",
      ],
      en: [
        "Use the HTTPS address",
        "This connection is not encrypted, so the browser offers no device key. Ask your administrator for the address that begins with https://.",
        "Copy the link",
      ],
    },
  };

  function element(name, text) {
    var made = document.createElement(name);
    made.appendChild(document.createTextNode(text));
    return made;
  }

  document.addEventListener("DOMContentLoaded", function () {
    var text = texts[why][language === "zh" ? "zh" : "en"];
    var page = document.createElement("main");
    page.className = "plain";
    page.appendChild(element("h1", text[0]));
    page.appendChild(element("p", text[1]));
    if (navigator.clipboard && why !== "insecure") {
      var button = element("button", text[2]);
      button.type = "button";
      button.addEventListener("click", function () {
        navigator.clipboard.writeText(location.href);
      });
      page.appendChild(button);
    }
    document.title = text[0];
    var place = document.getElementById("root");
    place.parentNode.replaceChild(page, place);
  });
})();
