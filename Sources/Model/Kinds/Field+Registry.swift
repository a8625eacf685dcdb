extension Field {
  /// How a login to a container registry is written down, of whatever cloud.
  public static let registry: [Field] = [
    Field(
      "spec.store", .oneOf(["docker"]),
      "`docker` writes the password into Docker's file, as atmos does; by default Docker asks for it "
        + "at each pull.")
  ]
}
