public import Model

extension Cloud {
  /// Microsoft Azure, of which this release delivers nothing yet.
  public static let azure: Cloud = {
    var cloud = Cloud("azure", kinds: { AzureKinds.all })
    cloud.summary = { definition in
      let subscription = definition.text("principal", "subscription_id")
      return IdentitySummary(account: subscription, principal: subscription)
    }
    return cloud
  }()
}
