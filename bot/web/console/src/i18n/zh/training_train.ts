import type { train as Texts } from "../en/training_train";

/** The trainers' page “Train”: jobs, what the gate says, evaluations. */
export const train: typeof Texts = {
  title: "训练与评测",
  text: "用已发布的数据训练新模型。训练与服务分开运行，客户不会有感觉。",
  startTitle: "训练新模型", startText: "大约一分半钟。之后由门禁检查能否上线；通过之前，客户看到的不会有任何变化。",
  of: "训练内容", ofPublished: "已发布的数据", ofProposal: "{author} 的提案“{title}”", ofProposalText: "在发布之前先由门禁检查这份提案的效果，不会上线。",
  promote: "通过后直接上线", promoteHint: "否则会在“模型”页等待有人上线。", start: "开始训练",
  run: { evaluate: "评测", conversations: "运行对话测试", findings: "查找可疑例句" },
  about: { evaluate: "对已发布的数据做交叉验证：哪里薄弱？", conversations: "用当前上线的模型跑完所有保存的对话。", findings: "你副本中的近似重复与异常例句，第一次需要几分钟。" },
  kind: { train: "训练", evaluate: "评测", conversations: "对话测试", findings: "可疑例句", gate: "门禁" },
  doing: { train: "正在训练新模型", evaluate: "正在评测已发布的数据", conversations: "正在运行对话测试", findings: "正在查找可疑例句", gate: "门禁正在检查模型" },
  step: {
    waiting: "排队中", copying: "收集数据", training: "训练", measuring: "用没见过的句子和对话检验", conversations: "重放对话", promoting: "切换上线",
    evaluating: "轮流训练和测试", comparing: "比较句子",
  },
  state: { queued: "排队", running: "进行中", done: "完成", failed: "失败", cancelled: "已取消" },
  running: "正在进行", left: "约剩 {time}", queuedText: "一次只运行一个任务，前一个结束后开始。",
  cancel: "取消", cancelTitle: "取消这个任务？", cancelText: "已做的部分会丢弃，当前上线的模型继续服务。", cancelDo: "取消任务",
  showLog: "查看日志", hideLog: "收起日志", log: "任务日志", logEmpty: "还没有输出。",
  history: "历史任务", noHistory: "还没有运行过。", reports: "评测报告", sentences: "{n} 句", points: "{n} 个百分点",
  outcome: {
    serves: "通过门禁，已上线", passed: "通过门禁，等待上线", refused: "门禁拒绝：{n} 条原因", failed: "{of} 个中有 {n} 个未通过", all: "全部 {n} 个通过", found: "发现 {n} 条",
  },
  subject: { proposal: "提案 {id}", published: "已发布的数据 {commit}" }, toJob: "查看训练",
  failedTodo: "当前上线的模型继续服务。按提示修正后重新开始，日志里有更多信息。",
  openReport: "打开报告", openModel: "打开模型", openFindings: "打开问题发现",
  ended: "{what}：已完成。", wentWrong: "{what}：失败，原因见下方。", wasCancelled: "{what}：已取消。",
  gateNone: "尚未经过门禁检查。", gatePassed: "已通过门禁", gateRefused: "门禁拒绝上线，共 {n} 条原因",
};
