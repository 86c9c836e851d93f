import type { tryOut as Texts } from "../en/training_try";

/** The trainers' page “Try”. */
export const tryOut: typeof Texts = {
  title: "试一试",
  text: "看看模型怎样理解一句话，或像客户一样和它聊天。客户不会受到影响。",
  against: "使用", modes: "试什么", mode: { sentence: "一句话", chat: "整段对话" },
  field: "客户的一句话", placeholder: "输入客户可能说的话…", clear: "清空", empty: "机器人会怎么理解？",
  emptyText: "像客户那样输入，边输入边出结果。",
  sample: { first: "家里网断了，光猫红灯", second: "my bill doubled this month", third: "想换个便宜点的套餐", fourth: "the technician never came" },
  heard: "理解为 {intent}", understood: "理解为", serving: "当前上线", candidate: "所选模型", same: "没有变化", differs: "有变化",
  sure: "把握 {n}", refused: "把握不足：会先向客户确认意思。",
  weighed: "影响最大的词：", spokeAgainst: "起反作用", marked: "识别到：", listComma: "、",
  ranking: "其他可能", nearest: "最相近的例句", noneNear: "没有相近的例句。", likeness: "语义相近程度",
  teach: "教给它（{language}）：", likely: "可能的", others: "其他全部", add: "加为例句", openIntent: "打开意图",
  added: "已加入你副本中“{intent}”的例句：{path} 第 {line} 行。", seeChanges: "查看我的改动",
  chatTitle: "像客户一样和机器人聊天", chatText: "它与正式服务分开运行，使用演示运营商的数据，结束后全部丢弃。",
  language: "语言", as: "登录身份", nobody: "未登录的访客", start: "开始对话",
  starting: "正在加载模型", startingText: "正在为这次对话单独启动一个服务，大约需要半分钟。", cancel: "取消",
  failed: "对话未能开始", failedText: "对话已结束。15 分钟没有输入会自动结束。", again: "重新开始",
  assistant: "智能客服", understoodHere: "机器人的理解", end: "结束", thinking: "机器人正在输入", write: "以客户身份输入…", send: "发送",
  handedOver: "机器人已转人工，这里没有坐席应答。", chatClosed: "会话已关闭。",
  why: "为什么？", pressed: "点了按钮", notUnderstood: "当作对当前问题的回答",
  entity: {
    phone_number: "手机号", account_number: "户号", ticket_id: "工单号", appointment_id: "预约号", otp_code: "验证码", time: "时间", product: "产品",
    symptom: "故障现象", device_light: "指示灯", address: "地址", area: "区域", amount: "金额", plan: "套餐", addon: "增值业务", country: "国家或地区",
    person_name: "姓名", code_wish: "验证码要求", ordinal: "第几个", number: "数字", duration: "时长", city: "城市",
  },
};
