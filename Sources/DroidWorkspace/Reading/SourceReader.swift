import DroidSemantics
import DroidSyntax

/// Reads a unit and all that it imports. Each folder is read once; a circle of imports is the checker's to report.
package struct SourceReader {
  /// A droidfile is smaller than this: a token's place in it has to fit.
  package static let largestFile = Int(Token.longest)
  /// From this many bytes on, several threads pay.
  static let concurrentFrom = 500_000

  private var units: [UnitInput] = []
  private var texts: [FileID: SourceText] = [:]
  private var diagnostics: [Diagnostic] = []
  private var statistics = Sources.Statistics()
  private var nextFile: Int
  private var readsImports = true
  /// What an editor holds counts, whatever is on the disk: the bytes of files by their paths.
  private let open: [String: [UInt8]]
  /// The position in `units` of each folder that was read; while it is read, its position to be.
  private var known: [FileStatus.Identity: Int] = [:]
  private let parse: @Sendable (SourceText) -> SyntaxTree

  private init(
    firstFile: Int, open: [String: [UInt8]] = [:], parse: @escaping @Sendable (SourceText) -> SyntaxTree
  ) {
    nextFile = firstFile
    self.open = open
    self.parse = parse
  }

  /// - Parameter firstFile: The number of the first file; those below are the stdlib's.
  package static func read(
    _ location: Location, firstFile: Int, parse: @escaping @Sendable (SourceText) -> SyntaxTree
  ) throws(ReadFailure) -> Sources {
    var reader = SourceReader(firstFile: firstFile, parse: parse)
    try reader.readAll(location)
    return Sources(
      input: CheckInput(units: reader.units), texts: reader.texts, diagnostics: reader.diagnostics,
      statistics: reader.statistics)
  }

  /// The unit that a file is in: those of its folder that bear its header. For editors, which hold some of its files open;
  /// a file need not be on the disk.
  package static func read(
    unitOf file: String, open: [String: [UInt8]], parse: @escaping @Sendable (SourceText) -> SyntaxTree
  ) throws(ReadFailure) -> Sources {
    var reader = SourceReader(firstFile: 0, open: open, parse: parse)
    do {
      try reader.readUnit(of: PathText.tidy(file))
    } catch let failure as FileFailure {
      throw ReadFailure(failure.message)
    } catch {
      throw ReadFailure("\(error)")
    }
    return Sources(
      input: CheckInput(units: reader.units), texts: reader.texts, diagnostics: reader.diagnostics,
      statistics: reader.statistics)
  }

  private mutating func readUnit(of file: String) throws {
    let folder = Disk.parent(of: file) ?? "."
    let status = try Disk.status(folder)
    var names: Set<String> = []
    if status?.kind == .folder {
      names = Set(try droidfiles(in: folder).filter { try Disk.status(PathText.join(folder, $0))?.kind == .file })
    }
    for path in open.keys where (Disk.parent(of: path) ?? ".") == folder {
      names.insert(String(path.dropFirst(folder.count + 1)))
    }
    let all = parsed(
      try names.sorted { $0.precedesByBytes($1) }.map { name in
        let path = PathText.join(folder, name)
        return (path, try bytes(of: path))
      })
    let own = all.first { $0.source.path == file }
    let header = own.flatMap { UnitHeader($0)?.text }
    let trees = all.filter { $0.source.path == file || header != nil && UnitHeader($0)?.text == header }
    if let status, trees.count == all.count { known[status.identity] = 0 }
    try addUnit(folder: folder, at: 0, trees: trees)
  }

  private func bytes(of path: String) throws(FileFailure) -> [UInt8] {
    if let text = open[path] { return text }
    return try Disk.contents(of: path, atMost: Self.largestFile)
  }

  /// Every failure in the words of reading.
  private mutating func readAll(_ location: Location) throws(ReadFailure) {
    do {
      try readMain(location)
    } catch let failure as FileFailure {
      throw ReadFailure(failure.message)
    } catch let failure as ReadFailure {
      throw failure
    } catch {
      throw ReadFailure("\(error)")
    }
  }

  /// The files of a location, parsed each for itself: imports are not read, and headers may differ.
  package static func readFiles(
    _ location: Location, firstFile: Int, parse: @escaping @Sendable (SourceText) -> SyntaxTree
  ) throws(ReadFailure) -> [SyntaxTree] {
    var reader = SourceReader(firstFile: firstFile, parse: parse)
    reader.readsImports = false
    try reader.readAll(location)
    return reader.units.first?.trees ?? []
  }

  private mutating func readMain(_ location: Location) throws {
    switch location {
    case .standardInput:
      let bytes = try Disk.standardInput(atMost: Self.largestFile)
      try addUnit(folder: "", at: 0, trees: parsed([(path: "<standard input>", bytes: bytes)]))
    case .path(let path):
      guard let status = try Disk.status(path) else {
        throw ReadFailure("there is no file or folder `\(path)`", help: Self.nearby(path))
      }
      if status.kind == .folder {
        let folder = PathText.tidy(path)
        let names = try droidfiles(in: folder)
        guard !names.isEmpty else {
          throw ReadFailure(
            "there is no droidfile in \(folder == "." ? "this folder" : "`\(folder)`")",
            help: "`droid new NAME` makes a folder with a small one")
        }
        known[status.identity] = 0
        let files = try contents(names, in: folder)
        try addUnit(folder: folder, at: 0, trees: parsed(files))
      } else {
        let file = PathText.tidy(path)
        let bytes = try Disk.contents(of: file, atMost: Self.largestFile)
        try addUnit(folder: Disk.parent(of: file) ?? ".", at: 0, trees: parsed([(path: file, bytes: bytes)]))
      }
    }
  }

  /// A droidfile that may have been meant.
  private static func nearby(_ path: String) -> String? {
    let candidate = path + ".droid"
    guard case .some(.some) = try? Disk.status(candidate) else { return nil }
    return "did you mean `\(candidate)`?"
  }

  /// The names of the droidfiles directly in a folder, sorted; what an editor hides (`.#shop.droid`) is none.
  private func droidfiles(in folder: String) throws -> [String] {
    try Disk.names(in: folder).filter { $0.hasSuffix(".droid") && !$0.hasPrefix(".") }
  }

  private mutating func contents(_ names: [String], in folder: String) throws -> [(path: String, bytes: [UInt8])] {
    let start = MonotonicClock.nanoseconds
    defer { statistics.readNanoseconds += MonotonicClock.nanoseconds - start }
    return try names.map { name in
      let path = PathText.join(folder, name)
      guard let status = try Disk.status(path) else {
        throw ReadFailure("`\(path)` is a link that leads nowhere", help: "remove it, or pass one file")
      }
      guard status.kind == .file else {
        throw ReadFailure(
          "`\(path)` is \(status.kind == .folder ? "a folder" : "no file"), and its name is that of a droidfile",
          help: "give it another name, or pass one file")
      }
      return (path, try bytes(of: path))
    }
  }

  private mutating func parsed(_ files: [(path: String, bytes: [UInt8])]) -> [SyntaxTree] {
    let start = MonotonicClock.nanoseconds
    var sources: [SourceText] = []
    for (path, bytes) in files {
      let source = SourceText(file: FileID(nextFile), path: path, bytes: bytes)
      texts[source.file] = source
      sources.append(source)
      nextFile += 1
      statistics.bytes += bytes.count
    }
    statistics.files += files.count
    let total = sources.reduce(0) { $0 + $1.bytes.count }
    let trees = Concurrent.map(sources, threads: total < Self.concurrentFrom ? 1 : Concurrent.processors, parse)
    statistics.tokens += trees.reduce(0) { $0 + $1.tokens.count }
    statistics.parseNanoseconds += MonotonicClock.nanoseconds - start
    return trees
  }

  /// Takes a unit's trees and reads what they import. The unit's place in the list is taken before its imports are read.
  private mutating func addUnit(folder: String, at position: Int, trees: [SyntaxTree]) throws {
    units.append(UnitInput(folder: folder, trees: trees))
    guard readsImports else { return }
    let headers = UnitHeader.different(in: trees)
    if headers.count > 1 {
      diagnostics.append(UnitHeader.complaint(headers, isMain: position == 0))
      units[position] = UnitInput(folder: folder, trees: trees.filter { UnitHeader($0)?.text == headers[0].text })
    }
    var imports: [String: Int] = [:]
    for tree in units[position].trees {
      for statement in ImportStatement.all(in: tree) where imports[statement.text] == nil {
        if let unit = try unit(imported: statement, from: folder) { imports[statement.text] = unit }
      }
    }
    units[position] = UnitInput(folder: folder, trees: units[position].trees, imports: imports)
  }

  /// The position of the unit that a statement brings in; none, and a finding, if it brings nothing.
  private mutating func unit(imported statement: ImportStatement, from folder: String) throws -> Int? {
    guard statement.isFolder else {
      let status = try? Disk.status(PathText.join(folder, statement.text))
      diagnostics.append(statement.gitComplaint(isFolderThere: status?.kind == .folder))
      return nil
    }
    let path = PathText.join(folder, statement.text)
    let trees: [SyntaxTree]
    let position = units.count
    do {
      guard let status = try Disk.status(path) else {
        diagnostics.append(statement.complaint("there is no folder `\(path)`"))
        return nil
      }
      guard status.kind == .folder else {
        diagnostics.append(statement.complaint("`\(path)` is a file, and an import is of a folder"))
        return nil
      }
      if let position = known[status.identity] { return position }
      let names = try droidfiles(in: path)
      guard !names.isEmpty else {
        diagnostics.append(statement.complaint("there is no droidfile in `\(path)`"))
        return nil
      }
      known[status.identity] = position
      let files = try contents(names, in: path)
      trees = parsed(files)
    } catch let failure as FileFailure {
      diagnostics.append(statement.complaint(failure.message))
      return nil
    } catch let failure as ReadFailure {
      diagnostics.append(statement.complaint(failure.message))
      return nil
    }
    try addUnit(folder: path, at: position, trees: trees)
    return position
  }
}
