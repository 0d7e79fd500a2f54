[(block) (record) (list) (enum_declaration) (parameters) (arguments) (type_arguments)] @indent.begin

["}" "]" ")"] @indent.branch @indent.end

[(multiline_string) (comment) (doc)] @indent.ignore
