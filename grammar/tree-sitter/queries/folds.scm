[(block) (record) (list) (parameters) (enum_declaration) (multiline_string)] @fold
