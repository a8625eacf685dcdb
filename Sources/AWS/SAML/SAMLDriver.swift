import Core
import Model
import SignIn

/// How a person signs in.
enum SAMLDriver: String, CaseIterable {
  /// In a browser that is driven.
  case browser = "Browser"
  /// On Okta's pages, without a browser.
  case okta = "Okta"
  /// On the pages of ADFS, without a browser.
  case adfs = "ADFS"
  /// On Google's pages, without a browser.
  case google = "GoogleApps"
  /// In any browser, from which the person brings the response by hand.
  case paste = "Paste"

  /// The driver of a definition; `nil` if it names none.
  init?(named name: String) {
    guard let driver = Self.allCases.first(where: { $0.rawValue.lowercased() == name.lowercased() })
    else { return nil }
    self = driver
  }

  /// The driver for a visit.
  ///
  /// A browser that can be shown comes first, whatever the page: nothing else survives a change of
  /// the identity provider's pages. One that is named is used wherever there is any display. Without
  /// one the address decides, as in atmos.
  static func choose(named: SAMLDriver?, for visit: SignInVisit, _ effects: Effects) -> SAMLDriver {
    if let named, named != .browser { return named }
    let browser = effects.signInBrowser.flatMap { $0.program(for: visit) == nil ? nil : $0 }
    if let browser {
      let canShow = named == .browser ? browser.hasDisplay : browser.isSeen
      if canShow || browser.hasSignedIn(visit) { return .browser }
    }
    return withoutBrowser(named: named, for: visit)
  }

  /// The driver where no browser can be shown: that of the page, unless the definition wants a browser.
  static func withoutBrowser(named: SAMLDriver?, for visit: SignInVisit) -> SAMLDriver {
    named == .browser ? .paste : ofPage(visit.page)
  }

  /// The driver without a browser for an address.
  static func ofPage(_ page: String) -> SAMLDriver {
    let host = Address(String(page.prefix { $0 != "#" }))?.host ?? ""
    if host == "accounts.google.com" { return .google }
    if ["okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com"].contains(where: {
      host.hasSuffix(".\($0)")
    }) {
      return .okta
    }
    return page.lowercased().contains("adfs") ? .adfs : .paste
  }

  /// The pages that it signs in on without a browser; `nil` for the others.
  var pages: FormSignIn.Pages? {
    switch self {
    case .okta: .okta
    case .adfs: .adfs
    case .google: .google
    case .browser, .paste: nil
    }
  }
}
