import CLibrary
import Foundation
import TestSupport
import Testing

@testable import Core

@Suite struct DirectoryFileTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
  }

  private var path: String { "\(scratch.path)/.atmos-identity" }

  private func reason() -> String? {
    if case .refused(let reason) = DirectoryFile.open(path) { reason } else { nil }
  }

  @Test func `a file of one's own is read, and its directory known`() throws {
    _ = try scratch.write(".atmos-identity", "dev\n")
    chmod(path, 0o600)
    let stamp = try #require(FileSystem.stamp(scratch.path))
    #expect(
      DirectoryFile.open(path)
        == .safe(
          DirectoryFile(
            path: path, directory: scratch.path, device: stamp.device, inode: stamp.inode,
            bytes: Array("dev\n".utf8))))
  }

  @Test func `no more is read than shows that there is too much`() throws {
    _ = try scratch.write(".atmos-identity", String(repeating: "x", count: 5000))
    chmod(path, 0o600)
    guard case .safe(let file) = DirectoryFile.open(path) else {
      Issue.record("it was not read")
      return
    }
    #expect(file.bytes.count == IdentityFile.limit + 1)
  }

  @Test func `a link that leads nowhere is found before what is above it`() throws {
    try FileManager.default.createDirectory(
      atPath: "\(scratch.path)/below", withIntermediateDirectories: false)
    _ = try scratch.write(".atmos-identity", "dev\n")
    let link = "\(scratch.path)/below/.atmos-identity"
    #expect(DirectoryFile.nearest(from: "\(scratch.path)/below") == path)
    #expect(symlink("\(scratch.path)/nothing", link) == 0)
    #expect(DirectoryFile.nearest(from: "\(scratch.path)/below") == link)
    #expect(DirectoryFile.open(link) == .refused("it is a symbolic link"))
  }

  @Test func `nothing is there`() {
    #expect(DirectoryFile.open(path) == .absent)
    #expect(DirectoryFile.open("\(path)/x") == .absent)
  }

  @Test(arguments: [mode_t(0o602), 0o666]) func `others can write to it`(mode: mode_t) throws {
    _ = try scratch.write(".atmos-identity", "dev\n")
    chmod(path, mode)
    #expect(reason() == "others can write to it")
  }

  @Test func `others can write in its directory, sticky or not`() throws {
    _ = try scratch.write(".atmos-identity", "dev\n")
    chmod(path, 0o600)
    chmod(scratch.path, 0o777)
    #expect(reason() == "others can write in `\(scratch.path)`")
    // A sticky directory of one's own is as good as any.
    chmod(scratch.path, 0o1777)
    #expect(reason() == nil)
    chmod(scratch.path, 0o700)
  }

  @Test func `a symbolic link, a directory and a pipe are not read`() throws {
    let target = try scratch.write("target", "dev\n")
    symlink(target, path)
    #expect(reason() == "it is a symbolic link")
    unlink(path)
    mkdir(path, 0o700)
    #expect(reason() == "it is not a regular file")
    rmdir(path)
    mkfifo(path, 0o600)
    #expect(reason() == "it is not a regular file")
  }

  @Test func `the nearest file counts, and ceilings are not passed`() throws {
    let deep = "\(scratch.path)/a/b/c"
    for directory in ["a", "a/b", "a/b/c"] { mkdir("\(scratch.path)/\(directory)", 0o700) }
    _ = try scratch.write(".atmos-identity", "outer\n")
    #expect(DirectoryFile.nearest(from: deep) == path)
    #expect(DirectoryFile.nearest(from: deep + "/") == path)
    #expect(DirectoryFile.nearest(from: deep, ceilings: "/x:\(scratch.path)/a/") == nil)
    #expect(DirectoryFile.nearest(from: scratch.path, ceilings: scratch.path) == path)
    _ = try scratch.write("a/b/.atmos-identity", "inner\n")
    #expect(DirectoryFile.nearest(from: deep) == "\(scratch.path)/a/b/.atmos-identity")
    #expect(DirectoryFile.nearest(from: "\(scratch.path)/a") == path)
  }
}
