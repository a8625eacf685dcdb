# atmos-auth: the hook for zsh, 5.8 and later. docs/hook.md explains it; `atmos-auth hook zsh`
# prints it with the constants below filled in, wrapped in `emulate zsh -o no_aliases -o no_ksh_zero_subscript -c`, for
# interactive shells only. So every function here runs with zsh's own options, whatever the user's.
#
# Rules that this text keeps: no process while nothing changes; nothing on standard output; nothing
# in subshells, where completions and `$(cd ...)` run chpwd functions too.

builtin zmodload -F zsh/datetime p:EPOCHSECONDS 2>/dev/null
builtin zmodload -F zsh/system b:sysread 2>/dev/null
builtin zmodload -F zsh/stat b:zstat 2>/dev/null

typeset -g __atmos_auth_bin='@ATMOS_AUTH@'
typeset -g __atmos_auth_ask='@ATMOS_AUTH_HOOK@'
typeset -g __atmos_auth_prompts='@PROMPT@'
typeset -g __atmos_auth_switches='@SWITCH@'
typeset -g __atmos_auth_wraps='@WRAPS@'

# What this shell knows; kept when the hook is evaluated again.
if (( ! ${+functions[__atmos_auth_hook]} )); then
  # By variable: what it was before, how it was (`x` exported, `-` set, nothing), what we made it.
  typeset -gA __atmos_auth_old __atmos_auth_had __atmos_auth_our
  # The same of what was not put back, since somebody else had changed it: should our value show up
  # again, as when direnv takes its own away, it is put back then.
  typeset -ga __atmos_auth_lost __atmos_auth_lost_had __atmos_auth_lost_old __atmos_auth_lost_our
  # The values now of what is changed, as code and as they are, and `*` if one is not ours.
  typeset -g __atmos_auth_values= __atmos_auth_are= __atmos_auth_foreign=
  # The file found from the directory, and the 512 bytes of it that were asked about.
  typeset -g __atmos_auth_file= __atmos_auth_body= __atmos_auth_mode=
  # Which of these the hook was last asked about; `?` means: ask in any case.
  typeset -g __atmos_auth_asked=$'\n'
  # ATMOS_IDENTITY as it was last seen, and `use NAME` or `environment NAME` when directories do
  # not count.
  typeset -g __atmos_auth_id= __atmos_auth_pin= __atmos_auth_before=--auto
  # A file to compare with a line at each prompt, and the active identity.
  typeset -g __atmos_auth_watch= __atmos_auth_line= __atmos_auth_name= __atmos_auth_digest=
  typeset -g __atmos_auth_guard= __atmos_auth_region= __atmos_auth_session=
  typeset -g __atmos_auth_symbol= __atmos_auth_color= __atmos_auth_now_text= __atmos_auth_now_look=
  typeset -gi __atmos_auth_expiry=0 __atmos_auth_renew=0 __atmos_auth_warn=0
  # When the segment's text is right: from ... until before.
  typeset -gi __atmos_auth_from=0 __atmos_auth_until=0 __atmos_auth_ps=0
  # The segment's element of psvar and what is in it; whether something writes PROMPT or psvar again
  # and again; why the segment cannot be shown.
  typeset -gi __atmos_auth_slot=0
  typeset -g __atmos_auth_text_now= __atmos_auth_writes= __atmos_auth_placed= __atmos_auth_hidden=
  # A PROMPT that is one command, and what it printed.
  typeset -g __atmos_auth_theirs= __atmos_auth_drawn= __atmos_auth_break=$'\n'
  typeset -g __atmos_auth_told=' ' __atmos_auth_notice= __atmos_auth_next= __atmos_auth_dir=
  typeset -g __atmos_auth_rest= __atmos_auth_seen= __atmos_auth_tests= __atmos_auth_segment=
  [[ -z ${__ATMOS_AUTH_DIFF-}${ATMOS_IDENTITY-} ]] || __atmos_auth_asked='?'
fi

# Runs before each prompt. Each step rewrites this function for the state that it left; see
# __atmos_auth_arm.
(( ${+functions[__atmos_auth_hook]} )) || __atmos_auth_hook() {
  (( ZSH_SUBSHELL )) || __atmos_auth_step
}

# Runs at each change of directory, for the commands behind `cd` on the same line.
__atmos_auth_cd() {
  (( ZSH_SUBSHELL )) || __atmos_auth_step cd
}

