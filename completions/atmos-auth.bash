# Completion of atmos-auth for bash 3.2 and later.
#
# The candidates come from the binary line by line and are never expanded; `compgen -W` would run a
# `$(…)` in an identity's name.
__atmos_auth_complete() {
  local __atmos_auth_line __atmos_auth_more=''
  COMPREPLY=()
  while IFS= builtin read -r __atmos_auth_line; do
    case $__atmos_auth_line in
      :*) __atmos_auth_more=$__atmos_auth_line ;;
      *) COMPREPLY[${#COMPREPLY[@]}]=$__atmos_auth_line ;;
    esac
  done < <('atmos-auth' __complete bash "$COMP_LINE" "$COMP_POINT" "$2" 2>/dev/null)
  case $__atmos_auth_more in
    :files) __atmos_auth_complete_more -f "$2" ;;
    :directories) __atmos_auth_complete_more -d "$2" ;;
    :commands) __atmos_auth_complete_program "$2" ;;
  esac
  return 0
}

# The program after `--`, then its own words as that program completes them.
__atmos_auth_complete_program() {
  local -i __atmos_auth_at=1
  while ((__atmos_auth_at < COMP_CWORD)) && [[ ${COMP_WORDS[__atmos_auth_at]} != -- ]]; do
    __atmos_auth_at+=1
  done
  __atmos_auth_at+=1
  if ((__atmos_auth_at >= COMP_CWORD)); then
    __atmos_auth_complete_more -c "$1"
  # bash-completion loads what a program needs at its first use.
  elif builtin declare -F _comp_command_offset >/dev/null; then
    _comp_command_offset "$__atmos_auth_at"
  elif builtin declare -F _command_offset >/dev/null; then
    _command_offset "$__atmos_auth_at"
  else
    __atmos_auth_complete_as "$__atmos_auth_at"
  fi
}

# Completes the words from the one at $1 on as if they were the whole line, by the function or
# command that this shell has for the program.
__atmos_auth_complete_as() {
  local -i __atmos_auth_word=0 COMP_CWORD=$((COMP_CWORD - $1)) COMP_POINT=$COMP_POINT
  local COMP_LINE=$COMP_LINE __atmos_auth_rest
  while ((__atmos_auth_word < $1)); do
    __atmos_auth_rest=${COMP_LINE#*"${COMP_WORDS[__atmos_auth_word]}"}
    __atmos_auth_rest=${__atmos_auth_rest#"${__atmos_auth_rest%%[![:space:]]*}"}
    COMP_POINT=$((COMP_POINT - ${#COMP_LINE} + ${#__atmos_auth_rest}))
    COMP_LINE=$__atmos_auth_rest
    __atmos_auth_word+=1
  done
  local -a __atmos_auth_words=("${COMP_WORDS[@]:$1}")
  local -a COMP_WORDS=("${__atmos_auth_words[@]}")
  local __atmos_auth_program=${COMP_WORDS[0]} __atmos_auth_cursor=${COMP_WORDS[COMP_CWORD]}
  local __atmos_auth_before=${COMP_WORDS[COMP_CWORD - 1]}
  # `complete -p` prints words that are quoted to be read again.
  builtin eval "builtin set -- $(builtin complete -p -- "${__atmos_auth_program##*/}" 2>/dev/null)"
  while (($# > 2)); do
    case $1 in
      -F)
        "$2" "$__atmos_auth_program" "$__atmos_auth_cursor" "$__atmos_auth_before"
        return
        ;;
      -C)
        while IFS= builtin read -r __atmos_auth_rest; do
          COMPREPLY[${#COMPREPLY[@]}]=$__atmos_auth_rest
        done < <(
          builtin export COMP_LINE COMP_POINT
          builtin eval "$2"' "$__atmos_auth_program" "$__atmos_auth_cursor" "$__atmos_auth_before"' \
            2>/dev/null
        )
        return
        ;;
    esac
    builtin shift
  done
  __atmos_auth_complete_more -f "$__atmos_auth_cursor"
}

# Names of files and programs, from bash itself.
__atmos_auth_complete_more() {
  local __atmos_auth_line
  while IFS= builtin read -r __atmos_auth_line; do
    COMPREPLY[${#COMPREPLY[@]}]=$__atmos_auth_line
  done < <(builtin compgen "$1" -- "$2")
  [[ $1 != -[fd] ]] || builtin compopt -o filenames 2>/dev/null || builtin return 0
}

builtin complete -F __atmos_auth_complete atmos-auth
