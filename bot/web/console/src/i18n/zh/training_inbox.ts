import type { inbox as Texts } from "../en/training_inbox";

/** The trainers' page “Inbox”. */
export const inbox: typeof Texts = {
  title: "收件箱",
  list: "句子分组",
  refresh: "重新读取",
  tab: { open: "待处理", decided: "我处理的" },
  filter: { label: "筛选", reason: "全部原因", language: "全部语言", intent: "全部识别结果", clear: "清除筛选" },
  reason: {
    other_intent: "坐席改判", corrected: "客户纠正", handed_over: "转了人工", thumbs_down: "客户点踩", refused: "没听懂", near_tie: "难分高下", low_confidence: "把握不足",
  },
  reasonText: {
    other_intent: "坐席结束会话时选了与机器人不同的意图。", corrected: "客户另选了意思，或立刻放弃了。", handed_over: "机器人没听懂，会话转给了人工。", thumbs_down: "客户对答复不满意。",
    refused: "机器人表示没有听懂。", near_tie: "两个意图的可能性相近。", low_confidence: "机器人作了答复，但把握不足。",
  },
  size: "{n} 句",
  teaches: "可学价值 {n}：各项原因之和",
  sure: "机器人的把握为 {n}%",
  nothingUnderstood: "未识别",
  understood: "识别为",
  suggested: "人工认定",
  language: { zh: "中", en: "英" },
  day: "今天已处理 {n} 句",
  dayLeft: "还有 {n} 组待处理",
  none: { title: "全部处理完了，真棒！", text: "机器人没听懂的、客户和坐席纠正过的句子，会自动出现在这里。" },
  noneFiltered: { title: "没有符合筛选的句子", text: "去掉一个筛选条件试试。" },
  choose: { title: "请选择一组", text: "按 J、K 浏览列表，按 Enter 采纳建议。" },
  gone: "这一组已经处理过了。",
  sentences: "句子",
  sentence: {
    makeTest: "做成测试",
    take: "将“{text}”纳入本次处理", mark: "标注词语", edit: "改写", save: "保存", cancel: "取消", masked: "已脱敏", maskedText: "姓名和号码已脱敏。请换成别的词，否则这句话会留下。",
    reset: "恢复客户原话", words: "句子内容", left: "留下了：{why}",
  },
  act: {
    accept: "采纳", acceptAs: "采纳为“{intent}”", acceptMany: "逐句采纳", other: "其他意图…", new: "新建意图…", outside: "超出范围", delete: "删除",
    test: "留作测试", testText: "这些句子进入测试集，不进入训练数据。", chosen: "{n} / {all}",
  },
  picker: "客户想要什么？",
  new: {
    title: "新建意图", text: "文件中的名称：小写字母、数字和 _。两种语言都有例句后才能发布。", name: "名称", namePlaceholder: "ask_second_sim",
    topic: "主题", topicPlaceholder: "billing", do: "新建", needName: "请填写名称，例如 ask_second_sim。", needTopic: "请填写所属主题。", needExamples: "两种语言各需至少一句。",
    examples: { zh: "中文例句，每行一句", en: "英文例句，每行一句" },
    files: "写入 data/nlu/{topic}.zh.yml 和 .en.yml",
  },
  done: {
    accept: "已采纳 {n} 句", other_intent: "{n} 句 → {intent}", new_intent: "新意图 {intent}，{n} 句",
    out_of_scope: "{n} 句超出范围", delete: "已删除 {n} 句", test: "{n} 句留作测试",
  },
  undone: "已撤销。",
  undoneLeft: "已撤销，但：{what}",
  skipped: "留下 {n} 句：{why}",
  kind: { accept: "采纳", other_intent: "其他意图", new_intent: "新建意图", out_of_scope: "超出范围", delete: "删除" },
  history: { none: { title: "还没有处理记录", text: "您的处理会记在这里，随时可以撤销。" }, count: "{n} 句", undone: "已撤销", line: "第 {n} 行" },
  keys: {
    next: "下一组", previous: "上一组", accept: "采纳", digit: "选择对应数字的意图", other: "其他意图", new: "新建意图", outside: "超出范围", delete: "删除",
    undo: "撤销上一次处理", test: "留作测试：开、关", down: "下一句", up: "上一句", toggle: "纳入或排除这一句", edit: "改写", mark: "标注词语", refresh: "重新读取",
  },
  back: "返回列表",
  more: "更多分组",
};
