internal import Core

/// The words of a program that a configuration file names.
public enum ProgramWords {
  /// The words as they are run: relative names of files beside the configuration file are absolute, so
  /// that what is run is what was looked at, whatever directory a command is started in.
  ///
  /// A first word without a slash is searched for on the PATH, and stays as it is; so do words that
  /// look like nothing but words.
  public static func resolved(_ words: [String], beside file: String) -> [String] {
    let directory = FileSystem.parent(of: file)
    return words.enumerated().map { index, word in
      guard !word.hasPrefix("/"), !word.hasPrefix("-"),
        word.contains("/") || (index > 0 && word.contains("."))
      else { return word }
      let path = "\(directory)/\(word)"
      return FileSystem.exists(path) && !FileSystem.isDirectory(path) ? path : word
    }
  }
}
