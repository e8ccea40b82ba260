// The two commands on a fresh clone: brings what is missing, then runs the real thing on the pinned Node.
// Plain JavaScript without dependencies: it runs before anything is installed, on any Node from 20 on.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = join(ROOT, "node_modules", ".bin");
const NODE = join(BIN, "node");
const LOCK_STAMP = join(ROOT, "node_modules", ".meridian-lock");
const PAGE_STAMP = join(ROOT, "services", "web", "dist", ".meridian-sources");
const MOCHA = join(ROOT, "node_modules", "mocha", "bin", "mocha.js");
// Not in .mocharc.json: mocha adds a configured spec to the one that it is given, and would run everything each time.
const TESTS =
  "test/{tidy,unit,property,contract,functions,simulation,recovery,e2e,infra,dashboards,runbooks,browser}/**/*.test.ts";

const [command = "start", ...args] = process.argv.slice(2);
const COMMANDS = {
  start: { page: true, run: ["local/main.ts"] },
  chaos: { page: true, run: ["local/chaos/main.ts"] },
  gameday: { page: true, run: ["local/gameday/main.ts"] },
  dev: { page: false, run: ["local/dev.ts"] },
  ops: { page: false, run: ["runbooks/ops/main.ts"] },
  replay: { page: false, run: ["local/replay/main.ts"] },
  fuzz: { page: false, run: ["test/fuzz/main.ts"] },
  simulate: { page: false, run: ["test/simulation/main.ts"] },
  bench: { page: true, run: ["--expose-gc", "bench/main.ts"] },
  mutate: { page: false, run: ["test/mutations/main.ts"] },
  infra: { page: false, run: ["infra/cli/main.ts"] },
  capacity: { page: false, run: ["infra/capacity/main.ts"] },
  test: { page: true, programs: true, checks: true, run: [MOCHA, "--config", ".mocharc.json", TESTS] },
  "test:long": {
    page: true,
    programs: true,
    run: [MOCHA, "--config", ".mocharc.json", "test/long/**/*.test.ts"],
  },
};

function fail(line) {
  process.stderr.write(`meridian: ${line}\n`);
  process.exit(1);
}

