# atmos-auth: takes the hook out of a running zsh; `atmos-auth hook --uninstall zsh` prints it,
# wrapped as hook.zsh is. Afterwards the shell is as if the hook had never been there, but for what
# others did meanwhile.
if (( ${+functions[__atmos_auth_hook]} )); then
  precmd_functions=(${precmd_functions:#__atmos_auth_hook})
  chpwd_functions=(${chpwd_functions:#__atmos_auth_cd})
  __atmos_auth_leave
  if [[ -n $__atmos_auth_segment ]]; then
    if [[ $PROMPT == '${${__atmos_auth_drawn'* ]]; then
      PROMPT=$__atmos_auth_theirs
    else
      PROMPT=${PROMPT/"$__atmos_auth_segment"/}
    fi
    psvar[91,-1]=()
    psvar=("${(@)psvar[1,__atmos_auth_ps]}")
  fi
  __atmos_auth_wraps=
  __atmos_auth_wrap
  builtin unset ATMOS_AUTH_PROMPT ATMOS_AUTH_STATE
  builtin unfunction -m '__atmos_auth_*'
  builtin unfunction atmos-auth
  builtin unset -m '__atmos_auth_*'
fi
