import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { FAULTS, SOUND } from "./broken-workflows.ts";
import { workflowFaults } from "./workflow-faults.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** What a workflow may be given, and which of them. Whoever needs more is added here, with the reason. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  "contents: read": "to check out",
  "id-token: write": "to take an AWS role",
  "issues: write": "drift opens one",
};

const folder = new URL("../../.github/workflows/", import.meta.url);
const workflows = readdirSync(folder).map((file) => ({ file, text: read(`.github/workflows/${file}`) }));
const actions = readdirSync(new URL("../../.github/actions/", import.meta.url)).map((name) => ({
  file: `actions/${name}`,
  text: read(`.github/actions/${name}/action.yml`),
}));

describe("the workflows", () => {
  for (const { file, text } of workflows) {
    it(`${file} is bounded in time and has no tabs`, () => {
      const jobs = text.match(/^ {4}runs-on: /gm)?.length ?? 0;
      expect(text.match(/^ {4}timeout-minutes: \d+$/gm)).to.have.lengthOf(jobs);
      expect(text).to.not.include("\t");
    });

    it(`${file} is given what it needs, once, for all its jobs`, () => {
      const given = /^permissions:\n((?: {2}.*\n)+)/m.exec(text)?.[1] ?? "";
      expect(text.match(/^ *permissions:/gm)).to.have.lengthOf(1);
      expect(text).to.not.match(/write-all|read-all/);
      const lines = given
        .split("\n")
        .map((line) => line.trim())
        .filter((line) => line !== "");
      expect(lines).to.include("contents: read");
      expect(Object.keys(PERMISSIONS)).to.include.members(lines);
      expect(lines.includes("id-token: write"), "a role").to.equal(
        text.includes("role-to-assume:") || text.includes("cosign sign"),
      );
      expect(lines.includes("issues: write"), "an issue").to.equal(text.includes("gh issue"));
    });

    it(`${file} takes AWS roles by OIDC, and holds no key`, () => {
      expect(text).to.not.match(/aws-access-key-id|AWS_SECRET|secrets\./i);
    });

    it(`${file} lets nobody write a command by naming a branch or an issue`, () => {
      for (const script of scriptsOf(text))
        expect(script).to.not.match(/\$\{\{\s*github\.(?:head_ref|event\.(?:issue|pull_request|comment))/);
    });

    it(`${file} uses commands and files that are there`, () => {
      const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
      for (const [, name = ""] of text.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).to.have.property(name);
      for (const [, path = ""] of text.matchAll(/uses: \.\/(\S+)/g))
        expect(existsSync(new URL(`../../${path}/action.yml`, import.meta.url)), path).to.equal(true);
    });
  }

  for (const { file, text } of [...workflows, ...actions]) {
    it(`${file} pins what others wrote to a commit, and says which version that is`, () => {
      const used = [...text.matchAll(/uses: (?!\.\/)(.*)$/gm)].map(([, name = ""]) => name);
      for (const one of used) expect(one).to.match(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    });

    it(`${file} has shell steps that a shell can read`, () => {
      for (const script of scriptsOf(text)) {
        // What GitHub puts in before the shell sees it is a word.
        const { status, stderr } = spawnSync("bash", ["-n"], {
          input: script.replaceAll(/\$\{\{.*?\}\}/g, "word"),
          encoding: "utf8",
        });
        expect(status, `${script}\n${stderr}`).to.equal(0);
      }
    });
  }

  for (const { file, text } of [...workflows, ...actions]) {
    it(`${file} is one that GitHub's own reader has nothing against`, async () => {
      const path = file.startsWith("actions/") ? `.github/${file}/action.yml` : `.github/workflows/${file}`;
      expect(await workflowFaults(path, text)).to.deep.equal([]);
    });
  }

  for (const [fault, { from, to, says }] of Object.entries(FAULTS)) {
    it(`are not taken with ${fault}`, async () => {
      expect(await workflowFaults(".github/workflows/sample.yml", SOUND)).to.deep.equal([]);
      const broken = SOUND.replace(from, to);
      expect(broken, "is another").to.not.equal(SOUND);
      expect((await workflowFaults(".github/workflows/sample.yml", broken)).join("\n")).to.match(says);
    });
  }

  it("are not taken with an action whose step has no shell, or that reads what an action is not given", async () => {
    const of = (step: string) =>
      workflowFaults(
        ".github/actions/sample/action.yml",
        `name: sample\ndescription: a sample\nruns:\n  using: composite\n  steps:\n    - ${step}\n`,
      );
    expect(await of('{ run: "true", shell: bash }')).to.deep.equal([]);
    expect((await of('run: "true"')).join("\n")).to.match(/shell/);
    expect((await of(`{ run: "echo \${{ secrets.KEY }}", shell: bash }`)).join("\n")).to.match(/secrets/);
  });

  it("pin each action to one commit everywhere", () => {
    const pins = new Map<string, Set<string>>();
    for (const { text } of [...workflows, ...actions])
      for (const [, name = "", commit = ""] of text.matchAll(/uses: ([\w-]+\/[\w-]+)@(\S+)/g))
        pins.set(name, (pins.get(name) ?? new Set()).add(commit));
    for (const [name, commits] of pins) expect([...commits], name).to.have.lengthOf(1);
  });
});

/** The shell steps of a workflow or an action: one line, or a block that is indented more than its `run`. */
function scriptsOf(text: string): string[] {
  const lines = text.split("\n");
  return lines.flatMap((line, at) => {
    const [, before = "", first = ""] = /^( *(?:- )?)run: (.*)$/.exec(line) ?? [];
    if (first === "") return [];
    if (first !== "|") return [first];
    const block: string[] = [];
    for (const next of lines.slice(at + 1)) {
      if (next.trim() !== "" && next.search(/\S/) <= before.length) break;
      block.push(next);
    }
    return [block.join("\n")];
  });
}
