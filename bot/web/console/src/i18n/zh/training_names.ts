import type { names as Texts } from "../en/training_names";

/** Intents that chats are not closed with, or that trainers call otherwise. */
export const names: typeof Texts = {
  greet: "问候", goodbye: "告别", thank: "感谢", affirm: "肯定", deny: "否定", bot_challenge: "是不是机器人", ask_help: "能做什么", chitchat: "闲聊",
  express_anger: "生气", cancel_flow: "中止当前办理", change_language: "切换语言", inform: "按钮回答", report_fault: "报故障（未说明哪种）",
  show_balance_and_bill: "余额和账单", share_attachment: "图片或文件", outage_back: "故障已恢复", ticket_solved: "是否解决", request_human: "要求人工",
  find_store: "营业厅或热线", out_of_scope: "与业务无关", nlu_fallback: "未理解", faq: "知识文章",
};
