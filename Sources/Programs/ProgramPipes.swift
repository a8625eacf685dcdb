internal import CLibrary
internal import CShims

/// The pipes between this process and a program: its three streams, and one that wakes who reads.
final class ProgramPipes {
  struct Pipe {
    var reading: Int32
    var writing: Int32
  }

  var input: Pipe
  var output: Pipe
  var errors: Pipe
  var wake: Pipe
  var inputEnd: Int32 { input.writing }

  init?() {
    var made: [Pipe] = []
    while made.count < 4 {
      guard let pipe = Self.make() else {
        made.forEach { Self.close($0) }
        return nil
      }
      made.append(pipe)
    }
    (input, output, errors, wake) = (made[0], made[1], made[2], made[3])
    let flags = fcntl(input.writing, F_GETFL)
    _ = fcntl(input.writing, F_SETFL, flags | O_NONBLOCK)
  }

  private static func make() -> Pipe? {
    var ends: [Int32] = [-1, -1]
    guard atmos_pipe(&ends) == 0 else { return nil }
    return Pipe(reading: ends[0], writing: ends[1])
  }

  func closeInput() { Self.close(&input.writing) }

  func closeChildEnds() {
    Self.close(&input.reading)
    Self.close(&output.writing)
    Self.close(&errors.writing)
  }

  func close() {
    for pipe in [input, output, errors, wake] { Self.close(pipe) }
  }

  private static func close(_ pipe: Pipe) {
    for end in [pipe.reading, pipe.writing] where end >= 0 { closeDescriptor(end) }
  }

  private static func close(_ end: inout Int32) {
    if end >= 0 { closeDescriptor(end) }
    end = -1
  }
}

private func closeDescriptor(_ descriptor: Int32) {
  #if canImport(Darwin)
  _ = Darwin.close(descriptor)
  #elseif canImport(Musl)
  _ = Musl.close(descriptor)
  #else
  _ = Glibc.close(descriptor)
  #endif
}
