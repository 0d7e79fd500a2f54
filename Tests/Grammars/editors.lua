-- Opens each file that is named with the package for Neovim, and looks at what it made of it.
vim.opt.runtimepath:append(vim.env.PACKAGE)
vim.opt.runtimepath:append(vim.env.PARSER)
vim.cmd("filetype plugin on | runtime! ftdetect/droid.lua plugin/droid.lua")
for _, query in ipairs({ "highlights", "locals", "folds", "injections" }) do
  assert(vim.treesitter.query.get("droid", query), query .. " are missing")
end
assert(vim.lsp.is_enabled == nil or vim.lsp.is_enabled("droid"), "the server is not enabled")
assert(vim.lsp.config.droid.cmd[2] == "lsp", "the server has no command")
vim.lsp.enable("droid", false)
for _, file in ipairs(arg) do
  vim.cmd.edit(file)
  assert(vim.bo.filetype == "droid", file .. " is of no type")
  assert(vim.bo.commentstring == "// %s")
  assert(vim.treesitter.highlighter.active[vim.api.nvim_get_current_buf()], file .. " has no colours")
  local tree = vim.treesitter.get_parser(0):parse()[1]
  assert(not tree:root():has_error(), file .. " has an error")
  local captures = vim.treesitter.get_captures_at_pos(0, 0, 0)
  assert(#captures > 0, file .. " begins without a colour")
end
io.write(#arg .. " files opened in Neovim\n")
