/** Pages beside the inbox: call-backs, macros, ratings, the dashboard. */
export const pages = {
  callback: {
    text: "不愿排队、请求回电的客户。", open: "待回电", done: "已完成", none: { open: "没有待回的电话", done: "还没有记录" },
    noneText: "客户请求回电后会出现在这里。", wanted: "希望 {when}", soon: "尽快", asked: "{when}提出", chat: "打开会话",
    take: "领取", end: "记录结果", endTitle: "通话结果", endText: "三次未接通后，系统会在聊天里告知客户。", reached: "已接通", notReached: "未接通",
  },
  callbackState: { open: "待领取", waiting: "待领取", taken: "已领取", done: "已完成", ended: "已结束" },
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
};
