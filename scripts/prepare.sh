# Sourced by the other scripts, not run: the requirements of a build, and the build.
#
#   require_swift       stops with advice unless Swift 6 is there
#   require_packages [COMMAND …]
#                       finds or installs the Debian packages needed by a build, and those of the
#                       commands, whose packages have the same names but for gnuplot's, gnuplot-nox
#   build PRODUCT       builds PRODUCT for this machine if anything has changed since last time;
#                       the program is then $binaries/PRODUCT
#
# `build` calls both `require` functions.

root=${BASH_SOURCE[0]%/scripts/*}
binaries=$root/.build/native/release

# Builds use the vector units of this machine.
native=()
case $HOSTTYPE in
  x86_64) native=(-Xcc -march=native) ;;
  aarch64) native=(-Xcc -mcpu=native) ;;
esac
flags=(-c release "${native[@]}")

say() { printf '%s\n' "$*" >&2; }

stop() {
  say "$@"
  exit 1
}

require_packages() {
  local missing=()
  if ! hash pkg-config 2>/dev/null; then
    missing=(pkg-config liblua5.4-dev libopenblas-dev libsqlite3-dev zlib1g-dev)
  else
    pkg-config --exists lua5.4 || missing+=(liblua5.4-dev)
    pkg-config --exists openblas || missing+=(libopenblas-dev)
    pkg-config --exists sqlite3 || missing+=(libsqlite3-dev)
    pkg-config --exists zlib || missing+=(zlib1g-dev)
  fi
  local command
  for command; do
    hash "$command" 2>/dev/null && continue
    [[ $command == gnuplot ]] && command=gnuplot-nox
    missing+=("$command")
  done
  ((${#missing[@]})) || return 0
  hash apt-get 2>/dev/null ||
    stop "missing: ${missing[*]} (Debian's names); install them and start again"

  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get) log
  if ((EUID != 0)); then
    hash sudo 2>/dev/null ||
      stop "missing: ${missing[*]}; as root, run: apt-get update && apt-get install ${missing[*]}"
    apt=(sudo "${apt[@]}")
  fi
  local install=("${apt[@]}" install -y --no-install-recommends "${missing[@]}")
  say "installing ${missing[*]} with apt-get …"
  # Package lists are fetched only if the first attempt fails because they are old or missing.
  log=$("${install[@]}" 2>&1 </dev/null) ||
    log=$({ "${apt[@]}" update && "${install[@]}"; } 2>&1 </dev/null) ||
    stop "$log"$'\n'"could not install ${missing[*]}"
}

require_swift() {
  local advice="get it from https://swift.org/install/linux, unpack it, \
put its usr/bin on PATH and start again"
  hash swift 2>/dev/null || stop "Swift 6 is needed and there is no swift on PATH: $advice"
  local version
  version=$(swift --version 2>&1) || stop "$version"$'\n'"swift does not run: $advice"
  [[ $version =~ Swift\ version\ ([0-9]+) ]] || stop "$version"$'\n'"is not Swift 6: $advice"
  ((BASH_REMATCH[1] >= 6)) || stop "Swift 6 is needed, this is ${BASH_REMATCH[0]}: $advice"
}

# Sets $settings, on which a whole build depends: compiler, flags, and the processor's vector units.
describe_settings() {
  local line
  settings="${BASH_CMDS[swift]-} ${flags[*]}"
  [[ -r /proc/cpuinfo ]] || return 0
  while IFS= read -r line; do
    case $line in
      flags* | Features*)
        settings+=" $line"
        break
        ;;
    esac
  done </proc/cpuinfo
}

# Whether $root/.build/$1 was built with the current settings; without a compiler this is unknown.
has_settings() {
  local old=
  [[ -r $root/.build/$1/settings ]] && IFS= read -r old <"$root/.build/$1/settings"
  [[ $old == "$settings" ]]
}

# Whether $root/.build/$1 was made in this place: SwiftPM's files there contain the folder's path,
# and it builds nothing in a copy. The built program runs anywhere.
is_at_home() {
  local home=
  [[ -r $root/.build/$1/settings ]] &&
    { IFS= read -r home && IFS= read -r home; } <"$root/.build/$1/settings"
  [[ $home == "$root" ]]
}

# Stops unless files can be written in $root/.build/$1.
require_writable() {
  local folder=$root/.build/$1 probe
  probe=$folder/probe.$$
  { mkdir -p "$folder" && : >"$probe" && rm -f "$probe"; } 2>/dev/null ||
    stop "a build is needed and $folder cannot be written: copy $root to a place of your own, or \
build as a user who may write there"
}

# Empties $root/.build/$1 if it was made with other settings, headers or in another place: SwiftPM
# does not notice another processor, and it keeps Swift modules built with old C headers.
prepare_scratch() {
  require_writable "$1"
  describe_settings
  local folder=$root/.build/$1
  has_settings "$1" && is_at_home "$1" &&
    [[ -z $(find "$root/Sources" -name '*.h' -cnewer "$folder/settings" -print -quit) ]] && return
  rm -rf "$folder" 2>/dev/null || stop "a new build is needed and $folder cannot be removed"
  mkdir -p "$folder"
  printf '%s\n' "$settings" "$root" >"$folder/settings"
}

# Whether $binaries/$1 is up to date.
is_current() {
  local stamp=$root/.build/native/$1.stamp inputs=("$root/Package.swift" "$root/Sources")
  [[ -x $binaries/$1 && -e $stamp ]] || return 1
  if hash swift 2>/dev/null; then
    describe_settings
    has_settings native || return 1
    inputs+=("${BASH_CMDS[swift]}")
  fi
  # By the time of change, not of modification, because files of an unpacked archive are old.
  [[ -z $(find -L "${inputs[@]}" -cnewer "$stamp" -print -quit) ]]
}

build() {
  is_current "$1" && return
  require_writable native
  require_swift
  require_packages
  prepare_scratch native
  local stamp=$root/.build/native/$1.stamp log=$root/.build/native/$1.log note="building $1 …"
  [[ -e $binaries/$1 ]] || note="building $1 (once, about 3 minutes) …"
  # Files of another user may be in a folder that can be written.
  { : >"$log"; } 2>/dev/null || stop "a build is needed and $log cannot be written"
  # The stamp has the time of the start, so that changes during a build are built next time.
  : >"$stamp.new"
  # Shows the note after two seconds, unless descriptor 9 was closed before.
  exec 9> >(read -r -t 2 || (($? > 128)) && say "$note")
  swift build --package-path "$root" --scratch-path "$root/.build/native" "${flags[@]}" \
    --product "$1" </dev/null >"$log" 2>&1 9>&- || stop "$(<"$log")"$'\n'"could not build $1"
  exec 9>&-
  mv "$stamp.new" "$stamp"
}
