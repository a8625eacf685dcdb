# atmos-auth: the hook for bash, 3.2 and later. docs/hook.md explains it; `atmos-auth hook bash`
# prints it with the constants below filled in, to be evaluated by interactive shells only.
#
# Rules that this text keeps: no process while nothing changes; no trap; every command may fail
# under `set -e`, every variable has a value under `set -u`, words with a `=` are quoted for `set -k`;
# functions of the user's own that are named like builtins are passed by; and locals have long names,
# since bash functions assign to their callers' locals and an identity may set any variable.

# Aliases would be expanded in the functions below.
if \builtin shopt -q expand_aliases; then __atmos_auth_aliases=1; else __atmos_auth_aliases=; fi
\builtin shopt -u expand_aliases || :

__atmos_auth_bin='@ATMOS_AUTH@'
__atmos_auth_ask='@ATMOS_AUTH_HOOK@'
__atmos_auth_prompts='@PROMPT@'
__atmos_auth_switches='@SWITCH@'
__atmos_auth_wraps='@WRAPS@'

# What this shell knows. It is kept when the hook is evaluated again, and not believed when it came
# from elsewhere, as under `set -a`.
if ! builtin declare -F __atmos_auth_hook >/dev/null; then
  # By variable that is changed at the moment, __atmos_auth_at_NAME is an index; at it stands how
  # the variable was: `x` exported, `-` set, nothing; its value then; ours, with `=` in front.
  # Arrays reach no child, whatever `set -a` says.
  builtin unset -v ${!__atmos_auth_at_@}
  __atmos_auth_had=() __atmos_auth_old=() __atmos_auth_our=()
  # The same of what was not put back, since somebody else had changed it: should our value show up
  # again, as when direnv takes its own away, it is put back then.
  __atmos_auth_lost=() __atmos_auth_lost_had=() __atmos_auth_lost_old=() __atmos_auth_lost_our=()
  # The values now of what is changed, as code and as they are, and `*` if one is not ours.
  __atmos_auth_values='' __atmos_auth_are='' __atmos_auth_foreign=''
  # The file found from the directory, and the 512 bytes of it that were asked about.
  __atmos_auth_file='' __atmos_auth_body=''
  # Which of these the hook was last asked about; `?` means: ask in any case.
  __atmos_auth_asked=$'\n'
  # ATMOS_IDENTITY as it was last seen, and `use NAME` or `environment NAME` when directories
  # do not count.
  __atmos_auth_id='' __atmos_auth_pin='' __atmos_auth_before='--auto'
  # A file to compare with a line at each prompt, and the active identity.
  __atmos_auth_watch='' __atmos_auth_line='' __atmos_auth_name='' __atmos_auth_digest=''
  __atmos_auth_guard='' __atmos_auth_region='' __atmos_auth_expiry=0 __atmos_auth_renew=0
  __atmos_auth_session='' __atmos_auth_warn=0 __atmos_auth_symbol='' __atmos_auth_color=''
  __atmos_auth_now_text='' __atmos_auth_now_look=''
  # When the segment's text is right: from ... until before.
  __atmos_auth_from=0 __atmos_auth_until=0 __atmos_auth_epoch=0
  __atmos_auth_told=' ' __atmos_auth_notice='' __atmos_auth_next='' __atmos_auth_dir=''
  __atmos_auth_rest='' __atmos_auth_tests='' __atmos_auth_status=0
  # Whether something writes PS1 again and again, and why the segment cannot be shown.
  __atmos_auth_writes='' __atmos_auth_placed='' __atmos_auth_hidden=''
  # Where the hook was put: 1 in PROMPT_COMMAND, `precmd` in bash-preexec's list; and all that is in
  # PROMPT_COMMAND since.
  __atmos_auth_installed='' __atmos_auth_commands=''
  # What a PS1 that is one command printed, and what is printed without being seen.
  __atmos_auth_drawn='' __atmos_auth_nothing=$'\001\002' __atmos_auth_break=$'\n'
  # The state that __atmos_auth_hook was written for; see __atmos_auth_arm.
  __atmos_auth_have=''
  # The shell that this is, and not one that was forked from it.
  __atmos_auth_shell=$$
  # The functions that are ours among cd, pushd and popd.
  __atmos_auth_moves=' '
  # Those that are ours among the functions of wrapped programs.
  __atmos_auth_wrapped=' '
  ATMOS_AUTH_PS1=''
  if [[ -n ${__ATMOS_AUTH_DIFF-}${ATMOS_IDENTITY-} ]]; then __atmos_auth_asked='?'; fi
fi

# Runs before each prompt. Each step rewrites this function for the state that it left: then it
# looks whether anything changed, in as few and as short commands as can be, since bash copies a
# function's text at each call.
if ! builtin declare -F __atmos_auth_hook >/dev/null; then
  __atmos_auth_hook() {
    local "__atmos_auth_status=$?" "REPLY="
    __atmos_auth_step || :
    [[ $- == *e* ]] || return "$__atmos_auth_status"
  }
fi

__atmos_auth_arm() {
  local "__atmos_auth_want=-"
  # An unanswered question comes first, so that no prompt is like this one.
  __atmos_auth_rest="$__atmos_auth_next$PWD:${COLUMNS-}:${ATMOS_IDENTITY-}${ATMOS_AUTH_DISABLE-}$__atmos_auth_are"
  # A letter for each thing that the code depends on. The file: none, read, or there but not to be
  # read; the watched one: none, absent, read, or read with a line that has what patterns have.
  if [[ -n $__atmos_auth_file ]]; then
    __atmos_auth_want=e
    if [[ -f $__atmos_auth_file && -r $__atmos_auth_file ]]; then __atmos_auth_want=r; fi
  fi
  case $__atmos_auth_watch:$__atmos_auth_line in
  :*) __atmos_auth_want+=- ;;
  *:) __atmos_auth_want+=a ;;
  *[\\\*\?\[\(]*) __atmos_auth_want+=q ;;
  *) __atmos_auth_want+=r ;;
  esac
  # The user may set PS1 again, and prompt programs do so each time.
  case $__atmos_auth_name:${PS1-} in
  :*) __atmos_auth_want+=- ;;
  *'{__atmos_auth_drawn'*) __atmos_auth_want+=w ;;
  *'{ATMOS_AUTH_PS1'*) if [[ -n $__atmos_auth_writes ]]; then __atmos_auth_want+=w; else __atmos_auth_want+=p; fi ;;
  *) __atmos_auth_want+=- ;;
  esac
  if [[ $__atmos_auth_from == 0 ]]; then
    __atmos_auth_want+=-
  elif [[ -n ${EPOCHSECONDS-} ]]; then
    __atmos_auth_want+=e
  else
    __atmos_auth_want+=s
  fi
  # shellcheck disable=SC2050
  if [[ a == A ]]; then __atmos_auth_want+=n; else __atmos_auth_want+=-; fi
  case $__atmos_auth_rest in *[\\\*\?\[\(]*) __atmos_auth_want+=q ;; *) __atmos_auth_want+=- ;; esac
  __atmos_auth_want+="$__atmos_auth_tests $__atmos_auth_values ${__atmos_auth_lost[*]-}"
  builtin test "$__atmos_auth_want" = "$__atmos_auth_have" || __atmos_auth_write
}

