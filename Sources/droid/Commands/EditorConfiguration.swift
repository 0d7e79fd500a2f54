/// What an editor has to be told so that it starts the language server.
enum EditorConfiguration {
  static let names = ["neovim", "helix", "emacs", "sublime"]

  static func text(_ editor: String) -> String? {
    switch editor {
    case "neovim":
      """
      -- ~/.config/nvim/init.lua (Neovim 0.11 or newer)
      vim.filetype.add({ extension = { droid = "droid" } })
      vim.lsp.config("droid", { cmd = { "droid", "lsp" }, filetypes = { "droid" }, root_markers = { ".git" } })
      vim.lsp.enable("droid")

      """
    case "helix":
      """
      # ~/.config/helix/languages.toml
      [language-server.droid]
      command = "droid"
      args = ["lsp"]

      [[language]]
      name = "droid"
      scope = "source.droid"
      file-types = ["droid"]
      comment-token = "//"
      indent = { tab-width = 2, unit = "  " }
      language-servers = ["droid"]

      """
    case "emacs":
      """
      ;; ~/.emacs.d/init.el (Emacs 29 or newer)
      (define-derived-mode droid-mode prog-mode "Droid" (setq-local comment-start "// "))
      (add-to-list 'auto-mode-alist '("\\\\.droid\\\\'" . droid-mode))
      (with-eval-after-load 'eglot (add-to-list 'eglot-server-programs '(droid-mode . ("droid" "lsp"))))
      (add-hook 'droid-mode-hook #'eglot-ensure)

      """
    case "sublime":
      """
      // Preferences > Package Settings > LSP > Settings, with the package LSP
      {
        "clients": {
          "droid": { "enabled": true, "command": ["droid", "lsp"], "selector": "source.droid" }
        }
      }

      """
    default: nil
    }
  }
}
