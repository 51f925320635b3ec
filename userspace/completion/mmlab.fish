# SPDX-License-Identifier: GPL-2.0
# fish completion for mmlab; the program itself says what may come next.

function __mmlab_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l lines ($words[1] complete -- $words[2..-1] 2>/dev/null)
    switch "$lines[1]"
        case files
            __fish_complete_path (commandline -ct)
        case programs
            complete -C (commandline -ct)
        case words
            printf '%s\n' $lines[2..-1]
    end
end

complete -c mmlab -f -a '(__mmlab_complete)'
