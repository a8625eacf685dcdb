import Core
import Model

/// The YAML file of provisioned identities, as atmos writes and reads it.
struct ProvisionedFile {
  /// The provider's name.
  var provider: String
  /// The portal.
  var startURL: String
  /// The portal's region.
  var region: String
  /// The address that is asked instead of AWS' own.
  var endpointURL: String?
  /// When it was made.
  var provisionedAt: Instant
  /// How many accounts there are.
  var accounts: Int
  /// How many different permission sets there are.
  var roles: Int
  /// The identities, sorted by name.
  var identities: [ProvisionedNames.Identity]

  /// The text of the file.
  var yaml: String {
    let provider = Self.quoted(provider)
    let endpoint = endpointURL.map { "\n        endpoint_url: \(Self.quoted($0))" } ?? ""
    var text = """
      # Written by atmos-auth after a login; the next one replaces it.
      auth:
        _metadata:
          provisioned_at: \(Self.quoted(Timestamp.rfc3339(provisionedAt)))
          source: aws-sso
          provider: \(provider)
          counts:
            accounts: \(accounts)
            roles: \(roles)
            identities: \(identities.count)
          extra:
            start_url: \(Self.quoted(startURL))
            region: \(Self.quoted(region))\(endpoint)
        identities:\(identities.isEmpty ? " {}" : "")

      """
    for identity in identities {
      text += """
            \(Self.quoted(identity.name)):
              kind: aws/permission-set
              provider: \(provider)
              via:
                provider: \(provider)
              principal:
                name: \(Self.quoted(identity.role))
                account:
                  name: \(Self.quoted(identity.accountName))
                  id: \(Self.quoted(identity.accountID))

        """
    }
    return text
  }

  /// A text between double quotes (YAML 1.2, 7.3.1): nothing in it is read as anything else.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x22, 0x5c:
        result += "\\"
        result.unicodeScalars.append(scalar)
      case 0x20...0x7e: result.unicodeScalars.append(scalar)
      case 0...0xffff: result += "\\u" + hexadecimal(scalar.value, 4)
      default: result += "\\U" + hexadecimal(scalar.value, 8)
      }
    }
    return result + "\""
  }

  private static func hexadecimal(_ value: UInt32, _ count: Int) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: max(0, count - digits.count)) + digits
  }
}
