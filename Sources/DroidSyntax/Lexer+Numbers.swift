/// Numbers with their sign, decimals and unit: one token.
extension Lexer {
  mutating func lexQuantity(at start: Int, _ isFirst: Bool) -> Int {
    let (p, end, classes) = (self.p, self.end, self.classes)
    var i = start
    if p[i] == UInt8(ascii: "-") || p[i] == UInt8(ascii: "+") { i += 1 }
    while i < end, classes.isDigit(p[i]) { i += 1 }
    if i < end {
      let next = p[i]
      let isPlainEnd =
        !classes.isNameByte(next) && next != UInt8(ascii: ".") && next != UInt8(ascii: "_") && next != UInt8(ascii: "%")
        && next != UInt8(ascii: "/") && next != UInt8(ascii: "-") && next < 0x80
      if !isPlainEnd { i = lexQuantityTail(start, from: i) }
    }
    push(.quantity, start, i, isFirst)
    return i
  }

  /// After the first digits: the rest of the number and its unit, as long as it hangs together.
  private mutating func lexQuantityTail(_ start: Int, from digitsEnd: Int) -> Int {
    var i = digitsEnd
    var isGood = p[start] != UInt8(ascii: ".")
    func isDigit(_ index: Int) -> Bool { index < end && classes.isDigit(p[index]) }
    func skipDigits() {
      while i < end {
        if isDigit(i) { i += 1 } else if p[i] == UInt8(ascii: "_"), isDigit(i + 1) { i += 2 } else { return }
      }
    }
    skipDigits()
    if i < end, p[i] == UInt8(ascii: "."), isDigit(i + 1) {
      i += 1
      skipDigits()
    }
    let unit = i
    while i < end, classes.isNameByte(p[i]) || p[i] == UInt8(ascii: "_") || p[i] == UInt8(ascii: "%") || isMicro(i) {
      i += 1
    }
    if i + 1 < end, p[i] == UInt8(ascii: "/"), classes.isLetter(p[i + 1]) {
      i += 2
      while i < end, classes.isNameByte(p[i]) { i += 1 }
    }
    isGood = isGood && (unit == i || WordTable.units.find(p + unit, i - unit, left: end - unit) != 0)
    // `1.2.3`, `2026-11-24`, `1e-5`: what hangs on to a number is not another one.
    while i < end {
      let byte = p[i]
      let joins = byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
      if joins, isDigit(i + 1) || byte == UInt8(ascii: "-") && i + 1 < end && classes.isLetter(p[i + 1]) {
        isGood = false
        i += 2
      } else if !isGood, classes.isNameByte(byte) || byte == UInt8(ascii: "_") {
        i += 1
      } else {
        break
      }
    }
    if !isGood { reportQuantity(start, unit: unit, i) }
    return i
  }

  /// A byte of the letter µ, which people write in microseconds.
  private func isMicro(_ i: Int) -> Bool {
    (p[i] == 0xC2 && i + 1 < end && p[i + 1] == 0xB5) || (p[i] == 0xB5 && i > 0 && p[i - 1] == 0xC2)
      || (p[i] == 0xCE && i + 1 < end && p[i + 1] == 0xBC) || (p[i] == 0xBC && i > 0 && p[i - 1] == 0xCE)
  }

  @inline(never)
  private mutating func reportQuantity(_ start: Int, unit: Int, _ stop: Int) {
    func text(_ from: Int, _ to: Int) -> String {
      String(decoding: UnsafeBufferPointer(start: p + from, count: to - from), as: UTF8.self)
    }
    let complaint = QuantityComplaint(number: text(start, unit), unit: text(unit, stop))
    let whole = report.range(start, stop)
    let fixes = complaint.replacement.map { [Fix("write `\($0)`", replacing: whole, with: $0)] } ?? []
    report.add(
      Diagnostic(
        complaint.code, complaint.message, at: whole, complaint.label, help: complaint.help, fixes: fixes))
  }
}

extension WordTable {
  static let units = WordTable(QuantityLiteral.Unit.allCases.map(\.rawValue).filter { !$0.isEmpty })
}
