[(block) (record) (list) (enum_declaration) (parameters) (arguments) (type_arguments)] @indent

["}" "]" ")"] @outdent
