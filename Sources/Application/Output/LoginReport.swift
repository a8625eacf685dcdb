package import AuthConfiguration
import Core
package import Model
import Terminal

extension CommandContext {
  /// Tells a person that a login worked, in the words of atmos.
  package func tellLogin(chain: Chain, credential: Credential, catalog: Catalog) {
    var table = Table()
    if !catalog.realm.isEmpty {
      table.append(["Realm", "\(catalog.realm) (\(catalog.realmSource.rawValue))"])
    }
    table.append(["Provider", chain.links[0].name])
    table.append(["Identity", chain.target.name])
    if let account = credential.account { table.append(["Account", account]) }
    if let region = credential.region { table.append(["Region", region]) }
    if let expiresAt = credential.expiresAt {
      let left = Remaining.text(seconds: now.seconds(until: expiresAt))
      table.append(["Expires", "\(LocalTime.text(expiresAt)) (\(left))"])
    }
    let mark = err.styled(err.symbol("✓", plain: "ok"), .good)
    err.write("\n\(mark) Authentication successful!\n\n")
    err.write(table.lines(indent: 2).map { $0 + "\n" }.joined() + "\n")
  }
}
