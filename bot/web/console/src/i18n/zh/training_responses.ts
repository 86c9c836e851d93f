import type { responses as Texts } from "../en/training_responses";

/** The trainers' page “Responses”. */
export const responses: typeof Texts = {
  title: "话术",
  search: "查找话术",
  nothing: "没有这个名称的话术。",
  chooseTitle: "请选择一条话术",
  chooseText: "边写边看客户看到的样子。",
  oneLanguage: "只有一种语言",
  counts: "中文 {zh} 种说法，英文 {en} 种",
  words: "内容",
  insert: "在光标处插入 {name}",
  missing: "缺少：{names}。是有意的吗？",
  preview: "客户看到的样子",
  save: "保存",
  reset: "恢复原样",
  saved: "已保存到您的副本。",
  noneInLanguage: "这种语言还没有说法。",
  keys: { next: "下一条话术", previous: "上一条话术", close: "关闭" },
};
