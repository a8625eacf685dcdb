internal import Core
internal import Model

/// Credentials as bytes: a tag, a length of four bytes and a value for each part that is there.
///
/// It is read on every cached `credential-process`, so it needs no decoder. Parts with unknown tags
/// are skipped; a release that adds a part which must not be ignored adds a body.
enum CredentialCoding {
  private enum Part: UInt8 {
    case body = 1
    case issuedAt = 2
    case expiresAt = 3
    case region = 4
    case account = 5
    case principal = 6
    case mfaAt = 7
    case mfaDevice = 8
    case renewalToken = 9
    case renewalKey = 10
    case renewalClient = 11
    case renewalEnd = 12
    case proofAt = 13
    case proofDevice = 14
    case principalID = 15
    case accessKeyID = 16
    case secretAccessKey = 17
    case sessionToken = 18
    case origin = 19
    case issuer = 32
    case accessToken = 33
    case refreshToken = 34
    case clientID = 35
    case clientSecret = 36
    case clientExpiresAt = 37
    case clientGrant = 38
    case endpoint = 39
    case format = 48
    case opaquePart = 49
  }

  private static let ambient: UInt8 = 0
  private static let aws: UInt8 = 1
  private static let bearer: UInt8 = 2
  private static let opaque: UInt8 = 3

  static func encode(_ credential: Credential) -> Secret {
    var bytes: [UInt8] = []
    // No growth, so that no copy with secrets in it is left behind unwiped.
    bytes.reserveCapacity(size(of: credential))
    defer { bytes.wipe() }
    func put(_ part: Part, _ value: some Collection<UInt8>) {
      bytes.append(part.rawValue)
      withUnsafeBytes(of: UInt32(value.count).littleEndian) { bytes += $0 }
      bytes += value
    }
    func put(_ part: Part, _ value: Instant?) {
      guard let value else { return }
      withUnsafeBytes(of: value.secondsSince1970.littleEndian) { put(part, $0) }
    }
    func put(_ part: Part, _ value: String?) {
      if let value { put(part, value.utf8) }
    }
    func put(_ part: Part, _ value: Secret?) {
      value?.withBytes { put(part, $0) }
    }
    put(.issuedAt, credential.issuedAt)
    put(.expiresAt, credential.expiresAt)
    put(.region, credential.region)
    put(.account, credential.account)
    put(.principal, credential.principal)
    put(.principalID, credential.principalID)
    put(.mfaAt, credential.mfaAt)
    put(.mfaDevice, credential.mfaDevice)
    put(.renewalToken, credential.renewal?.refreshToken)
    put(.renewalKey, credential.renewal?.key)
    put(.renewalClient, credential.renewal?.clientID)
    put(.renewalEnd, credential.renewal?.endsAt)
    if credential.mfaAt == nil {
      put(.proofAt, credential.proof?.at)
      put(.proofDevice, credential.proof?.device)
    }
    switch credential.body {
    case .ambient: put(.body, CollectionOfOne(ambient))
    case .aws(let keys):
      put(.body, CollectionOfOne(aws))
      put(.accessKeyID, keys.accessKeyID)
      put(.secretAccessKey, keys.secretAccessKey)
      put(.sessionToken, keys.sessionToken)
      put(.origin, keys.origin.rawValue)
    case .bearer(let token):
      put(.body, CollectionOfOne(bearer))
      put(.issuer, token.issuer)
      put(.accessToken, token.accessToken)
      put(.refreshToken, token.refreshToken)
      put(.clientID, token.client?.id)
      put(.clientSecret, token.client?.secret)
      put(.clientExpiresAt, token.client?.expiresAt)
      put(.clientGrant, token.client?.grant)
      put(.endpoint, token.endpoint)
    case .opaque(let credential):
      put(.body, CollectionOfOne(opaque))
      put(.format, credential.format)
      for part in credential.parts {
        // The tag is the first byte of the value.
        bytes.append(Part.opaquePart.rawValue)
        withUnsafeBytes(of: UInt32(part.value.count + 1).littleEndian) { bytes += $0 }
        bytes.append(part.tag)
        part.value.withBytes { bytes += $0 }
      }
    }
    return Secret(bytes)
  }

