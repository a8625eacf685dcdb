import Core
import Model

/// Where the identity token of a `web/oidc` provider is.
enum TokenOrigin {
  /// A file; beginning with `/` or `~/`.
  case file(String)
  /// The first of these variables that is set.
  case variables([String])
  /// An address, with headers for the request.
  case address(String, headers: [(name: String, value: Secret)], field: String)
  /// A command's words, and where it runs: beside the file that says it.
  case command([String], directory: String? = nil)
  /// The service that Azure Pipelines has for its jobs.
  case azurePipelines(connection: String?)
  /// The file that a variable names, else another one.
  case namedFile(variable: String, otherwise: String)

  private static let keys = ["token_file", "token_env", "token_url", "token_command"]

  /// Reads a definition.
  ///
  /// - Throws: ``AuthError`` with code `badConfiguration` if it names no place or several.
  init(_ definition: Definition) throws(AuthError) {
    let preset = definition.text("spec", "preset").flatMap(TokenPreset.init)
    let given = Self.keys.filter { !definition.texts("spec", $0).isEmpty }
    guard given.count <= 1 else {
      throw definition.broken(
        "`spec.\(given[0])` and `spec.\(given[1])` are two places for one token",
        hint: "keep one of them")
    }
    switch given.first {
    case nil:
      guard let preset else {
        throw definition.broken(
          "it does not say where the token is",
          hint: "give `spec.preset`, or one of "
            + Self.keys.map { "`spec.\($0)`" }.joined(separator: ", "))
      }
      self = preset.origin(definition)
    case "token_file":
      let path = definition.text("spec", "token_file") ?? ""
      guard path.hasPrefix("/") || path.hasPrefix("~/") else {
        throw definition.broken(
          "`spec.token_file` is not an absolute path", hint: "begin it with `/` or `~/`")
      }
      self = .file(path)
    case "token_env":
      self = .variables([definition.text("spec", "token_env") ?? ""])
    case "token_url":
      self = .address(
        try Self.checked(definition), headers: Self.headers(definition),
        field: definition.text("spec", "token_field") ?? "value")
    default:
      self = .command(
        definition.texts("spec", "token_command"),
        directory: definition.node["spec", "token_command"].map {
          FileSystem.parent(of: $0.mark.file)
        })
    }
  }

  private static func checked(_ definition: Definition) throws(AuthError) -> String {
    let url = definition.text("spec", "token_url") ?? ""
    guard let address = Address(url) else {
      throw definition.broken("`spec.token_url` is not an address")
    }
    // Metadata services of machines have no certificate, and are on the machine's own link.
    let host = address.host
    let isNear =
      ["localhost", "127.0.0.1", "[::1]", "metadata.google.internal", "169.254.169.254"]
      .contains(host)
    guard address.scheme == "https" || isNear else {
      throw definition.broken(
        "`spec.token_url` must begin with `https://`", hint: "only this machine may do without")
    }
    return url
  }

  private static func headers(_ definition: Definition) -> [(name: String, value: Secret)] {
    (definition.node["spec", "token_headers"]?.entries ?? []).map { entry in
      (name: entry.key, value: Secret(entry.value.text?.trimmed ?? ""))
    }
  }

  /// The place in one text, for people; never a secret.
  var description: String {
    switch self {
    case .file(let path): "file \(path)"
    case .variables(let names): "variable \(names.joined(separator: " or "))"
    case .address(let url, let headers, let field):
      "address \(url), field \(field)"
        + headers.map { ", header \($0.name)" }.joined()
    case .command(let words, _): "command \(ShellQuoting.typed(command: words))"
    case .azurePipelines(let connection):
      "Azure Pipelines" + (connection.map { ", service connection \($0)" } ?? "")
    case .namedFile(let variable, let otherwise): "file of \(variable), else \(otherwise)"
    }
  }
}
