/** What is done beside the chat: tickets, visits, answers, the verdict on a hand-over. */
export const work = {
  verdict: { question: "Was this hand-over useful?", yes: "Useful", no: "Something was missing", missing: "What was missing?", tell: "Send" },
  answers: {
    search: "Search the knowledge base", suggested: "For the customer's last message", more: "More",
    nothing: "Nothing found", nothingText: "Try other words.", none: "No suggestion yet", noneText: "When the customer writes, what fits stands here. Search finds everything.",
    source: "Source: {source}", review: "reviewed until {when}", use: "Use as reply", whole: "Read all", less: "Less",
  },
  ticket: {
    missing: "Before it can be closed: {what}", group: "Group", person: "Person", rootCause: "Root cause, such as billing_system",
    new: "New ticket", all: "All tickets", kind: "Kind", line: "Line", noLine: "No line", severity: "Severity", words: "What it is about",
    wordsPlaceholder: "What the customer told, and what was tried", needWords: "Say what it is about.", open: "Open ticket", why: "Why these times",
    history: "History", moreHistory: "{n} older lines",
    find: "Number of a ticket", noneHere: "No tickets here", moreRows: "{n} more", case: "The ticket", nobody: "Nobody yet",
  },
  ticketView: {
    open: "Open", mine: "Mine", unassigned: "Nobody's", due_soon: "Due soon", breached: "Overdue", waiting: "Waits for customer", to_confirm: "To confirm",
    complaints: "Complaints", escalated: "Escalated", all: "All",
  },
  ticketAct: {
    acknowledge: "Acknowledge", findings: "Findings", callbacks: "Called back", assign: "Assign",
    take: "Take", answers: "Answer", notes: "Note", resolve: "Resolve", wait: "Wait for customer", hold: "On hold", resume: "Resume",
    escalate: "Escalate", reopen: "Reopen", close: "Close", reject: "Reject", cancel: "Cancel",
  },
  ticketAsk: {
    findings: "What happened, in words", callbacks: "What the customer said (optional)",
    answers: "What the customer was told", notes: "A note for colleagues", resolve: "What was done", wait: "What we wait for",
    hold: "What blocks it", resume: "What changed (optional)", escalate: "Why it goes up", reopen: "Why it is open again",
    close: "Last words (optional)", reject: "Why it is not ours", cancel: "Why it is not wanted any more",
  },
  ticketLine: {
    status: "State", note: "Note", urge: "Urged", amend: "Facts changed", assign: "Assigned", deadline: "Times set anew", callback: "Called back",
    link: "Linked", escalate: "Escalated",
  },
  ticketMissing: { acknowledgement: "acknowledgement", root_cause: "root cause", callback: "call back" },
  ticketCallback: { satisfied: "Satisfied", unsatisfied: "Not satisfied", unreachable: "Not reached" },
  clock: { answer: "First answer", solve: "Solution", legal: "Legal limit" },
  clockState: { running: "running", standing: "standing", met: "kept", late: "done late", broken: "overdue", over: "no matter any more" },
  visit: { move: "Move", cancel: "Call off", book: "Book a visit", none: "No free time.", free: "{n} free" },
  severity: { critical: "Critical", major: "Major", minor: "Minor", high: "High", medium: "Medium", low: "Low", none: "No harm" },
  customerClass: { consumer: "Consumer", vip: "VIP", business: "Business", vulnerable: "Needs care", gold: "Gold", silver: "Silver" },
  part: { lines: "lines", bills: "bills", usage: "usage", tickets: "tickets", visits: "visits", past: "earlier chats", ratings: "ratings", customer: "customer" },
};
