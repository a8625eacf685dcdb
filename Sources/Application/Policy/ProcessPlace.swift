import CLibrary
import Core

/// Where processes have their numbers: a machine, one of its boots, and a namespace in it.
///
/// A home directory can be shared by machines and by containers. A number that was written down in one
/// of them says nothing in another.
struct ProcessPlace: Equatable {
  /// Eight digits of a hash of the machine's name.
  var machine: String
  /// Eight digits of a hash of the kernel's number for this boot; zeros where it has none.
  var boot: String
  /// The number of the namespace; zero where there are none.
  var namespace: String

  /// The place of this process.
  static var present: ProcessPlace {
    var name = [CChar](repeating: 0, count: 256)
    // A name that is too long is cut off, and then as good as any other.
    _ = gethostname(&name, name.count - 1)
    let boot = (try? FileSystem.readFile("/proc/sys/kernel/random/boot_id", limit: 64)) ?? nil
    let namespace = FileSystem.stamp("/proc/self/ns/pid")?.inode ?? 0
    return ProcessPlace(
      machine: digits(name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))),
      boot: boot.map(digits) ?? "00000000", namespace: String(namespace, radix: 16))
  }

  private static func digits(_ bytes: [UInt8]) -> String {
    String(Hash.hex(Hash.fnv1a(bytes)).prefix(8))
  }

  /// It as one word, without a blank, a `-` or a `/`.
  var text: String { "\(machine).\(boot).\(namespace)" }

  init(machine: String, boot: String, namespace: String) {
    (self.machine, self.boot, self.namespace) = (machine, boot, namespace)
  }

  /// Reads ``text``; `nil` for anything else.
  init?(_ text: Substring) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3 else { return nil }
    self.init(machine: parts[0], boot: parts[1], namespace: parts[2])
  }
}