# Writes __atmos_auth_hook for the caller's __atmos_auth_want.
__atmos_auth_write() {
  local "__atmos_auth_when=$__atmos_auth_tests" "__atmos_auth_code=" "__atmos_auth_line_is=" "__atmos_auth_after=" "__atmos_auth_k=0"
  # Files are read at descriptor 3, which a shell has free: standard input would have to be put aside.
  # How two values are compared. `[[` is cheaper than `test`, but follows nocasematch, which may be
  # set at any time; so the code says first whether it was written for that.
  local '__atmos_auth_a=[[ ' '__atmos_auth_is= == "' '__atmos_auth_z=" ]]' '__atmos_auth_same= == $__atmos_auth_rest && a != A'
  case $__atmos_auth_want in
  ????n*)
    __atmos_auth_a='\builtin test "' __atmos_auth_is='" = "' __atmos_auth_z='"'
    __atmos_auth_same='" = "$__atmos_auth_rest" && [[ a == A'
    ;;
  # Half as dear without quotes, which matter only around what is special in a pattern.
  ?????q*) __atmos_auth_same=' == "$__atmos_auth_rest" && a != A' ;;
  esac
  case $__atmos_auth_want in
  r*)
    __atmos_auth_when+=' && -f $__atmos_auth_file && -r $__atmos_auth_file'
    __atmos_auth_code+=" && ! \\builtin read -ru3 -n512 -d '' 3<\"\$__atmos_auth_file\" && {
        $__atmos_auth_a\$REPLY$__atmos_auth_is\$__atmos_auth_body$__atmos_auth_z; }"
    ;;
  e*) __atmos_auth_when+=' && ( -e $__atmos_auth_file || -h $__atmos_auth_file ) && ! ( -f $__atmos_auth_file && -r $__atmos_auth_file )' ;;
  esac
  for ((__atmos_auth_k = 0; __atmos_auth_k < ${#__atmos_auth_lost[@]}; __atmos_auth_k++)); do
    if [[ -z ${__atmos_auth_lost[__atmos_auth_k]} ]]; then continue; fi
    __atmos_auth_code+=" && ! \\builtin test \"\${${__atmos_auth_lost[__atmos_auth_k]}+=}\${${__atmos_auth_lost[__atmos_auth_k]}-}\" = \"\${__atmos_auth_lost_our[$__atmos_auth_k]}\""
  done
  case $__atmos_auth_want in
  ?r*) __atmos_auth_line_is='$__atmos_auth_line' ;;
  ?q*) __atmos_auth_line_is='"$__atmos_auth_line"' ;;
  ?a*) __atmos_auth_when+=' && ! -e $__atmos_auth_watch' ;;
  esac
  if [[ -n $__atmos_auth_line_is ]]; then
    __atmos_auth_when+=' && -r $__atmos_auth_watch'
    __atmos_auth_code+=" && \\builtin read -ru3 3<\"\$__atmos_auth_watch\" && [[ \$REPLY == $__atmos_auth_line_is ]]"
  fi
  case $__atmos_auth_want in
  ??p*) __atmos_auth_when+=" && \$PS1 == *'{ATMOS_AUTH_PS1'*" ;;
  ??w*) __atmos_auth_after="__atmos_auth_drawn=; [[ \$PS1 == *'{ATMOS_AUTH_PS1'* ]] || __atmos_auth_place || :" ;;
  esac
  __atmos_auth_when+=' ]]'
  case $__atmos_auth_want in
  ???e*) __atmos_auth_when+=' && ((EPOCHSECONDS >= __atmos_auth_from && EPOCHSECONDS < __atmos_auth_until))' ;;
  ???s*) __atmos_auth_when+=' && ((SECONDS + __atmos_auth_epoch >= __atmos_auth_from && SECONDS + __atmos_auth_epoch < __atmos_auth_until))' ;;
  esac
  # Backslashes, since aliases are expanded here, as in command substitutions. `$?` stays as it is;
  # but under `set -e` a status that is not 0 would end the shell.
  builtin eval "__atmos_auth_hook() {
      __atmos_auth_status=\$?
      \\local REPLY
      $__atmos_auth_a\$PWD:\${COLUMNS-}:\${ATMOS_IDENTITY-}\${ATMOS_AUTH_DISABLE-}$__atmos_auth_values$__atmos_auth_same$__atmos_auth_when$__atmos_auth_code ||
        __atmos_auth_step || :
      $__atmos_auth_after
      case \$- in *e*) ;; *) \\return \$__atmos_auth_status ;; esac
    }"
  __atmos_auth_have=$__atmos_auth_want
}

# The word as code, in the caller's __atmos_auth_quoted. bash takes what stands between single quotes
# at half the price of anything else.
__atmos_auth_quote() {
  case $1 in
  *\'*) builtin printf -v __atmos_auth_quoted %q "$1" ;;
  *) __atmos_auth_quoted="'$1'" ;;
  esac
}

