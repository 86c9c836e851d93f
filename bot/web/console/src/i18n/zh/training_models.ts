import type { models as Texts } from "../en/training_models";

/** The trainers' page “Models”: versions, the canary, comparing two. */
export const models: typeof Texts = {
  title: "模型", text: "每个版本的数据、成绩和门禁结论。切换模型不会中断任何对话。",
  servingOne: "当前上线的模型", state: { serving: "上线中", candidate: "候选", previous: "上一版", retired: "已退役" },
  untrusted: "不可信", untrustedText: "文件不完整、被改动或没有签名，绝不会加载，请重新训练。", mayServe: "可以上线", mayNot: "不能上线",
  took: "训练用时 {time}", notMeasured: "尚未测量", conversations: "对话测试", of: "{n} / {of}", size: "大小", megabytes: "{n} MB", speed: "单句用时", ms: "{n} 毫秒",
  config: "配置", act: { gate: "门禁检查", promote: "上线", canary: "灰度…" }, tryIt: "试一试", compareServing: "与上线模型比较", more: "更多", less: "收起",
  retired: "已退役的模型（{n}）", none: "还没有模型", noneText: "训练第一个吧。", toTraining: "去训练", reading: "读取中…", close: "关闭",
  rollBack: "回滚", rollBackTitle: "回滚？", rollBackText: "{file} 将立即重新上线，进行中的对话不受影响。", rollBackDo: "回滚", rolledBack: "上一版模型已重新上线。",
  promoteTitle: "让这个模型上线？", promoteText: "{file} 将立即接管，进行中的对话不受影响，随时可以一键回滚。", promoted: "{file} 已上线。",
  notPromoted: "{file} 不能上线：",
  canary: "灰度", canaryTitle: "{file} 灰度", canaryText: "由它回答一部分新对话。未理解或转人工的比例超出偶然上升时，会自动退回。",
  canaryDo: "开始灰度", share: "新对话占比", canaryOf: "{file} 回答 {share} 的新对话，自 {when}，{by}", canaryHad: "{file} 曾回答 {share} 的新对话，自 {when} 起，{by}", wentBack: "灰度中退回",
  endCanary: "结束灰度", endCanaryTitle: "结束灰度？", endCanaryText: "所有新对话回到上线模型。", returned: "已自动退回：{when}。",
  verdict: { watching: "观察中", worse: "变差", no_worse: "不差" },
  verdictText: { watching: "对话还太少，无法判断。", worse: "未理解或转人工多于偶然，新对话已回到上线模型。", no_worse: "对话数量已足够：不比上线模型差。" },
  chance: "偶然出现这种差异的概率为 {p}。", hardlyChance: "偶然出现这种差异的概率不到千分之一。", conversationsHad: "对话", refusedShare: "未理解", handedOver: "转人工", arm: { canary: "灰度", serving: "上线" },
  compare: "比较两个模型", compareText: "同样的没见过的句子，逐句对比。", back: "全部模型", first: "之前", second: "之后", swap: "互换", sameModel: "请选择两个不同的模型。",
  notMeasuredText: "两者还没有在同一批句子上测量过。由门禁测量。", measure: "测量 {file}", accuracy: "理解正确", mended: "修好", broken: "弄坏",
  sameWrong: "两者都错", brokenText: "之前对、现在错，请先看这些。", mendedText: "之前错、现在对。", noCases: "没有。", becomes: "变为", wanted: "应为：", moreCases: "还有 {n} 句",
};
