# Completion of atmos-auth for fish 3.4 and later.
function __atmos_auth_complete
    set -l answer ('atmos-auth' __complete fish (commandline -opc) (commandline -ct) 2>/dev/null)
    for line in $answer
        switch $line
            case :files
                __fish_complete_path (commandline -ct)
            case :directories
                __fish_complete_directories (commandline -ct)
            case :commands
                __fish_complete_subcommand --fcs-skip=(__atmos_auth_complete_skip)
            case '*'
                printf '%s\n' $line
        end
    end
end

# How many words stand before the program that `exec --` runs.
function __atmos_auth_complete_skip
    set -l words (commandline -opc)
    set -l at (contains -i -- -- $words)
    or set at (count $words)
    echo $at
end

complete -c atmos-auth -f -a '(__atmos_auth_complete)'
