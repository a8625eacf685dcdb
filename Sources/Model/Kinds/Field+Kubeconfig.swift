extension Field {
  /// Where an integration with a Kubernetes cluster writes, of whatever cloud.
  public static let kubeconfig: [Field] = [
    Field("spec.cluster.alias", .text, "Name of the context."),
    Field("spec.cluster.kubeconfig.path", .text, "The kubeconfig to write to."),
    Field("spec.cluster.kubeconfig.mode", .text, "Its permissions; default `0600`."),
    Field(
      "spec.cluster.kubeconfig.update", .oneOf(["merge", "replace", "error"]),
      "What to do with an existing file; default `merge`."),
  ]
}
