import type { report as Texts } from "../en/training_report";

/** An evaluation, read from what fails to the curves. */
export const report: typeof Texts = {
  title: "评测报告", made: "{when}，{by}，数据 {commit}，{n} 句", back: "全部任务", reading: "正在读取报告…", language: "语言", both: "全部",
  headline: "概要", sentences: "{n} 句", right: "理解正确", answered: "直接回答", refused: "先确认", outside: "识别出无关问题", calibrationError: "把握偏差",
  failing: "理解错的句子", failingText: "把握越大的错误越靠前：这里要么数据有误，要么两个意图说的是同一件事。", filter: "只看一个意图",
  allIntents: "全部意图", noneFails: "没有，这里无需修正。", takenFor: "被当作", sureTitle: "当时的把握", tryIt: "试一试“{text}”", more: "还有 {n} 句",
  byIntent: "按意图", findIntent: "查找意图", confused: "被当作",
  column: { intent: "意图", support: "句数", precision: "精确率", recall: "召回率", f1: "F1" },
  columnTitle: { intent: "按名称排序", support: "测试了多少句", precision: "判为它的句子里有多少真是它", recall: "真是它的句子里找到了多少", f1: "精确率与召回率合成的一个数" },
  fixed: "固定测试句", fixedText: "当前上线的 {model} 对从未训练过的句子的表现。", setName: "测试集", setDetail: "{n} 句，{refused} 先确认",
  set: { validated: "收件箱留存", first: "第一套", second: "第二套", third: "第三套", fourth: "第四套", fifth: "第五套", sixth: "第六套", out_of_scope: "与业务无关（{which}）" },
  calibration: "把握和正确率一致吗？", calibrationText: "落在虚线上说明有几分把握就有几分正确，低于虚线说明过于自信。",
  saysSure: "模型的把握", isRight: "实际正确率", bin: "把握 {sure}，正确 {right}，{n} 句", asTable: "以表格查看",
  cost: "阈值的代价", costText: "低于阈值时先向客户确认。阈值越高，错答越少，追问越多。",
  threshold: "把握阈值", curve: { answered: "直接回答", wrong: "答错", outside_caught: "识别出无关问题" },
  tryThreshold: "查看阈值", wrongCosts: "答错的代价是追问的 {n} 倍", cheapest: "代价最低在 {threshold}：回答 {answered}，答错 {wrong}。", showIt: "查看",
  matrix: "混淆矩阵", matrixText: "谁被当作谁，一览无余。", matrixCorner: "实际 ↓ 判为 →", matrixCell: "{wanted} 被判为 {got}：{n}", matrixAll: "显示全部意图", matrixFew: "只看最易混淆的",
};
