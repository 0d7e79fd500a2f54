return { cmd = { "droid", "lsp" }, filetypes = { "droid" }, root_markers = { ".git" } }
