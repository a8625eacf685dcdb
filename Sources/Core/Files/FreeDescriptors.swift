internal import CLibrary
internal import CShims

/// How many more files this process may open.
public enum FreeDescriptors {
  /// Makes sure that a login finds as many as it needs.
  ///
  /// The libraries for the network and for waiting need some for each processor, and end the process
  /// where they get none.
  ///
  /// - Throws: ``AuthError`` with code `system`.
  public static func requireThoseOfLogin() throws(AuthError) {
    let processors = max(1, Int32(truncatingIfNeeded: sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    let wanted = min(16 + 4 * processors, 256)
    let found = atmos_free_descriptors(wanted)
    guard found < wanted else { return }
    throw AuthError(
      .system, "this process may open \(found) more files, and a login needs \(wanted)",
      hints: ["raise the limit with `ulimit -n 1024`, then try again"])
  }
}
