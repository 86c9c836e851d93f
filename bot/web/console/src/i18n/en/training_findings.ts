/** The trainers' page “Findings”. */
export const findings = {
  title: "Findings",
};
