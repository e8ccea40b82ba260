import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { validate } from "dockerfile-utils";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const lines = read("Dockerfile").split("\n");
const packages = JSON.parse(read("package.json")) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
};

/** A package of the lock file, and for what it is there. */
interface LockedPackage {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly devOptional?: boolean;
  readonly cpu?: readonly string[];
}

const lock = JSON.parse(read("package-lock.json")) as {
  readonly packages: Readonly<Record<string, LockedPackage>>;
};

/** Who runs in the image; where this test may become somebody else, it becomes that. */
const NOBODY = 65_534;

/** What is said against a Dockerfile: what Docker's builder would refuse, and what it only warns of. */
const faultsOf = (dockerfile: string) =>
  validate(dockerfile).map(({ message, range }) => `line ${range.start.line + 1}: ${message}`);

/** Ways to break a sound one of these lines, and what must be said of each. */
const SOUND = [
  "FROM node:24.21.0-bookworm-slim AS services",
  "WORKDIR /meridian",
  "COPY --from=packages /meridian/node_modules node_modules",
  "EXPOSE 8080",
  'CMD ["services/gateway/main.ts"]',
];
const FAULTS: Readonly<Record<string, readonly [from: string, to: string, says: RegExp]>> = {
  "an instruction that Docker does not have": ["EXPOSE", "EXPOSED", /Unknown instruction: EXPOSED/],
  "an instruction in small letters": ["EXPOSE", "expose", /uppercase/],
  "no base": ["FROM node:24.21.0-bookworm-slim AS services", "", /FROM/],
  "a base whose name is none": ["node:24.21.0-bookworm-slim", "node:", /reference format/],
  "a stage whose name is none": ["AS services", "AS 1services", /name/],
  "a flag that the instruction does not take": ["--from=", "--form=", /Unknown flag: form/],
  "a copy that goes nowhere": [" /meridian/node_modules node_modules", " node_modules", /at least two/],
  "a port that is none": ["8080", "http", /port/i],
  "a folder that depends on where one is": ["WORKDIR /meridian", "WORKDIR meridian", /absolute/],
  "a list in single quotes": ['["services/gateway/main.ts"]', "['services/gateway/main.ts']", /quotes/],
  "two commands": ["EXPOSE 8080", 'CMD ["services/matching/main.ts"]', /CMD/],
};

