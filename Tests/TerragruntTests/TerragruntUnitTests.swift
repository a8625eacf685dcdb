import Terragrunt
import Testing

/// What is said of a unit's role, in the ways that the documentation and public repositories say it.
@Suite struct TerragruntUnitTests {
  /// The role of the unit in `live/dev/vpc`, or what keeps it from being known.
  private func role(
    _ text: String, _ others: [String: String] = [:], _ environment: [String: String] = [:]
  ) throws -> String {
    var files = others
    files["live/dev/vpc/terragrunt.hcl"] = text
    let tree = try UnitTree(files)
    switch try #require(tree.unit("live/dev/vpc", environment)).role {
    case .unstated: return "-"
    case .value(let role, _): return role
    case .unknown(let fault): return "? \(fault.what)"
    }
  }

  @Test(arguments: [
    #"iam_role = "R""#,
    "# a comment\n/* and\n another */ iam_role=\"R\" // and one\n",
    "\u{feff}iam_role = \"R\"\r\n",
    #"iam_role = ("R")"#,
    #"iam_role = local.role"# + "\nlocals {\n  role = \"R\"\n}",
    "locals {\n  a = \"R\"\n  b = local.a\n}\niam_role = \"${local.b}\"",
    #"iam_role = get_env("ROLE")"#,
    #"iam_role = get_env("UNSET", "R")"#,
    #"iam_role = upper("r")"#,
    #"iam_role = format("%s", upper("r"))"#,
    #"iam_role = join("", ["R"])"#,
    #"iam_role = true ? "R" : "S""#,
    #"iam_role = get_env("ROLE") == "R" && !false ? "R" : "S""#,
    #"iam_role = {dev = "R", prod = run_cmd("x")}["dev"]"#,
    #"iam_role = lookup({ "dev" : "R" }, "dev", "S")"#,
    #"iam_role = ["S", "R"][1]"#,
    #"iam_role = try(local.nothing, "R")"#,
    #"iam_role = element(split("/", "x/R"), 1)"#,
    #"iam_role = basename(dirname("/a/R/b"))"#,
    #"iam_role = trimprefix(replace("xS", "S", "R"), "x")"#,
    #"iam_role = coalesce("", "R")"#,
    #"iam_role = merge({ a = "S" }, { a = "R" }).a"#,
    "iam_role = <<EOT\nR\nEOT\n",
    #"iam_role = jsondecode("{\"a\": [\"R\"]}").a[0]"#,
    #"iam_role = contains(["dev"], basename(dirname(get_terragrunt_dir()))) ? "R" : "S""#,
  ])
  func `a role in one file`(_ text: String) throws {
    let role = try role(text, [:], ["ROLE": "R"])
    #expect(role == "R" || role == "R\n")
  }

  @Test func `the examples of the documentation`() throws {
    // https://terragrunt.gruntwork.io/docs/features/aws-auth, /docs/reference/hcl/attributes
    #expect(
      try role(#"iam_role = "arn:aws:iam::ACCOUNT_ID:role/ROLE_NAME""#)
        == "arn:aws:iam::ACCOUNT_ID:role/ROLE_NAME")
    let tree = try UnitTree([
      "unit/terragrunt.hcl": """
      iam_role = "arn:aws:iam::ACCOUNT_ID:role/ROLE_NAME"
      iam_assume_role_duration = 14400
      iam_assume_role_session_name = "terragrunt-session"
      iam_web_identity_token = get_env("AN_OIDC_TOKEN")
      """
    ])
    let unit = try #require(tree.unit("unit", ["AN_OIDC_TOKEN": "T"]))
    #expect(unit.role.text == "arn:aws:iam::ACCOUNT_ID:role/ROLE_NAME")
    #expect(unit.webIdentityToken.text == "T")
    // Notes never repeat what is written there: it may be the token.
    guard case .unknown(let fault) = try #require(tree.unit("unit")).webIdentityToken else {
      Issue.record("a variable that is not set has no value")
      return
    }
    #expect(
      fault.text == "\(tree.path)/unit/terragrunt.hcl:4: `get_env()` of a variable that is not set")
  }

  @Test func `the files of live repositories`() throws {
    let include = "include \"root\" {\n  path = find_in_parent_folders(\"root.hcl\")\n}\n"
    let account = "locals {\n  aws_account_id = \"123456789012\"\n  iam_role = \"R\"\n}\n"
    let root = """
      locals {
        account_vars = read_terragrunt_config(find_in_parent_folders("account.hcl"))
        region_vars  = read_terragrunt_config(find_in_parent_folders("region.hcl"))
        account_id   = local.account_vars.locals.aws_account_id
      }
      iam_role = "arn:aws:iam::${local.account_id}:role/terraform_rw"
      generate "backend" {
        path      = "backend.tf"
        contents  = <<EOF
      terraform {
        backend "s3" {}
      }
      EOF
      }
      """
    #expect(
      try role(include, ["live/root.hcl": root, "live/dev/account.hcl": account])
        == "arn:aws:iam::123456789012:role/terraform_rw")
    // The old way: a terragrunt.hcl above, and an include without a name.
    #expect(
      try role(
        "include {\n  path = \"${find_in_parent_folders()}\"\n}\n",
        ["live/terragrunt.hcl": root, "live/dev/account.hcl": account])
        == "arn:aws:iam::123456789012:role/terraform_rw")
    // A local that is the whole of `locals`, in front of what it is used for or behind it.
    #expect(
      try role(
        """
        dependency "zone"         { config_path = find_in_parent_folders("zone") }
        terraform { source = local.account_vars.sources["sg"] }
        iam_role = local.account_vars.iam_role
        locals {
          account_vars = read_terragrunt_config(find_in_parent_folders("account.hcl")).locals
        }
        inputs = {
          zones = [for z in ["a"] : z], name = jsonencode([{ x = "}" }])
        }
        """, ["live/dev/account.hcl": account]) == "R")
    // Ids by name, and the name by the directory.
    #expect(
      try role(
        """
        locals {
          project = read_terragrunt_config("../../project.hcl")
          env = basename(dirname(get_terragrunt_dir()))
        }
        iam_role = "arn:aws:iam::${local.project.locals.ids[local.env]}:role/Org"
        """, ["live/project.hcl": "locals {\n  ids = {\n    dev = 123\n    prod = 456\n  }\n}\n"])
        == "arn:aws:iam::123:role/Org")
    #expect(
      try role(
        """
        locals {
          ids = jsondecode(file(find_in_parent_folders("accounts.json")))
        }
        iam_role = "arn:aws:iam::${local.ids["dev"]["id"]}:role/${lower("Deploy")}"
        """, ["live/accounts.json": #"{"dev": {"id": "123"}, "x${y}": 1}"#])
        == "arn:aws:iam::123:role/deploy")
    // In an included file, functions go by the unit.
    let parts =
      #"iam_role = "${split("/", path_relative_to_include())[0]}-${get_terragrunt_dir()}""#
    #expect(try role(include, ["live/root.hcl": parts]).hasPrefix("dev-/"))
    #expect(try role(include, ["live/root.hcl": parts]).hasSuffix("/live/dev/vpc"))
    #expect(
      try role(
        "include \"root\" {\n  path = find_in_parent_folders(\"root.hcl\")\n  expose = true\n}\n"
          + "iam_role = \"${include.root.locals.name}-${path_relative_to_include(\"root\")}\"",
        ["live/root.hcl": "locals { name = \"N\" }"]) == "N-dev/vpc")
    #expect(
      try role(
        include + "iam_role = basename(get_parent_terragrunt_dir())", ["live/root.hcl": ""])
        == "live")
  }

  @Test func `the unit beats what it includes, and the lower include the upper one`() throws {
    let both = """
      include "a" {
        path = "../../a.hcl"
      }
      include "b" {
        path           = "../../b.hcl"
        merge_strategy = "deep"
      }

      """
    let files = ["live/a.hcl": "iam_role = \"A\"", "live/b.hcl": "iam_role = \"B\""]
    #expect(try role(both, files) == "B")
    #expect(try role(both + "iam_role = \"U\"", files) == "U")
    #expect(try role(both + "iam_role = \"\"", files) == "B")
    #expect(try role(both + "iam_role = null", files) == "B")
    #expect(
      try role(both.replacing("\"deep\"", with: "\"no_merge\""), files) == "A")
    // What is in a file that is only read is data.
    #expect(
      try role("locals { a = read_terragrunt_config(\"../../a.hcl\") }", files) == "-")
  }

  @Test func `what only terragrunt can tell is not guessed`() throws {
    for (text, what) in [
      (#"iam_role = run_cmd("--terragrunt-quiet", "secret")"#, "`run_cmd()`"),
      (#"iam_role = dependency.iam.outputs.arn"#, "`dependency.iam`"),
      (#"iam_role = feature.role.value"#, "`feature.role`"),
      (#"iam_role = "arn:aws:iam::${get_aws_account_id()}:role/x""#, "`get_aws_account_id()`"),
      (#"iam_role = sops_decrypt_file("x")"#, "`sops_decrypt_file()`"),
      (#"iam_role = try(run_cmd("x"), "R")"#, "`run_cmd()`"),
      (#"iam_role = [for x in ["R"] : x][0]"#, "`for`"),
      (#"iam_role = 1 + 1"#, "an operator"),
      (#"iam_role = "%{ if true }R%{ endif }""#, "`%{`"),
      (#"iam_role = local.nothing"#, "no `local.nothing`"),
      ("locals {\n  a = local.b\n  b = local.a\n}\niam_role = local.a", "`local.a` by itself"),
      (#"iam_role = "R"# + "\n", "a text without an end"),
      ("iam_role = [\"R\"\n", "a bracket without an end"),
      ("include {\n  path = run_cmd(\"x\")\n}\n", "`run_cmd()`"),
      ("include {\n  path = \"../nowhere.hcl\"\n}\n", "an include of a file that is not there"),
      (
        "include {\n  path = find_in_parent_folders(\"no.hcl\")\n}\n",
        "`find_in_parent_folders()`, which finds nothing"
      ),
    ] {
      #expect(try role(text) == "? \(what)")
    }
    // What the unit says itself needs no include.
    #expect(try role("include {\n  path = run_cmd(\"x\")\n}\niam_role = \"R\"") == "R")
    #expect(
      try role("iam_role = \"R\"", ["live/dev/vpc/terragrunt.autoinclude.hcl": "iam_role = \"A\""])
        .hasPrefix("?"))
    #expect(
      try role("iam_role = \"R\"", ["live/dev/vpc/terragrunt.autoinclude.hcl": "inputs = {}"])
        == "R")
  }

  @Test func `texts are what HCL makes of them`() throws {
    for (text, value) in [
      (#""a\tb\"c\\d\u00e9""#, "a\tb\"c\\dé"),
      (#""$${x} %%{y} $x %""#, "${x} %{y} $x %"),
      (#""${"in ${"side"} {"}}""#, "in side {}"),
      (#""${ [ "a", "b" , ][ 1 ] }""#, "b"),
      ("<<-EOT\n    a\n      ${local.b}\n    EOT\n", "a\n  B\n"),
      ("<<EOT\n  a\nEOT\n", "  a\n"),
      ("{\n  # c\n  a = \"x\" // d\n  \"b\": \"y\",\n}.b", "y"),
      ("007", "7"), ("1.50", "1.5"), ("-3", "-3"),
    ] {
      #expect(try role("locals { b = \"B\" }\niam_role = \(text)") == value, "\(text)")
    }
  }

  @Test func `the files that were read`() throws {
    let tree = try UnitTree([
      "root.hcl": "iam_role = file(\"role.txt\")", "role.txt": "R",
      "unit/terragrunt.hcl": "include {\n  path = find_in_parent_folders(\"root.hcl\")\n}",
    ])
    let unit = try #require(tree.unit())
    #expect(unit.role.text == "R")
    #expect(unit.includes == ["\(tree.path)/root.hcl"])
    #expect(
      unit.files == ["unit/terragrunt.hcl", "root.hcl", "role.txt"].map { "\(tree.path)/\($0)" })
    #expect(tree.unit("nowhere") == nil)
  }

  @Test func `a file in YAML`() throws {
    let tree = try UnitTree([
      "account.yaml": "id: 1",
      "unit/terragrunt.hcl": """
      locals { account = yamldecode(file(find_in_parent_folders("account.yaml"))) }
      iam_role = "arn:aws:iam::${local.account.id}:role/${local.account.names[0]}"
      """,
    ])
    let names = DecodedValue.list([.text("R")])
    func unit(_ value: DecodedValue?) -> TerragruntUnit? {
      tree.unit { bytes in
        #expect(bytes == Array("id: 1".utf8))
        return value
      }
    }
    let read = try #require(unit(.object(["id": .text("12"), "names": names, "x": .unknown])))
    #expect(read.role.text == "arn:aws:iam::12:role/R")
    #expect(read.files.contains("\(tree.path)/account.yaml"))
    // What is not read, and what others may read as something else, is left to terragrunt.
    for value in [nil, .object(["id": .unknown, "names": names])] as [DecodedValue?] {
      guard case .unknown(let fault) = try #require(unit(value)).role else {
        Issue.record("it has no value")
        return
      }
      #expect(fault.text.contains("yamldecode"))
    }
    // `try()` falls back where terragrunt would, and nowhere else.
    try tree.write(
      "unit/terragrunt.hcl", #"iam_role = try(yamldecode(file("../account.yaml")).id, "S")"#)
    #expect(unit(.object([:]))?.role.text == "S")
    #expect(unit(.object(["id": .unknown]))?.role.text == nil)
  }

  @Test func `all units of a directory`() throws {
    let include = "include {\n  path = find_in_parent_folders()\n}"
    let tree = try UnitTree([
      "live/terragrunt.hcl": "iam_role = \"R\"", "live/a/terragrunt.hcl": include,
      "live/b/c/terragrunt.hcl": include + "\niam_role = \"S\"",
      "live/a/.terragrunt-cache/x/terragrunt.hcl": "iam_role = \"T\"",
    ])
    let units = try #require(
      TerragruntUnits.below("\(tree.path)/live", environment: [:], yaml: { _ in nil }))
    #expect(units.compactMap(\.role.text).sorted() == ["R", "S"])
    #expect(
      TerragruntUnits.below("\(tree.path)/nowhere", environment: [:], yaml: { _ in nil }) == nil)
    try tree.write("live/d/terragrunt.stack.hcl", "")
    #expect(TerragruntUnits.below("\(tree.path)/live", environment: [:], yaml: { _ in nil }) == nil)
  }
}
