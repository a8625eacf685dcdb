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
    :commands) __atmos_auth_complete_more -c "$2" ;;
  esac
  return 0
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
