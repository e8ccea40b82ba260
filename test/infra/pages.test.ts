import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { EXPERIMENTS } from "#infra/experiments/all.ts";
import { overview } from "#infra/overview/overview.ts";
import { overviewOf } from "#infra/overview/page.ts";
import { allExperiments } from "#local/chaos/experiments/all.ts";
import { platformOf } from "./platforms.ts";

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("what is written of the infrastructure", function () {
  this.timeout(120_000);

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
