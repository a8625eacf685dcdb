@testable import AWS

extension SharedConfig {
  /// The content of two files, put together.
  init(config: String, credentials: String = "") {
    self.init(
      SharedSources(
        config: SharedConfigFile(config.utf8), configPath: "config",
        credentials: SharedConfigFile(credentials.utf8), credentialsPath: "credentials",
        areInUse: true))
  }
}
