vim.filetype.add({ extension = { droid = "droid" } })
