/** What is done beside the chat: tickets, visits, answers, the verdict on a hand-over. */
export const work = {
  verdict: { question: "交接信息有用吗？", yes: "有用", no: "缺了内容", missing: "缺了什么？", tell: "提交" },
  answers: {
    search: "搜索知识库", suggested: "针对客户最近一句话", more: "更多",
    nothing: "没有找到", nothingText: "换个说法试试。", none: "暂无推荐", noneText: "客户发言后，合适的答案会出现在这里；也可以搜索全部知识。",
    source: "来源：{source}", review: "有效期至 {when}", use: "用作回复", whole: "展开", less: "收起",
  },
  ticket: {
    missing: "结案前还需：{what}", group: "班组", person: "人员", rootCause: "根因，如 billing_system",
    new: "新建工单", all: "全部工单", kind: "类型", line: "线路", noLine: "不关联线路", severity: "严重程度", words: "问题描述",
    wordsPlaceholder: "客户说了什么，已经试过什么", needWords: "请填写问题描述。", open: "建立工单", why: "时限说明",
    history: "处理记录", moreHistory: "更早的 {n} 条",
    find: "工单号", noneHere: "这里没有工单", moreRows: "还有 {n} 张", case: "工单", nobody: "未指派",
  },
  ticketView: {
    open: "处理中", mine: "我的", unassigned: "未指派", due_soon: "即将到期", breached: "已超时", waiting: "待客户", to_confirm: "待确认", complaints: "投诉",
    escalated: "已升级", all: "全部",
  },
  ticketAct: {
    acknowledge: "告知受理", findings: "调查结论", callbacks: "回访", assign: "派单",
    take: "受理", answers: "答复", notes: "备注", resolve: "解决", wait: "待客户", hold: "挂起", resume: "继续处理",
    escalate: "升级", reopen: "重开", close: "关闭", reject: "退回", cancel: "撤销",
  },
  ticketAsk: {
    findings: "调查到的情况", callbacks: "客户怎么说（选填）",
    answers: "给客户的答复", notes: "写给同事的备注", resolve: "怎样解决的", wait: "等待客户什么",
    hold: "什么原因挂起", resume: "有什么变化（选填）", escalate: "升级原因", reopen: "重开原因",
    close: "结语（选填）", reject: "退回原因", cancel: "撤销原因",
  },
  ticketLine: {
    status: "状态", note: "备注", urge: "催办", amend: "信息更正", assign: "派单", deadline: "时限更新", callback: "回访", link: "关联", escalate: "升级",
  },
  ticketMissing: { acknowledgement: "告知受理", root_cause: "根因", callback: "回访" },
  ticketCallback: { satisfied: "满意", unsatisfied: "不满意", unreachable: "未接通" },
  clock: { answer: "首次答复", solve: "解决时限", legal: "法定时限" },
  clockState: { running: "计时中", standing: "已暂停", met: "已达成", late: "超时完成", broken: "已超时", over: "不再计时" },
  visit: { move: "改时间", cancel: "取消上门", book: "预约上门", none: "没有空闲时间。", free: "余 {n}" },
  severity: { critical: "紧急", major: "严重", minor: "一般", high: "高", medium: "中", low: "低", none: "无影响" },
  customerClass: { consumer: "个人客户", vip: "VIP", business: "政企客户", vulnerable: "特别关照", gold: "金卡", silver: "银卡" },
  part: { lines: "线路", bills: "账单", usage: "用量", tickets: "工单", visits: "上门", past: "历史会话", ratings: "评价", customer: "客户资料" },
};
