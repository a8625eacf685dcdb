# atmos-auth: the hook for fish, 3.4 and later; the countdown needs 3.6. docs/hook.md explains it;
# `atmos-auth hook fish` prints it with the constants below filled in.
#
# Rules that this text keeps: no process and as few builtins as can be while nothing changes, since
# one takes 10 us and a command substitution 50; nothing on standard output; values in lists, so
# that nothing is ever quoted or expanded twice. Words compared by `test` begin with `x`, so that no
# value is taken for an operator.

if status is-interactive
    set -g __atmos_auth_bin '@ATMOS_AUTH@'
    set -g __atmos_auth_ask '@ATMOS_AUTH_HOOK@'
    set -g __atmos_auth_prompts '@PROMPT@'
    set -g __atmos_auth_switches '@SWITCH@'
    set -g __atmos_auth_wraps (string split -n ' ' -- '@WRAPS@')

    # What this shell knows; kept when the hook is evaluated again.
    if not functions -q __atmos_auth_hook
        # The variables that are changed at the moment.
        set -g __atmos_auth_names
        # Names of variables that were not put back, since somebody else had changed them, with what
        # they were in __atmos_auth_lost_{had,old,our}_N: should our value show up again, as when direnv
        # takes its own away, they are put back then.
        set -g __atmos_auth_lost
        set -g __atmos_auth_losses 0
        # The values of what is changed, as code and as they are; `*` if one is not ours. The names
        # that __atmos_auth_same was made for.
        set -g __atmos_auth_values ''
        set -g __atmos_auth_valued ''
        set -g __atmos_auth_known ''
        set -g __atmos_auth_foreign ''
        # The file found from the directory, and the 512 bytes of it that were asked about.
        set -g __atmos_auth_file ''
        set -g __atmos_auth_body ''
        # Which of these the hook was last asked about; `?` means: ask in any case.
        set -g __atmos_auth_asked '' ''
        # ATMOS_IDENTITY as it was last seen, and `use NAME` or `environment NAME` when directories
        # do not count.
        set -g __atmos_auth_id ''
        set -g __atmos_auth_pin
        set -g __atmos_auth_before --auto
        set -g __atmos_auth_told
        set -g __atmos_auth_notice ''
        set -g __atmos_auth_next
        set -g __atmos_auth_segment ''
        # How the prompt is drawn, how many lines it had, and what the mode prompt has shown of it.
        set -g __atmos_auth_drawer __atmos_auth_drawn
        set -g __atmos_auth_lines ''
        set -g __atmos_auth_said ''
        set -g __atmos_auth_drew ''
        set -g __atmos_auth_absent
        # A file to compare with a line at each prompt, and the active identity.
        set -g __atmos_auth_active '' '' '' '' '' '' 0 0 '' 0 '' ''
        set -g __atmos_auth_until ''
        set -g __atmos_auth_shape ''
        # How the file is read: as a line, as lines, or not at all (`closed`).
        set -g __atmos_auth_content
        if test -n "$__ATMOS_AUTH_DIFF$ATMOS_IDENTITY"
            set -g __atmos_auth_asked '?'
        end
        # What a prompt is compared with to tell whether its countdown is still right: a clock that
        # is read like a file where the kernel has one, else the seconds since the session's end.
        if test -r /proc/uptime
            set -g __atmos_auth_clock /proc/uptime
        else
            set -g __atmos_auth_clock ''
        end
        # What tells whether one of some files exists, and takes a `test` for each before fish 3.5.
        set -g __atmos_auth_exists path is -q --
        contains path (builtin -n); or set -g __atmos_auth_exists __atmos_auth_any
        function __atmos_auth_steady
            false
        end
    end

    # Runs before each prompt; its own status reaches neither the prompt nor the next command.
    function __atmos_auth_hook --on-event fish_prompt
        __atmos_auth_steady; or __atmos_auth_step
    end

    # Runs at each change of directory, for the commands behind `cd` on the same line. fish has no
    # subshells, so a `cd` in a command substitution is real, but its moment is not a good one.
    function __atmos_auth_cd --on-variable PWD
        status is-command-substitution; or __atmos_auth_step cd
    end

    # Notes the state that the step left as what __atmos_auth_steady compares, which says whether
    # nothing has changed since, and rewrites that function if it compares other things than before.
    function __atmos_auth_arm
        # An unanswered question comes first, so that no prompt is like this one.
        set -g __atmos_auth_rest "$__atmos_auth_next""x$PWD|$COLUMNS|$ATMOS_IDENTITY$ATMOS_AUTH_DISABLE|$__atmos_auth_valued"
        set -g __atmos_auth_missing $__atmos_auth_absent
        set -l shape $__atmos_auth_content
        if test -n "$__atmos_auth_active[2]"
            set -a shape facts
        else if test -n "$__atmos_auth_active[1]"
            set -a __atmos_auth_missing $__atmos_auth_active[1]
        end
        set -q __atmos_auth_missing[1]; and set -a shape missing
        test -n "$__atmos_auth_until"; and set -a shape until
        test "$shape $__atmos_auth_values $__atmos_auth_lost" = "$__atmos_auth_shape"; and return
        set -g __atmos_auth_shape "$shape $__atmos_auth_values $__atmos_auth_lost"
        __atmos_auth_compose $shape
    end

    # WORD...: writes __atmos_auth_steady for what these say is to be compared. fish warns of files
    # that cannot be opened whatever is done about standard error, so their tests come first. Each
    # word of a `test` takes longer than a file that it asks about.
    function __atmos_auth_compose
        set -l states '"x$PWD|$COLUMNS|$ATMOS_IDENTITY$ATMOS_AUTH_DISABLE|'$__atmos_auth_values'$__atmos_auth_notice$__atmos_auth_said" = "$__atmos_auth_rest"'
        set -l reads
        set -l texts ''
        set -l expected ''
        if contains line $argv
            set -a states '-f $__atmos_auth_file' '-r $__atmos_auth_file'
            set -a reads 'read -L -n 512 -f body more <$__atmos_auth_file; and return 1'
        else if contains lines $argv
            set -a states '-f $__atmos_auth_file' '-r $__atmos_auth_file'
            set -a reads 'begin; read -z -n 512 -f body; read -z -n 1 -f more; end <$__atmos_auth_file; and return 1'
        else if contains closed $argv
            set -a states '"(" -e $__atmos_auth_file -o -L $__atmos_auth_file ")"' \
                '"(" ! -f $__atmos_auth_file -o ! -r $__atmos_auth_file ")"'
        end
        if set -q reads[1]
            set texts '$body|'
            set expected '$__atmos_auth_body|'
        end
        if contains facts $argv
            set -a states '-r $__atmos_auth_active[1]'
            set -a reads 'read -l line <$__atmos_auth_active[1]'
            set texts $texts'$line'
            set expected $expected'$__atmos_auth_active[2]'
        end
        set -l results
        test -n "$texts"; and set results "\"x$texts\" = \"x$expected\""
        if contains until $argv
            if test -n "$__atmos_auth_clock"
                set -a reads 'read -l clock rest <$__atmos_auth_clock'
            else
                set -a reads 'path mtime -R -- $__atmos_auth_active[1] | read -l clock'
            end
            set -a results '"$clock" -lt $__atmos_auth_until'
        end
        set -l code 'test '(string join ' -a ' -- $states)
        contains missing $argv; and set -a code "and not $__atmos_auth_exists \$__atmos_auth_missing"
        for lost in $__atmos_auth_lost
            set -a code 'and not __atmos_auth_is_back '(string split : -- $lost)[1]
        end
        set -q reads[1]; and set -a code 'or return 1' $reads 'test '(string join ' -a ' -- $results)
        eval "function __atmos_auth_steady; $(string join '; ' -- $code); end"
    end

    # Finds the nearest file at or above $PWD and notes where there was none.
    function __atmos_auth_look
        set -g __atmos_auth_file ''
        set -g __atmos_auth_body ''
        set -g __atmos_auth_absent
        set -g __atmos_auth_content
        test -n "$__atmos_auth_switches"; and not set -q __atmos_auth_pin[1]; or return
        # Most files are in the directory that was entered, and the list of those above it is dear.
        if test -f $PWD/.atmos-identity -a $PWD != /
            __atmos_auth_found $PWD/.atmos-identity
            return 0
        end
        set -l at ''
        set -l paths
        if test "x$ATMOS_AUTH_CEILING" = x; and not string match -q \*\n\* -- $PWD
            for part in (string split / -- $PWD)
                set at $at$part/
                set -p paths $at.atmos-identity
            end
            test $PWD = /; and set paths /.atmos-identity
        else
            __atmos_auth_paths
        end
        # A link that leads nowhere counts, too: it means nobody.
        for path in $paths
            if test -e $path -o -L $path
                __atmos_auth_found $path
                return 0
            end
            set -a __atmos_auth_absent $path
        end
    end

    function __atmos_auth_any
        for path in $argv
            test -e $path; and return
        end
        return 1
    end

    function __atmos_auth_found
        set -g __atmos_auth_file $argv[1]
        set -g __atmos_auth_content closed
        test -f $argv[1] -a -r $argv[1]; or return
        # Most files are one line with nothing after it, which a single `read` finds out: it fails
        # where the second line would be. A builtin may see nothing of a NUL and what follows it, so
        # this line gets a `|` wherever one looks at it.
        set -g __atmos_auth_content line
        set -l nul ''
        if not read -L -n 512 -g __atmos_auth_body more <$argv[1]
            string match -q '*|' -- "$__atmos_auth_body|"; and return
            set nul \a
        end
        # What follows a NUL cannot be compared, so it is taken for what no good file has.
        set -g __atmos_auth_content lines
        begin
            read -z -n 512 -g __atmos_auth_body
            read -z -n 1 -f more; and set nul \a
        end <$argv[1]
        set -g __atmos_auth_body "$__atmos_auth_body$nul"
    end

    # The rare cases of the list of paths: a ceiling, and line breaks, at which a command
    # substitution splits, so that they are encoded on the way.
    function __atmos_auth_paths --no-scope-shadowing
        set -l stops (string split : -- "$ATMOS_AUTH_CEILING" | string trim -r -c /)
        for part in (string escape --style=url -- $PWD | string trim -r -c / | string split /)
            set part (string unescape --style=url -- $part | string collect)
            set at "$at$part"
            # A directory at or above a ceiling counts only where the walk begins.
            if test "x$ATMOS_AUTH_CEILING" != x; and contains -- "$at" $stops
                set paths
                test "$at" = "$PWD"; and set paths $at/.atmos-identity
            else
                set -p paths $at/.atmos-identity
            end
            set at $at/
        end
    end

    # Something changed: finds out what, asks if need be, draws, and arms __atmos_auth_steady. After
    # a `cd`, what there is to say waits for the prompt. Locals have long names from here on, since
    # an identity may set any variable.
    function __atmos_auth_step
        set -g __atmos_auth_next
        set -q __atmos_auth_lost[1]; and __atmos_auth_find
        if set -q ATMOS_AUTH_DISABLE; and not contains -- "$ATMOS_AUTH_DISABLE" '' 0
            set -g __atmos_auth_file ''
            set -g __atmos_auth_absent
            set -g __atmos_auth_content
            set -g __atmos_auth_asked '?'
            set -g __atmos_auth_pin
            __atmos_auth_leave
        else
            if test "x$ATMOS_IDENTITY" != "x$__atmos_auth_id"
                # Set by hand. It beats the directory and an earlier `use`; taken away, it leaves a
                # `use` be.
                if test "x$ATMOS_IDENTITY" != x -o "x$__atmos_auth_pin[1]" = xenvironment
                    set -g __atmos_auth_pin
                    set -g __atmos_auth_asked '?'
                end
            end
            __atmos_auth_look
            if set -q __atmos_auth_pin[1]
                __atmos_auth_is_current; or __atmos_auth_question session
            else if test "x$__atmos_auth_file" != "x$__atmos_auth_asked[1]" \
                    -o "x$__atmos_auth_body" != "x$__atmos_auth_asked[2]"
                or not __atmos_auth_is_current
                if test -z "$__atmos_auth_file" -a "x$__atmos_auth_asked[1]" != 'x?'
                    # Leaving needs nobody's advice.
                    set -g __atmos_auth_asked '' ''
                    __atmos_auth_leave
                else
                    __atmos_auth_question directory
                end
            end
            set -g __atmos_auth_id "$ATMOS_IDENTITY"
        end
        __atmos_auth_compare
        __atmos_auth_draw
        __atmos_auth_arm
        if test -n "$__atmos_auth_notice" -a "x$argv[1]" != xcd
            echo -- $__atmos_auth_notice >&2
            set -g __atmos_auth_notice ''
        end
    end

    # Whether the facts of the active identity are what they were; what they are is `now`.
    function __atmos_auth_is_current
        set -g __atmos_auth_now ''
        test -r "$__atmos_auth_active[1]"; and read -g __atmos_auth_now <$__atmos_auth_active[1]
        test "x$__atmos_auth_now" = "x$__atmos_auth_active[2]"
    end

    # Asks atmos-auth-hook, and atmos-auth where the hook says so.
    function __atmos_auth_question
        set -l __atmos_auth_out
        if test $argv[1] = session
            set __atmos_auth_out ($__atmos_auth_ask fish session $COLUMNS 2>/dev/null)
            set __atmos_auth_rc $status
            set -g __atmos_auth_active[2] "$__atmos_auth_now"
        else
            set __atmos_auth_out ($__atmos_auth_ask fish $argv[1] $COLUMNS $PWD "$__atmos_auth_file" "$__atmos_auth_active[4]" 2>/dev/null)
            set __atmos_auth_rc $status
            set -g __atmos_auth_asked "$__atmos_auth_file" "$__atmos_auth_body"
        end
        # An answer is evaluated if all of it is there.
        if not string match -q -- '*#atmos-auth-ok' "$__atmos_auth_out"
            __atmos_auth_unanswered $argv[1] $__atmos_auth_rc
            return 0
        end
        eval "$__atmos_auth_out"
        set -q __atmos_auth_next[1]; or return 0
        switch $__atmos_auth_next[1]
            case revalidate
                set -l __atmos_auth_directory $__atmos_auth_next[2]
                set -g __atmos_auth_next
                test $argv[1] = again; and return
                # In case that this is interrupted.
                set -g __atmos_auth_asked '?'
                $__atmos_auth_bin __revalidate --directory $__atmos_auth_directory </dev/null >/dev/null 2>&1
                __atmos_auth_question again
            case environment
                set -g __atmos_auth_next
                set -g __atmos_auth_pin environment $ATMOS_IDENTITY
                set __atmos_auth_out ($__atmos_auth_bin use --shell fish --from-environment </dev/null)
                set __atmos_auth_rc $status
                if string match -q -- '*#atmos-auth-ok' "$__atmos_auth_out"
                    eval "$__atmos_auth_out"
                else
                    __atmos_auth_unanswered environment $__atmos_auth_rc
                end
        end
    end

    # QUESTION STATUS: without an answer nobody is active. The next prompt asks again if the hook was
    # killed or ran out of time (75), but not if it failed.
    function __atmos_auth_unanswered
        test $argv[1] = session; or __atmos_auth_leave
        if test $argv[2] -ge 128 -o $argv[2] -eq 75
            set -g __atmos_auth_next again
            set -g __atmos_auth_asked '?'
            test $argv[1] = session; and set -g __atmos_auth_active[2] '?'
        end
        switch $argv[2]
            case 75
                __atmos_auth_say slow "atmos-auth: no answer within 200 ms; the next prompt asks again"
            case 126 127
                __atmos_auth_say missing "atmos-auth: `$__atmos_auth_ask` cannot be run, so directories do not switch"
        end
    end

    # ---- What answers are made of.

    # NAME WAS VALUE: exports a variable. How it was before, fish knows itself; whether a later
    # change is ours to make, the hook has looked at.
    function __atmos_auth_put
        set -q __atmos_auth_had_$argv[1]; or __atmos_auth_keep $argv[1]
        set -gx $argv[1] $argv[3]
        set -g __atmos_auth_our_$argv[1] $argv[3]
    end

    # NAME: takes an exported variable away. A universal one cannot be taken away from one shell
    # alone; an empty global one that is not exported hides it.
    function __atmos_auth_drop
        set -q __atmos_auth_had_$argv[1]; or __atmos_auth_keep $argv[1]
        set -ge $argv[1]
        set -ge __atmos_auth_our_$argv[1]
        if set -qx $argv[1]
            set -gu $argv[1] ''
            set -g __atmos_auth_our_$argv[1] ''
        end
    end

    # NAME WAS VALUE: takes over what another shell changed: the value now is ours, this was before.
    function __atmos_auth_adopt
        set -g -a __atmos_auth_names $argv[1]
        set -g __atmos_auth_had_$argv[1] "$argv[2]"
        set -g __atmos_auth_old_$argv[1] "$argv[3]"
        set -ge __atmos_auth_our_$argv[1]
        set -qg $argv[1]; and set -g __atmos_auth_our_$argv[1] $$argv[1]
    end

    # NAME: saves a variable before its first change.
    function __atmos_auth_keep
        set -g -a __atmos_auth_names $argv[1]
        set -g __atmos_auth_had_$argv[1] ''
        if set -qg $argv[1]
            set -g __atmos_auth_old_$argv[1] $$argv[1]
            set -g __atmos_auth_had_$argv[1] -
            set -qgx $argv[1]; and set -g __atmos_auth_had_$argv[1] x
        end
    end

    function __atmos_auth_is_ours
        set -l __atmos_auth_n __atmos_auth_our_$argv[1]
        if set -qg $argv[1]
            set -q $__atmos_auth_n; and test "x$$argv[1]" = "x$$__atmos_auth_n"
        else
            not set -q $__atmos_auth_n
        end
    end

    # NAME: puts back what still is as we left it, else forgets it.
    function __atmos_auth_back
        set -l __atmos_auth_had __atmos_auth_had_$argv[1]
        set -q $__atmos_auth_had; or return 0
        set -l __atmos_auth_old __atmos_auth_old_$argv[1]
        if __atmos_auth_is_ours $argv[1]
            switch "$$__atmos_auth_had"
                case x
                    set -gx $argv[1] $$__atmos_auth_old
                case -
                    set -gu $argv[1] $$__atmos_auth_old
                case '*'
                    # A universal value shows again.
                    set -ge $argv[1]
            end
        else
            set -g __atmos_auth_losses (math $__atmos_auth_losses + 1)
            set -l __atmos_auth_our __atmos_auth_our_$argv[1]
            set -g -a __atmos_auth_lost $__atmos_auth_losses:$argv[1]
            set -g __atmos_auth_lost_had_$__atmos_auth_losses $$__atmos_auth_had
            set -g __atmos_auth_lost_old_$__atmos_auth_losses $$__atmos_auth_old
            set -q $__atmos_auth_our; and set -g __atmos_auth_lost_our_$__atmos_auth_losses $$__atmos_auth_our
        end
        set -ge $__atmos_auth_had $__atmos_auth_old __atmos_auth_our_$argv[1]
        set -q argv[2]; or set -g __atmos_auth_names (string match -v -- $argv[1] $__atmos_auth_names)
    end

    # NUMBER: whether the value of what was not put back then is ours again.
    function __atmos_auth_is_back
        set -l __atmos_auth_n (string replace -r -f "^$argv[1]:" '' -- $__atmos_auth_lost)
        set -l __atmos_auth_our __atmos_auth_lost_our_$argv[1]
        if set -qg $__atmos_auth_n
            set -q $__atmos_auth_our; and test "x$$__atmos_auth_n" = "x$$__atmos_auth_our"
        else
            not set -q $__atmos_auth_our
        end
    end

    # Puts back what was not put back before, if our value has shown up again. Where it is changed
    # again meanwhile, it is what will be put back, and our new value takes the place of the old one.
    function __atmos_auth_find
        for __atmos_auth_entry in $__atmos_auth_lost
            set -l __atmos_auth_k (string split : -- $__atmos_auth_entry)
            __atmos_auth_is_back $__atmos_auth_k[1]; or continue
            set -l __atmos_auth_had __atmos_auth_lost_had_$__atmos_auth_k[1]
            set -l __atmos_auth_old __atmos_auth_lost_old_$__atmos_auth_k[1]
            set -l __atmos_auth_was __atmos_auth_lost_our_$__atmos_auth_k[1]
            set -l __atmos_auth_our __atmos_auth_our_$__atmos_auth_k[2]
            set -l __atmos_auth_is_set 1
            if not set -q __atmos_auth_had_$__atmos_auth_k[2]
                set -e __atmos_auth_is_set
                set -g $__atmos_auth_our $$__atmos_auth_was
                set -q $__atmos_auth_was; or set -ge $__atmos_auth_our
            else if test "x$$__atmos_auth_our" = "x$$__atmos_auth_was"
                continue
            end
            set -g __atmos_auth_had_$__atmos_auth_k[2] $$__atmos_auth_had
            set -ge __atmos_auth_old_$__atmos_auth_k[2]
            set -q $__atmos_auth_old; and set -g __atmos_auth_old_$__atmos_auth_k[2] $$__atmos_auth_old
            if not set -q __atmos_auth_is_set
                __atmos_auth_back $__atmos_auth_k[2]
            else if set -q $__atmos_auth_our
                set -gx $__atmos_auth_k[2] $$__atmos_auth_our
            else
                set -ge $__atmos_auth_k[2]
            end
            set -ge $__atmos_auth_had $__atmos_auth_old $__atmos_auth_was
            set -g __atmos_auth_lost (string match -v -- $__atmos_auth_entry $__atmos_auth_lost)
        end
    end

    # Whether all that is changed still is as we left it. The names seldom change, and with them the
    # code that looks at their values.
    function __atmos_auth_compare
        set -g __atmos_auth_values ''
        set -g __atmos_auth_valued ''
        set -g __atmos_auth_foreign ''
        test -n "$__atmos_auth_active[3]"; and set -q __atmos_auth_names[1]; or return
        set -l __atmos_auth_present '$'$__atmos_auth_names
        set -g __atmos_auth_values "$__atmos_auth_present|"
        if test "$__atmos_auth_values" != "$__atmos_auth_known"
            set -l __atmos_auth_our '$__atmos_auth_our_'$__atmos_auth_names
            eval "function __atmos_auth_same
                set -g __atmos_auth_valued \"$__atmos_auth_present|\"
                test \"x\$__atmos_auth_valued\" = \"x$__atmos_auth_our|\"
            end"
            set -g __atmos_auth_known "$__atmos_auth_values"
        end
        __atmos_auth_same; or set -g __atmos_auth_foreign '*'
    end

    # Puts everything back.
    function __atmos_auth_restore
        for __atmos_auth_n in $__atmos_auth_names
            __atmos_auth_back $__atmos_auth_n all
        end
        set -g __atmos_auth_names
    end

    # use|environment NAME: directories do not count until `use --auto`.
    function __atmos_auth_pin
        if test "$argv[1]" = use -a "x$argv" != "x$__atmos_auth_pin"
            set -g __atmos_auth_before --auto
            test "x$__atmos_auth_pin[1]" = xuse; and set -g __atmos_auth_before $__atmos_auth_pin[2]
        end
        set -g __atmos_auth_pin $argv
    end

    function __atmos_auth_auto
        test "x$__atmos_auth_pin[1]" = xuse; and set -g __atmos_auth_before $__atmos_auth_pin[2]
        set -g __atmos_auth_pin
        set -g __atmos_auth_asked '?'
        set -ge __ATMOS_AUTH_DIFF
        __atmos_auth_state
    end

    # WATCH LINE NAME DIGEST PROTECTED REGION EXPIRY RENEWABLE SESSION WARN SYMBOL COLOR, and maybe
    # what the segment is now: TEXT LOOK FROM UNTIL UPTIME, the last one the end of what is right by
    # the kernel's clock, empty if it is right for ever.
    function __atmos_auth_state
        set -q argv[12]; or set argv "$argv[1]" "$argv[2]" '' '' '' '' 0 0 '' 0 '' ''
        if test -n "$argv[5]" -a "x$argv[3]" != "x$__atmos_auth_active[3]"
            __atmos_auth_note "atmos-auth: this shell now acts as `$argv[3]`, which is protected"
        end
        set -g __atmos_auth_active $argv
        set -g __atmos_auth_rest ''
    end

    # KEY TEXT: a line for the person, once a shell.
    function __atmos_auth_say
        contains -- $argv[1] $__atmos_auth_told; and return
        set -g -a __atmos_auth_told $argv[1]
        __atmos_auth_note $argv[2]
    end

    # TEXT: a line for the person, when there is a prompt.
    function __atmos_auth_note
        test -n "$__atmos_auth_notice"; and set argv[1] $__atmos_auth_notice\n$argv[1]
        set -g __atmos_auth_notice $argv[1]
    end

    function __atmos_auth_next
        set -g __atmos_auth_next $argv
    end

    function __atmos_auth_leave
        __atmos_auth_restore
        set -ge __ATMOS_AUTH_DIFF
        __atmos_auth_state
    end

    # ---- The segment; the rules are those of Sources/Hook/Segment.swift.

    function __atmos_auth_draw
        set -g __atmos_auth_until ''
        if test -z "$__atmos_auth_active[3]"
            set -ge ATMOS_AUTH_PROMPT
            set -ge ATMOS_AUTH_STATE
            set -g __atmos_auth_segment ''
            set -g __atmos_auth_said ''
            test -n "$__atmos_auth_lines"; and set -g __atmos_auth_drawer __atmos_auth_theirs
            return
        end
        set -l text $__atmos_auth_active[13]
        set -l look $__atmos_auth_active[14]
        if test -z "$text" -o -z "$__atmos_auth_clock" -o -n "$__atmos_auth_foreign"
            set -q __atmos_auth_active[13]; and set -e __atmos_auth_active[13..]
            __atmos_auth_count
        else
            set -g __atmos_auth_until $__atmos_auth_active[17]
            # What an answer says is right for the moment only.
            set -e __atmos_auth_active[13..]
        end
        set -gx ATMOS_AUTH_PROMPT $text
        if test -n "$__atmos_auth_active[5]"
            contains -- $look expired ended; or set look protected
        end
        set -gx ATMOS_AUTH_STATE $look
        if test -n "$__atmos_auth_active[12]" -a "x$NO_COLOR" = x -a "x$CLICOLOR" != x0 -a "x$TERM" != xdumb
            switch $look
                case valid
                    set text \e'[32m'$text\e'[0m'
                case expiring
                    set text \e'[33m'$text\e'[0m'
                case renewable
                    set text \e'[36m'$text\e'[0m'
                case protected
                    set text \e'[1;7;31m'$text\e'[0m'
                case expired ended
                    set text \e'[31m'$text\e'[0m'
                case '*'
                    set text \e'[34m'$text\e'[0m'
            end
        end
        set -g __atmos_auth_segment "$text "
        test -n "$__atmos_auth_prompts"; and __atmos_auth_place
    end

    # The segment's text and look, in the caller's variables, and how long they are right.
    function __atmos_auth_count --no-scope-shadowing
        set -l name $__atmos_auth_active[3]
        set -l warn $__atmos_auth_active[10]
        set text ''
        set look unknown
        if test "$__atmos_auth_active[9]" = ended
            set look ended
            set text 'no session'
        else if test "$__atmos_auth_active[9]" = valid
            set look valid
            # fish has no clock, but the facts were modified at the session's end, and how long ago
            # that was may be negative.
            set -l ago
            if test $__atmos_auth_active[7] -gt 0
                set ago (path mtime -R -- $__atmos_auth_active[1] 2>/dev/null)
            end
            if test -n "$ago"
                set -l clock $ago
                test -n "$__atmos_auth_clock"; and read -d . clock rest <$__atmos_auth_clock
                set -l left (math -- 0 - $ago)
                set -l low $left
                if test $left -gt 0
                    if test $left -ge 300
                        set low (math -- "$left - $left % 60")
                        test $left -gt $warn -a $low -le $warn; and set low (math -- $warn + 1)
                    end
                    if test $left -ge 3600
                        set text (math -- "floor($left / 3600)")h(string pad -w 2 -c 0 -- (math -- "floor($left / 60) % 60"))m
                    else if test $left -ge 300
                        set text (math -- "floor($left / 60)")m
                    else if test $left -ge 60
                        set text (math -- "floor($left / 60)")m(string pad -w 2 -c 0 -- (math -- "$left % 60"))s
                    else
                        set text {$left}s
                    end
                    if test $left -le $warn
                        set look expiring
                        set text "$text!"
                    end
                else
                    # Looked at again each minute, in case the clock was set back.
                    set low (math -- $left - 59)
                    set look expired
                    set text expired
                    set -l renew (math -- "$__atmos_auth_active[8] - $__atmos_auth_active[7] - $ago")
                    if test $renew -gt 0
                        set look renewable
                        set text '~'
                        test $renew -lt 60; and set low (math -- "$left - $renew + 1")
                    end
                end
                set -g __atmos_auth_until (math -- "$clock + $left - $low + 1")
            end
        end
        if test $COLUMNS -lt 40; and test (string length -- $name) -gt 12
            set name (string sub -l 5 -- $name)..(string sub -s -5 -- $name)
        end
        test $look = valid -a $COLUMNS -lt 60; and set text ''
        if test -n "$__atmos_auth_active[6]" -a $COLUMNS -ge 80
            set text (string join ' ' -- $__atmos_auth_active[6] (string match -r -- '.+' $text))
        end
        set text "$__atmos_auth_active[11]$__atmos_auth_active[5]$name$__atmos_auth_foreign"(string replace -r -- '^(.)' ' $1' $text)
    end

    # Puts the segment into the prompt: in front of a single line, and else before the last one. fish
    # shows what fish_mode_prompt prints, then what fish_prompt prints; only the second one knows
    # how many lines there are, and the first one does as the second one found the last time.
    function __atmos_auth_place
        # It has drawn the last prompt, so it is still there.
        test "$__atmos_auth_drawer$__atmos_auth_drew$__atmos_auth_said" = __atmos_auth_drawn1
        and set -g __atmos_auth_drew ''
        and return
        set -g __atmos_auth_said ''
        set -g __atmos_auth_drawer __atmos_auth_drawn
        functions -q fish_prompt; or return
        if not string match -q '*__atmos_auth_drawer*' -- (functions fish_prompt)
            # The first time, or a prompt program was loaded since.
            functions -q __atmos_auth_theirs; and functions -e __atmos_auth_theirs
            functions -c fish_prompt __atmos_auth_theirs
            set -g __atmos_auth_lines ''
            # Nothing comes before the call, so that the prompt sees the command's $status.
            function fish_prompt --description 'The prompt, with the identity (atmos-auth)'
                $__atmos_auth_drawer $argv
            end
        end
        functions -q __atmos_auth_mode_prompt; and return
        if functions -q fish_mode_prompt
            functions -c fish_mode_prompt __atmos_auth_mode_prompt
        else
            function __atmos_auth_mode_prompt
            end
        end
        function fish_mode_prompt --description 'The identity (atmos-auth), and the mode prompt'
            if test -n "$__atmos_auth_segment"
                set -g __atmos_auth_said 0
                if test "$__atmos_auth_lines" = 1
                    set -g __atmos_auth_said 1
                    echo -n -- "$__atmos_auth_segment"
                end
            end
            __atmos_auth_mode_prompt
        end
    end

    function __atmos_auth_drawn
        set -l lines (__atmos_auth_theirs $argv)
        set -l said $__atmos_auth_said
        set -g __atmos_auth_said ''
        set -g __atmos_auth_drew 1
        set -g __atmos_auth_lines (count $lines)
        if test -z "$__atmos_auth_segment" -o "$said" = 1
            printf '%s\n' $lines
        else if string match -q -- "*$ATMOS_AUTH_PROMPT*" $lines
            # A recipe shows it.
            set -g __atmos_auth_lines 0
            printf '%s\n' $lines
        else
            set -q lines[2]; and printf '%s\n' $lines[1..-2]
            echo -- "$__atmos_auth_segment$lines[-1]"
        end
    end

    # ---- The command.

    function atmos-auth --description 'Cloud identities; use, login and logout act on this shell'
        set -l __atmos_auth_verb "$argv[1]"
        set -l __atmos_auth_rc 0
        if test "$__atmos_auth_verb" = repl
            # In the foreground, as any program; who the shell is to be now is asked afterwards.
            $__atmos_auth_bin repl --for-shell $fish_pid $argv[2..]
            set __atmos_auth_rc $status
            set __atmos_auth_verb use
            set argv use --kept $fish_pid
        else if test "$__atmos_auth_verb" = status
            set -l __atmos_auth_word shown
            test -n "$__atmos_auth_active[3]"; or set __atmos_auth_word none
            test -n "$__atmos_auth_prompts"; or set __atmos_auth_word off
            $__atmos_auth_bin status --shell fish --segment $__atmos_auth_word $argv[2..]
            return
        else if not contains -- "$__atmos_auth_verb" use login logout
            $__atmos_auth_bin $argv
            return
        end
        set -l __atmos_auth_words $argv[2..]
        if test $__atmos_auth_verb = use -a "x$__atmos_auth_words" = x-
            set __atmos_auth_words $__atmos_auth_before
        end
        set -l __atmos_auth_out ($__atmos_auth_bin $__atmos_auth_verb --shell fish $__atmos_auth_words)
        or set __atmos_auth_rc $status
        if string match -q -- '*#atmos-auth-ok' "$__atmos_auth_out[-1]"
            eval "$__atmos_auth_out"
            set -g __atmos_auth_id "$ATMOS_IDENTITY"
        else if set -q __atmos_auth_out[1]
            printf '%s\n' $__atmos_auth_out
        end
        return $__atmos_auth_rc
    end

    # ---- Wrapped programs: a function of the name of each, unless the person has one, which an alias
    # is as well.

    # NAME: whether its function is ours.
    function __atmos_auth_is_wrapped
        string match -q '*__atmos_auth_bin exec --wrapper*' -- (functions $argv[1] 2>/dev/null)
    end

    function __atmos_auth_wrap
        for __atmos_auth_n in $__atmos_auth_wrapped
            contains -- $__atmos_auth_n $__atmos_auth_wraps; and continue
            __atmos_auth_is_wrapped $__atmos_auth_n; and functions -e $__atmos_auth_n
        end
        set -g __atmos_auth_wrapped
        for __atmos_auth_n in $__atmos_auth_wraps
            if functions -q $__atmos_auth_n
                __atmos_auth_is_wrapped $__atmos_auth_n; or continue
            end
            eval "function $__atmos_auth_n --description 'As the identity that applies'
                \$__atmos_auth_bin exec --wrapper -- $__atmos_auth_n \$argv
            end"
            set -a __atmos_auth_wrapped $__atmos_auth_n
        end
    end

    __atmos_auth_wrap
end
