#!/usr/bin/env bash
# Resolve the front ends' packages anew, and leave no address in the locks: neither of a registry nor of a donation page.
set -euo pipefail
cd "$(dirname "$0")/.."
for part in widget console; do
  echo "lock: bot/web/$part …"
  (
    cd "bot/web/$part"
    npm install --package-lock-only --silent --no-audit --no-fund
    node -e '
      const fs = require("fs");
      const lock = JSON.parse(fs.readFileSync("package-lock.json", "utf8"));
      for (const entry of Object.values(lock.packages)) delete entry.funding;
      fs.writeFileSync("package-lock.json", JSON.stringify(lock, null, 2) + "\n");
    '
  )
done
