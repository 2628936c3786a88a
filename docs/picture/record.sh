#!/usr/bin/env bash
# Records the README's picture: a real session in tmux, made into an SVG.
# Needs tmux and Python; run from anywhere after `cargo build --release`.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
export PATH="${LAB_BIN:-$root/target/release}:$PATH"
work=$(mktemp -d)
export LAB_HOME="$work/home"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install rich
cleanup() {
    tmux -L lab-picture kill-server 2>/dev/null || true
    lab sandbox stop >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap cleanup EXIT

# The state: lab 01 up to the trigger, solved with the reference solution.
cd "$work"
lab start --prefix ana-7k3f --dir "$work/notas-fiscais" >/dev/null
cd notas-fiscais
eval "$(lab env --shell bash 2>/dev/null)"
bash_lines='import json, sys
for command in json.load(sys.stdin)["commands"]: print(command["bash"])'
for step in bucket tabela papel funcao gatilho; do
    lab solution "notas-fiscais/$step" --yes --write . >/dev/null
    lab solution "notas-fiscais/$step" --yes --json | python3 -c "$bash_lines" | bash -e >/dev/null
done
lab check >/dev/null || true
aws lambda remove-permission --function-name ana-7k3f-processa-nota --statement-id s3-notas

tmux -L lab-picture -f /dev/null new-session -d -x 112 -y 44 "env PS1='\$ ' bash --norc --noprofile"
type_line() {
    tmux -L lab-picture send-keys "$1" Enter
    sleep "$2"
}
type_line clear 0.5
type_line "lab check gatilho" 5
type_line "aws lambda add-permission --function-name ana-7k3f-processa-nota --statement-id s3-notas \\" 0.2
type_line "  --action lambda:InvokeFunction --principal s3.amazonaws.com \\" 0.2
type_line "  --source-arn arn:aws:s3:::ana-7k3f-notas --source-account 000000000000 --output text --query '[]'" 3
type_line "lab check gatilho" 4
tmux -L lab-picture capture-pane -e -p >"$work/session.ansi"

"$work/venv/bin/python" - "$work/session.ansi" "$root/docs/terminal.svg" <<'PYTHON'
import sys
from rich.console import Console
from rich.text import Text

text = open(sys.argv[1], encoding="utf-8").read().rstrip()
console = Console(record=True, width=112, file=open("/dev/null", "w"))
console.print(Text.from_ansi(text), soft_wrap=False)
console.save_svg(sys.argv[2], title="lab")
PYTHON
echo "docs/terminal.svg written"
