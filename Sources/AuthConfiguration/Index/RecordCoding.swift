internal import Model

/// A variable of an identity's `env` as the index keeps it.
enum StoredValue: Sendable {
  /// The value.
  case literal(String)
  /// The name of the variable it came from, since it may be secret.
  case variable(String)
  /// Nothing: it is a secret that is written in the file, and there it has to be read again.
  case hidden
}

/// An identity's record as the index keeps it.
struct StoredIdentity: Sendable {
  var record: IdentityRecord
  var environment: [(name: String, value: StoredValue)]
}

extension ByteWriter {
  mutating func write(_ label: IdentityLabel) {
    write(label.name)
    write(label.kind)
    write(label.alias)
  }

  mutating func write(_ section: Kind.Section) {
    write(count: section == .provider ? 0 : section == .identity ? 1 : 2)
  }

  mutating func write(_ stored: StoredIdentity) {
    let record = stored.record
    write(record.name)
    write(record.kind)
    write(record.cloud)
    write(record.alias)
    write(record.viaProvider)
    write(record.viaIdentity)
    write(record.chain) { writer, step in
      writer.write(step.name)
      writer.write(step.section)
      writer.write(step.kind)
    }
    for flag in [
      record.isDefault, record.isRequired, record.isProtected, record.isAmbient,
      record.startsAmbient, record.isRemembered, record.isSupported, record.hasErrors,
      record.isStable,
    ] {
      write(flag)
    }
    write(record.mfa)
    writeOptional(record.idle)
    write(record.tags)
    write(record.region)
    write(record.account)
    write(record.principal)
    write(record.listedProvider)
    write(stored.environment) { writer, pair in
      writer.write(pair.name)
      switch pair.value {
      case .literal(let value):
        writer.write(count: 0)
        writer.write(value)
      case .variable(let name):
        writer.write(count: 1)
        writer.write(name)
      case .hidden: writer.write(count: 2)
      }
    }
    write(record.integrationEnvironment) { writer, pair in
      writer.write(pair.name)
      writer.write(pair.value)
    }
    write(record.offeredEnvironment) { writer, pair in
      writer.write(pair.name)
      writer.write(pair.value)
    }
    write(record.isOwn)
    write(record.offers)
    write(record.replacesOwn)
    write(record.loosensOwn)
    write(record.usesStoredKeys)
    write(record.sessionDigest)
    write(record.maskedJSON)
    write(record.traits)
  }

  mutating func write(_ record: ProviderRecord) {
    write(record.name)
    write(record.kind)
    write(record.isDefault)
    write(record.isSupported)
    write(record.hasErrors)
    write(record.tags)
    write(record.region)
    write(record.url)
    write(record.maskedJSON)
    write(record.isOwn)
    write(record.offers)
    write(record.traits)
  }

  mutating func write(_ record: IntegrationRecord) {
    write(record.name)
    write(record.kind)
    write(record.viaProvider)
    write(record.viaIdentity)
    write(record.maskedJSON)
  }
}

extension ByteWriter {
  /// Writes a policy.
  mutating func write(_ policy: MFAPolicy) {
    write(policy.level?.rawValue)
    writeOptional(policy.maximumAge)
    write(policy.isUnattended != nil)
    write(policy.isUnattended ?? false)
  }

  /// Writes a number of seconds.
  mutating func writeOptional(_ seconds: Int64?) {
    write(seconds != nil)
    if let seconds { write(UInt64(bitPattern: seconds)) }
  }
}

extension ByteReader {
  /// Reads a policy.
  mutating func readPolicy() -> MFAPolicy {
    var policy = MFAPolicy()
    policy.level = readOptionalText().map { MFALevel(rawValue: $0) ?? .plansAndApplies }
    policy.maximumAge = readOptionalNumber()
    let isSaid = readBool()
    let value = readBool()
    policy.isUnattended = isSaid ? value : nil
    return policy
  }

  /// Reads a number of seconds.
  mutating func readOptionalNumber() -> Int64? {
    readBool() ? Int64(bitPattern: readNumber()) : nil
  }

  mutating func readLabel() -> IdentityLabel {
    IdentityLabel(name: readText(), kind: readText(), alias: readOptionalText())
  }

  mutating func readSection() -> Kind.Section {
    switch readCount() {
    case 0: .provider
    case 1: .identity
    default: .integration
    }
  }

  private mutating func readStoredValue() -> StoredValue {
    switch readCount() {
    case 0: .literal(readText())
    case 1: .variable(readText())
    default: .hidden
    }
  }

  /// Reads an identity; `value` gives what a pair of its `env` stands for.
  mutating func readIdentity(
    _ value: (_ identity: String, _ name: String, _ stored: StoredValue) -> String
  ) -> IdentityRecord {
    var record = IdentityRecord(name: readText(), kind: readText())
    record.cloud = readOptionalText()
    record.alias = readOptionalText()
    record.viaProvider = readOptionalText()
    record.viaIdentity = readOptionalText()
    record.chain = readList {
      ChainStepRecord(name: $0.readText(), section: $0.readSection(), kind: $0.readText())
    }
    record.isDefault = readBool()
    record.isRequired = readBool()
    record.isProtected = readBool()
    record.isAmbient = readBool()
    record.startsAmbient = readBool()
    record.isRemembered = readBool()
    record.isSupported = readBool()
    record.hasErrors = readBool()
    record.isStable = readBool()
    record.mfa = readPolicy()
    record.idle = readOptionalNumber()
    record.tags = readTexts()
    record.region = readOptionalText()
    record.account = readOptionalText()
    record.principal = readOptionalText()
    record.listedProvider = readOptionalText()
    record.environment = readList { reader in
      let name = reader.readText()
      return (name: name, value: value(record.name, name, reader.readStoredValue()))
    }
    record.integrationEnvironment = readList { reader in
      (name: reader.readText(), value: reader.readText())
    }
    record.offeredEnvironment = readList { reader in
      (name: reader.readText(), value: reader.readText())
    }
    record.isOwn = readBool()
    record.offers = readTexts()
    record.replacesOwn = readBool()
    record.loosensOwn = readOptionalText()
    record.usesStoredKeys = readBool()
    record.sessionDigest = readText()
    record.maskedJSON = readText()
    record.traits = readTexts()
    return record
  }

  mutating func readProvider() -> ProviderRecord {
    ProviderRecord(
      name: readText(), kind: readText(), isDefault: readBool(), isSupported: readBool(),
      hasErrors: readBool(), tags: readTexts(), region: readOptionalText(),
      url: readOptionalText(), maskedJSON: readText(), isOwn: readBool(), offers: readTexts(),
      traits: readTexts())
  }

  mutating func readIntegration() -> IntegrationRecord {
    IntegrationRecord(
      name: readText(), kind: readText(), viaProvider: readOptionalText(),
      viaIdentity: readOptionalText(), maskedJSON: readText())
  }
}
