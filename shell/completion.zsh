#compdef atmos-auth
# Completion of atmos-auth for zsh 5.8 and later.
_atmos-auth() {
  emulate -L zsh
  local line more=
  local -a names shown
  while IFS= builtin read -r line; do
    case $line in
      :*) more=$line ;;
      *)
        names+=("${line%%$'\t'*}")
        shown+=("${line/$'\t'/  -- }")
        ;;
    esac
  done < <('@ATMOS_AUTH@' __complete zsh "${(@Q)words[1,CURRENT-1]}" "$QIPREFIX$PREFIX" 2>/dev/null)
  # `compadd` takes the names as they are: colons need no escape, and nothing is expanded.
  (( $#names )) && compadd -l -d shown -a names
  case $more in
    :files) _files ;;
    :directories) _files -/ ;;
    :commands)
      # The program after `--` completes its own arguments.
      local dashes=${words[(i)--]}
      if (( dashes < CURRENT )); then
        shift $dashes words
        (( CURRENT -= dashes ))
        _normal
      else
        _command_names -e
      fi
      ;;
  esac
}

if [[ ${funcstack[1]-} == _atmos-auth ]]; then
  _atmos-auth "$@"
elif (( $+functions[compdef] )); then
  compdef _atmos-auth atmos-auth
fi
