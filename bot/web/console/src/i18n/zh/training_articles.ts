import type { articles as Texts } from "../en/training_articles";

/** The trainers' page “Articles”. */
export const articles: typeof Texts = {
  title: "知识文章",
  search: "标题、负责人或名称",
  nothing: "没有符合的文章。",
  chooseTitle: "请选择一篇文章",
  chooseText: "到期待复核的排在最前。",
  due: "待复核",
  dueCount: "{n} 篇到期",
  soon: "{n} 天后",
  review: "下次复核日期",
  reviewed: "今天已复核：六个月后再看",
  owner: "负责人",
  titleLabel: "标题",
  answer: "答复",
  preview: "客户看到的样子",
  flow: "保存的内容先进入您的副本；提案经另一位同事批准后才会对客户生效。",
  flowEdited: "您的副本中已改动，尚未提案。",
  toChanges: "查看改动",
  save: "保存",
  reset: "恢复原样",
  saved: "已保存到您的副本。",
  new: {
    title: "新建文章", do: "提交", text: "先进入您的副本；提案经另一位同事批准后才会对客户生效。", name: "文件名：小写字母、数字和 _",
    questions: "客户会怎么问，每行一句", source: "依据的来源", topic: "问题类别", topics: { knowledge_service: "账单、套餐、上门、规定", knowledge_home: "家里的设备和网络" },
    needName: "请填写名称，例如 moving_home。", needTexts: "两种语言都要有标题和答复。", needQuestions: "两种语言各需至少一个问法；三十句左右才听得准。", needKeeper: "请填写负责人和依据的来源。",
  },
  keys: { next: "下一篇", previous: "上一篇", close: "关闭" },
};
