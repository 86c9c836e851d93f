import type { findings as Texts } from "../en/training_findings";

/** The trainers' page “Findings”. */
export const findings: typeof Texts = {
  title: "问题发现",
  text: "妨碍机器人学习的问题：一句两义、重复、例句太少。",
  look: "按语义查找",
  looking: "正在按语义查找，首次需几分钟…",
  filter: "问题类型",
  all: "全部",
  kind: { contradiction: "互相矛盾", near_duplicate: "几乎相同", duplicate: "重复", too_few: "太少", unbalanced: "不均衡", odd: "放错了？" },
  advice: {
    contradiction: "同一句话既属于“{intent}”又属于“{other}”。请判断客户的意思，并从另一处删除。",
    near_duplicate: "两句话意思几乎相同，却分属“{intent}”和“{other}”。请改写其中一句说明区别，或移动、删除。",
    duplicate: "同一句话在“{intent}”中出现两次，保留一句即可。",
    too_few: "“{intent}”的{language}例句太少，至少需要二十句。",
    unbalanced: "“{intent}”的{language}例句远少于另一种语言。",
    odd: "没见过这句话的模型把它认作“{other}”。它放对地方了吗？",
  },
  likeness: "相似度 {n}%",
  place: "{path}，第 {line} 行",
  removeFrom: "从“{intent}”删除",
  removeOne: "删除一句",
  move: "移到“{to}”：",
  open: "打开“{intent}”",
  moved: "已移动：“{text}”",
  removed: "已删除：“{text}”",
  more: "还有 {n} 条",
  none: { title: "没有需要处理的问题", text: "没有矛盾和重复，两种语言的例句都足够。", notLooked: "“按语义查找”还能找出意思几乎相同的句子。" },
};
