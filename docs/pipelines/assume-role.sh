#!/usr/bin/env bash
# A drop-in for the assume-role scripts of pipelines, on top of `atmos-auth assume`.
#
#   assume-role.sh ACCOUNT [ROLE] [MFA CODE] [REGION]         coinbase's order
#   assume-role.sh ACCOUNT ROLE SESSION [DURATION]            the order of Atlantis helpers
#   assume-role.sh -duration 1h -format bash ROLE-ARN [COMMAND…]
#   ACCOUNT=… ROLE_NAME=… SESSION_NAME=… DURATION=… assume-role.sh
#   . assume-role.sh ACCOUNT ROLE                             sets the variables in this shell
#
# Six digits in the third place are an MFA code, unless a duration follows: then they are the
# session's name. Without a role it is the one of the accounts file, else `read`, as in coinbase's.
#
# Options of `atmos-auth assume` (--account, --role, --external-id, …) go through as they are, and
# beat the variables. Output is `export` lines, nothing else; AWS_ACCOUNT_ID, AWS_ACCOUNT_NAME and
# AWS_ACCOUNT_ROLE are among them. After a failure there is none, and the status is not 0.

__assume_role() {
  local options=() words=() account='' role='' code='' index word
  # What is given later wins, so variables come first.
  [ -z "${SESSION_NAME-}" ] || options+=(--session-name "$SESSION_NAME")
  word=${DURATION:-${AWS_ROLE_SESSION_TIMEOUT-}}
  [ -z "$word" ] || options+=(--duration "$word")
  options+=(--default-role read --account-vars)
  while [ "$#" -gt 0 ]; do
    case $1 in
      --account | --account=* | --account-id | --account-id=*) account=0 ;;
      --role | --role=* | --role-name | --role-name=*) role=yes ;;
    esac
    case $1 in
      --account-id=*) options+=("--account=${1#*=}") ;;
      --role-name=*) options+=("--role=${1#*=}") ;;
      --account-id) options+=(--account "${2-}") && shift ;;
      --role-name) options+=(--role "${2-}") && shift ;;
      -duration | -format | -session-name) options+=("-$1" "${2-}") && shift ;;
      --no-color | --mfa-code-stdin | --account-vars | --version | --help | -h) options+=("$1") ;;
      --) shift && break ;;
      --*=*) options+=("$1") ;;
      --* | -[ifoC]) options+=("$1" "${2-}") && shift ;;
      *) words+=("$1") ;;
    esac
    shift
  done
  words+=("$@")
  [ -n "$account" ] || [ "${#words[@]}" -gt 0 ] || words+=(${ACCOUNT:+"$ACCOUNT"})
  # The role is the word behind the account, or the only one where an option names that.
  case $role${words[0]-} in
    yes* | arn:*) ;;
    *) [ "${#words[@]}" -ne "${account:-1}" ] || words+=(${ROLE_NAME:+"$ROLE_NAME"}) ;;
  esac

  # A role's ARN and more words: a program that is run with the keys.
  case ${words[0]-} in
    arn:*)
      if [ "${#words[@]}" -gt 1 ]; then
        local lines
        lines=$(command atmos-auth assume "${options[@]}" "${words[0]}") || return
        (eval "$lines" && exec "${words[@]:1}")
        return
      fi
      ;;
    *)
      for ((index = 2; index < ${#words[@]}; index++)); do
        word=${words[index]}
        if [ "$index" -eq 2 ] && [[ $word =~ ^[0-9]{6}$ && ! ${words[3]-} =~ ^[0-9]+[smh]?$ ]]; then
          code=$word
        elif [ "$index" -eq 2 ] && [ -n "$word" ]; then
          options+=(--session-name "$word")
        elif [[ $word =~ ^[0-9]+[smh]?$ ]]; then
          options+=(--duration "$word")
        elif [ -n "$word" ]; then
          options+=(--region "$word")
        fi
      done
      words=("${words[@]:0:2}")
      ;;
  esac
  if [ -n "$code" ]; then
    printf '%s\n' "$code" | command atmos-auth assume "${options[@]}" \
      ${words[@]+"${words[@]}"} --mfa-code-stdin
  else
    command atmos-auth assume "${options[@]}" ${words[@]+"${words[@]}"}
  fi
}

if [ "${BASH_SOURCE[0]-}" = "$0" ]; then
  __assume_role "$@"
else
  # The keys must not show up in a log that traces what the shell does.
  case $- in *x*) __assume_role_traces=yes && set +x ;; *) __assume_role_traces='' ;; esac
  if __assume_role_lines=$(__assume_role "$@"); then
    eval "$__assume_role_lines"
    __assume_role_status=0
  else
    __assume_role_status=$?
  fi
  unset -v __assume_role_lines
  unset -f __assume_role
  [ -z "$__assume_role_traces" ] || set -x
  eval "unset -v __assume_role_traces __assume_role_status; return $__assume_role_status"
fi
