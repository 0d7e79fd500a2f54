import DroidSemantics

/// How names of the droidfile are written in Python: out of the way of its own words and of what the modules import.
enum PythonSpelling {
  static func type(_ name: String) -> String { escape(Names.pascal(name), reservedTypes) }
  static func field(_ name: String) -> String { escape(Names.snake(name), reservedFields) }
  static func parameter(_ name: String) -> String { escape(Names.snake(name), reservedParameters) }
  static func method(_ name: String) -> String { escape(Names.snake(name), reservedMethods) }
  static func function(_ name: String) -> String { escape(Names.snake(name), reservedFunctions) }
  static func module(_ name: String) -> String { escape(Names.snake(name), keywords) }
  /// A package of the user's; one with the name of a library would hide it.
  static func package(_ name: String) -> String { escape(Names.snake(name), reservedPackages) }

  static func member(_ name: String) -> String {
    let constant = Names.constant(name)
    return constant.utf8.first.map { $0 >= 0x30 && $0 <= 0x39 } == true ? "_" + constant : constant
  }

  private static func escape(_ name: String, _ reserved: Set<String>) -> String {
    reserved.contains(name) ? name + "_" : name
  }

  private static let keywords: Set<String> = [
    "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
    "return", "try", "while", "with", "yield",
  ]

  /// Words of annotations: a field of that name would hide them from the fields that follow.
  private static let builtins: Set<String> = ["bool", "bytes", "dict", "float", "int", "list", "str"]

  private static let reservedFields = keywords.union(builtins).union([
    "construct", "copy", "dict", "from_orm", "json", "model_computed_fields", "model_config", "model_construct",
    "model_copy", "model_dump", "model_dump_json", "model_extra", "model_fields", "model_fields_set",
    "model_json_schema", "model_parametrized_name", "model_post_init", "model_rebuild", "model_validate",
    "model_validate_json", "model_validate_strings", "parse_file", "parse_obj", "parse_raw", "schema", "schema_json",
    "update_forward_refs", "validate", "datetime", "decimal", "uuid", "base64",
  ])

  private static let reservedParameters = keywords.union(builtins).union([
    "self", "service", "stores", "hooks", "query", "found", "etag", "cursor", "if_match", "if_none_match", "request",
    "response",
    "router", "items", "more", "result", "datetime", "decimal",
    "uuid", "base64",
  ])

  private static let reservedMethods = keywords.union(["start", "stop", "stores", "metrics", "clients", "events"])

  private static let reservedFunctions = keywords.union(builtins).union(["router"])

  private static let reservedTypes: Set<String> = [
    "ABC", "Annotated", "Any", "Binary", "Bool", "BoolText", "Conflict", "Date", "Decimal", "Duration", "DurationText",
    "Email", "Exception", "False", "FastAPI", "Field", "Float", "FloatText", "Header", "Int", "IntText", "Iterator",
    "JSON", "Literal", "MASKED", "Metrics", "Model", "None", "NotFound", "Operation", "Path", "Problem", "ProblemError",
    "Query", "Response", "ServiceDependency", "Settings", "Stores", "StoresDependency", "StrEnum", "Stub", "TestClient",
    "Time", "True", "TypeAdapter", "URL", "UUID", "ClassVar", "Route", "Policy", "Once", "Scopes", "IfMatch",
    "IfNoneMatch", "CrossOriginOperation", "ListQuery", "Column", "APIRouter", "NotImplementedError", "Body",
  ]

  private static let reservedPackages = keywords.union([
    "abc", "argparse", "array", "ast", "asyncio", "base64", "binascii", "bisect", "calendar", "cmath", "cmd", "code",
    "codecs", "collections", "colorsys", "compileall", "concurrent", "configparser", "contextlib", "contextvars",
    "copy",
    "csv", "ctypes", "dataclasses", "datetime", "decimal", "difflib", "dis", "email", "encodings", "enum", "errno",
    "fileinput", "fractions", "ftplib", "functools", "gc", "getpass", "glob", "graphlib", "gzip", "hashlib", "heapq",
    "hmac", "html", "http", "imaplib", "importlib", "inspect", "io", "ipaddress", "itertools", "json", "keyword",
    "locale", "logging", "lzma", "mailbox", "math", "mimetypes", "mmap", "multiprocessing", "numbers", "operator", "os",
    "pathlib", "pdb", "pickle", "pkgutil", "platform", "poplib", "posix", "pprint", "profile", "pstats", "pty", "queue",
    "random", "re", "readline", "reprlib", "resource", "sched", "secrets", "select", "selectors", "shelve", "shlex",
    "shutil", "signal", "site", "smtplib", "socket", "socketserver", "sqlite3", "ssl", "stat", "statistics", "string",
    "struct", "subprocess", "symtable", "sys", "sysconfig", "syslog", "tarfile", "tempfile", "test", "tests",
    "textwrap",
    "this", "threading", "time", "timeit", "token", "tokenize", "tomllib", "trace", "traceback", "types", "typing",
    "unicodedata", "unittest", "urllib", "uuid", "venv", "warnings", "wave", "weakref", "webbrowser", "xml", "zipfile",
    "zlib", "zoneinfo", "anyio", "asyncpg", "click", "conftest", "fastapi", "h11", "httptools", "httpx", "httpx2",
    "mypy", "packaging", "pip", "prometheus_client", "pydantic", "pydantic_core", "pydantic_settings", "pytest", "ruff",
    "setuptools", "starlette", "redis", "nats", "jwt", "cryptography", "uvicorn", "uvloop", "watchfiles", "websockets",
    "yaml", "aiokafka", "graphql", "joblib", "onnxruntime", "opentelemetry", "sklearn", "torch",
  ])
}
