; The last pattern that matches wins.

(name) @variable
(path (name) @variable)

[
  "droid" "system" "library" "import" "as" "component" "kind" "type" "error" "enum" "connect" "resource" "resilience" "healing" "scaling"
  "team" "rule" "version" "slo" "anomaly" "alert" "metric" "environment" "raw" "layout" "query" "mutation" "subscription" "get" "post"
  "put" "patch" "delete" "head" "key" "in" "out" "optional" "on" "throws" "for"
] @keyword

; What is declared.
(header name: (name) @module)
(import_declaration name: (name) @module)
(environment name: (name) @module)
(environment base: (name) @module)
(component name: (name) @variable)
(version name: (name) @variable)
(kind_declaration name: (name) @type)
(type_declaration name: (name) @type)
(error_declaration name: (name) @type)
(enum_declaration name: (name) @type)
(enum_case name: (name) @constant)
(operation name: (name) @function)
(parameters (field name: (name) @variable.parameter))
(port name: (name) @property)
(block (field name: (name) @property))
(property name: (path (name) @property))
(record_field name: (name) @property)
(argument name: (name) @variable.parameter)
(named_type_argument name: (name) @variable.parameter)
[(resilience name: (name) @constant) (healing name: (name) @constant) (scaling name: (name) @constant) (team name: (name) @constant)
 (rule name: (name) @constant) (slo name: (name) @constant) (anomaly name: (name) @constant) (alert name: (name) @constant)
 (metric name: (name) @constant)]

; What is spoken of.
(component kind: (path (name) @type))
(kind_declaration base: (path (name) @type))
(named_type (path (name) @type))
(resource type: (path (name) @type))
(throws_clause (path (name) @type))
(call function: (path (name) @function))
(attribute "@" @attribute name: (name) @attribute)
((path . (name) @constant.builtin .) (#any-of? @constant.builtin "true" "false" "none"))

(quantity) @number
(string) @string
(multiline_string) @string
(operation path: (string) @string.special)
(resource path: (string) @string.special)
(import_declaration from: (string) @string.special)
(doc) @comment.documentation
(comment) @comment

["=" "->" "<" "<=" ">" ">=" "==" "!=" ".." "?"] @operator
["{" "}" "(" ")" "[" "]"] @punctuation.bracket
["," ":" "."] @punctuation.delimiter
