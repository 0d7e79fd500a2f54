;;; droid-mode.el --- Droidfiles -*- lexical-binding: t -*-

;; Version: 0.1.0
;; Package-Requires: ((emacs "29.1"))

;;; Commentary:

;; Colours and indentation of droidfiles; Eglot starts `droid lsp' for the rest.

;;; Code:

(defconst droid-mode--keywords
  (let ((name "[A-Za-z][-A-Za-z0-9_]*"))
    `((,(concat "@" name) . font-lock-preprocessor-face)
      ;; No word is reserved: each is a keyword by what stands behind it.
      ("\\_<\\(droid\\)[ \t]+[0-9]" 1 font-lock-keyword-face)
      (,(concat "^[ \t]*\\(system\\|library\\)[ \t]+\\(" name "\\)")
       (1 font-lock-keyword-face) (2 font-lock-constant-face))
      (,(concat "\\_<\\(component\\|kind\\|environment\\|in\\|out\\|key\\)[ \t]+\\(" name "\\)[ \t]*[:{]")
       (1 font-lock-keyword-face) (2 font-lock-variable-name-face))
      (,(concat "\\_<\\(type\\|enum\\|resilience\\|healing\\|scaling\\|team\\|rule\\|version\\)[ \t]+\\(" name "\\)[ \t]*{")
       (1 font-lock-keyword-face) (2 font-lock-variable-name-face))
      (,(concat "\\_<\\(slo\\|anomaly\\|alert\\|metric\\)[ \t]+\\(" name "\\)[ \t]+\\(on\\)\\_>")
       (1 font-lock-keyword-face) (2 font-lock-variable-name-face) (3 font-lock-keyword-face))
      (,(concat "\\_<\\(error\\)[ \t]+\\(" name "\\)[ \t]+[0-9]") (1 font-lock-keyword-face) (2 font-lock-type-face))
      (,(concat "\\_<\\(query\\|mutation\\|subscription\\)[ \t]+\\(" name "\\)[ \t]*(")
       (1 font-lock-keyword-face) (2 font-lock-function-name-face))
      ("\\_<\\(get\\|post\\|put\\|patch\\|delete\\|head\\|import\\|raw\\)[ \t]+\"" 1 font-lock-keyword-face)
      ("\"[ \t]+\\(on\\|as\\)[ \t]" 1 font-lock-keyword-face)
      ("\\_<\\(optional\\)[ \t]+out\\_>" 1 font-lock-keyword-face)
      ("\\_<\\(connect\\|resource\\|throws\\)[ \t]+[A-Za-z]" 1 font-lock-keyword-face)
      ("\\_<\\(layout\\)[ \t]*{" 1 font-lock-keyword-face)
      ("\\_<\\(for\\)[ \t]+[-+]?[0-9]" 1 font-lock-keyword-face)
      (,(concat "\\_<\\(" name "\\)[ \t]*=[^=]") 1 font-lock-variable-name-face)
      ("\\_<[A-Z][-A-Za-z0-9_]*" . font-lock-type-face)
      ("\\_<\\(?:true\\|false\\|none\\)\\_>" . font-lock-constant-face)))
  "What words of a droidfile are.")

(defvar droid-mode-syntax-table
  (let ((table (make-syntax-table)))
    (modify-syntax-entry ?/ ". 12" table)
    (modify-syntax-entry ?\n ">" table)
    (modify-syntax-entry ?- "_" table)
    (modify-syntax-entry ?_ "_" table)
    table)
  "Characters of a droidfile.")

(defun droid-mode-indent-line ()
  "Indent by two columns for each bracket that is open."
  (interactive)
  (let ((column (save-excursion
                  (back-to-indentation)
                  (let ((depth (car (syntax-ppss))))
                    (* 2 (max 0 (if (looking-at "[]})]") (1- depth) depth)))))))
    (if (<= (current-column) (current-indentation))
        (indent-line-to column)
      (save-excursion (indent-line-to column)))))

;;;###autoload
(define-derived-mode droid-mode prog-mode "Droid"
  "Mode for droidfiles."
  (setq-local comment-start "// ")
  (setq-local comment-start-skip "///*[ \t]*")
  (setq-local indent-tabs-mode nil)
  (setq-local indent-line-function #'droid-mode-indent-line)
  (setq-local font-lock-defaults '(droid-mode--keywords)))

;;;###autoload
(add-to-list 'auto-mode-alist '("\\.droid\\'" . droid-mode))

(defvar eglot-server-programs)
(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs '(droid-mode . ("droid" "lsp"))))
(add-hook 'droid-mode-hook #'eglot-ensure)

(provide 'droid-mode)
;;; droid-mode.el ends here
