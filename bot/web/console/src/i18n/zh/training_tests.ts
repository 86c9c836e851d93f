import type { tests as Texts } from "../en/training_tests";

/** The trainers' page “Tests”: conversations kept as tests. */
export const tests: typeof Texts = {
  title: "测试", text: "必须始终按预期进行的对话。有一个不通过，模型就不能上线。",
  model: "使用", run: "全部运行", ran: "测试已运行完。", runFailed: "测试未能运行。", last: "上次运行", passed: "通过", failed: "未通过",
  find: "查找测试", show: "显示哪些", which: { all: "全部", failed: "仅未通过" }, nothing: "没有符合的测试。", reading: "读取中…", none: "还没有测试",
  noneText: "把一段顺利的对话变成测试吧。", tests: "{n} 个测试", turns: "{n} 轮", failedOf: "{n} 个未通过", allPass: "全部通过",
  turnSaid: "第 {n} 轮", said: "客户说", wanted: "期望", got: "实际",
  remove: "删除", removeThis: "删除“{name}”", removeTitle: "删除这个测试？", removeText: "“{name}”将从你副本的文件中删去，发布之前仍然有效。", removed: "已在你的副本中删除。",
  make: "把真实对话变成测试", makeText: "已脱敏，以机器人当时的回答作为期望。保存之前不会写入任何内容。",
  makePlaceholder: "会话编号或链接", makeDo: "做成测试", makeMissing: "请粘贴会话编号或会话链接。",
  editor: "把对话做成测试", editorText: "每个回答只保留关键内容，其余删去，避免因措辞变化而失败。",
  back: "全部测试", drafting: "正在读取对话…", name: "测试名称", topic: "主题", language: "语言", turn: "第 {n} 轮", cut: "测试到此为止",
  removeTurn: "删除第 {n} 轮", says: "客户说", presses: "客户点击", mustSay: "机器人必须说", anything: "说什么都可以。",
  wantedText: "第 {n} 轮回答中应包含", strikeThis: "删去“{name}”", drop: "删去", also: "同一回答中还应有", addReply: "再加一个回答", thenAsks: "并询问",
  save: "保存测试", saved: "测试已保存到你的副本", savedText: "{path} 第 {line} 行。发布后对所有人生效。", seeChanges: "查看我的改动", asFile: "文件中的样子",
  maskedText: "部分内容已用星号隐藏，见下方标记：请换成别的内容，测试才能运行。", as: "以演示客户身份登录：{who}。", anyWording: "任何说法均可", thenKnows: "并记住", thenWith: "之后会话处于",
  lacks: { masked: "星号隐藏的内容无法运行，请换成别的内容。", topic: "请填写主题：小写字母、数字和 _。", name: "请填写测试名称。", turns: "至少要有一轮。", said: "客户说的话有空的。", expected: "没有任何期望：至少保留一个回答。" },
};
