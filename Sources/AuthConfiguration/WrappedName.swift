internal import Core

/// The names of programs that a shell can have a function for in place of the program.
public enum WrappedName {
  /// Why a program of this name cannot be wrapped; `nil` if it can.
  ///
  /// It goes into code for shells, so it is of few characters. What a shell does itself under that
  /// name would be lost.
  public static func objection(to name: String) -> String? {
    let isPlain =
      name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
          || "._+-".utf8.contains(byte)
      } && name.utf8.count <= 64
    guard isPlain, let first = name.utf8.first, !"-.+".utf8.contains(first) else {
      return "a program's name has letters, digits and . _ + - only"
    }
    if name.hasPrefix("atmos-auth") { return "it would wrap itself" }
    return shellWords.contains(name) ? "shells have a command of that name themselves" : nil
  }

  // Keywords and builtins of bash 5.2, zsh 5.9 and fish 4, those that are names; `sudo` and its like
  // start programs of their own, as another person.
  private static let shellWords: Set<String> = Set(
    """
    abbr alias and argparse autoload begin bg bind bindkey block break breakpoint builtin bye caller \
    case cd chdir clone command commandline compadd compgen complete compopt contains continue coproc \
    count declare dirs disable disown do done echo elif else emulate emit enable end esac eval exec \
    exit export false fc fg fi fish float for foreach function functions getln getopts hash help \
    history if in integer jobs kill let limit local log logout mapfile math nocorrect noglob not or \
    path popd print printf private pushd pushln pwd random read readarray readonly rehash repeat \
    return sched select set set_color setopt shift shopt source stat status string suspend switch \
    sudo doas su test then time times trap true ttyctl type typeset ulimit umask unalias unfunction \
    unhash unlimit unset unsetopt until vared wait whence where which while zcompile zformat zle \
    zmodload zparseopts zregexparse zstyle bash zsh sh dash ksh
    """.split { $0 == " " || $0 == "\n" }.map(String.init))
}
