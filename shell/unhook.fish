# atmos-auth: takes the hook out of a running fish; `atmos-auth hook --uninstall fish` prints it.
# Afterwards the shell is as if the hook had never been there, but for what others did meanwhile.
if functions -q __atmos_auth_hook
    functions -e __atmos_auth_hook __atmos_auth_cd
    __atmos_auth_leave
    if functions -q __atmos_auth_mode_prompt
        functions -q fish_mode_prompt; and functions -e fish_mode_prompt
        functions -c __atmos_auth_mode_prompt fish_mode_prompt
    end
    if functions -q __atmos_auth_theirs; and string match -q '*__atmos_auth_drawer*' -- (functions fish_prompt)
        functions -e fish_prompt
        functions -c __atmos_auth_theirs fish_prompt
    end
    set -g __atmos_auth_wraps
    __atmos_auth_wrap
    set -ge ATMOS_AUTH_PROMPT
    set -ge ATMOS_AUTH_STATE
    functions -e atmos-auth (functions -a -n | string split , | string match '__atmos_auth_*')
    for __atmos_auth_n in (set -gn | string match '__atmos_auth_*')
        set -ge $__atmos_auth_n
    end
    set -e __atmos_auth_n
end
