import CLibrary
import Testing

@testable import Core

/// Groups with one member, and who root is in a container.
@Suite struct PrivateGroupTests {
  private static let accounts = """
    root:x:0:0:root:/root:/bin/bash
    sue:x:1000:1000::/home/sue:/bin/bash
    joe:x:1001:100::/home/joe:/bin/bash
    ann:x:1002:101::/home/ann:/bin/bash
    bob:x:1003:101::/home/bob:/bin/bash

    """
  private static let groups = """
    sue:x:1000:
    users:x:100:
    two:x:101:
    listed:x:102:sue
    mixed:x:103:sue,joe
    joined:x:104:joe,joe
    empty:x:105:
    guest:x:106:ann

    """
  private static let sources = "# local\npasswd: files systemd\ngroup:\tfiles\nhosts: files dns\n"

  @Test(
    arguments: [
      (1000, 1000, true), (100, 1001, true), (102, 1000, true), (104, 1001, true),
      // Others are in it, the person is not, or neither of both is known.
      (101, 1002, false), (103, 1000, false), (105, 1000, false), (102, 1001, false),
      (1000, 1001, false), (106, 1000, false), (999, 1000, false), (1000, 4711, false),
    ] as [(UInt32, UInt32, Bool)])
  func `who is in a group`(group: UInt32, user: UInt32, expected: Bool) {
    #expect(
      PrivateGroup.isOne(
        group, of: user, accounts: Self.accounts, groups: Self.groups, sources: Self.sources)
        == expected)
  }

  @Test(arguments: ["passwd: files sss\n", "group: files ldap\n", "passwd:\tfiles winbind # x\n"])
  func `where accounts come from elsewhere nobody can tell`(sources: String) {
    #expect(
      !PrivateGroup.isOne(
        1000, of: 1000, accounts: Self.accounts, groups: Self.groups, sources: sources))
  }

  @Test func `without a list of sources there are only files`() {
    #expect(
      PrivateGroup.isOne(
        1000, of: 1000, accounts: Self.accounts, groups: Self.groups, sources: ""))
  }

  @Test(.enabled(if: geteuid() == 0, "only root is root"))
  func `root in a container, and not by sudo`() {
    func isOne(_ environment: [String: String]) -> Bool {
      OwnerExceptions.isContainerRoot { environment[$0] }
    }
    #expect(isOne(["container": "podman"]))
    #expect(isOne(["KUBERNETES_SERVICE_HOST": "10.0.0.1"]))
    #expect(!isOne(["container": "podman", "SUDO_UID": "1000"]))
  }

  @Test(.enabled(if: geteuid() != 0, "root is root"))
  func `nobody else is root in a container`() {
    #expect(!OwnerExceptions.isContainerRoot { ["container": "podman"][$0] })
  }
}
