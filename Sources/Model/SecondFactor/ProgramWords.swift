internal import Core

/// The words of a program that a configuration file names, for one that runs in another directory.
public enum ProgramWords {
  /// The words as they are run: relative names of files are those beside the configuration file, so
  /// that what is run is what was looked at, whatever directory a command is started in.
  ///
  /// A first word without a slash is searched for on the PATH, and stays as it is. Of the others those
  /// change that name something there, also as the value of an option.
  public static func resolved(_ words: [String], beside file: String) -> [String] {
    let directory = FileSystem.parent(of: file)
    return words.enumerated().map { index, word in
      if index == 0 {
        return word.hasPrefix("/") || !word.contains("/") ? word : "\(directory)/\(word)"
      }
      let value =
        word.hasPrefix("-")
        ? word.split(separator: "=", maxSplits: 1).dropFirst().first
        : word[...]
      guard let value, !value.isEmpty, !value.hasPrefix("/"),
        FileSystem.exists("\(directory)/\(value)")
      else { return word }
      return "\(word.dropLast(value.count))\(directory)/\(value)"
    }
  }
}
