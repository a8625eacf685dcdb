# atmos-auth: takes the hook out of a running bash; `atmos-auth hook --uninstall bash` prints it.
# Afterwards the shell is as if the hook had never been there, but for what others did meanwhile.
if \builtin shopt -q expand_aliases; then __atmos_aliases=1; else __atmos_aliases=; fi
\builtin shopt -u expand_aliases || :
__atmos_auth_uninstall() {
  local "IFS="$' \t\n' "__atmos_auth_e=" '__atmos_auth_ref=${ATMOS_AUTH_PS1-}' "__atmos_auth_all="
  local '__atmos_auth_begin=${__atmos_auth_nothing#"${__atmos_auth_drawn:='
  __atmos_auth_leave
  case ${PS1-} in
  "$__atmos_auth_begin"*)
    PS1=${PS1#"$__atmos_auth_begin"}
    PS1=${PS1%'}"}${__atmos_auth_drawn%'*}
    ;;
  *) PS1=${PS1/"$__atmos_auth_ref"/} ;;
  esac
  builtin unset -v ATMOS_AUTH_PS1 ATMOS_AUTH_PROMPT ATMOS_AUTH_STATE
  if __atmos_auth_may_write PROMPT_COMMAND; then
    builtin set --
    for __atmos_auth_e in ${PROMPT_COMMAND[@]+"${PROMPT_COMMAND[@]}"}; do
      __atmos_auth_e=${__atmos_auth_e/__atmos_auth_hook;/}
      __atmos_auth_e=${__atmos_auth_e/;__atmos_auth_hook/}
      __atmos_auth_e=${__atmos_auth_e/$'\n'__atmos_auth_hook/}
      if [[ $__atmos_auth_e != __atmos_auth_hook ]]; then
        builtin set -- ${@+"$@"} "$__atmos_auth_e"
      fi
    done
    if (($# == 0)); then
      builtin unset -v PROMPT_COMMAND
    elif (($# == 1)) && [[ ${__atmos_auth_scalar-1} == 1 ]]; then
      builtin unset -v PROMPT_COMMAND
      PROMPT_COMMAND=$1
    else
      PROMPT_COMMAND=("$@")
    fi
  fi
  __atmos_auth_remove_precmd
  for __atmos_auth_e in $__atmos_auth_moves; do
    # The person may have made one since.
    case $(\builtin declare -f "$__atmos_auth_e") in *__atmos_auth_cd*) builtin unset -f "$__atmos_auth_e" ;; esac
  done
  for __atmos_auth_e in $__atmos_auth_wrapped; do __atmos_auth_unwrap "$__atmos_auth_e"; done
  __atmos_auth_all=$(\builtin compgen -A function __atmos_auth_)
  builtin unset -f atmos-auth 2>/dev/null || :
  # shellcheck disable=SC2086 # Names, one a word.
  builtin unset -f $__atmos_auth_all
  # shellcheck disable=SC2086
  builtin unset -v ${!__atmos_auth_@} || :
}
if builtin declare -F __atmos_auth_hook >/dev/null; then __atmos_auth_uninstall || :; fi
if [[ -n $__atmos_aliases ]]; then builtin shopt -s expand_aliases; fi
builtin unset -v __atmos_aliases
