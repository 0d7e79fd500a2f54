const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async () => {
  const server = { command: workspace.getConfiguration("droid").get("path"), args: ["lsp"] };
  client = new LanguageClient("droid", "Droid", server, { documentSelector: [{ language: "droid" }] });
  await client.start();
};

exports.deactivate = () => client?.stop();
