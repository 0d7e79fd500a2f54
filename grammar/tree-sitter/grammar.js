/**
 * The grammar of the droidfile for editors: grammar/droid.ebnf in the words of tree-sitter. Keywords are names elsewhere, so where a
 * member begins, each of them may also be one.
 */

const declarations = [
  "component", "kind", "type", "error", "enum", "connect", "resilience", "healing", "scaling", "team", "slo", "anomaly", "alert", "metric",
  "environment", "raw", "layout", "import",
];
const verbs = ["get", "post", "put", "patch", "delete", "head"];
const queries = ["query", "mutation", "subscription"];
const inside = ["key", "in", "out", "optional", ...verbs, ...queries, "resource", "rule", "version"];

const separated = (element) => seq(element, repeat(seq(",", element)));
const parenthesized = (element) => seq("(", optional(separated(element)), ")");
const named = (word) => ($) => seq(word, field("name", $.name), $.block);
const watch = (word) => ($) =>
  seq(word, field("name", $.name), "on", field("on", $.path), optional(seq("->", field("to", $.path))), $.block);
const rest = ($) => seq(":", field("type", $._type), optional(seq("=", field("value", $._value))), repeat($.attribute));

module.exports = grammar({
  name: "droid",
  word: ($) => $.name,
  extras: ($) => [/[ \t\r\n]/, $.comment],
  // Before a name that is due stands nothing, unless the next member begins there: a keyword at the beginning of a line, and what it
  // names. The parenthesis of a call stands on the line of its name.
  externals: ($) => [$._due, $._call, $.quantity, $._recovery],
  // `for` holds a condition only before a number; elsewhere the next member may be called so.
  conflicts: ($) => [[$._value, $.condition], [$.condition]],

  rules: {
    file: ($) => seq($.header, repeat($.import_declaration), repeat($._top_member)),
    header: ($) =>
      seq("droid", field("edition", $.quantity), choice("system", "library"), $._due, field("name", $.name), optional($.block)),
    import_declaration: ($) => seq("import", field("from", $.string), "as", $._due, field("name", $.name)),
    block: ($) => seq("{", repeat($._member), "}"),

    _member: ($) => seq(repeat($.doc), choice($._any_member, $.field)),
    _top_member: ($) => seq(repeat($.doc), choice($._any_member, alias($._top_field, $.field))),
    _any_member: ($) =>
      choice(
        $.property, $.port, $.component, $.kind_declaration, $.type_declaration, $.error_declaration, $.enum_declaration, $.connect,
        $.operation, $.resource, $.resilience, $.healing, $.scaling, $.team, $.rule, $.version, $.slo, $.anomaly, $.alert, $.metric,
        $.environment, $.raw, $.layout,
      ),

    // A keyword of a declaration is the name of a field only in a block: above, `component : Service` lacks its name.
    _inner_word: ($) => choice($.name, ...[...inside, "for"].map((word) => alias(word, $.name))),
    _word: ($) => choice($._inner_word, ...declarations.map((word) => alias(word, $.name))),

    property: ($) =>
      seq(field("name", choice(alias($._property_path, $.path), $.string)), "=", field("value", $._value)),
    _property_path: ($) => seq($._word, repeat(seq(".", $.name))),
    field: ($) => choice(seq(field("name", $._word), rest($)), seq("key", field("name", $.name), rest($))),
    _top_field: ($) => choice(seq(field("name", $._inner_word), rest($)), seq("key", field("name", $.name), rest($))),
    port: ($) =>
      seq(
        choice("in", seq(optional("optional"), "out")), field("name", $.name), ":", field("type", $._type),
        optional(seq("=", field("value", $.path))), optional($.block),
      ),
    component: ($) => seq("component", field("name", $.name), ":", field("kind", $.path), optional($.block)),
    kind_declaration: ($) => seq("kind", field("name", $.name), optional(seq(":", field("base", $.path))), $.block),
    type_declaration: named("type"),
    error_declaration: ($) => seq("error", field("name", $.name), field("status", $.quantity), optional($.block)),
    enum_declaration: ($) => seq("enum", field("name", $.name), "{", repeat(seq(repeat($.doc), $.enum_case)), "}"),
    enum_case: ($) => seq(field("name", $.name), repeat($.attribute)),
    connect: ($) => seq("connect", field("from", $.path), "->", field("to", $.path), optional($.block)),
    operation: ($) =>
      seq(
        choice(seq(choice(...verbs), field("path", $.string)), seq(choice(...queries), optional(field("path", $.string)))),
        field("name", $.name), $.parameters, optional($.result_type), optional($.throws_clause), optional($.block),
      ),
    parameters: ($) => parenthesized(alias($._parameter, $.field)),
    _parameter: ($) => seq(choice(field("name", choice($.name, alias("key", $.name))), seq("key", field("name", $.name))), rest($)),
    result_type: ($) => seq("->", $._type),
    throws_clause: ($) => seq("throws", separated($.path)),
    resource: ($) => seq("resource", field("type", $.path), field("path", $.string), optional($.block)),
    resilience: named("resilience"),
    healing: named("healing"),
    scaling: named("scaling"),
    team: named("team"),
    rule: named("rule"),
    version: named("version"),
    slo: watch("slo"),
    anomaly: watch("anomaly"),
    alert: watch("alert"),
    metric: watch("metric"),
    environment: ($) => seq("environment", field("name", $.name), optional(seq(":", field("base", $.name))), $.block),
    raw: ($) => seq("raw", field("manifest", $.string), "on", field("on", $.path), $.record),
    layout: ($) => seq("layout", $.block),

    _type: ($) => choice($.named_type, $.list_type, $.map_type, $.optional_type),
    optional_type: ($) => seq(choice($.named_type, $.list_type, $.map_type), "?"),
    named_type: ($) => seq($.path, optional($.type_arguments)),
    list_type: ($) => seq("[", $._type, "]", optional($.type_arguments)),
    map_type: ($) => seq("[", field("key", $._type), ":", field("value", $._type), "]", optional($.type_arguments)),
    type_arguments: ($) => parenthesized(choice($.named_type_argument, $._range, $.string, $._type)),
    named_type_argument: ($) => seq($._due, field("name", $.name), ":", field("value", $._value)),
    attribute: ($) => seq("@", $._due, field("name", $.name), optional($.arguments)),

    _value: ($) => choice($._operand, $.condition),
    condition: ($) => choice(seq($._operand, $.comparison, optional($.hold)), seq($._operand, $.hold)),
    comparison: ($) => seq(choice("<", "<=", ">", ">=", "==", "!="), $._operand),
    hold: ($) => seq("for", $.quantity),
    _operand: ($) => choice($._range, $.string, $.multiline_string, $.list, $.record, $.path, $.call),
    _range: ($) => choice($.quantity, $.range),
    range: ($) => seq($.quantity, "..", optional($.quantity)),
    list: ($) => seq("[", optional(seq(separated($._value), optional(","))), "]"),
    record: ($) => seq("{", repeat(seq(repeat($.doc), $.record_field)), "}"),
    record_field: ($) => seq(field("name", choice($.name, alias("for", $.name), $.string)), "=", field("value", $._value)),
    call: ($) => seq(field("function", $.path), alias($._call_arguments, $.arguments)),
    _call_arguments: ($) => seq(alias($._call, "("), optional(separated($.argument)), ")"),
    arguments: ($) => parenthesized($.argument),
    argument: ($) => seq(optional(seq($._due, field("name", $.name), ":")), field("value", $._value)),
    path: ($) => seq($._due, $.name, repeat(seq(".", $._due, $.name))),

    name: () => /[A-Za-z]([A-Za-z0-9]|[-_][A-Za-z0-9])*/,
    string: () => token(seq('"', repeat(choice(/[^"\\\n\x00]/, /\\([nt"\\]|u\{[0-9A-Fa-f]{1,7}\})/)), '"')),
    multiline_string: () =>
      token(
        seq(
          '"""',
          repeat(seq(optional(choice('"', '""')), choice(/[^"\\\x00]/, /\\([nt"\\\r\n]|u\{[0-9A-Fa-f]{1,7}\})/))),
          '"""',
        ),
      ),
    doc: () => token(seq("///", optional(/[^\/\n][^\n]*/))),
    comment: () => token(choice(seq("//", optional(/[^\/\n][^\n]*/)), seq("////", /[^\n]*/))),
  },
});
