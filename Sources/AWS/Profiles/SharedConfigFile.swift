public import Core

/// The lines of `~/.aws/config` or `~/.aws/credentials`, with the places where they stand.
///
/// It is read as botocore reads it, with Python's `RawConfigParser`. Where other readers differ, or
/// where botocore refuses the whole file, a ``Remark`` says so and as much as possible is read.
///
/// One thing is milder than botocore: a comment after a value (` #`, ` ;`) is taken off where such
/// a value could not be used with it. The SDKs for Go and Java do that everywhere.
///
/// Source: botocore's `configloader.py`; Python's `configparser.py`; "Shared config and credentials
/// files", AWS SDKs and Tools Reference Guide; `internal/ini` of aws-sdk-go-v2.
public struct SharedConfigFile: Sendable, Equatable {
  /// A setting.
  public struct Setting: Sendable, Equatable {
    /// The key; in lower case, unless it is indented below another one.
    public var key: String
    /// The value, with a line feed between lines; empty for one that has settings below it.
    public var value: String
    /// The line, from 1.
    public var line: Int
    /// The settings that are indented below it.
    public var nested: [Setting] = []
  }

  /// A section.
  public struct Section: Sendable, Equatable {
    /// What stands between the first and the last bracket.
    public var title: String
    /// The line of the title, from 1.
    public var line: Int
    /// The settings in order; of a key that is there twice the last one only.
    public var settings: [Setting] = []
  }

  /// Something that readers do not agree upon, or nobody understands.
  public struct Remark: Sendable, Equatable {
    /// The line, from 1.
    public var line: Int
    /// What is the matter.
    public var text: String
  }

  /// The sections in order, without `[DEFAULT]`; two of one title stay two.
  public var sections: [Section] = []
  /// The settings of `[DEFAULT]`, which count for each section that does not have them itself.
  public var defaults: [Setting] = []
  /// What was noticed.
  public var remarks: [Remark] = []

  /// The most bytes that are read of a file.
  public static let limit = 16 << 20

  /// Reads a file's content; whatever it holds, something is read.
  public init(_ bytes: some Collection<UInt8>) {
    var reader = SharedConfigReader()
    reader.read(Array(bytes))
    sections = reader.sections
    defaults = reader.defaults
    remarks = reader.remarks
  }

  /// Reads a file; one that is missing counts as empty.
  ///
  /// - Parameter path: The file.
  /// - Returns: What it holds; `nil` if there is none.
  /// - Throws: ``AuthError`` with code `system` if it cannot be read, `badConfiguration` if it is
  ///   not text that any AWS tool reads.
  public static func read(_ path: String) throws(AuthError) -> SharedConfigFile? {
    guard let bytes = try FileSystem.readFile(path, limit: limit) else { return nil }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw AuthError(
        .badConfiguration, "\(DisplayText.sanitized(path)) is UTF-16, which no AWS tool reads",
        hints: ["save it as UTF-8: `iconv -f UTF-16 -t UTF-8`"])
    }
    return SharedConfigFile(bytes)
  }
}
