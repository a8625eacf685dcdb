internal import Model

extension UnsupportedKinds {
  /// Clouds that run on this machine.
  static let emulators: [Kind] = ["aws", "azure", "gcp", "kubernetes"].map { cloud in
    Kind(
      "\(cloud)/emulator", .identity, summary: "A running emulator of \(cloud).",
      fields: [
        Field("emulator", .text, required: true, "Name of the emulator's component."),
        Field("principal.region", .text, "Region that tools use."),
      ], via: .any)
  }
}
