-- Neovim without a screen: opens a file with a mistake, applies its fix, completes, goes to a definition, renames, formats.
-- Started by Tests/LanguageServer/neovim.
local passed, failed = 0, 0
local function check(name, holds, detail)
  if holds then passed = passed + 1 else failed = failed + 1 end
  io.write(("%-4s  %s\n"):format(holds and "ok" or "FAIL", name))
  if not holds then io.write("      " .. vim.inspect(detail) .. "\n") end
end
local function eventually(holds) return vim.wait(20000, holds, 20) end
local function text() return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), "\n") end
local function codes()
  return vim.iter(vim.diagnostic.get(0)):map(function(each) return each.code end):totable()
end
local function go_to(words, offset)
  vim.fn.cursor(1, 1)
  vim.fn.search("\\V" .. words, "cW")
  local place = vim.api.nvim_win_get_cursor(0)
  vim.api.nvim_win_set_cursor(0, { place[1], place[2] + (offset or 0) })
end

-- What `droid lsp --print-config neovim` tells a person to write.
dofile(vim.env.CONFIGURATION)
vim.cmd.edit(vim.env.FOLDER .. "/shop.droid")
vim.cmd.setfiletype("droid")
check("the server starts", eventually(function() return #vim.lsp.get_clients({ bufnr = 0 }) == 1 end))
local client = vim.lsp.get_clients({ bufnr = 0 })[1]
local function ask(method, more)
  local parameters = vim.lsp.util.make_position_params(0, client.offset_encoding)
  local answer = vim.lsp.buf_request_sync(0, method, vim.tbl_extend("force", parameters, more or {}), 10000)
  return answer and answer[client.id] and answer[client.id].result
end

check("a mistake is shown", eventually(function() return vim.deep_equal(codes(), { "unknown-kind" }) end), codes())
go_to("Servcie")
vim.lsp.buf.code_action({ apply = true })
check("its fix is applied", eventually(function() return text():find("orders: Service") ~= nil end), text())
check("and it is gone", eventually(function() return #vim.diagnostic.get(0) == 0 end), codes())

go_to("replicas = 2", 4)
local items = ask("textDocument/completion")
local labels = vim.iter(items and items.items or {}):map(function(each) return each.label end):totable()
check("a property is completed", vim.tbl_contains(labels, "memory") and not vim.tbl_contains(labels, "Order"), labels)

go_to("Order \"", 1)
vim.lsp.buf.definition()
check("a definition in another file", eventually(function() return vim.fn.expand("%:t") == "types.droid" end), vim.fn.expand("%"))
vim.cmd.edit(vim.env.FOLDER .. "/shop.droid")

go_to("orders {", 1)
vim.lsp.buf.rename("sales")
check("a rename", eventually(function() return text():find("connect web %-> sales") ~= nil end), text())
check("of every place", text():find("orders[^\"]") == nil or text():find("component orders") == nil, text())

vim.api.nvim_buf_set_lines(0, -1, -1, false, { "component cache:Redis{storage=1Gi}" })
vim.lsp.buf.format({ async = false, timeout_ms = 10000 })
check("formatting", eventually(function() return text():find("component cache: Redis { storage = 1Gi }") ~= nil end), text())
local hover = ask("textDocument/hover")
check("hover", hover ~= nil and hover.contents.value:find("```droid") ~= nil, hover)

io.write(("%d passed, %d failed\n"):format(passed, failed))
vim.cmd(failed == 0 and "qa!" or "cq!")
