# shellcheck shell=bash disable=SC2048
# What bash-preexec does with PROMPT_COMMAND and the DEBUG trap, in few words: functions before each
# prompt in precmd_functions, and `preexec COMMAND` before each command that a person typed. It has to
# be the last thing in PROMPT_COMMAND, since the next command is the person's. With PREEXEC_STRING
# it keeps all in one string, as its releases before 0.5 did.
__bp_imported=defined bash_preexec_imported=defined
__bp_preexec_interactive_mode=
__bp_interactive_mode() { __bp_preexec_interactive_mode=on; }

__bp_status() { return "$1"; }

__bp_precmd_invoke_cmd() {
  local status=$? f
  for f in "${precmd_functions[@]}"; do
    if type -t "$f" >/dev/null; then
      __bp_status "$status"
      "$f"
    fi
  done
}

__bp_debug() {
  local line IFS=$'\n;'
  [[ -n $__bp_preexec_interactive_mode ]] || return 0
  __bp_preexec_interactive_mode=
  for line in ${PROMPT_COMMAND[*]}; do
    [[ $line != "$BASH_COMMAND" ]] || return 0
  done
  preexec "$BASH_COMMAND"
}

__bp_install() {
  local old=${PROMPT_COMMAND%__bp_install}
  trap __bp_debug DEBUG
  PROMPT_COMMAND=$'__bp_precmd_invoke_cmd\n'$old
  if [[ -n ${PREEXEC_STRING-} ]]; then
    PROMPT_COMMAND+=$'\n__bp_interactive_mode'
  else
    PROMPT_COMMAND+=(__bp_interactive_mode)
  fi
  __bp_precmd_invoke_cmd
  __bp_interactive_mode
}

PROMPT_COMMAND=${PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}__bp_install
