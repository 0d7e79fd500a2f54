vim.bo.commentstring = "// %s"
vim.bo.comments = ":///,://"
vim.bo.expandtab = true
vim.bo.shiftwidth = 2
vim.opt_local.iskeyword:append("-")
-- Without the parser the colours of the server are there.
if pcall(vim.treesitter.start) then
  vim.wo[0][0].foldexpr = "v:lua.vim.treesitter.foldexpr()"
end
