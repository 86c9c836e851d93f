import type { tests as Texts } from "../en/training_tests";

/** The trainers' page “Tests”. */
export const tests: typeof Texts = {
  title: "测试",
};
