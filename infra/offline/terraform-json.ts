/** The parts of a synthesized stack that our own tools read. */
export interface TerraformJson {
  readonly terraform: { readonly backend?: Record<string, unknown>; readonly required_version?: string };
  readonly provider: { readonly aws: readonly ProviderJson[] };
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly output?: Readonly<Record<string, { readonly value: unknown; readonly sensitive?: boolean }>>;
}

export interface ProviderJson {
  readonly alias?: string;
  readonly region: string;
}

export type Block = Readonly<Record<string, unknown>>;

export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly block: Block;
}

/** All resources of a stack, in the order of the file. */
export function resourcesOf({ resource = {} }: TerraformJson): readonly Resource[] {
  return Object.entries(resource).flatMap(([type, byName]) =>
    Object.entries(byName).map(([name, block]) => ({ type, name, block })),
  );
}

/** The stacks whose state a stack reads: by the name of its data source. */
export function statesReadBy({ data = {} }: TerraformJson): ReadonlyMap<string, string> {
  const states = Object.entries(data.terraform_remote_state ?? {});
  return new Map(
    states.map(([name, block]) => {
      const { key } = block.config as { readonly key: string };
      return [name, key.replace(/^.*\//, "").replace(/\.tfstate$/, "")] as const;
    }),
  );
}

/** What a stack reads of each state: every `data.terraform_remote_state.<name>.outputs.<output>` in it. */
export function outputsReadBy(json: TerraformJson): ReadonlyMap<string, ReadonlySet<string>> {
  const read = new Map<string, Set<string>>();
  const states = statesReadBy(json);
  for (const [, name = "", output = ""] of JSON.stringify(json).matchAll(
    /data\.terraform_remote_state\.([\w-]+)\.outputs(?:\.|\[\\"|\["?)([\w-]+)/g,
  )) {
    const stack = states.get(name);
    if (stack === undefined) throw new Error(`no state ${name}`);
    read.set(stack, (read.get(stack) ?? new Set()).add(output));
  }
  return read;
}
