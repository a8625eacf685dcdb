import AWS
import Azure
import GCP
import LocalKinds
package import Model
import OIDC

extension Registry {
  /// What this release knows: a cloud is one word here.
  package static let standard = Registry(
    clouds: [.aws, .azure, .gcp], otherKinds: { LocalKinds.all + OIDCKinds.all })
}
