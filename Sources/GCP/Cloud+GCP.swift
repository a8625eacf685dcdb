public import Model

extension Cloud {
  /// Google Cloud, of which this release delivers nothing yet.
  public static let gcp: Cloud = {
    var cloud = Cloud("gcp", kinds: { GCPKinds.all })
    cloud.summary = { definition in
      let project =
        definition.text("principal", "target_principal")
        ?? definition.text("principal", "project_id")
      return IdentitySummary(
        account: project,
        principal: definition.text("principal", "service_account_email") ?? project)
    }
    return cloud
  }()
}
