import type { policies as Texts } from "../en/training_policies";

/** The trainers' page “Policies”. */
export const policies: typeof Texts = {
  title: "服务政策",
  search: "文字、来源或名称",
  nothing: "没有符合的规则。",
  chooseTitle: "请选择一条规则",
  chooseText: "对客户有约束力的说法：时限、金额、承诺。",
  on: "生效中", off: "未启用",
  region: { CN: "中国", GB: "英国", US: "美国", AU: "澳大利亚", operator: "本企业" },
  number: "数值",
  unit: {
    second: "秒", minute: "分钟", hour: "小时", day: "天", working_day: "个工作日", service_day: "个服务日", week: "周", month: "个月", year: "年",
    hour_of_day: "点", percent: "%", percent_per_day: "%（每天）", cny: "元", cny_per_day: "元（每天）", gbp: "英镑", gbp_per_day: "英镑（每天）", digit: "位",
    attempt: "次", document: "份证件", step: "步", window: "个时间段", condition: "没有数值：要么适用，要么不适用。",
  },
  enabled: "启用", enabledHint: "只有启用的规则才会告诉客户。",
  source: "来源：查证了什么，或由谁决定",
  sourceKind: "来源的可靠程度",
  kind: { official: "监管或立法机关原文", secondary: "转载或报道", operator: "本企业决定", memory: "无人查证" },
  since: "生效日期（不详可留空）",
  text: "告诉客户的话", textWithNumber: "告诉客户的话，数值处写 {number}",
  preview: "客户看到的样子",
  flow: "保存的内容先进入您的副本；提案经另一位同事批准、新模型上线后，才会告诉客户。",
  flowEdited: "这个文件在您的副本中已改动，尚未提案。",
  toChanges: "查看改动",
  save: "保存", reset: "恢复原样", saved: "已保存到您的副本。",
  wrong: {
    number: "数值必须大于 0。", noNumber: "这条规则没有数值，文字里不能写 {number}。", missing: "两种语言都要在数值处写 {number}。",
    memory: "这条规则无人查证，不能启用。请写明查证的来源。",
  },
  keys: { next: "下一条", previous: "上一条", close: "关闭" },
};
