# Sourced by scripts/lai for `scripts/lai --install PREFIX`: installs the program, the module for
# other Luas, the type stubs for editors and the kernel for Jupyter.

install_into() {
  local prefix=$1
  [[ $prefix == /* ]] || prefix=$PWD/$prefix
  require_swift
  prepare_scratch native
  build lai
  swift build --package-path "$root" --scratch-path "$root/.build/native" "${flags[@]}" \
    --product LaiModule </dev/null >"$root/.build/native/LaiModule.log" 2>&1 ||
    stop "$(<"$root/.build/native/LaiModule.log")"$'\n'"could not build the module"
  local library=$binaries/libLaiModule.so
  [[ -e $library ]] || library=$binaries/libLaiModule.dylib
  local program=$prefix/bin/lai module=$prefix/lib/lua/5.4/lai.so
  local stubs=$prefix/share/lai/types/lai.d.lua kernel=$prefix/share/lai/lai_kernel.py
  local spec=$prefix/share/jupyter/kernels/lai/kernel.json
  # Replaces files instead of overwriting them, because they may be in use.
  rm -f "$program" "$module"
  mkdir -p "${program%/*}" "${module%/*}" "${stubs%/*}" "${spec%/*}" || stop "could not write below $prefix"
  install -m 755 "$binaries/lai" "$program" && install -m 755 "$library" "$module" &&
    install -m 644 "$root/scripts/types/lai.d.lua" "$stubs" &&
    install -m 644 "$root/scripts/lai_kernel.py" "$kernel" &&
    write_kernelspec "$kernel" "$program" >"$spec" || stop "could not write below $prefix"
  printf '%s\n' "installed:" "  $program" "  $module" "  $stubs" "  $kernel" "  $spec"
  # Stock Lua searches /usr/local by default.
  [[ $prefix == /usr/local || $prefix == /usr ]] ||
    say "for \`require \"lai\"\` in stock Lua: export LUA_CPATH=\"$prefix/lib/lua/5.4/?.so;;\""
  say "They need Swift's libraries where they are now: ${BASH_CMDS[swift]%/bin/swift}/lib/swift"
  # Jupyter searches these places by default.
  [[ $prefix == /usr/local || $prefix == /usr || $prefix == ~/.local ]] ||
    say "for Jupyter to find the kernel: export JUPYTER_PATH=\"$prefix/share/jupyter\""
  say "For notebooks, the Python of Jupyter needs ipykernel: pip install ipykernel"
}

# Prints the specification by which Jupyter starts the kernel $1 with the program $2 in its own
# Python.
write_kernelspec() {
  local kernel=${1//\\/\\\\} program=${2//\\/\\\\}
  cat <<END
{
  "argv": ["python3", "${kernel//\"/\\\"}", "-f", "{connection_file}"],
  "display_name": "Lua (lai)",
  "language": "lua",
  "env": {"LAI": "${program//\"/\\\"}"}
}
END
}
