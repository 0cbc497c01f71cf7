# Sourced by scripts/lai for `scripts/lai --install PREFIX`: the program, the module for other Luas
# and the type stubs for editors, put in place.

install_into() {
  local prefix=$1
  [[ $prefix == /* ]] || prefix=$PWD/$prefix
  build lai
  require_swift
  swift build --package-path "$root" --scratch-path "$root/.build/native" "${flags[@]}" \
    --product LaiModule </dev/null >"$root/.build/native/LaiModule.log" 2>&1 ||
    stop "$(<"$root/.build/native/LaiModule.log")"$'\n'"could not build the module"
  local library=$binaries/libLaiModule.so
  [[ -e $library ]] || library=$binaries/libLaiModule.dylib
  local program=$prefix/bin/lai module=$prefix/lib/lua/5.4/lai.so
  local stubs=$prefix/share/lai/types/lai.d.lua
  # Not over a file that is in use, but in its place.
  rm -f "$program" "$module"
  mkdir -p "${program%/*}" "${module%/*}" "${stubs%/*}" || stop "could not write below $prefix"
  install -m 755 "$binaries/lai" "$program" && install -m 755 "$library" "$module" &&
    install -m 644 "$root/scripts/types/lai.d.lua" "$stubs" || stop "could not write below $prefix"
  printf '%s\n' "installed:" "  $program" "  $module" "  $stubs"
  # /usr/local is where stock Lua looks by itself.
  [[ $prefix == /usr/local || $prefix == /usr ]] ||
    say "for \`require \"lai\"\` in stock Lua: export LUA_CPATH=\"$prefix/lib/lua/5.4/?.so;;\""
  say "They need Swift's libraries where they are now: ${BASH_CMDS[swift]%/bin/swift}/lib/swift"
}
