import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SynthesizedPlatform } from "#infra/offline/offline-platform.ts";
import { resourcesOf, statesReadBy, type TerraformJson } from "#infra/offline/terraform-json.ts";

/** A synthesized stack, read back. */
export function readStack(outdir: string, stack: string): TerraformJson {
  return JSON.parse(readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8")) as TerraformJson;
}

/** The stacks with what is in them and which hands values to which, as Mermaid; and how many resources of what each has. */
export function overview({ environment, outdir, stacks }: SynthesizedPlatform): string {
  const read = stacks.map((name) => ({ name, json: readStack(outdir, name) }));
  const lines = ["```mermaid", "flowchart TD"];
  for (const { name, json } of read) {
    const parts = partsOf(json).slice(0, 24).join("<br>");
    lines.push(`  ${idOf(name)}["<b>${name}</b><br>${parts}"]`);
  }
  for (const { name, json } of read)
    for (const from of new Set(statesReadBy(json).values())) lines.push(`  ${idOf(from)} --> ${idOf(name)}`);
  lines.push(
    "```",
    "",
    `| stack of ${environment.name} | resources | of which most |`,
    "| --- | ---: | --- |",
  );
  for (const { name, json } of read) {
    const resources = resourcesOf(json);
    lines.push(`| ${name} | ${resources.length} | ${mostOf(resources.map(({ type }) => type))} |`);
  }
  const all = read.reduce((sum, { json }) => sum + resourcesOf(json).length, 0);
  lines.push(`| all | ${all} | |`, "");
  return lines.join("\n");
}

function idOf(stack: string): string {
  return stack.replaceAll("-", "_");
}

/** The parts by the first word of their names, which is the construct's. */
function partsOf(json: TerraformJson): string[] {
  const names = resourcesOf(json).map(({ name }) =>
    (name.split("_")[0] ?? name).replace(/-(of-)?[a-z]+-[a-z]+-\d$/, ""),
  );
  return [...new Set(names)].filter((name) => !/^(firewall|role|start-role|task)-/.test(name)).toSorted();
}

function mostOf(types: readonly string[]): string {
  const counts = Map.groupBy(types, (type) => type.replace(/^aws_/, ""));
  return [...counts]
    .map(([type, all]) => [type, all.length] as const)
    .toSorted(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, 5)
    .map(([type, count]) => `${count} ${type}`)
    .join(", ");
}
