#!/usr/bin/env bash
# The plugin as people install it, with what translators need, without tests: packaging/plugin.sh FOLDER puts it into FOLDER.
set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
out="$1"

rm -rf "$out"
mkdir -p "$out/languages"
# What git knows and nothing else; a developer's own files stay here.
(cd "$root" && git ls-files -z wp-plugin) | while IFS= read -r -d '' file; do
  mkdir -p "$out/$(dirname "${file#wp-plugin/}")"
  cp "$root/$file" "$out/${file#wp-plugin/}"
done
version="$("$root/packaging/version.sh")"
(
  cd "$out"
  find . -name '*.php' -o -name '*.js' | LC_ALL=C sort >"$out.files"
  # PHP and JavaScript apart: xgettext reads one language at a time.
  for language in PHP JavaScript; do
    suffix="$([ "$language" = PHP ] && echo php || echo js)"
    grep "\.$suffix\$" "$out.files" | sed 's|^\./||' | xgettext --files-from=- --from-code=UTF-8 --language="$language" \
      --keyword=__ --keyword=_e --keyword=_n:1,2 --keyword=_x:1,2c --keyword=esc_html__ --keyword=esc_html_e \
      --keyword=esc_attr__ --keyword=esc_attr_e --keyword=esc_html_x:1,2c --add-comments=translators: --sort-by-file \
      --package-name='Bridge for Agile CRM' --package-version="$version" --output="$out.$suffix.pot"
  done
  # The time of the commit in place of today's: two packages of one commit are the same.
  msgcat --use-first --sort-by-file "$out.php.pot" "$out.js.pot" |
    sed "s|^\"POT-Creation-Date: .*|\"POT-Creation-Date: $(TZ=UTC git -C "$root" log -1 --date=format-local:'%Y-%m-%d %H:%M+0000' --format=%cd)\\\\n\"|" \
      >languages/bridge-for-agile-crm.pot
  rm -f "$out".*.pot "$out.files"
)
