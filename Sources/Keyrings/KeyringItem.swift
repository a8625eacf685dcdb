internal import Core

/// What a keyring file holds once opened: the item of the library behind atmos' keyring, as JSON.
enum KeyringItem {
  /// Why an item could not be read; the text completes "the keyring entry …".
  enum Fault: Error, CustomStringConvertible {
    case unreadable
    case otherKey

    var description: String {
      switch self {
      case .unreadable: "does not hold what atmos or atmos-auth store"
      case .otherKey: "holds the value of another entry; was it renamed?"
      }
    }
  }

  /// The JSON for `value`, fields in Go's order.
  static func encoded(key: String, value: Secret) -> Secret {
    var text = Array("{\"Key\":".utf8) + FlatJSON.quoted(key) + Array(",\"Data\":\"".utf8)
    text += value.withBytes { Base64.encode($0, .standard) }
    text +=
      """
      ","Label":"","Description":"","KeychainNotTrustApplication":false,\
      "KeychainNotSynchronizable":false}
      """.utf8
    defer { text.wipe() }
    return Secret(text)
  }

  /// The value in an item that has to be that of `key`.
  static func value(_ item: Secret, key: String) -> Result<Secret, Fault> {
    var text = item.withBytes { Array($0) }
    defer { text.wipe() }
    guard let object = FlatJSON(text) else { return .failure(.unreadable) }
    guard object[text: "Key"] == key else { return .failure(.otherKey) }
    // Go writes a missing slice as `null`.
    if object.members["Data"] == .other(Array("null".utf8)) { return .success(Secret("")) }
    guard var data = object.bytes(of: "Data").flatMap({ Base64.decode($0, .standard) }) else {
      return .failure(.unreadable)
    }
    defer { data.wipe() }
    return .success(Secret(data))
  }
}
