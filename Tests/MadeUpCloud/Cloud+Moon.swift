import Core
public import Model

extension Cloud {
  /// A cloud that nobody runs: it shows that one can be added without a change elsewhere.
  ///
  /// Its provider gives visas, its identities are bases that a visa opens, and its integration
  /// hoists a flag: a file.
  public static let moon: Cloud = {
    var cloud = Cloud(
      "moon",
      variables: CloudVariables(
        conflicting: ["MOON_PASS"], files: ["MOON_CONFIG", "MOON_BASE"], regions: ["MOON_SEA"],
        expiry: "MOON_UNTIL", plain: ["MOON_BASE", "MOON_CONFIG", "MOON_SEA", "MOON_UNTIL"]),
      kinds: { [.visa, .base, .flag] })
    cloud.summary = { definition in
      IdentitySummary(
        account: definition.text("principal", "crater"),
        principal: definition.text("principal", "rank"))
    }
    cloud.renewing = { request throws(AuthError) in
      let path = "\(request.directory)/config"
      let command = ShellQuoting.typed(
        command: [request.program, "credential-process"] + request.arguments)
      try FileSystem.writeAtomically(path, Array("renew = \(command)\n".utf8))
      return [
        .unset("MOON_PASS"), .set("MOON_CONFIG", to: path), .set("MOON_BASE", to: request.identity),
      ]
    }
    cloud.plainText = { credential in
      credential.moonPass.map { [.unset("MOON_CONFIG"), .set("MOON_PASS", to: $0.revealed())] }
    }
    cloud.processAnswer = { credential in
      credential.moonPass.map {
        Secret(JSONText.object([("pass", JSONText.string($0.revealed()))]))
      }
    }
    cloud.verify = { request throws(AuthError) in
      Principal(account: "Tycho", name: "commander of \(request.identity)")
    }
    cloud.endLogin = { credential, effects throws(AuthError) in
      guard credential.opaque?.format == MoonPass.visa else { return false }
      effects.notice("the moon has ended a visa")
      return true
    }
    cloud.console = CloudConsole(
      durations: 60...600, pages: { ["dust"] },
      check: { page throws(AuthError) in
        guard page == "dust" else { throw AuthError(.usage, "no such page: \(page)") }
      },
      address: { visit throws(AuthError) in
        guard let pass = visit.credential.moonPass else {
          throw AuthError(.notSupported, "`\(visit.identity)` has no pass")
        }
        return Secret("https://moon.example/\(visit.destination ?? "")#\(pass.revealed())")
      })
    return cloud
  }()
}

/// The forms of the moon's credentials, and the tags of their parts.
enum MoonPass {
  static let visa = "moon/visa"
  static let pass = "moon/pass"
  static let secret: UInt8 = 1
}

extension Credential {
  /// The pass of a base; `nil` for all other credentials.
  var moonPass: Secret? {
    opaque.flatMap { $0.format == MoonPass.pass ? $0[MoonPass.secret] : nil }
  }
}
