internal import CLibrary
internal import CShims

/// The bytes of this process's arguments and variables that are not UTF-8, which a `String` cannot
/// hold: what is handed on to a program has to be what came in.
public struct OriginalBytes: Sendable {
  /// All arguments, the program's name included; none when all are UTF-8.
  private var arguments: [[UInt8]] = []
  /// The values that are not UTF-8, by name.
  private var environment: [String: [UInt8]] = [:]

  /// Nothing that is not UTF-8.
  public init() {}

  /// Keeps the arguments of this process, if one of them is not UTF-8.
  ///
  /// - Returns: All of them as strings, the program's name included.
  public mutating func keepArguments() -> [String] {
    guard var pointer = atmos_arguments() else { return CommandLine.arguments }
    let first = pointer
    var words: [String] = []
    while let word = pointer.pointee {
      words.append(String(cString: word))
      pointer += 1
    }
    // What takes the place of a wrong byte begins with this one.
    guard words.contains(where: { $0.utf8.contains(0xEF) }) else { return words }
    pointer = first
    while let word = pointer.pointee {
      arguments.append(Array(UnsafeRawBufferPointer(start: word, count: strlen(word))))
      pointer += 1
    }
    return words
  }

  /// Keeps a variable's value.
  public mutating func keep(_ value: [UInt8], of name: String) { environment[name] = value }

  /// The bytes of a program's arguments: those that came in, where they are the last that came in.
  func bytes(of words: [String]) -> [[UInt8]] {
    words.enumerated().map { index, word in
      let place = arguments.count - words.count + index
      guard place > 0, place < arguments.count,
        String(decoding: arguments[place], as: UTF8.self) == word
      else { return Array(word.utf8) }
      return arguments[place]
    }
  }

  /// The bytes of variables, each with its name.
  func bytes(of variables: [String: String]) -> [[UInt8]] {
    variables.map { name, value in
      let prefix = Array("\(name)=".utf8)
      guard let bytes = environment[name], String(decoding: bytes, as: UTF8.self) == value else {
        return prefix + Array(value.utf8)
      }
      return prefix + bytes
    }
  }
}
