"""A small installation in a git repository of its own, and two trainers."""

from __future__ import annotations

import subprocess
from pathlib import Path

from bot.handoff.model import User

FILES = {
    "domain.yml": (
        'version: "3.1"\n\nintents:\n# money\n- check_bill\n- check_balance\n- out_of_scope\n- faq\n\nslots: {}\n'
    ),
    "data/nlu/billing.en.yml": (
        'version: "3.1"\n\nnlu:\n# the newest one\n- intent: check_bill\n  examples: |\n    - show me my bill\n'
        "    - what do I pay\n    - last bill\n"
        "- intent: check_balance\n  examples: |\n    - balance\n    - what is left\n"
    ),
    "data/nlu/billing.zh.yml": (
        'version: "3.1"\n\nnlu:\n- intent: check_bill\n  examples: |\n    - 看账单\n    - 上个月账单\n    - 账单明细\n'
        "- intent: check_balance\n  examples: |\n    - 余额\n    - 还剩多少钱\n"
    ),
    "data/nlu/general.en.yml": (
        'version: "3.1"\n\nnlu:\n- intent: out_of_scope\n  examples: |\n    - who won the match\n    - a joke please\n'
    ),
    "data/nlu/general.zh.yml": (
        'version: "3.1"\n\nnlu:\n- intent: out_of_scope\n  examples: |\n    - 昨晚谁赢了\n    - 讲个笑话\n'
    ),
    "data/responses/terms.yml": 'formats:\n  day: {zh: "{day}日", en: "{day}"}\n',
    "data/responses/billing.yml": (
        'version: "3.1"\n\nresponses:\n  utter_billing_due:\n  - text: "You owe {amount}."\n    id: due_en\n'
        "    condition: [{type: slot, name: language, value: en}]\n"
        '  - text: "应缴{amount}。"\n    id: due_zh\n'
    ),
    "data/knowledge/late_payment.yml": (
        'id: late_payment\ntitle: {zh: "晚缴费", en: "Paying late"}\nowner: billing\nreview_date: 2027-02-26\n'
        'source: "handbook"\nleads_to: [check_bill]\nanswer:\n'
        "  zh: |\n    会先发短信。\n  en: |\n    You get a text first.\n"
    ),
    "tests/understanding/first.en.tsv": "check_bill\tcould you read my invoice to me\n",
    "README.md": "An installation.\n",
}


def git(folder: Path, *arguments: str) -> str:
    """Real git, as a person in a shell."""
    settings = ["-c", "user.name=Operator", "-c", "user.email=operator@example.org", "-c", "core.quotePath=false"]
    done = subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout


def files_of(folder: Path) -> None:
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


def installation_in(folder: Path) -> Path:
    """A checkout on the branch main."""
    folder.mkdir(parents=True)
    files_of(folder)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "First")
    return folder


def trainer(username: str, name: str) -> User:
    return User(f"u-{username}", username, {"en": name, "zh": name}, frozenset({"trainer"}), ("zh", "en"), 0)


XUE = trainer("xue", "Xue Zhao")
LEI = trainer("lei", "Lei Chen")