__atmos_auth_arm() {
  # Descriptor 3 is free in a shell; standard input would have to be put aside.
  local code= reading='builtin sysread -s 512 -i 3 text 3'
  (( ${+builtins[sysread]} )) || reading='text=$(</dev/stdin) '
  __atmos_auth_seen=$__atmos_auth_line$'\n'
  # An unanswered question comes first, so that no prompt is like this one.
  __atmos_auth_rest="$__atmos_auth_next$PWD|$COLUMNS|${ATMOS_IDENTITY-}${ATMOS_AUTH_DISABLE-}|$__atmos_auth_are|"
  local tests=$__atmos_auth_tests file=${(q)__atmos_auth_file} watch=${(q)__atmos_auth_watch}
  if [[ -n $__atmos_auth_file ]]; then
    if [[ -f $__atmos_auth_file && -r $__atmos_auth_file ]]; then
      tests+=" && -f $file && -r $file"
      code+=" && { $reading<$file; [[ \$text == \"\$__atmos_auth_body\" ]] }"
      # Whoever may write the file now, may soon have written it.
      [[ -z $__atmos_auth_mode ]] || code+=" && { builtin zstat -A text +mode $file; [[ \$text == \$__atmos_auth_mode ]] }"
    else
      tests+=" && ( -e $file || -h $file ) && ! ( -f $file && -r $file )"
    fi
  fi
  if [[ -n $__atmos_auth_watch ]]; then
    if [[ -n $__atmos_auth_line ]]; then
      tests+=" && -r $watch"
      code+=" && $reading<$watch && [[ \$text == \"\$__atmos_auth_seen\" ]]"
    else
      tests+=" && ! -e $watch"
    fi
  fi
  if (( __atmos_auth_from )); then
    local clock=EPOCHSECONDS
    (( ${+EPOCHSECONDS} )) || clock='${(%):-%D{%s}}'
    code=" && (( $clock >= __atmos_auth_from && $clock < __atmos_auth_until ))$code"
  fi
  local -i k
  for (( k = 1; k <= $#__atmos_auth_lost; ++k )); do
    tests+=" && \"\${$__atmos_auth_lost[k]+=}\${$__atmos_auth_lost[k]-}\" != \"\$__atmos_auth_lost_our[$k]\""
  done
  # The user may set PROMPT or psvar again, and prompt programs do so each time.
  local after=
  if [[ -n $__atmos_auth_name && $PROMPT == *'%(91V.'* ]]; then
    after="\$PROMPT == *'%(91V.'* && \$psvar[$__atmos_auth_slot] == \"\$__atmos_auth_text_now\""
    if [[ -z $__atmos_auth_writes ]]; then
      tests+=" && $after" after=
    else
      after="[[ $after ]] || (( ZSH_SUBSHELL )) || __atmos_auth_place"
    fi
  fi
  builtin eval "__atmos_auth_hook() {
    local text
    [[ \"\$PWD|\$COLUMNS|\${ATMOS_IDENTITY-}\${ATMOS_AUTH_DISABLE-}|$__atmos_auth_values|\$__atmos_auth_notice\" == \"\$__atmos_auth_rest\"$tests ]]$code ||
      (( ZSH_SUBSHELL )) || __atmos_auth_step
    $after
  }"
}

# Finds the nearest file at or above $PWD and notes, as conditions for __atmos_auth_hook, where
# there was none.
__atmos_auth_look() {
  local d=${PWD%/} __atmos_auth_text=
  __atmos_auth_file= __atmos_auth_body= __atmos_auth_mode= __atmos_auth_tests=
  [[ -n $__atmos_auth_switches && -z $__atmos_auth_pin && $PWD == /* ]] || return 0
  while :; do
    __atmos_auth_file=$d/.atmos-identity
    # A link that leads nowhere counts, too: it means nobody.
    [[ ! -e $__atmos_auth_file && ! -h $__atmos_auth_file ]] || break
    __atmos_auth_tests+=" && ! -e ${(q)__atmos_auth_file}"
    __atmos_auth_file=
    [[ -n $d ]] || break
    d=${d%/*}
    [[ :${ATMOS_AUTH_CEILING-}: != (*":${d:-/}:"*|*":$d/:"*) ]] || break
  done
  if [[ -f $__atmos_auth_file && -r $__atmos_auth_file ]]; then
    __atmos_auth_read $__atmos_auth_file
    __atmos_auth_body=$__atmos_auth_text
    if (( ${+builtins[zstat]} )); then
      builtin zstat -A __atmos_auth_text +mode $__atmos_auth_file 2>/dev/null
      __atmos_auth_mode=$__atmos_auth_text
    fi
  fi
}

# The first 512 bytes of a file, in the caller's __atmos_auth_text. Unbounded reading of 5 MB takes 0.2 s.
__atmos_auth_read() {
  __atmos_auth_text=
  if (( ${+builtins[sysread]} )); then
    builtin sysread -s 512 __atmos_auth_text <$1
  else
    __atmos_auth_text=$(<$1)
  fi 2>/dev/null
}

# Something changed: finds out what, asks if need be, draws, and arms __atmos_auth_hook. After a
# `cd`, what there is to say waits for the prompt. Locals have long names from here on, since an
# identity may set any variable.
__atmos_auth_step() {
  local __atmos_auth_text= __atmos_auth_now=
  __atmos_auth_next=
  __atmos_auth_install
  (( ! $#__atmos_auth_lost )) || __atmos_auth_find
  if [[ ${ATMOS_AUTH_DISABLE:-0} != 0 ]]; then
    __atmos_auth_file= __atmos_auth_tests= __atmos_auth_asked='?' __atmos_auth_pin=
    __atmos_auth_leave
  else
    if [[ ${ATMOS_IDENTITY-} != "$__atmos_auth_id" ]]; then
      # Set by hand. It beats the directory and an earlier `use`; taken away, it leaves a `use` be.
      if [[ -n ${ATMOS_IDENTITY-} || $__atmos_auth_pin == environment* ]]; then
        __atmos_auth_pin= __atmos_auth_asked='?'
      fi
    fi
    __atmos_auth_look
    if [[ -n $__atmos_auth_watch && -r $__atmos_auth_watch ]]; then
      __atmos_auth_read $__atmos_auth_watch
      __atmos_auth_now=${__atmos_auth_text%$'\n'}
    fi
    if [[ -n $__atmos_auth_pin ]]; then
      [[ $__atmos_auth_now == "$__atmos_auth_line" ]] || __atmos_auth_question session
    elif [[ $__atmos_auth_file$'\n'$__atmos_auth_body$__atmos_auth_mode != "$__atmos_auth_asked" ||
      $__atmos_auth_now != "$__atmos_auth_line" ]]; then
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
  if [[ -n $__atmos_auth_notice && $1 != cd ]]; then
    print -ru2 -- $__atmos_auth_notice
    __atmos_auth_notice=
  fi
  return 0
}

# Asks atmos-auth-hook, and atmos-auth where the hook says so.
__atmos_auth_question() {
  local __atmos_auth_out= __atmos_auth_rc=0
  if [[ $1 == session ]]; then
    __atmos_auth_out=$($__atmos_auth_ask zsh session $COLUMNS 2>/dev/null) || __atmos_auth_rc=$?
    __atmos_auth_line=$__atmos_auth_now
  else
    __atmos_auth_out=$($__atmos_auth_ask zsh $1 $COLUMNS "$PWD" "$__atmos_auth_file" "$__atmos_auth_digest" 2>/dev/null) || __atmos_auth_rc=$?
    __atmos_auth_asked=$__atmos_auth_file$'\n'$__atmos_auth_body$__atmos_auth_mode
  fi
  __atmos_auth_answer $1 || return 0
  case $__atmos_auth_next in
    revalidate)
      __atmos_auth_next=
      [[ $1 != again ]] || return 0
      # In case that this is interrupted.
      __atmos_auth_asked='?'
      $__atmos_auth_bin __revalidate --directory "$__atmos_auth_dir" </dev/null &>/dev/null
      __atmos_auth_question again
      ;;
    environment)
      __atmos_auth_next=
      __atmos_auth_pin="environment $ATMOS_IDENTITY"
      __atmos_auth_out=$($__atmos_auth_bin use --shell zsh --from-environment </dev/null) || __atmos_auth_rc=$?
      __atmos_auth_answer environment
      ;;
  esac
  return 0
}

# Evaluates an answer, if all of it is there; else nobody is active. The next prompt asks again if
# the hook was killed or ran out of time (75), but not if it failed.
__atmos_auth_answer() {
  if [[ $__atmos_auth_out == *'#atmos-auth-ok' ]]; then
    builtin eval $__atmos_auth_out
    return 0
  fi
  [[ $1 == session ]] || __atmos_auth_leave
  if (( __atmos_auth_rc >= 128 || __atmos_auth_rc == 75 )); then
    __atmos_auth_next=again __atmos_auth_asked='?'
    [[ $1 != session ]] || __atmos_auth_line='?'
  fi
  case $__atmos_auth_rc in
    75) __atmos_auth_say slow "atmos-auth: no answer within 200 ms; the next prompt asks again" ;;
    126|127) __atmos_auth_say missing "atmos-auth: \`$__atmos_auth_ask\` cannot be run, so directories do not switch" ;;
  esac
  return 1
}

# ---- What answers are made of.

# NAME WAS VALUE: exports a variable. WAS is `x` if it was exported before.
__atmos_auth_put() {
  __atmos_auth_keep $1 "$2" || return 0
  builtin export "$1=$3"
  __atmos_auth_our[$1]=$3
}

# NAME: takes an exported variable away.
__atmos_auth_drop() {
  __atmos_auth_keep $1 x || return 0
  builtin unset $1 "__atmos_auth_our[$1]"
}

# NAME WAS VALUE: takes over what another shell changed: the value now is ours, this was before.
__atmos_auth_adopt() {
  __atmos_auth_had[$1]=$2 __atmos_auth_old[$1]=$3
  (( ! ${(P)+1} )) || __atmos_auth_our[$1]=${(P)1}
}

# NAME WAS: saves a variable before its first change; fails if it is read-only, which zsh would end
# the function for. Whether a later change is ours to make, the hook has looked at.
__atmos_auth_keep() {
  [[ ${(Pt)1} != *readonly* ]] || return 1
  (( ! ${+__atmos_auth_had[$1]} )) || return 0
  __atmos_auth_had[$1]= __atmos_auth_old[$1]=
  if (( ${(P)+1} )); then
    __atmos_auth_had[$1]=${2:--} __atmos_auth_old[$1]=${(P)1}
  fi
}

__atmos_auth_is_ours() {
  [[ ${(P)+1}${(P)1-} == "${+__atmos_auth_our[$1]}${__atmos_auth_our[$1]-}" ]]
}

# NAME: puts back what still is as we left it, else remembers it for later.
__atmos_auth_back() {
  if (( ! ${+__atmos_auth_had[$1]} )); then
  elif ! __atmos_auth_is_ours $1; then
    __atmos_auth_lost+=($1) __atmos_auth_lost_had+=("$__atmos_auth_had[$1]")
    __atmos_auth_lost_old+=("$__atmos_auth_old[$1]")
    __atmos_auth_lost_our+=("${__atmos_auth_our[$1]+=}${__atmos_auth_our[$1]-}")
  elif [[ ${(Pt)1} != *readonly* ]]; then
    case ${__atmos_auth_had[$1]} in
      x) builtin export "$1=${__atmos_auth_old[$1]}" ;;
      -)
        builtin typeset -g +x $1
        builtin typeset -g "$1=${__atmos_auth_old[$1]}"
        ;;
      *) builtin unset $1 ;;
    esac
  fi
  builtin unset "__atmos_auth_had[$1]" "__atmos_auth_old[$1]" "__atmos_auth_our[$1]"
}

# Puts back what was not put back before, if our value has shown up again. Where it is changed again
# meanwhile, it is what will be put back, and our new value takes the place of the old one.
__atmos_auth_find() {
  local __atmos_auth_n __atmos_auth_was
  local -i __atmos_auth_k
  for (( __atmos_auth_k = $#__atmos_auth_lost; __atmos_auth_k > 0; --__atmos_auth_k )); do
    __atmos_auth_n=$__atmos_auth_lost[__atmos_auth_k] __atmos_auth_was=$__atmos_auth_lost_our[__atmos_auth_k]
    [[ "${(P)__atmos_auth_n+=}${(P)__atmos_auth_n-}" == "$__atmos_auth_was" ]] || continue
    if (( ${+__atmos_auth_had[$__atmos_auth_n]} )); then
      [[ "${__atmos_auth_our[$__atmos_auth_n]+=}${__atmos_auth_our[$__atmos_auth_n]-}" != "$__atmos_auth_was" ]] || continue
      if (( ${+__atmos_auth_our[$__atmos_auth_n]} )); then
        builtin export "$__atmos_auth_n=$__atmos_auth_our[$__atmos_auth_n]"
      else
        builtin unset $__atmos_auth_n
      fi
      __atmos_auth_had[$__atmos_auth_n]=$__atmos_auth_lost_had[__atmos_auth_k]
      __atmos_auth_old[$__atmos_auth_n]=$__atmos_auth_lost_old[__atmos_auth_k]
    else
      __atmos_auth_had[$__atmos_auth_n]=$__atmos_auth_lost_had[__atmos_auth_k]
      __atmos_auth_old[$__atmos_auth_n]=$__atmos_auth_lost_old[__atmos_auth_k]
      [[ -z $__atmos_auth_was ]] || __atmos_auth_our[$__atmos_auth_n]=${__atmos_auth_was#=}
      __atmos_auth_back $__atmos_auth_n
    fi
    __atmos_auth_lost[__atmos_auth_k]=() __atmos_auth_lost_had[__atmos_auth_k]=()
    __atmos_auth_lost_old[__atmos_auth_k]=() __atmos_auth_lost_our[__atmos_auth_k]=()
  done
}

# Whether all that is changed still is as we left it, and how it is now.
__atmos_auth_compare() {
  local __atmos_auth_n
  __atmos_auth_values= __atmos_auth_are= __atmos_auth_foreign=
  [[ -n $__atmos_auth_name ]] || return 0
  for __atmos_auth_n in ${(k)__atmos_auth_had}; do
    # ATMOS_IDENTITY is compared in any case.
    if [[ $__atmos_auth_n != ATMOS_IDENTITY ]]; then
      __atmos_auth_values+="\${$__atmos_auth_n-}|" __atmos_auth_are+="${(P)__atmos_auth_n-}|"
    fi
    __atmos_auth_is_ours $__atmos_auth_n || __atmos_auth_foreign='*'
  done
}

# Puts everything back.
__atmos_auth_restore() {
  local __atmos_auth_n
  for __atmos_auth_n in ${(k)__atmos_auth_had}; do __atmos_auth_back $__atmos_auth_n; done
}

# The exported mark by which other shells know what this one changed.
__atmos_auth_mark() {
  if [[ -n $1 ]]; then builtin export __ATMOS_AUTH_DIFF=$1; else builtin unset __ATMOS_AUTH_DIFF; fi
}

# use|environment NAME: directories do not count until `use --auto`.
__atmos_auth_pin() {
  if [[ $1 == use ]]; then
    case $__atmos_auth_pin in
      "use $2") ;;
      'use '*) __atmos_auth_before=${__atmos_auth_pin#use } ;;
      *) __atmos_auth_before=--auto ;;
    esac
  fi
  __atmos_auth_pin="$1 $2"
}

__atmos_auth_auto() {
  [[ $__atmos_auth_pin != 'use '* ]] || __atmos_auth_before=${__atmos_auth_pin#use }
  __atmos_auth_pin= __atmos_auth_asked='?'
  __atmos_auth_mark ''
  __atmos_auth_state
}

# WATCH LINE NAME DIGEST PROTECTED REGION EXPIRY RENEWABLE SESSION WARN SYMBOL COLOR, and maybe what
# the segment is now: TEXT LOOK FROM UNTIL
__atmos_auth_state() {
  # Arithmetic would evaluate what is not a number.
  [[ "${7-}${8-}${10-}${15-}${16-}" != *[^0-9]* ]] || return 1
  [[ -z ${5-} || ${3-} == "$__atmos_auth_name" ]] ||
    __atmos_auth_note "atmos-auth: this shell now acts as \`${3-}\`, which is protected"
  __atmos_auth_watch=${1-} __atmos_auth_line=${2-} __atmos_auth_name=${3-} __atmos_auth_digest=${4-}
  __atmos_auth_guard=${5-} __atmos_auth_region=${6-} __atmos_auth_expiry=${7:-0}
  __atmos_auth_renew=${8:-0} __atmos_auth_session=${9-} __atmos_auth_warn=${10:-0}
  __atmos_auth_symbol=${11-} __atmos_auth_color=${12-} __atmos_auth_now_text=${13-}
  __atmos_auth_now_look=${14-} __atmos_auth_from=${15:-0} __atmos_auth_until=${16:-0}
  __atmos_auth_rest=
}

# KEY TEXT: a line for the person, once a shell.
__atmos_auth_say() {
  if [[ $__atmos_auth_told != *" $1 "* ]]; then
    __atmos_auth_told+="$1 "
    __atmos_auth_note $2
  fi
}

# TEXT: a line for the person, when there is a prompt.
__atmos_auth_note() {
  __atmos_auth_notice+=${__atmos_auth_notice:+$'\n'}$1
}

__atmos_auth_next() { __atmos_auth_next=$1 __atmos_auth_dir=${2-} }

__atmos_auth_leave() {
  __atmos_auth_restore
  __atmos_auth_mark ''
  __atmos_auth_state
}

# ---- The segment; the rules are those of Sources/Hook/Segment.swift.

__atmos_auth_draw() {
  local text=$__atmos_auth_now_text look=$__atmos_auth_now_look slot=6
  if [[ -z $__atmos_auth_name ]]; then
    __atmos_auth_from=0
    builtin unset ATMOS_AUTH_PROMPT ATMOS_AUTH_STATE
    __atmos_auth_text_now= __atmos_auth_hidden=
    [[ -z $__atmos_auth_segment ]] || __atmos_auth_fill
    return 0
  fi
  if [[ -z $text || -n $__atmos_auth_foreign ]]; then
    text=
    __atmos_auth_count
  fi
  # What an answer says is right for the moment only.
  __atmos_auth_now_text=
  builtin export ATMOS_AUTH_PROMPT=$text
  [[ -z $__atmos_auth_guard || $look == (expired|ended) ]] || look=protected
  builtin export ATMOS_AUTH_STATE=$look
  case $look in
    valid) slot=1 ;;
    expiring) slot=2 ;;
    renewable) slot=3 ;;
    protected) slot=4 ;;
    expired|ended) slot=5 ;;
  esac
  [[ -n $__atmos_auth_color && -z ${NO_COLOR-} && ${CLICOLOR-} != 0 && ${TERM-} != dumb ]] || slot=7
  __atmos_auth_slot=90+slot __atmos_auth_text_now=$text
  __atmos_auth_place
}

# The segment's text and look, in the caller's variables, and how long they are right.
__atmos_auth_count() {
  local short=$__atmos_auth_name
  local -i left low high now=${EPOCHSECONDS:-${(%):-%D{%s}}} expiry=__atmos_auth_expiry
  __atmos_auth_from=0 __atmos_auth_until=0
  if [[ $__atmos_auth_session != valid ]]; then
    look=unknown
    [[ $__atmos_auth_session != ended ]] || look=ended text='no session'
  elif (( expiry == 0 )); then
    look=valid
  else
    (( left = expiry - now ))
    if (( left > __atmos_auth_warn )); then
      look=valid
    elif (( left > 0 )); then
      look=expiring
    elif (( now < __atmos_auth_renew )); then
      look=renewable text='~'
      __atmos_auth_from=expiry __atmos_auth_until=__atmos_auth_renew
    else
      look=expired text=expired
      (( __atmos_auth_from = __atmos_auth_renew > expiry ? __atmos_auth_renew : expiry ))
      __atmos_auth_until=9223372036854775807
    fi
    if (( left > 0 )); then
      (( low = left, high = left + 1 ))
      if (( left >= 300 )); then
        (( low = left - left % 60, high = low + 60 ))
        if (( low <= __atmos_auth_warn && __atmos_auth_warn < left )); then
          (( low = __atmos_auth_warn + 1 ))
        elif (( left <= __atmos_auth_warn && __atmos_auth_warn < high )); then
          (( high = __atmos_auth_warn + 1 ))
        fi
      fi
      (( __atmos_auth_from = expiry - high + 1, __atmos_auth_until = expiry - low + 1 ))
      if (( left >= 3600 )); then
        text=$(( left / 3600 ))h${(l:2::0:)$(( left / 60 % 60 ))}m
      elif (( left >= 300 )); then
        text=$(( left / 60 ))m
      elif (( left >= 60 )); then
        text=$(( left / 60 ))m${(l:2::0:)$(( left % 60 ))}s
      else
        text=${left}s
      fi
      [[ $look != expiring ]] || text+='!'
    fi
  fi
  local -i width=${COLUMNS:-80}
  (( width >= 40 || $#short <= 12 )) || short=$short[1,5]..$short[-5,-1]
  [[ $look != valid ]] || (( width >= 60 )) || text=
  if (( width >= 80 )) && [[ -n $__atmos_auth_region ]]; then
    text=$__atmos_auth_region${text:+ $text}
  fi
  text=$__atmos_auth_symbol$__atmos_auth_guard$short$__atmos_auth_foreign${text:+ $text}
}

# Puts the segment in one of seven elements of psvar, one a colour, and into PROMPT, once, what shows
# whichever of them is not empty. Elements of psvar are shown as they are under every option, while
# text in PROMPT is expanded. Says once why the segment cannot be shown. Where PROMPT shows it already, it is left alone.
__atmos_auth_place() {
  local head= tail=$PROMPT
  __atmos_auth_hidden=
  [[ -n $__atmos_auth_prompts && -n $__atmos_auth_name ]] || return 0
  if (( ${+functions[p10k]} )); then
    (( ${+functions[prompt_atmos]} )) || __atmos_auth_hidden='powerlevel10k draws it'
  elif [[ ${(t)PROMPT} == *readonly* ]]; then
    __atmos_auth_hidden='PROMPT is read-only'
  fi
  if [[ -n $__atmos_auth_hidden ]]; then
    __atmos_auth_say hidden "atmos-auth: the prompt cannot show the identity, since $__atmos_auth_hidden; show \$ATMOS_AUTH_PROMPT in it, or load the hook with --no-prompt"
    return 0
  fi
  (( ! ${+functions[p10k]} )) || return 0
  if [[ -z $__atmos_auth_segment ]]; then
    __atmos_auth_ps=$#psvar
    __atmos_auth_segment='%(91V.%F{green}%91v%f .)%(92V.%F{yellow}%92v%f .)%(93V.%F{cyan}%93v%f .)'
    __atmos_auth_segment+='%(94V.%B%S%F{red}%94v%f%s%b .)%(95V.%F{red}%95v%f .)%(96V.%F{blue}%96v%f .)%(97V.%97v .)'
  fi
  if [[ $PROMPT == *'%(91V.'* ]]; then
    # It was here before, so something writes psvar again.
    [[ -z $__atmos_auth_placed || -n $psvar[$__atmos_auth_slot] ]] || __atmos_auth_writes=1
    __atmos_auth_fill
    return 0
  fi
  [[ $PROMPT != *ATMOS_AUTH_PROMPT* && $PROMPT != *"$__atmos_auth_text_now"* ]] || return 0
  __atmos_auth_fill
  [[ -z $__atmos_auth_placed ]] || __atmos_auth_writes=1
  __atmos_auth_placed=1
  if [[ $PROMPT == '$('*')' ]]; then
    # One command, whose lines are known only when it has run: what it printed is kept, and shown in
    # two parts.
    __atmos_auth_theirs=$PROMPT
    head='${${__atmos_auth_drawn::=${(e)__atmos_auth_theirs}}##*}${__atmos_auth_drawn%${__atmos_auth_drawn##*$__atmos_auth_break}}'
    tail='${__atmos_auth_drawn##*$__atmos_auth_break}'
  else
    # Before the last line. A line break within brackets is none of the prompt's.
    while [[ $tail == *$'\n'* ]]; do
      head=${tail%$'\n'*}$'\n' tail=$head[1,-2]
      if (( ${#head//[^(]} == ${#head//[^)]} && ${#head//[^\{]} == ${#head//[^\}]} &&
        ${#head//[^\`]} % 2 == 0 )); then
        break
      fi
      head=
    done
    tail=${PROMPT[$#head+1,-1]}
  fi
  PROMPT=$head$__atmos_auth_segment$tail
}

__atmos_auth_fill() {
  psvar[91]='' psvar[92]='' psvar[93]='' psvar[94]='' psvar[95]='' psvar[96]='' psvar[97]=''
  [[ -z $__atmos_auth_text_now ]] || psvar[$__atmos_auth_slot]=$__atmos_auth_text_now
}

# ---- The command.

atmos-auth() {
  local __atmos_auth_out= __atmos_auth_rc=0 __atmos_auth_verb=${1-}
  if [[ $__atmos_auth_verb == repl ]]; then
    # In the foreground, as any program; who the shell is to be now is asked afterwards.
    builtin shift
    $__atmos_auth_bin repl --for-shell $$ "$@" || __atmos_auth_rc=$?
    __atmos_auth_verb=use
    builtin set -- use --kept $$
  elif [[ $__atmos_auth_verb == status ]]; then
    builtin shift
    __atmos_auth_install
    local __atmos_auth_word=${__atmos_auth_hidden:-shown}
    [[ -n $__atmos_auth_name ]] || __atmos_auth_word=none
    [[ -n $__atmos_auth_prompts ]] || __atmos_auth_word=off
    $__atmos_auth_bin status --shell zsh --segment $__atmos_auth_word "$@" || return $?
    return 0
  elif [[ $__atmos_auth_verb != (use|login|logout) ]]; then
    $__atmos_auth_bin "$@" || return $?
    return 0
  fi
  builtin shift
  if [[ $__atmos_auth_verb == use && $# == 1 && $1 == - ]]; then
    builtin set -- "$__atmos_auth_before"
  fi
  __atmos_auth_out=$($__atmos_auth_bin $__atmos_auth_verb --shell zsh "$@") || __atmos_auth_rc=$?
  if [[ $__atmos_auth_out == *'#atmos-auth-ok' ]]; then
    builtin eval $__atmos_auth_out
    __atmos_auth_id=${ATMOS_IDENTITY-}
    __atmos_auth_install
  elif [[ -n $__atmos_auth_out ]]; then
    print -r -- $__atmos_auth_out
  fi
  return __atmos_auth_rc
}

# ---- Wrapped programs: a function of the name of each, unless the person has one. An alias leads
# there once it is expanded.

__atmos_auth_wrap() {
  local __atmos_auth_e=
  # zsh begins a function's text with a tab.
  for __atmos_auth_e in ${(k)functions[(R)?__atmos_auth_tool *]}; do
    (( ${${=__atmos_auth_wraps}[(Ie)$__atmos_auth_e]} )) || builtin unfunction $__atmos_auth_e
  done
  for __atmos_auth_e in ${=__atmos_auth_wraps}; do
    (( ${+functions[$__atmos_auth_e]} )) ||
      functions[$__atmos_auth_e]="__atmos_auth_tool $__atmos_auth_e \"\$@\""
  done
}

# NAME ARGUMENTS: `time` measures programs and says nothing of functions, so it is asked here. What
# fails in an `if` at a function's end does not count for ERR_EXIT where the function was called; what
# it returns does.
__atmos_auth_tool() {
  if __atmos_auth_is_timed $1; then
    local TIMEFMT=${${TIMEFMT-'%J  %U user %S system %P cpu %*E total'}//\%J/$1}
    time $__atmos_auth_bin exec --wrapper -- "$@" || return $?
  else
    $__atmos_auth_bin exec --wrapper -- "$@" || return $?
  fi
}

# NAME: whether the line has `time` in front of it. In a pipeline zsh itself measures the function.
__atmos_auth_is_timed() {
  (( ! ZSH_SUBSHELL )) || return 1
  local -a __atmos_auth_words=(${(z)${history[$HISTCMD]-}})
  local -i __atmos_auth_i=${__atmos_auth_words[(I)time]}
  (( __atmos_auth_i )) || return 1
  local __atmos_auth_e=${__atmos_auth_words[__atmos_auth_i+1]-}
  __atmos_auth_e=${aliases[$__atmos_auth_e]-$__atmos_auth_e}
  [[ ${__atmos_auth_e%% *} == $1 ]]
}

__atmos_auth_wrap

# ---- Among the functions that run before a prompt: last, when what writes PROMPT has done so; with
# --no-prompt and for powerlevel10k first, so that what reads our variables gets the new ones.

__atmos_auth_install() {
  if [[ -z $__atmos_auth_prompts ]] || (( ${+functions[p10k]} )); then
    [[ $precmd_functions[1] == __atmos_auth_hook ]] ||
      precmd_functions=(__atmos_auth_hook ${precmd_functions:#__atmos_auth_hook})
  elif [[ $precmd_functions[-1] != __atmos_auth_hook ]]; then
    precmd_functions=(${precmd_functions:#__atmos_auth_hook} __atmos_auth_hook)
  fi
}

typeset -ga precmd_functions chpwd_functions
__atmos_auth_install
(( ${chpwd_functions[(Ie)__atmos_auth_cd]} )) || chpwd_functions=(__atmos_auth_cd $chpwd_functions)
