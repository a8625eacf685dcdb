public import Core

extension Definition {
  /// What a definition says of the kubeconfig.
  ///
  /// - Returns: The place.
  /// - Throws: ``AuthError`` with code `badConfiguration` for permissions that are none.
  public func kubeconfigPlace() throws(AuthError) -> KubeconfigPlace {
    let mode = text("spec", "cluster", "kubeconfig", "mode")
    guard let bits = UInt32(mode ?? "0600", radix: 8), bits & ~0o777 == 0, bits & 0o600 == 0o600
    else {
      throw broken(
        "`spec.cluster.kubeconfig.mode` is not a mode that you can read and write",
        hint: "write it in octal, quoted: `\"0600\"`")
    }
    let update = text("spec", "cluster", "kubeconfig", "update")
    return KubeconfigPlace(
      path: text("spec", "cluster", "kubeconfig", "path"), mode: mode == nil ? nil : bits,
      update: update.flatMap(KubeconfigPlace.Update.init) ?? .merge,
      alias: text("spec", "cluster", "alias"))
  }

  /// What is wrong with what it says of the kubeconfig, beyond the fields' types.
  public var kubeconfigFaults: [Diagnostic] {
    do throws(AuthError) {
      _ = try kubeconfigPlace()
      return []
    } catch {
      return [
        Diagnostic(
          .error, error.message, mark: place("spec", "cluster", "kubeconfig", "mode"),
          suggestion: error.hints.first)
      ]
    }
  }
}
