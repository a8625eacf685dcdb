/// Configurations of the offline kinds.
enum Configurations {
  /// Three identities on one provider, of which `prod` is protected and none the default.
  static let stacks = """
    auth:
      realm: test
      providers:
        sandbox: {kind: mock/aws}
      identities:
        dev:
          kind: mock/aws
          alias: d
          via: {provider: sandbox}
          principal: {account: {id: 111122223333}, region: eu-west-1}
          tags: [development]
        staging:
          kind: mock/aws
          via: {provider: sandbox}
          principal: {account: {id: 222233334444}, region: eu-west-2}
          tags: [development, shared]
        prod:
          kind: mock/aws
          protected: true
          via: {provider: sandbox}
          principal: {account: {id: 333344445555}, region: us-east-1}

    """

  /// The same with these defaults.
  static func defaults(_ names: String...) -> String {
    names.reduce(stacks) { text, name in
      text.replacing("    \(name):\n", with: "    \(name):\n      default: true\n")
    }
  }

  /// A profile in which `dev` is in another account and region.
  static let profile =
    stacks.replacing("111122223333", with: "999900001111")
    .replacing("eu-west-1", with: "ap-south-1")
}
