import DroidJSON
import DroidSemantics

/// The files around the packages: how to run, test and ship.
extension PythonService {
  func project() -> [UInt8] {
    var writer = ByteWriter(capacity: 2048)
    writer.write(header)
    writer.write("\n[project]\nname = \"")
    writer.write(Names.kebab(plan.name))
    writer.write("\"\nversion = \"0.1.0\"\ndescription = ")
    let doc = plan.component.doc.map { $0.split(separator: "\n").first.map(String.init) ?? $0 }
    writer.write(Self.toml(doc ?? "The component \(plan.name) of \(plan.system.name)."))
    writer.write("\nreadme = \"README.md\"\nrequires-python = \">=3.11\"\n")
    Self.write("dependencies", dependencyList, to: &writer)
    writer.write("\n[dependency-groups]\n")
    Self.write("dev", developmentList, to: &writer)
    writer.write("\n[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n")
    writer.write("\n[tool.hatch.build.targets.wheel]\npackages = [\"gen/")
    writer.write(package)
    writer.write("\", \"src/")
    writer.write(userPackage)
    writer.write("\"]\n\n[tool.ruff]\nline-length = 100\ntarget-version = \"py311\"\nsrc = [\"gen\", \"src\"]\n")
    writer.write(
      "\n[tool.ruff.lint]\nselect = [\"ASYNC\", \"B\", \"E\", \"F\", \"I\", \"RUF\", \"SIM\", \"UP\", \"W\"]\n")
    writer.write("# Texts of the droidfile are as long as they are, in the letters that they are in.\n")
    writer.write("ignore = [\"E501\", \"RUF001\", \"RUF002\", \"RUF003\"]\n")
    writer.write("\n[tool.mypy]\nstrict = true\nmypy_path = [\"gen\", \"src\"]\npackages = [\"")
    writer.write(package)
    writer.write("\", \"")
    writer.write(userPackage)
    writer.write("\"]\nplugins = [\"pydantic.mypy\"]\n")
    if speaks(.kafka) {
      writer.write("\n[[tool.mypy.overrides]]\nmodule = \"aiokafka.*\"\nignore_missing_imports = true\n")
    }
    if let library = modelLibrary {
      writer.write("\n[[tool.mypy.overrides]]\nmodule = \"\(library.module).*\"\nignore_missing_imports = true\n")
    }
    writer.write("\n[tool.pytest.ini_options]\npythonpath = [\"gen\", \"src\"]\ntestpaths = [\"tests\"]\n")
    writer.write("addopts = [\"--strict-markers\", \"--strict-config\"]\n")
    return writer.bytes
  }

  private var dependencyList: [String] {
    let others =
      (speaks(.kafka) ? ["aiokafka>=0.12"] : []) + (hasStores ? ["asyncpg>=0.30"] : [])
      + (hasApplications || hasClients || hasEvents || hasErrors ? ["fastapi>=0.165"] : [])
      + (hasTokens || hasClients ? ["httpx2>=2.0"] : [])
      + (speaks(.nats) ? ["nats-py>=2.9"] : []) + [
        "opentelemetry-exporter-otlp-proto-http>=1.30", "opentelemetry-sdk>=1.30",
        "prometheus-client>=0.21", "pydantic>=2.11", "pydantic-settings>=2.7",
      ]
      + (hasTokens ? ["pyjwt[crypto]>=2.10"] : [])
      + (speaks(.redis) || hasCaches ? ["redis>=5.2"] : []) + (hasApplications ? [] : ["starlette>=0.46"]) + [
        "uvicorn[standard]>=0.36"
      ]
    return (others + (modelLibrary?.packages ?? [])).sorted()
  }

  /// What loads the models.
  private var modelLibrary: (module: String, packages: [String])? {
    switch plan.model?.framework {
    case .onnx?: ("onnxruntime", ["onnxruntime>=1.20"])
    case .sklearn?: ("joblib", ["joblib>=1.4", "scikit-learn>=1.5"])
    case .torch?: ("torch", ["torch>=2.5"])
    case nil: nil
    }
  }

  private var developmentList: [String] {
    (hasStores ? ["asyncpg-stubs>=0.30"] : []) + ["httpx2>=2.0", "mypy>=1.15", "pytest>=8.3", "ruff>=0.9"]
  }

  private static func write(_ name: StaticString, _ list: [String], to writer: inout ByteWriter) {
    writer.write(name)
    writer.write(" = [\n")
    for entry in list {
      writer.write("  \"")
      writer.write(entry)
      writer.write("\",\n")
    }
    writer.write("]\n")
  }

  private static func toml(_ text: String) -> String {
    if text.hasOnly({ $0 >= 0x20 && $0 != 0x22 && $0 != 0x5c && $0 != 0x7f }) { return "\"" + text + "\"" }
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f: result += " "
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  func dockerfile() -> [UInt8] {
    var writer = ByteWriter(capacity: 1024)
    writer.write(header)
    writer.write("\nFROM python:3.13-slim-bookworm AS build\nWORKDIR /build\nCOPY pyproject.toml README.md ./\n")
    writer.write("COPY gen gen\nCOPY src src\n")
    writer.write("RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir .\n\n")
    writer.write("FROM python:3.13-slim-bookworm\nCOPY --from=build /venv /venv\n")
    writer.write("ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1\nUSER ")
    let user = plan.component.properties.integer("user") ?? 10001
    writer.write("\(user):\(user)\nEXPOSE")
    for application in plan.applications { writer.write(" \(application.target)") }
    writer.write(" 9464\nCMD [\"python\", \"-m\", \"")
    writer.write(package)
    writer.write("\"]\n")
    return writer.bytes
  }

  func dockerIgnore() -> [UInt8] {
    Array((header + "\n*\n!gen\n!src\n!pyproject.toml\n!README.md\n**/__pycache__\n").utf8)
  }

  func readMe() -> [UInt8] {
    var writer = ByteWriter(capacity: 1024)
    writer.write("<!-- ")
    writer.write(Self.headerText(plan.system))
    writer.write(" -->\n# ")
    writer.write(plan.name)
    writer.write("\n\n")
    if let doc = plan.component.doc {
      writer.write(doc)
      writer.write("\n\n")
    }
    writer.write(
      "`gen/` and `tests/` are droid's and written anew by each build; `src/` is yours and never touched.\n\n")
    writer.write("* Install: `python -m venv .venv && .venv/bin/pip install --group dev --editable .`\n")
    writer.write("* Run: `.venv/bin/python -m \(package)`; its settings are in `gen/\(package)/settings.py`\n")
    for store in stores {
      writer.write(
        "* Keep: \(hasResources ? "resources are" : "what was done is") in memory, or in the PostgreSQL that `\(store.variable)` names\n"
      )
    }
    if let first = plan.applications.first {
      writer.write("* Look: <http://localhost:\(first.target)/openapi.json>, ")
    } else {
      writer.write("* Look: ")
    }
    writer.write("<http://localhost:9464/readyz> and <http://localhost:9464/metrics>\n")
    writer.write("* Test: `.venv/bin/pytest && .venv/bin/mypy && .venv/bin/ruff check`\n")
    writer.write("* Ship: `docker build --tag \(Names.kebab(plan.name)) .`\n")
    return writer.bytes
  }
}