  /// Reads a credential; `nil` if the bytes are not one that this release knows.
  static func decode(_ bytes: UnsafeRawBufferPointer) -> Credential? {
    var parts = Parts()
    var position = 0
    while position < bytes.count {
      guard bytes.count - position >= 5 else { return nil }
      let tag = bytes[position]
      let count = Int(
        UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position + 1, as: UInt32.self)))
      position += 5
      guard bytes.count - position >= count else { return nil }
      let value = UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
      position += count
      guard let part = Part(rawValue: tag) else { continue }
      parts.take(part, value)
    }
    return parts.credential
  }

  private static func size(of credential: Credential) -> Int {
    let keys = credential.aws
    let token = credential.bearer
    let parts = credential.opaque?.parts ?? []
    let texts = [
      credential.region, credential.account, credential.principal, credential.principalID,
      credential.mfaDevice,
      credential.proof?.device, token?.issuer, token?.client?.id, token?.client?.grant,
      token?.endpoint, credential.opaque?.format, credential.renewal?.clientID,
    ]
    let secrets = [
      keys?.secretAccessKey, keys?.sessionToken, token?.accessToken, token?.refreshToken,
      token?.client?.secret, credential.renewal?.refreshToken, credential.renewal?.key,
    ]
    return 256 + texts.reduce(0) { $0 + ($1?.utf8.count ?? 0) }
      + parts.reduce(0) { $0 + $1.value.count + 6 } + secrets.reduce(0) { $0 + ($1?.count ?? 0) }
      + (keys?.accessKeyID.utf8.count ?? 0)
  }

  private struct Parts {
    var body: UInt8?
    var issuedAt: Instant?
    var expiresAt: Instant?
    var region: String?
    var account: String?
    var principal: String?
    var principalID: String?
    var mfaAt: Instant?
    var mfaDevice: String?
    var renewalToken: Secret?
    var renewalKey: Secret?
    var renewalClient: String?
    var renewalEnd: Instant?
    var proofAt: Instant?
    var proofDevice: String?
    var accessKeyID: String?
    var secretAccessKey: Secret?
    var sessionToken: Secret?
    var origin: AWSKeys.Origin?
    var issuer: String?
    var accessToken: Secret?
    var refreshToken: Secret?
    var clientID: String?
    var clientSecret: Secret?
    var clientExpiresAt: Instant?
    var clientGrant: String?
    var endpoint: String?
    var format: String?
    var opaqueParts: [OpaqueCredential.Part] = []

    mutating func take(_ part: Part, _ value: UnsafeRawBufferPointer) {
      var text: String { String(decoding: value, as: UTF8.self) }
      var instant: Instant? {
        value.count == 8
          ? Instant(
            secondsSince1970: Int64(littleEndian: value.loadUnaligned(as: Int64.self))) : nil
      }
      switch part {
      case .body: body = value.first
      case .issuedAt: issuedAt = instant
      case .expiresAt: expiresAt = instant
      case .region: region = text
      case .account: account = text
      case .principal: principal = text
      case .principalID: principalID = text
      case .mfaAt: mfaAt = instant
      case .mfaDevice: mfaDevice = text
      case .renewalToken: renewalToken = Secret(value)
      case .renewalKey: renewalKey = Secret(value)
      case .renewalClient: renewalClient = text
      case .renewalEnd: renewalEnd = instant
      case .proofAt: proofAt = instant
      case .proofDevice: proofDevice = text
      case .accessKeyID: accessKeyID = text
      case .secretAccessKey: secretAccessKey = Secret(value)
      case .sessionToken: sessionToken = Secret(value)
      case .origin: origin = AWSKeys.Origin(rawValue: text)
      case .issuer: issuer = text
      case .accessToken: accessToken = Secret(value)
      case .refreshToken: refreshToken = Secret(value)
      case .clientID: clientID = text
      case .clientSecret: clientSecret = Secret(value)
      case .clientExpiresAt: clientExpiresAt = instant
      case .clientGrant: clientGrant = text
      case .endpoint: endpoint = text
      case .format: format = text
      case .opaquePart:
        guard let tag = value.first else { return }
        opaqueParts.append(
          OpaqueCredential.Part(tag, Secret(UnsafeRawBufferPointer(rebasing: value.dropFirst()))))
      }
    }

    var credential: Credential? {
      guard let issuedAt, let body = credentialBody else { return nil }
      var credential = Credential(
        body, issuedAt: issuedAt, expiresAt: expiresAt, region: region, account: account,
        principal: principal, mfaAt: mfaAt, mfaDevice: mfaDevice, renewal: renewal)
      credential.principalID = principalID
      if let proofAt {
        credential.proof = Credential.Proof(at: proofAt, device: proofDevice)
      }
      return credential
    }

    private var renewal: Renewal? {
      guard let renewalToken, let renewalKey, let renewalClient, let renewalEnd else { return nil }
      return Renewal(
        refreshToken: renewalToken, key: renewalKey, clientID: renewalClient, endsAt: renewalEnd)
    }

    private var client: BearerToken.Client? {
      guard let clientID, let clientSecret, let clientExpiresAt, let clientGrant else { return nil }
      return BearerToken.Client(
        id: clientID, secret: clientSecret, expiresAt: clientExpiresAt, grant: clientGrant)
    }

    private var credentialBody: Credential.Body? {
      switch body {
      case CredentialCoding.ambient: return .ambient
      case CredentialCoding.aws:
        guard let accessKeyID, let secretAccessKey, let origin else { return nil }
        return .aws(
          AWSKeys(
            accessKeyID: accessKeyID, secretAccessKey: secretAccessKey,
            sessionToken: sessionToken, origin: origin))
      case CredentialCoding.bearer:
        guard let issuer, let accessToken else { return nil }
        return .bearer(
          BearerToken(
            issuer: issuer, accessToken: accessToken, refreshToken: refreshToken, client: client,
            endpoint: endpoint))
      case CredentialCoding.opaque:
        guard let format else { return nil }
        return .opaque(OpaqueCredential(format: format, parts: opaqueParts))
      default: return nil
      }
    }
  }
}
