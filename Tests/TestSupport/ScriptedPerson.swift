public import Core
public import Model

/// A person who gives prepared answers, then gives up; what they are asked is remembered.
public actor ScriptedPerson: Interaction {
  private var answers: [String]
  private let isHidden: Bool?
  /// What was asked.
  public private(set) var questions: [String] = []
  /// The pages that were shown.
  public private(set) var pages: [SignInPage] = []

  /// Somebody with answers.
  ///
  /// - Parameters:
  ///   - answers: What they say, in order.
  ///   - isHidden: Whether what is typed must be hidden or shown; `nil` for either.
  public init(answers: [String], isHidden: Bool? = nil) {
    self.answers = answers
    self.isHidden = isHidden
  }

  /// Answers, after a while in which others come and ask too.
  public func ask(_ question: String, hidden: Bool) async throws(AuthError) -> Secret {
    questions.append(question)
    for _ in 0..<20 { await Task.yield() }
    if let isHidden, isHidden != hidden {
      throw AuthError(.usage, "a question was asked \(hidden ? "in hiding" : "in the open")")
    }
    guard !answers.isEmpty else { throw AuthError(.loginRequired, "the person gave up") }
    return Secret(answers.removeFirst())
  }

  /// Looks at a page.
  public func show(_ page: SignInPage) { pages.append(page) }
}
