import type { TerraformJson } from "#infra/offline/terraform-json.ts";

/** One thing that must hold of every synthesized stack. */
export interface PolicyRule {
  readonly name: string;
  /** What is wrong, one line a finding. */
  readonly check: (stack: TerraformJson) => readonly string[];
  /** Resources that break it, to prove that it can fail: by type. */
  readonly broken: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What must stand beside each of them for it to be broken. */
  readonly besides?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
