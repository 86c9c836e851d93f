import type { teach as Texts } from "../en/training_teach";

/** The trainers' page “Teach”: what to teach next. */
export const teach: typeof Texts = {
  title: "下一步该教什么", reading: "正在整理这一周…", dates: "{from} – {to}",
  lead: {
    handedOver: "有 {n} 段对话转给了人工，其实机器人有答案。", cameBack: "有 {n} 位客户一周内为同一件事又回来。", newTopics: "客户问到了 {n} 件机器人还不懂的事。", articles: "有 {n} 篇文章没帮上忙。",
  },
  quiet: "平静的一周", quietText: "没有突出的问题。收件箱里仍有值得一看的句子。",
  handedOver: { title: "机器人本可以解决", text: "转给了人工，但答案其实就在那里。", unit: "段对话" },
  cameBack: { title: "解决了，却又回来", text: "机器人按已解决关闭，七天内客户又为同一件事回来。", unit: "位客户" },
  newTopics: { title: "新话题", text: "意思相近，但不属于任何意图。名称仅为建议。" },
  articles: { title: "没帮上忙的文章", text: "展示之后客户点了踩或转了人工。", figures: "展示 {shown} 次，{not} 次没帮上忙，{handed} 次转人工" },
  sentences: "{n} 句", openChat: "打开会话", openIntent: "打开意图", tryIt: "试一试", makeTest: "做成测试", openGroup: "到收件箱处理",
};
