use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree};

struct Droid;

impl zed::Extension for Droid {
    fn new() -> Self {
        Droid
    }

    fn language_server_command(&mut self, _: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        Ok(Command {
            command: worktree.which("droid").ok_or("droid is not on the PATH")?,
            args: vec!["lsp".into()],
            env: worktree.shell_env(),
        })
    }
}

zed::register_extension!(Droid);
