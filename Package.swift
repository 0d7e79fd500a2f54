// swift-tools-version: 6.1
import PackageDescription

/// One file that can be copied anywhere: the standard library is linked in, and the symbols are left out.
let standalone: [LinkerSetting] = [
  .unsafeFlags(["-static-stdlib", "-Xlinker", "-s"], .when(platforms: [.linux], configuration: .release))
]

let package = Package(
  name: "droid",
  products: [.executable(name: "droid", targets: ["droid"])],
  targets: [
    // The rooms, from the lowest to the highest; each imports only those above it in this list.
    .target(name: "DroidJSON"),
    .systemLibrary(name: "CMalloc"),
    .target(name: "DroidSyntax", dependencies: ["CMalloc"]),
    .target(name: "DroidSemantics", dependencies: ["DroidSyntax"], plugins: ["EmbedResources"]),
    .target(
      name: "DroidBackends", dependencies: ["DroidSemantics", "DroidSyntax", "DroidJSON"],
      exclude: ["FastAPI/Support", "Express/Support", "Go/Support"], plugins: ["EmbedResources"]),
    .target(name: "DroidWorkspace", dependencies: ["DroidBackends", "DroidSemantics", "DroidSyntax"]),
    .target(
      name: "DroidLanguageServer", dependencies: ["DroidWorkspace", "DroidSemantics", "DroidSyntax", "DroidJSON"]),
    .executableTarget(
      name: "droid",
      dependencies: [
        "DroidLanguageServer", "DroidWorkspace", "DroidBackends", "DroidSemantics", "DroidSyntax", "DroidJSON",
      ],
      linkerSettings: standalone),
    .executableTarget(
      name: "droid-bench",
      dependencies: [
        "DroidLanguageServer", "DroidWorkspace", "DroidBackends", "DroidSemantics", "DroidSyntax", "DroidJSON",
      ]),

    // Files of other languages become constants of the binary.
    .executableTarget(name: "droid-embed"),
    .plugin(name: "EmbedResources", capability: .buildTool(), dependencies: ["droid-embed"]),

    .target(name: "DroidTestSupport", dependencies: ["DroidSemantics", "DroidSyntax"], path: "Tests/DroidTestSupport"),
    .testTarget(name: "DroidJSONTests", dependencies: ["DroidJSON"]),
    .testTarget(name: "DroidSyntaxTests", dependencies: ["DroidSyntax", "DroidTestSupport"]),
    .testTarget(name: "DroidSemanticsTests", dependencies: ["DroidSemantics", "DroidTestSupport"]),
    .testTarget(name: "DroidBackendsTests", dependencies: ["DroidBackends", "DroidTestSupport"]),
    .testTarget(name: "DroidWorkspaceTests", dependencies: ["DroidWorkspace", "DroidTestSupport"]),
    .testTarget(
      name: "DroidLanguageServerTests",
      dependencies: ["DroidLanguageServer", "DroidTestSupport", "DroidSyntax", "DroidSemantics", "DroidJSON"]),
    .testTarget(name: "DroidTests", dependencies: ["droid", "DroidJSON", "DroidSyntax"]),
  ],
  swiftLanguageModes: [.v6]
)
