// Serves Verdaccio on a free loopback port, prints that port when it is ready, and ends with its standard input.
const { createRequire } = require("node:module");
const [tree, config] = process.argv.slice(2);
const { runServer } = createRequire(`${tree}/package.json`)("verdaccio");

runServer(config).then((server) => {
  server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
});
process.stdin.on("end", () => process.exit(0)).resume();
