public import Model

/// Clouds that run on this machine, which this release checks and lists, but cannot log in with yet.
public enum EmulatorKinds {
  /// All of them, for the registry.
  public static let all: [Kind] = ["aws", "azure", "gcp", "kubernetes"].map { cloud in
    Kind(
      "\(cloud)/emulator", .identity, summary: "A running emulator of \(cloud).",
      fields: [
        Field("emulator", .text, required: true, "Name of the emulator's component."),
        Field("principal.region", .text, "Region that tools use."),
      ], via: .any,
      identitySummary: { IdentitySummary(principal: $0.text("emulator")) })
  }
}
