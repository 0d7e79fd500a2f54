; Names are known in the whole file; parameters and fields only where they are declared.

(file) @local.scope
(block) @local.scope
(operation) @local.scope

(import_declaration name: (name) @local.definition)
(component name: (name) @local.definition)
(version name: (name) @local.definition)
(port name: (name) @local.definition)
(field name: (name) @local.definition)
(kind_declaration name: (name) @local.definition)
(type_declaration name: (name) @local.definition)
(error_declaration name: (name) @local.definition)
(enum_declaration name: (name) @local.definition)
(enum_case name: (name) @local.definition)
(operation name: (name) @local.definition)
[(resilience name: (name) @local.definition) (healing name: (name) @local.definition) (scaling name: (name) @local.definition)
 (team name: (name) @local.definition) (rule name: (name) @local.definition) (slo name: (name) @local.definition)
 (anomaly name: (name) @local.definition) (alert name: (name) @local.definition) (metric name: (name) @local.definition)]
(environment name: (name) @local.definition)

(path . (name) @local.reference)
