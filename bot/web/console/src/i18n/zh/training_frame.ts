import type { frame as Texts } from "../en/training_frame";

/** The frame of the trainers' pages, and what all of them say. */
export const frame: typeof Texts = {
  docTitle: "Frontline 训练台",
  nav: "训练页面",
  section: { data: "数据", model: "模型" },
  page: {
    inbox: "收件箱", teach: "该教什么", intents: "意图", responses: "话术", articles: "知识文章", entities: "实体", findings: "问题发现",
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
  keys: { title: "快捷键", everywhere: "通用", here: "本页", go: "前往{page}", help: "打开本列表", search: "搜索", language: "切换语言" },
};