# Finds the nearest file at or above $PWD and notes, as conditions for __atmos_auth_hook, where
# there was none.
__atmos_auth_look() {
  local "__atmos_auth_d=${PWD%/}" "__atmos_auth_quoted="
  __atmos_auth_file='' __atmos_auth_body='' __atmos_auth_tests=''
  if [[ -z $__atmos_auth_switches || -n $__atmos_auth_pin || $PWD != /* ]]; then return 0; fi
  while :; do
    __atmos_auth_file=$__atmos_auth_d/.atmos-identity
    # A link that leads nowhere counts, too: it means nobody.
    if [[ -e $__atmos_auth_file || -h $__atmos_auth_file ]]; then break; fi
    case $__atmos_auth_d in
    *\'*) __atmos_auth_quote "$__atmos_auth_file" ;;
    *) __atmos_auth_quoted="'$__atmos_auth_file'" ;;
    esac
    __atmos_auth_tests+=" && ! -e $__atmos_auth_quoted"
    __atmos_auth_file=''
    if [[ -z $__atmos_auth_d ]]; then break; fi
    __atmos_auth_d=${__atmos_auth_d%/*}
    case :${ATMOS_AUTH_CEILING-}: in *":${__atmos_auth_d:-/}:"* | *":$__atmos_auth_d/:"*) break ;; esac
  done
  if [[ -f $__atmos_auth_file && -r $__atmos_auth_file ]]; then
    # What follows a NUL cannot be compared, so it is taken for what no good file has.
    if builtin read -rd '' -n 512 <"$__atmos_auth_file"; then REPLY+=$'\a'; fi
    __atmos_auth_body=$REPLY
  fi
}

# Something changed: finds out what, asks if need be, draws, and arms __atmos_auth_hook. After a
# `cd`, what there is to say waits for the prompt.
__atmos_auth_step() {
  local "IFS="$' \t\n' "REPLY=" "__atmos_auth_now="
  __atmos_auth_next=''
  builtin test "${PROMPT_COMMAND[*]+${#PROMPT_COMMAND[@]} ${PROMPT_COMMAND[*]}}" = "$__atmos_auth_commands" || __atmos_auth_install || :
  if [[ -n ${__atmos_auth_lost[*]-} ]]; then __atmos_auth_find; fi
  if [[ ${ATMOS_AUTH_DISABLE:-0} != 0 ]]; then
    __atmos_auth_file='' __atmos_auth_tests='' __atmos_auth_asked='?' __atmos_auth_pin=''
    __atmos_auth_leave
  else
    if ! builtin test "${ATMOS_IDENTITY-}" = "$__atmos_auth_id"; then
      # Set by hand. It beats the directory and an earlier `use`; taken away, it leaves a `use` be.
      if [[ -n ${ATMOS_IDENTITY-} || $__atmos_auth_pin == environment* ]]; then
        __atmos_auth_pin='' __atmos_auth_asked='?'
      fi
    fi
    __atmos_auth_look
    if [[ -n $__atmos_auth_watch && -r $__atmos_auth_watch ]]; then
      builtin read -r <"$__atmos_auth_watch" || :
      __atmos_auth_now=$REPLY
    fi
    if [[ -n $__atmos_auth_pin ]]; then
      builtin test "$__atmos_auth_now" = "$__atmos_auth_line" || __atmos_auth_question session
    elif ! builtin test "$__atmos_auth_file"$'\n'"$__atmos_auth_body" = "$__atmos_auth_asked" ||
      ! builtin test "$__atmos_auth_now" = "$__atmos_auth_line"; then
      if [[ -z $__atmos_auth_file && $__atmos_auth_asked != '?' ]]; then
        # Leaving needs nobody's advice.
        __atmos_auth_asked=$'\n'
        __atmos_auth_leave
      else
        __atmos_auth_question directory
      fi
    fi
    __atmos_auth_id=${ATMOS_IDENTITY-}
  fi
  __atmos_auth_compare
  __atmos_auth_draw
  __atmos_auth_arm
  if [[ -n $__atmos_auth_notice ]]; then
    # With another beginning, the prompt that comes is like none before.
    if [[ ${1-} == cd ]]; then __atmos_auth_rest="?$__atmos_auth_rest"; else __atmos_auth_tell; fi
  fi
}

__atmos_auth_tell() {
  if [[ -n $__atmos_auth_notice ]]; then builtin printf '%s\n' "$__atmos_auth_notice" >&2 || :; fi
  __atmos_auth_notice=''
}

# Runs after each change of directory, for the commands behind `cd` on the same line.
__atmos_auth_cd() {
  # Not in subshells, nor where the function was inherited.
  if [[ $BASH_SUBSHELL == 0 && ${BASHPID-$$} == "$__atmos_auth_shell" ]]; then __atmos_auth_step cd || :; fi
}

# Asks atmos-auth-hook, and atmos-auth where the hook says so.
__atmos_auth_question() {
  local "__atmos_auth_out=" "__atmos_auth_rc=0"
  if [[ $1 == session ]]; then
    # `exec`, since a redirection would cost a second process.
    __atmos_auth_out=$(\builtin exec "$__atmos_auth_ask" bash session "${COLUMNS:-80}" 2>/dev/null) || __atmos_auth_rc=$?
    __atmos_auth_line=$__atmos_auth_now
  else
    __atmos_auth_out=$(\builtin exec "$__atmos_auth_ask" bash "$1" "${COLUMNS:-80}" "$PWD" "$__atmos_auth_file" "$__atmos_auth_digest" 2>/dev/null) || __atmos_auth_rc=$?
    __atmos_auth_asked=$__atmos_auth_file$'\n'$__atmos_auth_body
  fi
  case $__atmos_auth_out in
  *'#atmos-auth-ok')
    # Errors are those of variables that the user made read-only.
    builtin eval "$__atmos_auth_out" 2>/dev/null || :
    if [[ -n $__atmos_auth_next ]]; then __atmos_auth_follow "$1"; fi
    ;;
  *) __atmos_auth_fail "$1" ;;
  esac
}

# Does what the answer says is next.
__atmos_auth_follow() {
  case $__atmos_auth_next in
  revalidate)
    __atmos_auth_next=''
    if [[ $1 != again ]]; then
      # In case that this is interrupted.
      __atmos_auth_asked='?'
      "$__atmos_auth_bin" __revalidate --directory "$__atmos_auth_dir" </dev/null >/dev/null 2>&1 || :
      __atmos_auth_question again
    fi
    ;;
  environment)
    __atmos_auth_next=''
    __atmos_auth_pin="environment $ATMOS_IDENTITY"
    __atmos_auth_out=$(\builtin exec "$__atmos_auth_bin" use --shell bash --from-environment </dev/null) || __atmos_auth_rc=$?
    case $__atmos_auth_out in
    *'#atmos-auth-ok') builtin eval "$__atmos_auth_out" 2>/dev/null || : ;;
    *) __atmos_auth_fail environment ;;
    esac
    ;;
  esac
}

# An answer did not come, or not all of it: nobody is active. The next prompt asks again if the hook
# was killed or ran out of time (75), but not if it failed.
__atmos_auth_fail() {
  if [[ $1 != session ]]; then __atmos_auth_leave; fi
  if ((__atmos_auth_rc >= 128 || __atmos_auth_rc == 75)); then
    __atmos_auth_next=again __atmos_auth_asked='?'
    if [[ $1 == session ]]; then __atmos_auth_line='?'; fi
  fi
  case $__atmos_auth_rc in
  75) __atmos_auth_say slow "atmos-auth: no answer within 200 ms; the next prompt asks again" ;;
  126 | 127) __atmos_auth_say missing "atmos-auth: \`$__atmos_auth_ask\` cannot be run, so directories do not switch" ;;
  esac
}

# ---- What answers are made of.

# NAME WAS VALUE: exports a variable. WAS is `x` if it was exported before.
__atmos_auth_put() {
  local __atmos_auth_i
  __atmos_auth_keep "$1" "$2"
  if builtin export "$1=$3"; then
    __atmos_auth_our[__atmos_auth_i]="=$3"
  fi
}

# NAME: takes an exported variable away.
__atmos_auth_drop() {
  local __atmos_auth_i
  __atmos_auth_keep "$1" x
  if builtin unset -v "$1"; then
    __atmos_auth_our[__atmos_auth_i]=''
  fi
}

# NAME WAS VALUE: takes over what another shell changed: the value now is ours, this was before.
__atmos_auth_adopt() {
  local "__atmos_auth_i=${#__atmos_auth_had[@]}"
  builtin printf -v "__atmos_auth_at_$1" %s "$__atmos_auth_i"
  __atmos_auth_had[__atmos_auth_i]=$2 __atmos_auth_old[__atmos_auth_i]=$3
  __atmos_auth_our[__atmos_auth_i]=${!1+=}${!1-}
}

# NAME WAS: saves a variable before its first change, and gives the caller its index in
# __atmos_auth_i. Whether a later change is ours to make, the hook has looked at.
__atmos_auth_keep() {
  __atmos_auth_i=__atmos_auth_at_$1
  __atmos_auth_i=${!__atmos_auth_i-}
  if [[ -z $__atmos_auth_i ]]; then
    __atmos_auth_i=${#__atmos_auth_had[@]}
    builtin printf -v "__atmos_auth_at_$1" %s "$__atmos_auth_i"
    __atmos_auth_had[__atmos_auth_i]=${!1+${2:--}} __atmos_auth_old[__atmos_auth_i]=${!1-}
    __atmos_auth_our[__atmos_auth_i]='?'
  fi
}

# NAME: puts back what still is as we left it, else forgets it. Errors are those of read-only
# variables.
__atmos_auth_back() {
  local "__atmos_auth_i=__atmos_auth_at_$1"
  __atmos_auth_i=${!__atmos_auth_i-}
  if [[ -z $__atmos_auth_i ]]; then return 0; fi
  builtin unset -v "__atmos_auth_at_$1"
  if builtin test "${!1+=}${!1-}" = "${__atmos_auth_our[__atmos_auth_i]}"; then
    case ${__atmos_auth_had[__atmos_auth_i]} in
    '') builtin unset -v "$1" ;;
    x) builtin export "$1=${__atmos_auth_old[__atmos_auth_i]}" ;;
    *)
      builtin export "$1=${__atmos_auth_old[__atmos_auth_i]}"
      builtin export -n "$1"
      ;;
    esac
  else
    __atmos_auth_lost+=("$1") __atmos_auth_lost_had+=("${__atmos_auth_had[__atmos_auth_i]}")
    __atmos_auth_lost_old+=("${__atmos_auth_old[__atmos_auth_i]}") __atmos_auth_lost_our+=("${__atmos_auth_our[__atmos_auth_i]}")
  fi
  __atmos_auth_old[__atmos_auth_i]=''
}

# Puts back what was not put back before, if our value has shown up again. Where it is changed again
# meanwhile, it is what will be put back, and our new value takes the place of the old one.
__atmos_auth_find() {
  local "__atmos_auth_k=0" "__atmos_auth_i=" "__atmos_auth_n=" "__atmos_auth_kept="
  for ((__atmos_auth_k = ${#__atmos_auth_lost[@]} - 1; __atmos_auth_k >= 0; __atmos_auth_k--)); do
    __atmos_auth_n=${__atmos_auth_lost[__atmos_auth_k]}
    if [[ -z $__atmos_auth_n ]]; then continue; fi
    __atmos_auth_kept=$__atmos_auth_n$__atmos_auth_kept
    if ! builtin test "${!__atmos_auth_n+=}${!__atmos_auth_n-}" = "${__atmos_auth_lost_our[__atmos_auth_k]}"; then continue; fi
    __atmos_auth_i=__atmos_auth_at_$__atmos_auth_n
    __atmos_auth_i=${!__atmos_auth_i-}
    if [[ -z $__atmos_auth_i ]]; then
      __atmos_auth_i=${#__atmos_auth_had[@]}
      builtin printf -v "__atmos_auth_at_$__atmos_auth_n" %s "$__atmos_auth_i"
      __atmos_auth_had[__atmos_auth_i]=${__atmos_auth_lost_had[__atmos_auth_k]}
      __atmos_auth_old[__atmos_auth_i]=${__atmos_auth_lost_old[__atmos_auth_k]}
      __atmos_auth_our[__atmos_auth_i]=${__atmos_auth_lost_our[__atmos_auth_k]}
      __atmos_auth_back "$__atmos_auth_n"
    elif builtin test "${__atmos_auth_our[__atmos_auth_i]}" = "${__atmos_auth_lost_our[__atmos_auth_k]}"; then
      continue
    else
      __atmos_auth_had[__atmos_auth_i]=${__atmos_auth_lost_had[__atmos_auth_k]}
      __atmos_auth_old[__atmos_auth_i]=${__atmos_auth_lost_old[__atmos_auth_k]}
      case ${__atmos_auth_our[__atmos_auth_i]} in
      =*) builtin export "$__atmos_auth_n=${__atmos_auth_our[__atmos_auth_i]#=}" ;;
      *) builtin unset -v "$__atmos_auth_n" ;;
      esac
    fi
    __atmos_auth_kept=${__atmos_auth_kept#"$__atmos_auth_n"}
    __atmos_auth_lost[__atmos_auth_k]='' __atmos_auth_lost_old[__atmos_auth_k]=''
  done 2>/dev/null
  if [[ -z $__atmos_auth_kept ]]; then
    __atmos_auth_lost=() __atmos_auth_lost_had=() __atmos_auth_lost_old=() __atmos_auth_lost_our=()
  fi
}

# Whether all that is changed still is as we left it, and how it is now.
__atmos_auth_compare() {
  local "__atmos_auth_n=" "__atmos_auth_i="
  __atmos_auth_values='' __atmos_auth_are='' __atmos_auth_foreign=''
  if [[ -z $__atmos_auth_name ]]; then return 0; fi
  for __atmos_auth_i in ${!__atmos_auth_at_@}; do
    __atmos_auth_n=${__atmos_auth_i#__atmos_auth_at_} __atmos_auth_i=${!__atmos_auth_i}
    # ATMOS_IDENTITY is compared in any case.
    if [[ $__atmos_auth_n != ATMOS_IDENTITY ]]; then
      __atmos_auth_values+=":\${$__atmos_auth_n-}" __atmos_auth_are+=":${!__atmos_auth_n-}"
    fi
    if ! builtin test "${!__atmos_auth_n+=}${!__atmos_auth_n-}" = "${__atmos_auth_our[__atmos_auth_i]}"; then
      __atmos_auth_foreign='*'
    fi
  done
}

# Puts everything back.
__atmos_auth_restore() {
  local "IFS="$' \t\n' __atmos_auth_n
  for __atmos_auth_n in ${!__atmos_auth_at_@}; do
    __atmos_auth_back "${__atmos_auth_n#__atmos_auth_at_}"
  done 2>/dev/null
  __atmos_auth_had=() __atmos_auth_old=() __atmos_auth_our=()
}

# The exported mark by which other shells know what this one changed.
__atmos_auth_mark() {
  if [[ -n $1 ]]; then builtin export "__ATMOS_AUTH_DIFF=$1"; else builtin unset -v __ATMOS_AUTH_DIFF; fi 2>/dev/null
}

# use|environment NAME: directories do not count until `use --auto`.
__atmos_auth_pin() {
  if [[ $1 == use ]]; then
    case $__atmos_auth_pin in
    "use $2") ;;
    use\ *) __atmos_auth_before=${__atmos_auth_pin#use } ;;
    *) __atmos_auth_before='--auto' ;;
    esac
  fi
  __atmos_auth_pin="$1 $2"
}

__atmos_auth_auto() {
  case $__atmos_auth_pin in use\ *) __atmos_auth_before=${__atmos_auth_pin#use } ;; esac
  __atmos_auth_pin='' __atmos_auth_asked='?'
  __atmos_auth_mark ''
  __atmos_auth_state
}

# WATCH LINE NAME DIGEST PROTECTED REGION EXPIRY RENEWABLE SESSION WARN SYMBOL COLOR, and maybe what
# the segment is now: TEXT LOOK FROM UNTIL
__atmos_auth_state() {
  # Arithmetic would run what is not a number.
  case ${7-}${8-}${10-}${15-}${16-} in *[!0-9]*) return 1 ;; esac
  if [[ -n ${5-} ]] && ! builtin test "${3-}" = "$__atmos_auth_name"; then
    __atmos_auth_note "atmos-auth: this shell now acts as \`${3-}\`, which is protected"
  fi
  __atmos_auth_watch=${1-} __atmos_auth_line=${2-} __atmos_auth_name=${3-} __atmos_auth_digest=${4-}
  __atmos_auth_guard=${5-} __atmos_auth_region=${6-} __atmos_auth_expiry=${7:-0}
  __atmos_auth_renew=${8:-0} __atmos_auth_session=${9-} __atmos_auth_warn=${10:-0}
  __atmos_auth_symbol=${11-} __atmos_auth_color=${12-} __atmos_auth_now_text=${13-}
  __atmos_auth_now_look=${14-} __atmos_auth_from=${15:-0} __atmos_auth_until=${16:-0}
  __atmos_auth_rest=''
}

# KEY TEXT: a line for the person, once a shell.
__atmos_auth_say() {
  if [[ $__atmos_auth_told != *" $1 "* ]]; then
    __atmos_auth_told+="$1 "
    __atmos_auth_note "$2"
  fi
}

# TEXT: a line for the person, when there is a prompt.
__atmos_auth_note() {
  __atmos_auth_notice+=${__atmos_auth_notice:+$__atmos_auth_break}$1
}

__atmos_auth_next() { __atmos_auth_next=$1 __atmos_auth_dir=${2-}; }

__atmos_auth_leave() {
  __atmos_auth_restore
  __atmos_auth_mark ''
  __atmos_auth_state
}

# ---- The segment; the rules are those of Sources/Hook/Segment.swift.

__atmos_auth_draw() {
  local "__atmos_auth_text=$__atmos_auth_now_text" "__atmos_auth_look=$__atmos_auth_now_look" "__atmos_auth_tint="
  if [[ -z $__atmos_auth_name ]]; then
    builtin unset -v ATMOS_AUTH_PROMPT ATMOS_AUTH_STATE 2>/dev/null
    ATMOS_AUTH_PS1='' __atmos_auth_from=0 __atmos_auth_hidden=''
    return 0
  fi
  if [[ -z $__atmos_auth_text || -n $__atmos_auth_foreign ]]; then
    __atmos_auth_text=''
    __atmos_auth_count
  fi
  # What an answer says is right for the moment only.
  __atmos_auth_now_text=''
  builtin export "ATMOS_AUTH_PROMPT=$__atmos_auth_text" 2>/dev/null
  case $__atmos_auth_guard$__atmos_auth_look in !expired | !ended) ;; !*) __atmos_auth_look=protected ;; esac
  builtin export "ATMOS_AUTH_STATE=$__atmos_auth_look" 2>/dev/null
  if [[ -n $__atmos_auth_color && -z ${NO_COLOR-} && ${CLICOLOR-} != 0 && ${TERM-} != dumb ]]; then
    case $__atmos_auth_look in
    valid) __atmos_auth_tint=32 ;;
    expiring) __atmos_auth_tint=33 ;;
    renewable) __atmos_auth_tint=36 ;;
    protected) __atmos_auth_tint='1;7;31' ;;
    expired | ended) __atmos_auth_tint=31 ;;
    *) __atmos_auth_tint=34 ;;
    esac
    # Readline counts no columns between \001 and \002.
    __atmos_auth_text=$'\001\e['$__atmos_auth_tint$'m\002'$__atmos_auth_text$'\001\e[0m\002'
  fi
  ATMOS_AUTH_PS1="$__atmos_auth_text "
  case ${PS1-} in
  *'{ATMOS_AUTH_PS1'* | *ATMOS_AUTH_PROMPT* | *"${ATMOS_AUTH_PROMPT-?}"*) __atmos_auth_hidden='' ;;
  *) __atmos_auth_place ;;
  esac
}

# The segment's text and look, in the caller's variables, and how long they are right.
__atmos_auth_count() {
  local "__atmos_auth_left=0" "__atmos_auth_low=0" "__atmos_auth_high=0" "__atmos_auth_time=0"
  local "__atmos_auth_width=80" "__atmos_auth_short=$__atmos_auth_name"
  __atmos_auth_from=0 __atmos_auth_until=0
  __atmos_auth_clock
  if [[ $__atmos_auth_session != valid ]]; then
    __atmos_auth_look=unknown
    if [[ $__atmos_auth_session == ended ]]; then __atmos_auth_look=ended __atmos_auth_text='no session'; fi
  elif ((__atmos_auth_expiry == 0)); then
    __atmos_auth_look=valid
  else
    __atmos_auth_left=$((__atmos_auth_expiry - __atmos_auth_time))
    if ((__atmos_auth_left > __atmos_auth_warn)); then
      __atmos_auth_look=valid
    elif ((__atmos_auth_left > 0)); then
      __atmos_auth_look=expiring
    elif ((__atmos_auth_time < __atmos_auth_renew)); then
      __atmos_auth_look=renewable __atmos_auth_text='~'
      __atmos_auth_from=$__atmos_auth_expiry __atmos_auth_until=$__atmos_auth_renew
    else
      __atmos_auth_look=expired __atmos_auth_text=expired __atmos_auth_until=9223372036854775807
      __atmos_auth_from=$((__atmos_auth_renew > __atmos_auth_expiry ? __atmos_auth_renew : __atmos_auth_expiry))
    fi
    if ((__atmos_auth_left > 0)); then
      __atmos_auth_low=$__atmos_auth_left __atmos_auth_high=$((__atmos_auth_left + 1))
      if ((__atmos_auth_left >= 300)); then
        __atmos_auth_low=$((__atmos_auth_left - __atmos_auth_left % 60))
        __atmos_auth_high=$((__atmos_auth_low + 60))
        if ((__atmos_auth_low <= __atmos_auth_warn && __atmos_auth_warn < __atmos_auth_left)); then
          __atmos_auth_low=$((__atmos_auth_warn + 1))
        elif ((__atmos_auth_left <= __atmos_auth_warn && __atmos_auth_warn < __atmos_auth_high)); then
          __atmos_auth_high=$((__atmos_auth_warn + 1))
        fi
      fi
      __atmos_auth_from=$((__atmos_auth_expiry - __atmos_auth_high + 1))
      __atmos_auth_until=$((__atmos_auth_expiry - __atmos_auth_low + 1))
      if ((__atmos_auth_left >= 3600)); then
        builtin printf -v __atmos_auth_text '%dh%02dm' $((__atmos_auth_left / 3600)) $((__atmos_auth_left / 60 % 60))
      elif ((__atmos_auth_left >= 300)); then
        __atmos_auth_text=$((__atmos_auth_left / 60))m
      elif ((__atmos_auth_left >= 60)); then
        builtin printf -v __atmos_auth_text '%dm%02ds' $((__atmos_auth_left / 60)) $((__atmos_auth_left % 60))
      else
        __atmos_auth_text=${__atmos_auth_left}s
      fi
      if [[ $__atmos_auth_look == expiring ]]; then __atmos_auth_text+='!'; fi
    fi
  fi
  case ${COLUMNS-} in '' | *[!0-9]* | ???????*) ;; *) __atmos_auth_width=$((10#$COLUMNS)) ;; esac
  if ((__atmos_auth_width < 40 && ${#__atmos_auth_short} > 12)); then
    __atmos_auth_short=${__atmos_auth_short:0:5}..${__atmos_auth_short:${#__atmos_auth_short}-5}
  fi
  if ((__atmos_auth_width < 60)) && [[ $__atmos_auth_look == valid ]]; then __atmos_auth_text=''; fi
  if ((__atmos_auth_width >= 80)) && [[ -n $__atmos_auth_region ]]; then
    __atmos_auth_text="$__atmos_auth_region${__atmos_auth_text:+ $__atmos_auth_text}"
  fi
  __atmos_auth_text=$__atmos_auth_symbol$__atmos_auth_guard$__atmos_auth_short$__atmos_auth_foreign${__atmos_auth_text:+ $__atmos_auth_text}
}

# The time, in the caller's __atmos_auth_time, without a process in any bash.
__atmos_auth_clock() {
  if [[ -n ${EPOCHSECONDS-} ]]; then
    __atmos_auth_time=$EPOCHSECONDS
  elif ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 402)); then
    builtin printf -v __atmos_auth_time '%(%s)T' -1
    __atmos_auth_epoch=$((__atmos_auth_time - SECONDS))
  else
    if ((__atmos_auth_epoch == 0)); then
      __atmos_auth_epoch=$(($(\command date +%s) - SECONDS))
    fi
    __atmos_auth_time=$((__atmos_auth_epoch + SECONDS))
  fi
}

# Puts the segment into PS1, by reference, so that nothing in it is expanded again: in front of its
# last line. Says once why it cannot be there.
__atmos_auth_place() {
  local "__atmos_auth_head=" "__atmos_auth_tail=${PS1-}"
  __atmos_auth_hidden=''
  if [[ -z $__atmos_auth_prompts || -z $__atmos_auth_name ]]; then return 0; fi
  if ! builtin shopt -q promptvars; then
    __atmos_auth_hidden='the option `promptvars` is off'
  elif ! __atmos_auth_may_write PS1; then
    __atmos_auth_hidden='PS1 is read-only'
  fi
  if [[ -n $__atmos_auth_hidden ]]; then
    __atmos_auth_say hidden "atmos-auth: the prompt cannot show the identity, since $__atmos_auth_hidden; show \$ATMOS_AUTH_PROMPT in it, or load the hook with --no-prompt"
    return 0
  fi
  # It was here before, so something writes PS1 again.
  if [[ -n $__atmos_auth_placed ]]; then __atmos_auth_writes=1; fi
  __atmos_auth_placed=1
  case ${PS1-} in
  '$('*')')
    # One command, whose lines are known only when it has run: bash runs it as part of a pattern,
    # keeps what it printed, and shows that in two parts.
    __atmos_auth_head='${__atmos_auth_nothing#"${__atmos_auth_drawn:='$PS1'}"}${__atmos_auth_drawn%"${__atmos_auth_drawn##*$__atmos_auth_break}"}'
    __atmos_auth_tail='${__atmos_auth_drawn##*$__atmos_auth_break}'
    ;;
  *\\n* | *$'\n'*) __atmos_auth_last_line ;;
  esac
  PS1=$__atmos_auth_head'${ATMOS_AUTH_PS1-}'$__atmos_auth_tail
}

# Splits PS1 before its last line, in the caller's __atmos_auth_head and __atmos_auth_tail. A line
# break within `$(...)`, `${...}` or backquotes is none of the prompt's.
__atmos_auth_last_line() {
  local "__atmos_auth_a=" "__atmos_auth_b=" "__atmos_auth_rest=$PS1" "__atmos_auth_x="
  while :; do
    __atmos_auth_a=${__atmos_auth_rest%\\n*} __atmos_auth_b=${__atmos_auth_rest%$'\n'*} __atmos_auth_x=''
    if ((${#__atmos_auth_a} < ${#__atmos_auth_rest} &&
      (${#__atmos_auth_a} > ${#__atmos_auth_b} || ${#__atmos_auth_b} == ${#__atmos_auth_rest}))); then
      __atmos_auth_head=$__atmos_auth_a\\n __atmos_auth_rest=$__atmos_auth_a
      # After a backslash, this is a backslash and an `n`.
      __atmos_auth_x=${__atmos_auth_a##*[!\\]}
    elif ((${#__atmos_auth_b} < ${#__atmos_auth_rest})); then
      __atmos_auth_head=$__atmos_auth_b$'\n' __atmos_auth_rest=$__atmos_auth_b
    else
      __atmos_auth_head='' __atmos_auth_tail=$PS1
      return 0
    fi
    if ((${#__atmos_auth_x} % 2 == 0)) && __atmos_auth_is_closed "$__atmos_auth_head"; then
      __atmos_auth_tail=${PS1:${#__atmos_auth_head}}
      return 0
    fi
  done
}

# TEXT: whether every bracket and backquote that could begin a substitution has its end.
__atmos_auth_is_closed() {
  local "__atmos_auth_q=${1//[!\`]/}"
  case $1 in *'$('* | *'${'* | *'`'*) ;; *) return 0 ;; esac
  __atmos_auth_same "${1//[!(]/}" "${1//[!)]/}" && __atmos_auth_same "${1//[!\{]/}" "${1//[!\}]/}" &&
    ((${#__atmos_auth_q} % 2 == 0))
}

__atmos_auth_same() { ((${#1} == ${#2})); }

# ---- The command.

__atmos_auth_run() {
  local "__atmos_auth_out=" "__atmos_auth_rc=0" "__atmos_auth_verb=${1-}"
  case $__atmos_auth_verb in
  use | login | logout) shift ;;
  status)
    shift
    __atmos_auth_install || :
    __atmos_auth_tell
    "$__atmos_auth_bin" status --shell bash --segment "$(__atmos_auth_segment)" "$@"
    return
    ;;
  repl)
    # In the foreground, as any program; who the shell is to be now is asked afterwards.
    shift
    "$__atmos_auth_bin" repl --for-shell "$$" "$@" || __atmos_auth_rc=$?
    __atmos_auth_verb=use
    builtin set -- --kept "$$"
    ;;
  *)
    "$__atmos_auth_bin" "$@"
    return
    ;;
  esac
  if [[ $__atmos_auth_verb == use && $# == 1 && $1 == - ]]; then builtin set -- "$__atmos_auth_before"; fi
  __atmos_auth_out=$(\builtin exec "$__atmos_auth_bin" "$__atmos_auth_verb" --shell bash "$@") || __atmos_auth_rc=$?
  case $__atmos_auth_out in
  *'#atmos-auth-ok')
    builtin eval "$__atmos_auth_out" 2>/dev/null || :
    __atmos_auth_id=${ATMOS_IDENTITY-}
    __atmos_auth_install || :
    __atmos_auth_tell
    ;;
  ?*) builtin printf '%s\n' "$__atmos_auth_out" ;;
  esac
  return "$__atmos_auth_rc"
}

# Whether the prompt shows who is active, in a word for `status`.
__atmos_auth_segment() {
  if [[ -z $__atmos_auth_prompts ]]; then
    builtin echo off
  elif [[ -z $__atmos_auth_name ]]; then
    builtin echo none
  else
    builtin echo "${__atmos_auth_hidden:-shown}"
  fi
}

# POSIX mode allows no dash in a function's name.
case :${SHELLOPTS-}: in
*:posix:*) ;;
*) builtin eval 'function atmos-auth { __atmos_auth_run "$@"; }' ;;
esac

# ---- Wrapped programs: a function of the name of each.

# Makes those that are missing, and takes away those of programs that are not wrapped any more. A
# function that the person has is left alone; an alias leads here once it is expanded.
__atmos_auth_wrap() {
  local "IFS="$' \t\n' "__atmos_auth_e=" "__atmos_auth_kept=$__atmos_auth_wrapped"
  __atmos_auth_wrapped=' '
  for __atmos_auth_e in $__atmos_auth_kept; do
    case " $__atmos_auth_wraps " in
    *" $__atmos_auth_e "*) __atmos_auth_wrapped+="$__atmos_auth_e " ;;
    *) __atmos_auth_unwrap "$__atmos_auth_e" ;;
    esac
  done
  for __atmos_auth_e in $__atmos_auth_wraps; do
    if builtin declare -F "$__atmos_auth_e" >/dev/null; then continue; fi
    # POSIX mode allows letters, digits and `_` only.
    builtin eval "function $__atmos_auth_e { \"\$__atmos_auth_bin\" exec --wrapper -- $__atmos_auth_e \"\$@\"; }" 2>/dev/null || continue
    # Under `set -a` children would have it too.
    builtin export -nf "$__atmos_auth_e" 2>/dev/null || :
    __atmos_auth_wrapped+="$__atmos_auth_e "
  done
}

# NAME: takes its function away, unless the person has made one since.
__atmos_auth_unwrap() {
  case $(\builtin declare -f "$1") in *'$__atmos_auth_bin" exec --wrapper'*) builtin unset -f "$1" ;; esac
}

__atmos_auth_wrap || :

# ---- Into PROMPT_COMMAND: where it runs last, so that what writes PS1 has done so; with --no-prompt
# where it runs first, so that what reads our variables gets the new ones. Where bash runs all
# elements of an array (5.1), never as element 0, which every `PROMPT_COMMAND=` replaces.

# Puts the hook where it belongs, if it is elsewhere, and notes the list in which it is.
__atmos_auth_install() {
  __atmos_auth_commands=''
  __atmos_auth_install_now || return
  # bash-preexec's own list may change, too.
  if [[ -z ${bash_preexec_imported-}${__bp_imported-} ]]; then
    __atmos_auth_commands=${PROMPT_COMMAND[*]+${#PROMPT_COMMAND[@]} ${PROMPT_COMMAND[*]}}
  fi
}

__atmos_auth_install_now() {
  local "IFS="$' \t\n' "__atmos_auth_e=" "__atmos_auth_last=" "__atmos_auth_found=" "__atmos_auth_end=-" "__atmos_auth_others="
  for __atmos_auth_e in ${PROMPT_COMMAND[@]+"${PROMPT_COMMAND[@]}"}; do
    case $__atmos_auth_e in
    __bp_interactive_mode)
      # bash-preexec's own last element has to stay the last one.
      __atmos_auth_end=$__atmos_auth_e
      continue
      ;;
    __bp_precmd_invoke_cmd | $'__bp_precmd_invoke_cmd\n' | __atmos_auth_hook) ;;
    *) __atmos_auth_others=1 ;;
    esac
    __atmos_auth_last=$__atmos_auth_e
    case $__atmos_auth_e in *__atmos_auth_hook*) ;; *) continue ;; esac
    __atmos_auth_e=${__atmos_auth_e//[[:blank:]]/}
    case $'\n'${__atmos_auth_e//;/$'\n'}$'\n' in
    *$'\n'__atmos_auth_hook$'\n'*) __atmos_auth_found=$__atmos_auth_e ;;
    esac
  done
  if [[ ${bash_preexec_imported-}${__bp_imported-} == *defined* ]]; then
    # Where it came after the hook, it has taken the hook for a person's command, and would not see
    # the next one.
    if [[ $__atmos_auth_installed == 1 && -n ${__bp_preexec_interactive_mode+x} ]]; then
      __bp_preexec_interactive_mode=on __atmos_auth_installed=precmd
    fi
    case ${PROMPT_COMMAND-} in
    *$'\n'__bp_interactive_mode)
      # Its earlier releases put all into one string.
      __atmos_auth_install_line
      return
      ;;
    esac
    if [[ $__atmos_auth_end == - || -z $__atmos_auth_others ]]; then
      __atmos_auth_install_precmd
      return
    fi
  fi
  case $__atmos_auth_found in
  '')
    # The first time is the beginning; later, somebody took it away.
    if [[ -n $__atmos_auth_installed && $__atmos_auth_end == - ]]; then
      __atmos_auth_say gone 'atmos-auth: PROMPT_COMMAND was set without the hook, which is put back; PROMPT_COMMAND+=(...) keeps it'
    fi
    ;;
  __atmos_auth_hook)
    # An element of its own: where it belongs?
    if ! __atmos_auth_runs_all; then return 0; fi
    if [[ $__atmos_auth_last == __atmos_auth_hook || -z $__atmos_auth_prompts ]] &&
      ! builtin test "${PROMPT_COMMAND-}" = __atmos_auth_hook; then
      return 0
    fi
    ;;
  *) return 0 ;;
  esac
  if ! __atmos_auth_may_write PROMPT_COMMAND; then
    __atmos_auth_say read-only 'atmos-auth: PROMPT_COMMAND is read-only, so the hook is not installed'
    return 0
  fi
  if __atmos_auth_runs_all; then
    if [[ -z $__atmos_auth_installed ]]; then
      if [[ -n ${PROMPT_COMMAND+x} && ${PROMPT_COMMAND@a} != *a* ]]; then __atmos_auth_scalar=1; else __atmos_auth_scalar=; fi
    fi
    builtin set --
    for __atmos_auth_e in ${PROMPT_COMMAND[@]+"${PROMPT_COMMAND[@]}"}; do
      case $__atmos_auth_e in __atmos_auth_hook | "$__atmos_auth_end") continue ;; esac
      builtin set -- ${@+"$@"} "$__atmos_auth_e"
    done
    if (($# == 0)) || [[ -z $__atmos_auth_prompts ]]; then
      PROMPT_COMMAND=([1]=__atmos_auth_hook ${@+"$@"})
    else
      PROMPT_COMMAND=("$@" __atmos_auth_hook)
    fi
    if [[ $__atmos_auth_end != - ]]; then
      PROMPT_COMMAND+=("$__atmos_auth_end")
      __atmos_auth_remove_precmd
    fi
  else
    # A line of its own, which no `;` or comment before it can break.
    if [[ -z $__atmos_auth_prompts ]]; then
      PROMPT_COMMAND=__atmos_auth_hook${PROMPT_COMMAND:+;$PROMPT_COMMAND}
    else
      PROMPT_COMMAND=${PROMPT_COMMAND:+$PROMPT_COMMAND$'\n'}__atmos_auth_hook
    fi
    # A child without the hook would look for the function in vain.
    builtin export -n PROMPT_COMMAND
  fi
  __atmos_auth_installed=${__atmos_auth_installed:-1}
}

# Whether bash runs all elements of PROMPT_COMMAND.
__atmos_auth_runs_all() { ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 501)); }

# With bash-preexec, which has to be last itself, at the end of its list.
__atmos_auth_install_precmd() {
  __atmos_auth_last=
  for __atmos_auth_e in ${precmd_functions[@]+"${precmd_functions[@]}"}; do __atmos_auth_last=$__atmos_auth_e; done
  if [[ $__atmos_auth_last != __atmos_auth_hook ]]; then
    __atmos_auth_remove_precmd
    precmd_functions+=(__atmos_auth_hook)
  fi
  __atmos_auth_remove_element
  __atmos_auth_installed=precmd
}

# The same, where PROMPT_COMMAND is a string that ends in bash-preexec's last command: what else is
# in there runs after its list.
__atmos_auth_install_line() {
  local "__atmos_auth_rest_of=${PROMPT_COMMAND/__bp_precmd_invoke_cmd/}"
  __atmos_auth_rest_of=${__atmos_auth_rest_of/__atmos_auth_hook/}
  case ${__atmos_auth_rest_of%__bp_interactive_mode} in
  *[!\;[:space:]]*) ;;
  *)
    __atmos_auth_install_precmd
    return
    ;;
  esac
  __atmos_auth_remove_precmd
  __atmos_auth_remove_element
  case $PROMPT_COMMAND in
  *__atmos_auth_hook*) ;;
  *) PROMPT_COMMAND=${PROMPT_COMMAND%__bp_interactive_mode}$'__atmos_auth_hook\n__bp_interactive_mode' ;;
  esac
  __atmos_auth_installed=precmd
}

# Takes an element of its own out of PROMPT_COMMAND.
__atmos_auth_remove_element() {
  if [[ $__atmos_auth_found != __atmos_auth_hook ]] || ! __atmos_auth_runs_all; then return 0; fi
  builtin set --
  for __atmos_auth_e in "${PROMPT_COMMAND[@]}"; do
    if [[ $__atmos_auth_e != __atmos_auth_hook ]]; then builtin set -- ${@+"$@"} "$__atmos_auth_e"; fi
  done
  PROMPT_COMMAND=(${@+"$@"})
}

__atmos_auth_remove_precmd() {
  case " ${precmd_functions[*]-} " in *' __atmos_auth_hook '*) ;; *) return 0 ;; esac
  builtin set --
  for __atmos_auth_e in "${precmd_functions[@]}"; do
    if [[ $__atmos_auth_e != __atmos_auth_hook ]]; then builtin set -- ${@+"$@"} "$__atmos_auth_e"; fi
  done
  precmd_functions=(${@+"$@"})
}

# NAME: a read-only variable cannot become a local one.
__atmos_auth_may_write() { builtin local "$1" 2>/dev/null; }

__atmos_auth_install || :
__atmos_auth_tell
# `cd DIR && command`: bash has no other moment between the two. A function that the person has is
# left alone.
if [[ -n $__atmos_auth_switches && -n $__atmos_auth_installed ]]; then
  for __atmos_auth_e in cd pushd popd; do
    if builtin declare -F "$__atmos_auth_e" >/dev/null; then continue; fi
    builtin eval "$__atmos_auth_e() {
      builtin $__atmos_auth_e \"\$@\" || return
      if [[ -n \${__atmos_auth_shell-} ]]; then __atmos_auth_cd; fi
    }"
    # Under `set -a` children would have it too.
    builtin export -nf "$__atmos_auth_e" 2>/dev/null || :
    __atmos_auth_moves+="$__atmos_auth_e "
  done
  builtin unset -v __atmos_auth_e
fi
if [[ -n $__atmos_auth_aliases ]]; then builtin shopt -s expand_aliases; fi
builtin unset -v __atmos_auth_aliases
