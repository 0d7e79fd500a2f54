(component "component" @context name: (name) @name) @item
(port name: (name) @name) @item
(operation name: (name) @name) @item
(kind_declaration "kind" @context name: (name) @name) @item
(type_declaration "type" @context name: (name) @name) @item
(error_declaration "error" @context name: (name) @name) @item
(enum_declaration "enum" @context name: (name) @name) @item
(environment "environment" @context name: (name) @name) @item
