import DroidSemantics

/// The files around the code: how to run, test and ship.
extension ExpressService {
  func package() -> [UInt8] {
    let doc = plan.component.doc.map { $0.split(separator: "\n").first.map(String.init) ?? $0 }
    func versions(_ list: [(String, String)]) -> JSONTree { .object(list.map { ($0.0, .string($0.1)) }) }
    return JSONTree.object([
      ("name", .string(Names.kebab(plan.name))), ("version", .string("0.1.0")), ("private", .bool(true)),
      ("description", .string(doc ?? "The component \(plan.name) of \(plan.system.name).")),
      ("type", .string("module")), ("engines", versions([("node", ">=20.11")])),
      ("imports", versions([("#gen/*", "./gen/*")])),
      (
        "scripts",
        versions([
          ("build", "tsc"), ("start", "node --enable-source-maps dist/gen/main.js"),
          ("test", "tsc && node --enable-source-maps --test dist/test/*.test.js"),
        ])
      ), ("dependencies", versions(dependencies)), ("devDependencies", versions(developmentDependencies)),
    ]).document()
  }

  private var dependencies: [(String, String)] {
    (hasApplications ? [("express", "^5.1.0")] : []) + (hasGraphs ? [("graphql", "^16.8.0")] : [])
      + (usesTokens ? [("jose", "^6.0.0")] : [])
      + (plan.stores.isEmpty ? [] : [("pg", "^8.16.0")])
      + [("prom-client", ">=14.1.0 <16")] + (speaksRedis ? [("redis", "^4.6.14")] : [])
  }

  private var developmentDependencies: [(String, String)] {
    (hasApplications ? [("@types/express", "^5.0.0")] : []) + [("@types/node", ">=20.11")]
      + (plan.stores.isEmpty ? [] : [("@types/pg", "^8.15.0")]) + [("typescript", ">=5.8 <7")]
  }

  func compilerOptions() -> [UInt8] {
    Array(
      """
      {
        "compilerOptions": {
          "target": "es2023",
          "lib": ["es2023"],
          "module": "nodenext",
          "types": ["node"],
          "strict": true,
          "noUncheckedIndexedAccess": true,
          "exactOptionalPropertyTypes": true,
          "noImplicitOverride": true,
          "noImplicitReturns": true,
          "noFallthroughCasesInSwitch": true,
          "noUnusedLocals": true,
          "verbatimModuleSyntax": true,
          "isolatedModules": true,
          "skipLibCheck": true,
          "sourceMap": true,
          "rootDir": ".",
          "outDir": "dist"
        },
        "include": ["gen", "src", "test"]
      }

      """.utf8)
  }

  func dockerfile() -> [UInt8] {
    let user = plan.component.properties.integer("user") ?? 10001
    let ports = (plan.applications.map(\.target) + [9464]).map { String($0) }.joined(separator: " ")
    return Array(
      """
      # \(Self.headerText(plan.system))
      FROM node:22-bookworm-slim AS build
      WORKDIR /build
      COPY package.json package-lock.json* ./
      RUN npm install
      COPY tsconfig.json ./
      COPY gen gen
      COPY src src
      COPY test test
      RUN npm run build && npm prune --omit=dev

      FROM node:22-bookworm-slim
      WORKDIR /app
      COPY --from=build /build/package.json ./
      COPY --from=build /build/node_modules node_modules
      COPY --from=build /build/gen gen
      COPY --from=build /build/dist dist
      ENV NODE_ENV=production
      USER \(user):\(user)
      EXPOSE \(ports)
      CMD ["node", "--enable-source-maps", "dist/gen/main.js"]

      """.utf8)
  }

  func dockerIgnore() -> [UInt8] {
    Array(("# " + Self.headerText(plan.system) + "\n*\n!gen\n!src\n!test\n!package*.json\n!tsconfig.json\n").utf8)
  }

  func readMe() -> [UInt8] {
    var lines = ["<!-- \(Self.headerText(plan.system)) -->", "# \(plan.name)", ""]
    if let doc = plan.component.doc { lines += [doc, ""] }
    lines += ["`gen/` and `test/` are droid's and written anew by each build; `src/` is yours and never touched.", ""]
    lines.append("* Install: `npm install`")
    lines.append("* Run: `npm run build && npm start`; its settings are in `gen/settings.ts`")
    for store in plan.stores {
      let what = hasResources ? "resources are" : "what was done is"
      lines.append("* Keep: \(what) in memory, or in the PostgreSQL that `\(store.variable)` names")
    }
    for cache in plan.caches {
      lines.append("* Share: `\(cache.port.name)` is in memory, or in the Redis that `\(cache.variable)` names")
    }
    for broker in plan.brokers where broker.kind != .kafka {
      lines.append(
        "* Tell: events stay in memory, or go through the \(broker.component) that `\(broker.variable)` names")
    }
    let told = plan.applications.first { !$0.ports.isEmpty }
    let contract = told.map { "<http://localhost:\($0.target)/openapi.json>, " } ?? ""
    lines.append("* Look: \(contract)<http://localhost:9464/readyz> and <http://localhost:9464/metrics>")
    lines.append("* Test: `npm test`, which checks all types first")
    lines.append("* Ship: `docker build --tag \(Names.kebab(plan.name)) .`")
    return Array((lines.joined(separator: "\n") + "\n").utf8)
  }
}
