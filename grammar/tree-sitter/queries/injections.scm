([(comment) (doc)] @injection.content
  (#set! injection.language "comment"))

((named_type_argument name: (name) @_name value: (string) @injection.content)
  (#eq? @_name "pattern")
  (#offset! @injection.content 0 1 0 -1)
  (#set! injection.language "regex"))
