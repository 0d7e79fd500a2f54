vim.lsp.enable("droid")
