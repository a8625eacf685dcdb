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
  /// A file of a pod; see ``PodTokens``.
  case pod

  /// Why a definition names no place.
  struct Fault: Error {
    /// The field of `spec` that is to blame; `nil` for all of it.
    var field: String?
    /// What is wrong with it.
    var what: String
    /// What to write instead.
    var hint: String?
  }

  private static let places = ["token_file", "token_env", "token_url", "token_command"]

  /// Reads a definition.
  ///
  /// - Throws: ``Fault`` if it names no place or several.
  init(_ definition: Definition) throws(Fault) {
    let given = (["preset"] + Self.places).filter { !definition.texts("spec", $0).isEmpty }
    guard given.count <= 1 else {
      throw Fault(
        field: given[1],
        what: "`spec.\(given[0])` and `spec.\(given[1])` are two places for one token",
        hint: "keep one of them")
    }
    switch given.first {
    case nil:
      throw Fault(
        what: "it does not say where the token is",
        hint: "give `spec.preset`, or one of "
          + Self.places.map { "`spec.\($0)`" }.joined(separator: ", "))
    case "preset":
      guard let preset = definition.text("spec", "preset").flatMap(TokenPreset.init) else {
        throw Fault(
          field: "preset", what: "`spec.preset` is not the name of a preset",
          hint: "take one of " + TokenPreset.names.map { "`\($0)`" }.joined(separator: ", "))
      }
      self = preset.origin(definition)
    case "token_file":
      let path = definition.text("spec", "token_file") ?? ""
      guard path.hasPrefix("/") || path.hasPrefix("~/") else {
        throw Fault(
          field: "token_file", what: "`spec.token_file` is not an absolute path",
          hint: "begin it with `/` or `~/`")
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

  /// The fields that have an effect only beside another one, with that one, which is not there.
  static func idleFields(of definition: Definition) -> [(field: String, needs: String)] {
    let hasAddress = definition.text("spec", "token_url") != nil
    let isAzure = definition.text("spec", "preset") == TokenPreset.azureDevOps.rawValue
    let needs = [
      ("token_headers", "token_url", hasAddress), ("token_field", "token_url", hasAddress),
      ("service_connection", "preset: azure-devops", isAzure),
    ]
    return needs.compactMap { field, other, isThere in
      isThere || definition.node["spec", field] == nil ? nil : (field, other)
    }
  }

  private static func checked(_ definition: Definition) throws(Fault) -> String {
    let url = definition.text("spec", "token_url") ?? ""
    guard let address = Address(url) else {
      throw Fault(field: "token_url", what: "`spec.token_url` is not an address")
    }
    // Metadata services of machines have no certificate, and are on the machine's own link.
    let host = address.host
    let isNear =
      ["localhost", "127.0.0.1", "[::1]", "metadata.google.internal", "169.254.169.254"]
      .contains(host)
    guard address.scheme == "https" || isNear else {
      throw Fault(
        field: "token_url", what: "`spec.token_url` must begin with `https://`",
        hint: "only this machine may do without")
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
    case .pod: "file of this pod: " + PodTokens.names.joined(separator: ", else ")
    }
  }
}
