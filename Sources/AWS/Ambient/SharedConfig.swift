import Core

/// The AWS SDKs' shared files, `~/.aws/config` and `~/.aws/credentials`.
struct SharedConfig: Equatable {
  /// A section: its settings, and the settings indented below a key.
  struct Section: Equatable {
    var settings: [String: String] = [:]
    var nested: [String: [String: String]] = [:]

    /// A setting that is there and not empty.
    subscript(_ key: String) -> String? {
      settings[key].flatMap { $0.isEmpty ? nil : $0 }
    }
  }

  /// The profiles, those of both files merged.
  var profiles: [String: Section] = [:]
  /// The `services` sections.
  var services: [String: Section] = [:]

  /// Reads both files; one that is missing counts as empty.
  ///
  /// - Throws: ``AuthError`` with code `system` if a file is there and cannot be read.
  init(environment: [String: String]) throws(AuthError) {
    let home = environment["HOME"] ?? ""
    func text(_ variable: String, _ name: String) throws(AuthError) -> String {
      var path = environment[variable].flatMap { $0.isEmpty ? nil : $0 } ?? "~/.aws/\(name)"
      if path.hasPrefix("~/") { path = home + path.dropFirst() }
      let bytes = try FileSystem.readFile(path, limit: 4 << 20) ?? []
      return String(decoding: bytes, as: UTF8.self)
    }
    let config = try text("AWS_CONFIG_FILE", "config")
    let credentials = try text("AWS_SHARED_CREDENTIALS_FILE", "credentials")
    self.init(config: config, credentials: credentials)
  }

  /// Reads the texts of both files.
  init(config: String, credentials: String) {
    for (title, section) in Self.sections(of: config) {
      let words = Self.words(title)
      switch (words.first, words.count) {
      case ("default", 1): merge(section, into: "default")
      case ("profile", 2): merge(section, into: words[1])
      case ("services", 2): services[words[1], default: Section()].merge(section)
      default: continue
      }
    }
    for (title, section) in Self.sections(of: credentials) {
      // Keys belong together: a session token of the other file is not this pair's.
      if section["aws_access_key_id"] != nil {
        for key in ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"] {
          profiles[title]?.settings[key] = nil
        }
      }
      merge(section, into: title)
    }
  }

  private mutating func merge(_ section: Section, into profile: String) {
    profiles[profile, default: Section()].merge(section)
  }

  /// What a profile says about endpoints, its `services` section included.
  func endpoints(of profile: String) -> EndpointSettings {
    guard let section = profiles[profile] else { return EndpointSettings() }
    func isTrue(_ key: String) -> Bool { section[key]?.lowercased() == "true" }
    return EndpointSettings(
      serviceURL: section["services"].flatMap { services[$0]?.nested["sts"]?["endpoint_url"] },
      url: section["endpoint_url"],
      ignoresConfiguredURLs: isTrue("ignore_configured_endpoint_urls"),
      usesFIPS: isTrue("use_fips_endpoint"), usesDualStack: isTrue("use_dualstack_endpoint"),
      regionalEndpoints: section["sts_regional_endpoints"]?.lowercased())
  }

  /// The sections of a file in order, each with its title between the brackets.
  private static func sections(of text: String) -> [(title: String, section: Section)] {
    var sections: [(title: String, section: Section)] = []
    var parent: String?
    // A carriage return before the newline makes one character of the two.
    for line in text.split(whereSeparator: \.isNewline) {
      let content = withoutComment(line)
      if content.isEmpty { continue }
      if content.hasPrefix("["), content.hasSuffix("]") {
        sections.append((String(content.dropFirst().dropLast()).trimmed, Section()))
        parent = nil
        continue
      }
      guard !sections.isEmpty, let equals = content.firstIndex(of: "=") else { continue }
      let key = String(content[..<equals]).trimmed.lowercased()
      let value = String(content[content.index(after: equals)...]).trimmed
      let last = sections.count - 1
      if let parent, line.first == " " || line.first == "\t" {
        sections[last].section.nested[parent, default: [:]][key] = value
      } else {
        sections[last].section.settings[key] = value
        parent = value.isEmpty ? key : nil
      }
    }
    return sections
  }

  /// A comment begins at the start of a line, or after white space further on.
  private static func withoutComment(_ line: Substring) -> String {
    var previous: Character = " "
    var end = line.endIndex
    for index in line.indices {
      if line[index] == "#" || line[index] == ";", previous == " " || previous == "\t" {
        end = index
        break
      }
      previous = line[index]
    }
    return String(line[..<end]).trimmed
  }

  /// The words of a section's title; a name may stand in quotes.
  private static func words(_ title: String) -> [String] {
    guard let blank = title.firstIndex(where: { $0 == " " || $0 == "\t" }) else { return [title] }
    var name = String(title[blank...]).trimmed
    for quote in ["\"", "'"] where name.count > 1 && name.hasPrefix(quote) && name.hasSuffix(quote)
    {
      name = String(name.dropFirst().dropLast())
    }
    return [String(title[..<blank]), name]
  }
}

extension SharedConfig.Section {
  /// Takes over the settings of another section of the same name.
  mutating func merge(_ other: Self) {
    settings.merge(other.settings) { $1 }
    nested.merge(other.nested) { $0.merging($1) { $1 } }
  }
}
