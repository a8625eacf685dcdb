import Model
import Testing

/// What programs get that are run for us.
@Suite struct HelperEnvironmentTests {
  @Test func `passwords and codes stay here, whatever variable holds them`() {
    let environment = [
      "PATH": "/bin", "ATMOS_KEYRING_PASSWORD": "a", "ATMOS_KEYRING_PASSWORD_ENV": "MINE",
      "MINE": "b", "TEAM": "c", "ATMOS_AUTH_MFA_CODE": "123456",
    ]
    let given = HelperEnvironment.of(environment, configured: "TEAM")
    #expect(given == ["PATH": "/bin", "ATMOS_KEYRING_PASSWORD_ENV": "MINE"])
  }

  @Test func `a program that shows something gets no secret, whatever says that it is one`() {
    let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"
    let environment = [
      "PATH": "/bin", "DISPLAY": ":0", "XDG_ACTIVATION_TOKEN": "window", "VERSION": "eyJ.1",
      "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "a", "IDP": "b", "CI_JOB_JWT": jwt,
    ]
    let given = HelperEnvironment.withoutSecrets(
      environment, secrets: ["IDP"], isSensitive: { $0.hasSuffix("_TOKEN") })
    #expect(
      given == [
        "PATH": "/bin", "DISPLAY": ":0", "XDG_ACTIVATION_TOKEN": "window", "VERSION": "eyJ.1",
      ])
  }

  @Test(
    arguments: [
      ([:], "/dev/pts/3", "/dev/pts/3"), (["GPG_TTY": ""], "/dev/pts/3", "/dev/pts/3"),
      (["GPG_TTY": "/dev/tty1"], "/dev/pts/3", "/dev/tty1"), ([:], nil, nil),
    ] as [([String: String], String?, String?)])
  func `GnuPG learns where the person sits`(
    environment: [String: String], terminal: String?, expected: String?
  ) {
    #expect(HelperEnvironment.of(environment, terminal: terminal)["GPG_TTY"] == expected)
  }
}
