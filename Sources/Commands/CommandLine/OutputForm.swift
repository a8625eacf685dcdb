import ArgumentParser

/// The form of an answer, for people or for programs.
enum OutputForm: String, ExpressibleByArgument, CaseIterable {
  case text
  case json
}
