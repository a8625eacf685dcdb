/// Before which commands a person proves with a code that they are there.
///
/// The levels and their names are those of Terraform Enterprise before 2018.
public enum MFALevel: String, Sendable, CaseIterable, Comparable {
  /// Before none; what a login asks for is another matter.
  case never
  /// Before what may change something.
  case appliesOnly = "applies-only"
  /// Before that and, apart from it, before what only reads.
  case plansAndApplies = "plans-and-applies"

  /// Whether `right` asks for more.
  public static func < (left: MFALevel, right: MFALevel) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .never: 0
    case .appliesOnly: 1
    case .plansAndApplies: 2
    }
  }
}
