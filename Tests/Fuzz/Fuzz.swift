import DroidSemantics
import DroidSyntax

/// What libFuzzer calls for each input: parse, check, format. Whatever the bytes are, nothing may crash, and what is formatted
/// must stay as it is when it is formatted again.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = UnsafeBufferPointer(start: start, count: count)
  func parse(_ bytes: [UInt8]) -> SyntaxTree {
    Parser.parse(SourceText(file: FileID(1_000), path: "fuzz.droid", bytes: bytes))
  }
  let tree = parse(Array(input))
  if let once = Formatter.format(tree) {
    precondition(Formatter.format(parse(once)) == once, "the formatter is not stable")
  }
  _ = Checker.check(CheckInput(units: [UnitInput(folder: "", trees: [tree])]))
  return 0
}
