import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { EXPERIMENTS } from "#infra/experiments/all.ts";
import { overview } from "#infra/overview/overview.ts";
import { overviewOf } from "#infra/overview/page.ts";
import { allExperiments } from "#local/chaos/experiments/all.ts";
import { forgetPlatforms, platformOf } from "./platforms.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("what is written of the infrastructure", function () {
  this.timeout(120_000);
  after(forgetPlatforms);

  it("draws the stacks as they are", async () => {
    const drawn = overviewOf(read("docs/infrastructure.md"));
    expect(drawn, "run npm run infra -- graph --env prod --write").to.equal(
      overview(await platformOf("prod")).trim(),
    );
  });

  it("has a page for each experiment, with its hypothesis, blast radius, what to watch and how to stop it", () => {
    for (const { name } of EXPERIMENTS) {
      const page = read(`infra/experiments/${name}.md`);
      for (const part of ["Hypothesis.", "Blast radius.", "Watch.", "Stops by itself", "stop it by hand:"])
        expect(page, name).to.include(part);
    }
    const pages = readdirSync(new URL("../../infra/experiments", import.meta.url)).filter((file) =>
      file.endsWith(".md"),
    );
    expect(pages).to.have.members(EXPERIMENTS.map(({ name }) => `${name}.md`));
  });

  it("names experiments as npm run chaos names them", () => {
    const local = allExperiments().map(({ name }) => name);
    for (const { name } of EXPERIMENTS)
      expect(
        local.some((one) => one === name || one.startsWith(name)),
        name,
      ).to.equal(true);
  });
});

describe("the workflows", () => {
  const folder = new URL("../../.github/workflows/", import.meta.url);
  const workflows = readdirSync(folder).map((file) => ({
    file,
    text: readFileSync(new URL(file, folder), "utf8"),
  }));

  for (const { file, text } of workflows) {
    it(`${file} says what it may, is bounded in time and has no tabs`, () => {
      expect(text).to.match(/^permissions:\n {2}contents: read$/m);
      const jobs = text.match(/^ {4}runs-on: /gm)?.length ?? 0;
      expect(text.match(/^ {4}timeout-minutes: \d+$/gm)).to.have.lengthOf(jobs);
      expect(text).to.not.include("\t");
    });

    it(`${file} takes AWS roles by OIDC, and holds no key`, () => {
      expect(text).to.not.match(/aws-access-key-id|AWS_SECRET|secrets\.AWS/i);
      if (text.includes("role-to-assume:")) expect(text).to.include("id-token: write");
    });

    it(`${file} lets nobody write a command by naming a branch or an issue`, () => {
      const scripts = [...text.matchAll(/run: (?:\|\n(?: {10}.*\n?)+|.*)/g)]
        .map(([script]) => script)
        .join("\n");
      expect(scripts).to.not.match(/\$\{\{\s*github\.(?:head_ref|event\.(?:issue|pull_request|comment))/);
    });

    it(`${file} uses commands and files that are there`, () => {
      const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
      for (const [, name = ""] of text.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).to.have.property(name);
      for (const [, path = ""] of text.matchAll(/uses: \.\/(\S+)/g))
        expect(existsSync(new URL(`../../${path}/action.yml`, import.meta.url)), path).to.equal(true);
    });
  }
});

describe("the image", () => {
  const lines = read("Dockerfile").split("\n");

  it("runs as an ordinary user, on the Node that is pinned", () => {
    const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
    const bases = lines.filter((line) => line.startsWith("FROM "));
    for (const base of bases) expect(base).to.match(new RegExp(`^FROM node:${dependencies.node}-`));
    expect(lines.findLastIndex((line) => line.startsWith("USER node"))).to.be.above(
      lines.findLastIndex((line) => line.startsWith("FROM ")),
    );
  });

  it("copies nothing that the repository does not have", () => {
    for (const line of lines.filter((one) => /^COPY (?!--from)/.test(one)))
      for (const path of line.split(" ").slice(1, -1))
        expect(existsSync(new URL(`../../${path}`, import.meta.url)), path).to.equal(true);
  });

  it("brings no package of development and no test", () => {
    expect(lines.join("\n")).to.include("npm ci --omit=dev");
    expect(read(".dockerignore")).to.match(/^\*$/m);
  });
});
