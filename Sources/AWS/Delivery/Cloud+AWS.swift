internal import Core
public import Model

extension Cloud {
  /// Amazon Web Services.
  public static let aws: Cloud = {
    var cloud = Cloud("aws", variables: awsVariables, kinds: { AWSKinds.all })
    cloud.variables.labels = [
      "AWSUME_COMMAND", "AWSUME_EXPIRATION", "AWSUME_PROFILE", "AWSU_EXPIRES", "AWSU_PROFILE",
      "AWS_SESSION_EXPIRATION", "GRANTED_SSO", "GRANTED_SSO_ACCOUNT_ID", "GRANTED_SSO_REGION",
      "GRANTED_SSO_ROLE_NAME", "GRANTED_SSO_START_URL",
    ]
    cloud.summary = { IdentitySummary(aws: $0) }
    cloud.renewing = { request throws(AuthError) in
      let profiles = ManagedProfiles(request: request)
      try profiles.write()
      return profiles.variables
    }
    cloud.follow = { program, directory throws(AuthError) in
      try ManagedProfiles.follow(program, in: directory)
    }
    cloud.plainText = { $0.aws.map(\.variables) }
    cloud.processAnswer = { credential in
      credential.aws.map { $0.processAnswer(expiresAt: credential.expiresAt) }
    }
    cloud.sessionName = { credential in
      // arn:aws:sts::123456789012:assumed-role/ROLE/SESSION
      // By bytes, since searching a text for another one costs a tenth of a hot command.
      guard let arn = credential.principal,
        let slash = arn.utf8.firstIndex(of: UInt8(ascii: "/")),
        let last = arn.utf8.lastIndex(of: UInt8(ascii: "/")), last > slash,
        String(arn[..<slash]).hasSuffix(":assumed-role")
      else { return nil }
      return String(arn[arn.utf8.index(after: last)...])
    }
    cloud.verify = { request throws(AuthError) in
      let caller = try await CallerIdentity.ask(
        with: request.credential, identity: request.identity, effects: request.effects)
      return Principal(account: caller.account, name: caller.arn)
    }
    cloud.endLogin = { credential, effects throws(AuthError) in
      try await IdentityCenter.end(credential, effects: effects)
    }
    cloud.toolsHaveLogins = { !CLILoginFiles(surroundings: $0).isEmpty }
    cloud.takeBack = { credential, effects throws(AuthError) in
      try CLILoginFiles(surroundings: effects).remove(credential)
    }
    cloud.registryLogin = { ECRLogin(host: $0) }
    cloud.clusterAccess = { EKSAccess($0, region: $1, $2) }
    cloud.console = .aws
    return cloud
  }()

  /// The variables of the AWS CLI and of AWS' SDKs.
  ///
  /// Keys in the environment beat a profile in every SDK, and web identity and container variables
  /// beat it in some, so they conflict.
  static let awsVariables = CloudVariables(
    conflicting: [
      "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_CONTAINER_AUTHORIZATION_TOKEN",
      "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
      "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CREDENTIAL_EXPIRATION", "AWS_DEFAULT_PROFILE",
      "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_SECRET_ACCESS_KEY", "AWS_SECRET_KEY",
      "AWS_SECURITY_TOKEN", "AWS_SESSION_TOKEN", "AWS_VAULT", "AWS_WEB_IDENTITY_TOKEN_FILE",
    ],
    files: [
      "AWS_CONFIG_FILE", "AWS_EC2_METADATA_DISABLED", "AWS_PROFILE", "AWS_SDK_LOAD_CONFIG",
      "AWS_SHARED_CREDENTIALS_FILE",
    ],
    regions: ["AWS_REGION", "AWS_DEFAULT_REGION"],
    expiry: "AWS_CREDENTIAL_EXPIRATION",
    redirecting: [
      "AWS_ENDPOINT_URL", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_LOGIN_CACHE_DIRECTORY",
    ] + AWSService.all.map(\.endpointVariable),
    plain: [
      "AWS_CONFIG_FILE", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
      "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
      "AWS_CREDENTIAL_EXPIRATION", "AWS_DEFAULT_PROFILE", "AWS_DEFAULT_REGION",
      "AWS_EC2_METADATA_DISABLED", "AWS_PROFILE", "AWS_REGION", "AWS_ROLE_ARN",
      "AWS_ROLE_SESSION_NAME", "AWS_SDK_LOAD_CONFIG", "AWS_SHARED_CREDENTIALS_FILE", "AWS_VAULT",
      "AWS_WEB_IDENTITY_TOKEN_FILE",
    ])
}
