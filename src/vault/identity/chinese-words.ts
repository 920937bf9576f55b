// Words and passwords that Chinese speakers choose first. The most usual stand first: a guesser would try them in this
// order. Words count in characters and in pinyin.

/** Passwords as they are typed: number slang, pinyin phrases, keyboard walks and their favourite tails. */
export const chinesePasswords: readonly string[] =
  `woaini woaini1314 woaini520 5201314 1314520 520520 5211314 woaini123 iloveyou520 aini1314 aini520 woaiwojia 7758521 7758258
   woaiwo woxihuanni wozuiaini woaizhongguo zhongguo zhongguo123 wangjian asd123456 qq123456 a123456 a123456789 aa123456 abc123456
   zxcvbnm123 q1w2e3r4 qazwsx123 1qaz2wsx 1q2w3e4r 147258369 147258 159357 110110 119119 12345679 123123123 112233 100200 123321
   888888 88888888 666666 66666666 168168 16888888 518518 518888 8008208820 13145200 31415926 1314521 5845201314 520131400 woshishui
   woshini nishishui nihao nihao123 wodemima mima123 mima1234 mimamima wangle wangjimima xiaoxiao meiyoumima buzhidao zhidao shenmimima
   guanliyuan admin888 admin123 root123 test123 kefu123 caiwu123 xiaoshou xiaoshou123 gongsi123 qiye123 mima888 password888 yonghu123
   jinku123 jinku888 huanying kaixin kuaile xingfu pingan facai gongxifacai zhaocaijinbao wanshiruyi daji dali bangbang laopo laogong
   baobao baobei qinaide xiaozhu xiaogou xiaomao wangwang dandan lele mimi tiantian niuniu feifei doudou lulu maomao pangpang longlong`.split(
    /\s+/u,
  );

/** Surnames, given names, places, everyday and office words. */
export const chineseWords: readonly string[] =
  `王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 高 林 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 肖 田 董 袁 潘 于 蒋 蔡 余 杜 叶 程 苏 魏 吕 丁 任 沈
   姚 卢 姜 崔 钟 谭 陆 汪 范 金 石 廖 贾 夏 韦 付 方 白 邹 孟 熊 秦 邱 江 尹 薛 闫 段 雷 侯 龙 史 陶 黎 贺 顾 毛 郝 龚 邵 万 钱 严 覃 武 戴 莫 孔 向 汤
   伟 芳 娜 秀英 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英 建华 建国 建军 志强 志明 海燕 海涛 小红 小明 小丽 晓东 晓明 晓红 雪梅 玉兰
   子涵 子轩 梓涵 梓轩 浩然 宇轩 欣怡 雨桐 思琪 思远 佳怡 俊杰 文博 文杰 天宇 嘉豪 一诺 浩宇 诗涵 可欣 婷婷 丹丹 丽丽 莉莉 萍萍 倩倩 娜娜 静静 玲玲
   张伟 王伟 王芳 李伟 李娜 张敏 李静 王静 刘伟 王秀英 张丽 李秀英 王丽 张静 李强 张磊 王磊 刘洋 王艳 李军 王勇 张勇 李杰 张杰 王强 李明 王军 张涛 陈静
   中国 北京 上海 广州 深圳 天津 重庆 成都 杭州 武汉 西安 南京 苏州 郑州 长沙 青岛 沈阳 大连 宁波 厦门 福州 济南 无锡 合肥 佛山 东莞 昆明 哈尔滨 长春 石家庄
   太原 南昌 南宁 贵阳 兰州 海口 乌鲁木齐 呼和浩特 银川 西宁 拉萨 珠海 温州 香港 澳门 台湾 台北 广东 江苏 浙江 山东 河南 四川 湖北 湖南 福建 安徽 河北 陕西
   辽宁 江西 云南 广西 山西 贵州 吉林 黑龙江 甘肃 新疆 海南 内蒙古 长城 长江 黄河 故宫 天安门 中关村 浦东 朝阳 海淀 华东 华北 华南 西南
   我爱你 我爱中国 我爱我家 我喜欢你 我的 你好 大家好 谢谢 再见 老公 老婆 宝贝 宝宝 爸爸 妈妈 爷爷 奶奶 哥哥 姐姐 弟弟 妹妹 儿子 女儿 朋友 同学 老师 学生 医生 家人
   快乐 幸福 平安 健康 开心 加油 努力 成功 发财 恭喜发财 招财进宝 万事如意 一帆风顺 心想事成 身体健康 天天开心 好好学习 天天向上 新年快乐 生日快乐 吉祥 如意 福 喜 财
   太阳 月亮 星星 天空 大海 雪花 阳光 春天 夏天 秋天 冬天 今天 明天 昨天 早上 晚上 中午 周末 假期 时间 未来 梦想 生活 世界 自由 勇敢 爱情 友谊
   苹果 香蕉 西瓜 葡萄 草莓 米饭 面条 饺子 火锅 咖啡 奶茶 白酒 啤酒 牛奶 豆浆 包子 猫 狗 熊猫 老虎 狮子 兔子 小猪 小鸟 大象 猴子 龙 凤凰 鱼 马
   公司 科技 有限 集团 股份 贸易 实业 信息 网络 软件 电子 机械 建筑 医药 食品 物流 传媒 广告 咨询 投资 金融 银行 保险 教育 汽车 能源 环保 国际 华信 中信
   客户 联系人 商机 销售 市场 财务 人事 行政 技术 产品 采购 仓库 客服 经理 总监 主管 老板 员工 部门 会议 合同 订单 报价 发票 回款 项目 计划 工作 办公室 业绩 目标
   密码 我的密码 管理员 用户 账号 登录 测试 系统 数据 电脑 手机 电话 邮箱 网站 微信 支付宝 淘宝 京东 百度 腾讯 阿里巴巴 华为 小米 抖音 金库 安全 钥匙
   红 黄 蓝 绿 白 黑 紫 红色 蓝色 绿色 黑色 白色 东 南 西 北 中 大 小 多 少 上 下 左 右 一 二 三 四 五 六 七 八 九 十 百 千 万`.split(
    /\s+/u,
  );
