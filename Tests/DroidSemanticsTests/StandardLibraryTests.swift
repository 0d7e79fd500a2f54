import Testing

@testable import DroidSemantics

@Suite struct StandardLibraryTests {
  @Test func itsOwnTextHasNoFinding() {
    #expect(StandardLibrary.shared.diagnostics.map { "\($0.code.rawValue): \($0.message)" } == [])
  }

  @Test func everyPrimitiveKindIsDeclared() {
    for kind in PrimitiveKind.allCases { #expect(StandardLibrary.shared.unit.kinds[kind.rawValue] != nil, "\(kind)") }
  }
}
