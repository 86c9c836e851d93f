import type { frame as Texts } from "../en/training_frame";

/** The frame of the trainers' pages, and what all of them say. */
export const frame: typeof Texts = {
  docTitle: "Frontline 训练台",
  nav: "训练页面",
  section: { data: "数据", model: "模型" },
  page: {
    inbox: "收件箱", teach: "该教什么", intents: "意图", responses: "话术", articles: "知识文章", policies: "服务政策", entities: "实体", findings: "问题发现",
    changes: "改动", try: "试一试", train: "训练与评测", models: "模型", tests: "测试",
  },
  desk: "回到坐席台",
  loading: "读取中…",
  retry: "再试一次",
  broken: "页面未能读取。",
  notServed: "当前服务还没有这一部分。",
  noCopy: "这里无法编辑语言数据",
  refused: "操作被拒绝",
  undo: "撤销",
  back: "返回列表",
  unmark: "取消“{words}”的 {entity} 标注",
  mark: {
    title: "标注词语", text: "选中机器人需要识别的词语，例如产品或地点。", sentence: "句子", entity: "实体",
    entityPlaceholder: "product", value: "对应的值（选填）", valuePlaceholder: "broadband", do: "标注", chosen: "已选：“{words}”",
    how: "拖动选中词语，或按住 Shift 用方向键选择。", needWords: "请先选中词语。",
    needEntity: "请填写实体名：小写字母、数字和 _。",
  },
  picker: { placeholder: "意图名称，或例句中的词", nothing: "没有这个名称或例句的意图。", examples: "例句", keys: "↑ ↓ 浏览，Enter 选择，Esc 退出" },
  keys: { title: "快捷键", everywhere: "通用", here: "本页", go: "前往{page}", help: "打开本列表", search: "搜索", language: "切换语言" },
};
