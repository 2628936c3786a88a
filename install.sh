#!/bin/sh
# Installs `lab` for the user who runs it, without sudo: downloads the archive
# of a release, compares its SHA-256, tries the program, and only then puts it in
# place. The release workflow fills in the repository and the version.
#
#   LAB_BIN       folder of the program (~/.local/bin)
#   LAB_VERSION   another version, such as v0.1.0
#   LAB_BASE_URL  another place of the archives, such as a mirror of a school
set -eu

REPOSITORY='@REPOSITORY@'
VERSION='@VERSION@'

fail() {
    printf 'erro: %s\n' "$1" >&2
    shift
    for hint in "$@"; do printf '  → %s\n' "$hint" >&2; done
    exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

# The release's name for this system.
platform() {
    system=$(uname -s)
    machine=$(uname -m)
    case $machine in
    x86_64 | amd64) machine=x86_64 ;;
    aarch64 | arm64) machine=aarch64 ;;
    esac
    case "$system $machine" in
    'Linux x86_64' | 'Linux aarch64') echo "$machine-unknown-linux-gnu" ;;
    'Darwin x86_64' | 'Darwin aarch64') echo "$machine-apple-darwin" ;;
    *)
        fail "não há um programa pronto para este sistema ($system $machine)" \
            'no Windows, use install.ps1' \
            'em outros, compile: cargo install --path runner --locked'
        ;;
    esac
}

download() {
    if has curl; then
        curl -fsSL --retry 2 -o "$2" "$1"
    elif has wget; then
        wget -q -O "$2" "$1"
    else
        fail 'é preciso curl ou wget para baixar o programa' \
            'no Debian e no Ubuntu: sudo apt-get install curl'
    fi || fail "não foi possível baixar ou gravar $1" \
        'confira a conexão, o endereço e o espaço em disco, e tente de novo'
}

sum_of() {
    if has sha256sum; then
        sha256sum <"$1"
    elif has shasum; then
        shasum -a 256 <"$1"
    elif has openssl; then
        openssl dgst -sha256 -r <"$1"
    fi | cut -d ' ' -f 1
}

# Completions and man pages are welcome and not needed: what cannot be written
# is left out.
extras() {
    share=${XDG_DATA_HOME:-$HOME/.local/share}
    while read -r from to; do
        mkdir -p "$share/${to%/*}" 2>/dev/null &&
            cp "$1/completions/$from" "$share/$to" 2>/dev/null ||
            echo "  (sem $share/$to)"
    done <<END
lab.bash bash-completion/completions/lab
lab.fish fish/vendor_completions.d/lab.fish
lab.zsh zsh/site-functions/_lab
END
    mkdir -p "$share/man/man1" 2>/dev/null && cp "$1"/man/*.1 "$share/man/man1/" 2>/dev/null ||
        echo "  (sem $share/man/man1)"
}

say_path() {
    case ":$PATH:" in
    *":$1:"*) return ;;
    esac
    echo
    echo "A pasta $1 ainda não está no PATH. Acrescente-a e abra outro terminal:"
    case ${SHELL:-} in
    */fish) echo "  fish_add_path '$1'" ;;
    */zsh) echo "  echo 'export PATH=\"$1:\$PATH\"' >> ~/.zshrc" ;;
    *) echo "  echo 'export PATH=\"$1:\$PATH\"' >> ~/.profile" ;;
    esac
}

main() {
    version=${LAB_VERSION:-$VERSION}
    case $version in
    @*) fail 'este instalador não diz qual versão instalar' \
        'use o install.sh de uma versão publicada, ou defina LAB_VERSION e LAB_BASE_URL' ;;
    esac
    base=${LAB_BASE_URL:-}
    if [ -z "$base" ]; then
        case $REPOSITORY in
        @*) fail 'este instalador não diz de onde baixar' \
            'use o install.sh de uma versão publicada, ou defina LAB_BASE_URL' ;;
        esac
        base=https://github.com/$REPOSITORY/releases/download/$version
    fi
    target=$(platform)
    name=lab-$version-$target
    bin=${LAB_BIN:-${HOME:?defina HOME ou LAB_BIN}/.local/bin}

    # Beside its place, so that putting it there is one step that cannot fail halfway.
    mkdir -p "$bin" 2>/dev/null || fail "não foi possível criar a pasta $bin" \
        'escolha outra: LAB_BIN=PASTA sh install.sh'
    bin=$(cd "$bin" && pwd)
    work=$(mktemp -d "$bin/.lab-XXXXXX" 2>/dev/null) ||
        fail "não foi possível gravar na pasta $bin" 'escolha outra: LAB_BIN=PASTA sh install.sh'
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM HUP

    echo "Baixando $name"
    download "$base/SHA256SUMS" "$work/SHA256SUMS"
    download "$base/$name.tar.gz" "$work/lab.tar.gz"
    expected=$(awk -v file="$name.tar.gz" '$2 == file || $2 == "*" file { print $1 }' "$work/SHA256SUMS")
    [ -n "$expected" ] || fail "SHA256SUMS não fala de $name.tar.gz"
    found=$(sum_of "$work/lab.tar.gz")
    [ -n "$found" ] || fail 'nada aqui calcula SHA-256 (sha256sum, shasum ou openssl)'
    [ "$found" = "$expected" ] || fail 'o arquivo baixado não é o que foi publicado' \
        "SHA-256 esperado: $expected" "SHA-256 obtido:   $found" \
        'nada foi instalado; tente de novo, e avise quem cuida do curso se continuar'

    tar -xzf "$work/lab.tar.gz" -C "$work" ||
        fail 'não foi possível abrir o arquivo baixado' 'confira o espaço em disco; nada foi instalado'
    new=$work/$name/lab
    says=$("$new" --version) || fail 'o programa baixado não roda neste sistema' \
        'nada foi instalado; compile-o: cargo install --path runner --locked'
    mv -f "$new" "$bin/lab" || fail "não foi possível gravar $bin/lab"
    extras "$work/$name"
    echo "✔ $says em $bin/lab"
    say_path "$bin"
    echo
    echo 'Para começar: lab start'
}

# At the end, so that half a download does nothing.
main "$@"
