import Testing

@testable import Application
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
    (["login", "--identity", ""], ["login"]),
    (["login", "-i", "", "--tags", "a"], ["login", "--tags", "a"]),
    (["list", "--profile", "ci"], ["list", "--profile", "ci"]),
    (["list", "--profile="], ["list", "--profile", ""]),
  ])
  func `the three forms of --identity become two`(typed: [String], understood: [String]) {
    #expect(ArgumentRewriting.rewritten(typed) == understood)
  }

  @Test(arguments: [
    (["-i", "dev", "whoami", "-o", "json"], ["whoami", "-o", "json", "--identity=dev"]),
    (
      ["-C", "/srv", "--no-color", "exec", "--", "-x"],
      ["exec", "-C", "/srv", "--no-color", "--", "-x"]
    ),
    (["--profile=ci", "user", "configure"], ["user", "configure", "--profile=ci"]),
    (["auth", "login", "-i", "dev"], ["login", "--identity=dev"]),
    (["-C", "/srv", "auth", "-i", "dev", "whoami"], ["whoami", "-C", "/srv", "--identity=dev"]),
    (["aws", "ecr", "login", "images"], ["ecr-login", "images"]),
    (
      ["-i", "dev", "aws", "eks", "token", "--cluster-name", "c"],
      ["eks-token", "--cluster-name", "c", "--identity=dev"]
    ),
    (["auth", "aws", "eks", "update-kubeconfig"], ["eks-kubeconfig"]),
    (["aws", "eks"], ["aws", "eks"]),
    (["auth"], ["--help"]),
    (["auth", "--help"], ["--help"]),
    (["--help"], ["--help"]),
    (["--config", "a.yaml"], ["--config", "a.yaml"]),
    (["--unheard", "of", "list"], ["--unheard", "of", "list"]),
  ])
  func `options of every command may stand in front of it`(typed: [String], understood: [String]) {
    #expect(ArgumentRewriting.rewritten(typed) == understood)
  }
}