/** Runs one step of the set-up; its output is shown only if it fails. */
function step(what, program, programArgs) {
  const begin = Date.now();
  process.stdout.write(`meridian: ${what} … `);
  const env = { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ""}` };
  const { status, stdout, stderr, error } = spawnSync(program, programArgs, {
    cwd: ROOT,
    env,
    encoding: "utf8",
  });
  if (status === 0) {
    process.stdout.write(`done (${((Date.now() - begin) / 1000).toFixed(1)} s)\n`);
    return;
  }
  process.stdout.write("failed\n");
  fail(`${what} failed:\n${error?.message ?? ""}${stdout ?? ""}${stderr ?? ""}`);
}

function bringPackages() {
  const lock = hash([join(ROOT, "package-lock.json")]);
  if (readIfThere(LOCK_STAMP) === lock) return;
  step("installing packages", "npm", ["ci", "--no-fund", "--no-audit", "--loglevel=error"]);
  bringNode();
  writeFileSync(LOCK_STAMP, lock);
}

/** The package `node` fetches its binary by an install script, which npm may have been told not to run: then run it here. */
function bringNode() {
  if (nodeMajor() === 24) return;
  step("installing Node 24", process.execPath, [
    join(ROOT, "node_modules", "node", "installArchSpecificPackage.js"),
  ]);
  if (nodeMajor() !== 24)
    fail("the pinned Node 24 could not be installed; check npm's settings for install scripts");
}

function nodeMajor() {
  const { status, stdout } = spawnSync(NODE, ["--version"], { encoding: "utf8" });
  return status === 0 ? Number(/^v(\d+)/.exec(stdout)?.[1]) : undefined;
}

function bringPage() {
  const sources = ["services/web", "shared", "dashboards", "runbooks"].flatMap((folder) =>
    filesUnder(join(ROOT, folder)),
  );
  const stamp = hash([...sources, join(ROOT, "package-lock.json")]);
  if (readIfThere(PAGE_STAMP) === stamp) return;
  step("building the page", NODE, [
    join(ROOT, "node_modules", "vite", "bin", "vite.js"),
    "build",
    "--config",
    "services/web/vite.config.ts",
  ]);
  writeFileSync(PAGE_STAMP, stamp);
}

/** What reads the whole source comes before what runs it. */
function check() {
  step("checking types", NODE, [join(ROOT, "node_modules", "typescript", "bin", "tsc"), "--noEmit"]);
  step("checking style", NODE, [
    join(ROOT, "node_modules", "@biomejs", "biome", "bin", "biome"),
    "check",
    ".",
  ]);
}

// What the tests drive beside npm's packages, and the Debian package that brings it. The page is tested in Chromium; the AWS adapters
// against a real Redis and a real PostgreSQL; the rules of alerts against a real Prometheus.
const PROGRAMS = [
  { program: "chromium", package: "chromium", variable: "CHROMIUM_PATH" },
  { program: "redis-server", package: "redis-server", variable: "REDIS_SERVER_PATH" },
  { program: "postgres", package: "postgresql", variable: "POSTGRES_PATH", folders: postgresFolders() },
  { program: "prometheus", package: "prometheus", variable: "PROMETHEUS_PATH" },
];

/** Brings the programs that the tests need: installed where that is possible, otherwise one line says what to do. */
function bringPrograms() {
  const missing = PROGRAMS.filter(
    ({ program, variable, folders }) => process.env[variable] === undefined && !has(program, folders),
  );
  if (missing.length === 0) return;
  const packages = missing.map((one) => one.package);
  const isDebian = existsSync("/etc/debian_version") && has("apt-get");
  if (!isDebian || process.getuid?.() !== 0) {
    const variables = missing.map(({ variable }) => variable);
    fail(
      `the tests need programs that are not here: install ${packages.join(", ")}, or name them in ${variables.join(", ")}`,
    );
  }
  step("refreshing the package lists", "apt-get", ["update", "-q"]);
  process.env.DEBIAN_FRONTEND = "noninteractive";
  step(`installing ${packages.join(", ")}`, "apt-get", [
    "install",
    "-y",
    "-q",
    "--no-install-recommends",
    ...packages,
  ]);
}

/** Debian keeps PostgreSQL's programs off the PATH, a folder a version. */
function postgresFolders() {
  const root = "/usr/lib/postgresql";
  return existsSync(root) ? readdirSync(root).map((version) => join(root, version, "bin")) : [];
}

function has(program, folders = []) {
  const onPath = (process.env.PATH ?? "").split(delimiter);
  return [...onPath, ...folders].some((folder) => existsSync(join(folder, program)));
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === "dist" || entry.name === "node_modules") return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}

function hash(files) {
  const digest = createHash("sha256");
  for (const file of files.toSorted())
    digest.update(file.slice(ROOT.length)).update("\0").update(readFileSync(file)).update("\0");
  return digest.digest("hex");
}

function readIfThere(file) {
  return existsSync(file) && statSync(file).isFile() ? readFileSync(file, "utf8") : undefined;
}

/** Hands over to the real program: its output, its signals and its exit code are ours. */
function handOver(run) {
  const env = { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH ?? ""}` };
  const child = spawn(NODE, [...run, ...args], { cwd: ROOT, env, stdio: "inherit" });
  // Ctrl-C reaches the whole group; a signal to this process alone is passed on.
  process.on("SIGINT", () => {});
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
}

const wanted = COMMANDS[command];
if (wanted === undefined) fail(`unknown command ${command}; one of ${Object.keys(COMMANDS).join(", ")}`);
if (Number(process.versions.node.split(".")[0]) < 20)
  fail(`Node ${process.versions.node} is too old; 20 or newer starts Meridian`);
bringPackages();
if (wanted.page && !args.includes("--help")) bringPage();
if (wanted.programs) bringPrograms();
if (wanted.checks) check();
handOver(wanted.run);
