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
                __atmos_auth_complete_program
            case '*'
                printf '%s\n' $line
        end
    end
end

# The program after `--`, then its own words, as if they were the whole line.
function __atmos_auth_complete_program
    set -l words (commandline -opc)
    set -l dashes (contains -i -- -- $words)
    or set dashes (count $words)
    set -e words[1..$dashes]
    complete -C "$(string join ' ' -- (string escape -- $words) (commandline -ct))"
end

complete -c atmos-auth -f -a '(__atmos_auth_complete)'
