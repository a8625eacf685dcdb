import Core
import Model

extension Definition {
  /// What is wrong with an MFA device that is named at `path`.
  func faultsOfDevice(_ path: [String]) -> [Diagnostic] {
    guard let device = node.value(at: path)?.text?.trimmed, !device.isEmpty else { return [] }
    let key = path.joined(separator: ".")
    if let fault = MFADeviceName.fault(device) {
      return [
        self.fault(.error, path, "`\(key)` \(fault.what)", suggestion: fault.remedy)
      ]
    }
    return []
  }
}

extension Field {
  /// `spec.endpoint_url` and its older spelling, of every kind that calls STS.
  static let endpoints: [Field] = [
    Field("spec.endpoint_url", .url, "Address of STS, instead of AWS' own."),
    Field("credentials.aws.resolver.url", .url, "The older spelling of `spec.endpoint_url`."),
  ]
}

extension Definition {
  /// The STS address that the definition gives, if it does.
  var endpointURL: String? {
    text("spec", "endpoint_url") ?? text("credentials", "aws", "resolver", "url")
  }
}
