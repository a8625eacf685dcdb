import Testing

@testable import Commands

@Suite struct ArgumentRewritingTests {
  @Test(arguments: [
    (["login", "-i", "dev"], ["login", "--identity=dev"]),
    (["login", "--identity", "dev"], ["login", "--identity=dev"]),
    (["login", "--identity=dev"], ["login", "--identity=dev"]),
    (["login", "-i=dev"], ["login", "--identity=dev"]),
    (["login", "-i"], ["login", "--identity=__SELECT__"]),
    (["login", "-i", "--tags", "a"], ["login", "--identity=__SELECT__", "--tags", "a"]),
    (["login", "--identity="], ["login"]),
    (["exec", "-i", "--", "ls", "-i"], ["exec", "--identity=__SELECT__", "--", "ls", "-i"]),
    (["exec", "-i", "a b", "--", "x"], ["exec", "--identity=a b", "--", "x"]),
    (["list", "--providers"], ["list", "--providers=*"]),
    (["list", "--profile", "ci"], ["list", "--profile=ci"]),
  ])
  func `the three forms of --identity become two`(typed: [String], understood: [String]) {
    #expect(ArgumentRewriting.rewritten(typed) == understood)
  }
}
