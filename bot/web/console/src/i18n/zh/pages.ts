/** Pages beside the inbox: call-backs, macros, ratings, the dashboard. */
export const pages = {
  callback: {
    text: "不愿排队、请求回电的客户。", open: "待回电", done: "已完成", none: { open: "没有待回的电话", done: "还没有记录" },
    noneText: "客户请求回电后会出现在这里。", wanted: "希望 {when}", soon: "尽快", asked: "{when}提出", chat: "打开会话",
    tries: "已试 {n} 次", take: "领取", end: "记录结果", endTitle: "通话结果", endText: "三次未接通后，系统会在聊天里告知客户。", reached: "已接通", notReached: "未接通",
  },
  callbackState: { open: "待领取", taken: "已领取", done: "已接通", missed: "未接通" },
  rating: {
    text: "客户打了低分的会话，每一条都应有人查看。", open: "待复核", reviewed: "已复核", noComment: "没有留言",
    review: "复核", reviewText: "发生了什么，后续怎么做。仅班长可见。", reviewDo: "保存复核", note: "复核意见", needNote: "请填写复核意见。",
  },
  macro: {
    text: "备好的常用语：回复客户时输入 / 即可使用。", find: "查找短语", new: "新建短语", change: "修改短语", none: "没有短语", noneText: "写下第一条吧。",
    mine: "仅自己", group: "班组", all: "所有人", edit: "修改 {title}", remove: "删除 {title}", save: "保存",
    titleZh: "中文标题", titleEn: "英文标题", shortcut: "快捷词", shortcutPlaceholder: "chongqi", zh: "中文内容", en: "英文内容", visibility: "谁可以使用",
    variables: "使用时自动填入：{names}", needTitle: "请填写标题。", needText: "请填写内容。", badShortcut: "快捷词只含字母、数字、- 或 _。",
  },
  dashboard: {
    text: "现在的服务情况，以及承诺是否兑现。", period: "时段", today: "今天", week: "近七天", now: "当前", none: "–",
    waiting: "排队", oldest: "最久 {time}", available: "空闲坐席", load: "人工服务中 {n} 个会话", firstAnswer: "首次响应（中位）", p95: "95% 在 {value} 内",
    within: "按承诺响应", chats: "{n} 个会话", invariants: "无人看见的会话", unanswered: "久未答复", checked: "{when} 检查", never: "尚未检查",
    byGroup: "各班组排队", offers: "分配", accepted: "接受", declined: "拒绝", noAnswer: "未接", withdrawn: "撤回",
    taken50: "接受用时（中位）", taken95: "95% 接受用时", eta: "等待承诺兑现率",
    etaText: "共 {n} 次承诺；半数误差小于 {error}", asked: "要求人工", abandoned: "放弃排队", calledBack: "要求回电",
    ticketsLeft: "留下工单", people: "坐席", ratedCount: "{n} 条评价", team: "团队", acts: "巡检处理记录", noActs: "没有需要处理的，正该如此。",
    times: "用时", wait50: "等待人工（中位）", wait95: "95% 等待少于", handlingMean: "人工会话时长（平均）", handling95: "95% 时长少于",
    lasting: "长期效果", lastingText: "7 至 14 天前的 {n} 个会话", alone: "助手独立解决", aloneLasting: "其中 7 天内未再来（{n} 位已知客户）",
    firstContact: "首次解决率（人工结束 {n} 个）", byReason: "转人工原因", content: "{share} 打了 4 或 5 分",
  },
  watchAct: {
    ownerless_mended: "无主会话已排回队列", stray_ended: "多余的转接已结束", unanswered_alarm: "客户等待答复过久", queue_alarm: "客户排队超过承诺时间", bot_silent_requeued: "助手没有答复，已转人工",
    agent_gone_requeued: "坐席离线，已排回队列",
  },
};
