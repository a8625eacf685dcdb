import Core
import NIOSSL

/// Which certificates servers are checked against.
public enum TrustRoots {
  /// The variables that are looked at.
  public static let variables = [
    "AWS_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
  ]

  /// The roots that the environment names, in the order of the AWS SDKs and then of others:
  /// `AWS_CA_BUNDLE`, `SSL_CERT_FILE` with `SSL_CERT_DIR`, `REQUESTS_CA_BUNDLE`.
  ///
  /// Whatever is named takes the place of the system's roots.
  ///
  /// - Returns: The certificates, or `nil` for the system's.
  /// - Throws: A sentence that names the variable and the file.
  static func load(environment: [String: String]) throws(Fault) -> [NIOSSLCertificate]? {
    func path(_ name: String) -> String? {
      environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
    if let file = path("AWS_CA_BUNDLE") { return try read(file, "AWS_CA_BUNDLE") }
    var found: [NIOSSLCertificate]?
    if let file = path("SSL_CERT_FILE") { found = try read(file, "SSL_CERT_FILE") }
    if let directories = path("SSL_CERT_DIR") {
      for directory in directories.split(separator: ":") {
        found = (found ?? []) + certificates(inDirectory: String(directory))
      }
    }
    if let found { return found }
    if let file = path("REQUESTS_CA_BUNDLE") { return try read(file, "REQUESTS_CA_BUNDLE") }
    return nil
  }

  /// What is wrong with a setting.
  struct Fault: Error, CustomStringConvertible {
    var description: String
  }

  private static func read(_ file: String, _ variable: String) throws(Fault) -> [NIOSSLCertificate]
  {
    let bytes: [UInt8]?
    do {
      // `requests` takes a directory here, too.
      if FileSystem.isDirectory(file) { return certificates(inDirectory: file) }
      bytes = try FileSystem.readFile(file)
    } catch {
      throw Fault(description: "\(variable): \(error.message)")
    }
    guard let bytes else {
      throw Fault(description: "\(variable) names `\(file)`, which does not exist")
    }
    do {
      let certificates = try NIOSSLCertificate.fromPEMBytes(bytes)
      guard certificates.isEmpty else { return certificates }
    } catch {}
    throw Fault(description: "\(variable) names `\(file)`, which holds no usable PEM certificates")
  }

  /// The certificates of a directory as OpenSSL reads it: what is not a certificate is passed over.
  private static func certificates(inDirectory directory: String) -> [NIOSSLCertificate] {
    let names = (try? FileSystem.list(directory)) ?? nil
    return (names ?? []).flatMap { name -> [NIOSSLCertificate] in
      guard let bytes = try? FileSystem.readFile("\(directory)/\(name)") else { return [] }
      return (try? NIOSSLCertificate.fromPEMBytes(bytes)) ?? []
    }
  }
}
