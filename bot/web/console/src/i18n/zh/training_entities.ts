import type { entities as Texts } from "../en/training_entities";

/** The trainers' page “Entities”. */
export const entities: typeof Texts = {
  title: "实体",
  search: "查找词语或值",
  chooseTitle: "请选择一个实体",
  chooseText: "产品、地点、套餐：机器人从句子中找出的内容。",
  values: "{n} 个值",
  byRules: "按规则识别",
  how: "机器人记下的每个值，以及它据以识别的词语，两种语言放在一起。",
  add: "添加词语…",
  addTo: "“{value}”的词语",
  remove: "删除“{word}”",
  anything: "按原话",
  more: "还有 {n} 个值，可搜索查看",
  nothing: "没有符合的词语或值。",
};
