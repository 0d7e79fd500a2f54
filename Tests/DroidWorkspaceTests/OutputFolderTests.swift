import DroidBackends
import DroidWorkspace
import Foundation
import Testing

/// The promises of the output folder, one by one, on a real disk.
@Suite struct OutputFolderTests {
  let folder: TemporaryFolder
  let output: OutputFolder

  init() throws {
    folder = try TemporaryFolder()
    output = OutputFolder(folder.place("out"))
  }

  private func update(
    _ drafts: [FileDraft], force: Bool = false, check: Bool = false, partial: Bool = false
  ) throws
    -> OutputReport
  {
    try output.update(drafts, .init(isForced: force, isComparison: check, isPartial: partial))
  }

  @Test func writesWhatIsMissingAndThenNothing() throws {
    let drafts = [draft("b/c.txt", "c"), draft("a.txt", "a")]
    #expect(try update(drafts).changed == ["a.txt", "b/c.txt"])
    #expect(folder.files == ["out", "out/.droid-manifest", "out/a.txt", "out/b", "out/b/c.txt"])
    let before = try folder.date("out/.droid-manifest")
    let again = try update(drafts)
    #expect(again.changed.isEmpty && again.differences.isEmpty && again.unchanged == 2)
    #expect(try folder.date("out/.droid-manifest") == before)
    #expect(folder.files == ["out", "out/.droid-manifest", "out/a.txt", "out/b", "out/b/c.txt"])
  }

  @Test func theManifestIsReadBySha256sum() throws {
    _ = try update([draft("x y.txt", "1"), draft("é/ü.txt", "2"), draft("src/a.py", "3", .scaffold)])
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
    process.arguments = ["--check", "--quiet", "--strict", ".droid-manifest"]
    process.currentDirectoryURL = URL(fileURLWithPath: folder.place("out"))
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(folder.read("out/.droid-manifest")?.contains("src/a.py") == false)
  }

  @Test func replacesItsOwnAndRemovesWhatIsStale() throws {
    _ = try update([draft("a", "1"), draft("deep/er/b", "1"), draft("deep/c", "1")])
    let report = try update([draft("a", "2")])
    #expect(report.changed == ["a", "deep/c", "deep/er/b"])
    #expect(folder.read("out/a") == "2")
    #expect(folder.files == ["out", "out/.droid-manifest", "out/a"])
  }

  @Test func aFolderWithSomethingElseStays() throws {
    _ = try update([draft("deep/b", "1")])
    try folder.write("out/deep/mine.txt", "mine")
    _ = try update([])
    #expect(folder.read("out/deep/mine.txt") == "mine" && !folder.exists("out/deep/b"))
  }

  @Test func aPartOfTheTargetsRemovesNothing() throws {
    _ = try update([draft("a", "1"), draft("b", "1")])
    #expect(try update([draft("a", "2")], partial: true).changed == ["a"])
    #expect(folder.read("out/b") == "1")
    #expect(try update([draft("a", "2")]).changed == ["b"])
  }

  @Test func whatWasEditedIsKeptUntilForced() throws {
    _ = try update([draft("a", "1"), draft("b", "1")])
    try folder.write("out/a", "mine")
    let report = try update([draft("a", "2"), draft("b", "2")])
    #expect(report.kept == [.init("a", .edited)] && report.changed == ["b"])
    #expect(folder.read("out/a") == "mine" && folder.read("out/b") == "2")
    // Still known as edited the next time.
    #expect(try update([draft("a", "2"), draft("b", "2")]).kept == [.init("a", .edited)])
    #expect(try update([draft("a", "2"), draft("b", "2")], force: true).changed == ["a"])
    #expect(folder.read("out/a") == "2")
    #expect(try update([draft("a", "2"), draft("b", "2")]).differences.isEmpty)
  }

  @Test func anEditThatWasTakenBackIsNone() throws {
    _ = try update([draft("a", "1")])
    try folder.write("out/a", "mine")
    _ = try update([draft("a", "1")])
    try folder.write("out/a", "1")
    #expect(try update([draft("a", "2")]).changed == ["a"])
  }

  @Test func aStaleFileThatWasEditedIsKept() throws {
    _ = try update([draft("a", "1"), draft("b", "1")])
    try folder.write("out/a", "mine")
    #expect(try update([draft("b", "1")]).kept == [.init("a", .staleAndEdited)])
    #expect(folder.read("out/a") == "mine")
    #expect(try update([draft("b", "1")]).kept == [.init("a", .staleAndEdited)])
    #expect(try update([draft("b", "1")], force: true).changed == ["a"])
    #expect(!folder.exists("out/a"))
  }

  @Test func aForeignFileIsKeptUntilForced() throws {
    try folder.write("out/a", "theirs")
    #expect(try update([draft("a", "1")]).kept == [.init("a", .foreign)])
    #expect(folder.read("out/a") == "theirs")
    #expect(try update([draft("a", "1")]).kept == [.init("a", .foreign)])
    #expect(try update([draft("a", "1")], force: true).kept.isEmpty)
    #expect(folder.read("out/a") == "1")
  }

  @Test func aScaffoldIsWrittenOnceAndIsThenTheUsers() throws {
    let scaffold = draft("src/a.py", "stub", .scaffold)
    #expect(try update([scaffold]).changed == ["src/a.py"])
    try folder.write("out/src/a.py", "mine")
    #expect(try update([draft("src/a.py", "new stub", .scaffold)]).differences.isEmpty)
    #expect(folder.read("out/src/a.py") == "mine")
    // Deleted by the user: it stays deleted while the system asks for it.
    try folder.remove("out/src/a.py")
    #expect(try update([scaffold]).differences.isEmpty)
    #expect(try update([scaffold], force: true).changed.isEmpty)
    // Once it was not asked for, it is a new one.
    _ = try update([])
    #expect(try update([scaffold]).changed == ["src/a.py"])
    // And no longer being asked for never removes it.
    #expect(try update([]).changed.isEmpty)
    #expect(folder.read("out/src/a.py") == "stub")
  }

  @Test func aCheckWritesNothingAndSaysEverything() throws {
    #expect(try update([draft("a", "1")], check: true).differences == [.init("a", .missing)])
    #expect(folder.files == [])
    _ = try update([draft("a", "1"), draft("b", "1"), draft("c", "1"), draft("d", "1")])
    try folder.write("out/b", "mine")
    try folder.write("out/e", "theirs")
    try folder.remove("out/d")
    let before = folder.files
    let report = try update([draft("a", "2"), draft("b", "2"), draft("d", "1"), draft("e", "1")], check: true)
    #expect(
      report.differences == [
        .init("a", .outOfDate), .init("b", .edited), .init("c", .stale), .init("d", .missing), .init("e", .foreign),
      ])
    #expect(report.changed.isEmpty && folder.files == before && folder.read("out/a") == "1")
  }

  @Test func theRightToBeRunIsKept() throws {
    let script = FileDraft("run", Array("#!/bin/sh\n".utf8), isExecutable: true)
    _ = try update([script])
    #expect(FileManager.default.isExecutableFile(atPath: folder.place("out/run")))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder.place("out/run"))
    #expect(try update([script]).changed == ["run"])
    let mode = try FileManager.default.attributesOfItem(atPath: folder.place("out/run"))[.posixPermissions] as? Int
    #expect(mode.map { $0 & 0o100 } == 0o100)
  }
}