describe("the image", () => {
  it("has a Dockerfile that nothing is said against", () => {
    expect(faultsOf(lines.join("\n"))).to.deep.equal([]);
  });

  for (const [fault, [from, to, says]] of Object.entries(FAULTS)) {
    it(`is not to be built of a Dockerfile with ${fault}`, () => {
      const sound = SOUND.join("\n");
      expect(faultsOf(sound)).to.deep.equal([]);
      expect(faultsOf(sound.replace(from, to)).join("\n")).to.match(says);
    });
  }

  it("runs as an ordinary user, on the Node that is pinned", () => {
    const bases = lines.filter((line) => line.startsWith("FROM "));
    for (const base of bases)
      expect(base).to.match(new RegExp(`^FROM node:${packages.dependencies.node}-bookworm-slim AS \\w+$`));
    const users = lines.filter((line) => line.startsWith("USER "));
    expect(users).to.deep.equal(["USER node"]);
    expect(lines.indexOf("USER node")).to.be.above(
      lines.findLastIndex((line) => /^(FROM|COPY|RUN) /.test(line)),
    );
  });

  it("copies nothing that the repository does not have, and nothing that .dockerignore keeps out", () => {
    const letIn = read(".dockerignore")
      .split("\n")
      .filter((line) => line.startsWith("!"))
      .map((line) => line.slice(1));
    for (const path of copiedPaths()) {
      expect(existsSync(join(ROOT, path)), path).to.equal(true);
      expect(letIn, "is let in").to.include(path);
    }
  });

  it("is the same packages for arm64 and amd64: none that it needs is built for one machine", () => {
    const bound = Object.entries(lock.packages).filter(
      ([, { dev, optional, devOptional, cpu }]) =>
        cpu !== undefined && dev !== true && optional !== true && devOptional !== true,
    );
    expect(bound.map(([name]) => name)).to.deep.equal([]);
  });

  const tree = buildTree();
  if (tree !== undefined)
    describe("built by the steps of its Dockerfile", function () {
      this.timeout(300_000);
      after(() => rmSync(tree, { recursive: true, force: true }));

      it("has no package of development, no test and no page", () => {
        const has = (name: string) => existsSync(join(tree, "node_modules", name));
        const ofDevelopment = Object.keys(packages.devDependencies).filter(
          (name) => lock.packages[`node_modules/${name}`]?.dev === true,
        );
        expect(ofDevelopment.length).to.be.above(10);
        for (const name of ofDevelopment) expect(has(name), name).to.equal(false);
        const ours = filesUnder(tree).filter((path) => !path.startsWith("node_modules/"));
        expect(ours.filter((path) => path.endsWith(".test.ts"))).to.deep.equal([]);
        expect(existsSync(join(tree, "services", "web"))).to.equal(false);
      });

      it("loads every module of every service as an ordinary user, from files that nobody can write", () => {
        for (const path of filesUnder(tree)) chmodSync(join(tree, path), 0o444);
        const modules = filesUnder(join(tree, "services")).filter(
          // What is started reads its configuration at once, and is not there to be imported.
          (path) => path.endsWith(".ts") && !/(^|\/)(main|lambda)\.ts$/.test(path),
        );
        expect(modules.length).to.be.above(100);
        const script = modules.map((path) => `await import("./services/${path}");`).join("\n");
        const { status, stderr } = spawnSync(process.execPath, ["--input-type=module"], {
          cwd: tree,
          input: script,
          encoding: "utf8",
          env: { NODE_ENV: "production", PATH: process.env.PATH },
          ...(process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {}),
        });
        expect(status, stderr).to.equal(0);
      });

      it("is told in one line what a service lacks, where nothing is configured", () => {
        const mains = readdirSync(join(tree, "services")).filter((name) =>
          existsSync(join(tree, "services", name, "main.ts")),
        );
        for (const name of mains) {
          const { status, stderr } = spawnSync(process.execPath, [`services/${name}/main.ts`], {
            cwd: tree,
            encoding: "utf8",
            env: { NODE_ENV: "production", PATH: process.env.PATH },
            timeout: 30_000,
          });
          expect(status, name).to.not.equal(0);
          expect(stderr, name).to.not.match(/\n\s+at /);
        }
      });
    });
});

/** What the last stage copies from the repository. */
function copiedPaths(): string[] {
  return lines
    .filter((line) => /^COPY (?!--from)/.test(line))
    .flatMap((line) => line.split(" ").slice(1, -1))
    .filter((path, at, all) => all.indexOf(path) === at);
}

/** The image's folder: its packages brought by the Dockerfile's own command, then its sources. Undefined, with a line, where npm cannot bring them. */
function buildTree(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "meridian-image-"));
  // mkdtemp gives it to us alone.
  chmodSync(folder, 0o755);
  const ignored = read(".dockerignore")
    .split("\n")
    .filter((line) => line !== "" && line !== "*" && !line.startsWith("!"));
  for (const path of copiedPaths())
    cpSync(join(ROOT, path), join(folder, path), {
      recursive: true,
      filter: (source) => !ignored.some((pattern) => matches(source.slice(ROOT.length), pattern)),
    });
  const [command = ""] = lines.flatMap((line) => /^RUN (npm ci .*)$/.exec(line)?.[1] ?? []);
  const { status, stderr, error } = spawnSync("sh", ["-c", command], {
    cwd: folder,
    encoding: "utf8",
    timeout: 280_000,
  });
  if (status === 0) return folder;
  rmSync(folder, { recursive: true, force: true });
  const reason = error?.message ?? stderr.split("\n").find((line) => line.trim() !== "") ?? "no reason";
  if (process.env.REQUIRE_REGISTRY === "1")
    throw new Error(`npm cannot bring the image's packages: ${reason}`);
  process.stdout.write(`  without the image's own packages: npm cannot bring them: ${reason}\n`);
  return undefined;
}

/** The two forms that our .dockerignore has: a folder, and `**` with an ending. */
function matches(path: string, pattern: string): boolean {
  if (pattern.startsWith("**/*")) return path.endsWith(pattern.slice(4));
  return path === pattern || path.startsWith(`${pattern}/`);
}

function filesUnder(folder: string, before = ""): string[] {
  return readdirSync(join(folder, before)).flatMap((name) => {
    const path = before === "" ? name : `${before}/${name}`;
    return statSync(join(folder, path)).isDirectory() ? filesUnder(folder, path) : [path];
  });
}
